"""crawlee, which decides for each page whether it needs the browser."""

import asyncio

from crawlee import ConcurrencySettings
from crawlee.crawlers import AdaptivePlaywrightCrawler, AdaptivePlaywrightCrawlingContext
from crawlee.storage_clients import MemoryStorageClient

from benchmarks.crawl.contest import Records, read
from benchmarks.crawl.task import READY, Task


async def main() -> None:
    task = Task.given()
    records, most = Records(task), task.concurrency
    crawler = AdaptivePlaywrightCrawler.with_parsel_static_parser(
        playwright_crawler_specific_kwargs={
            "browser_launch_options": {
                "executable_path": task.browser,
                "chromium_sandbox": False,
            },
            "headless": True,
        },
        concurrency_settings=ConcurrencySettings(most, most, desired_concurrency=most),
        storage_client=MemoryStorageClient(),
        configure_logging=False,
    )
    done = set()

    @crawler.router.default_handler
    async def handle(context: AdaptivePlaywrightCrawlingContext) -> None:
        selector = await context.parse_with_static_parser(selector=READY)
        article = read(selector.get(), context.request.url)
        pictures = {}
        for address in article.picture_urls() if task.media else ():
            pictures[address] = await (await context.send_request(address)).read()
        if context.request.url not in done:  # it reads some pages in both ways
            done.add(context.request.url)
            records.add(article, pictures)

    await crawler.run(list(task.urls))


asyncio.run(main())

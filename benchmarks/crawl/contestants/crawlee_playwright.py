"""crawlee, in the browser."""

import asyncio

from crawlee import ConcurrencySettings
from crawlee.crawlers import PlaywrightCrawler, PlaywrightCrawlingContext
from crawlee.storage_clients import MemoryStorageClient

from benchmarks.crawl.contest import Records, read
from benchmarks.crawl.task import READY, Task


async def main() -> None:
    task = Task.given()
    records, most = Records(task), task.concurrency
    crawler = PlaywrightCrawler(
        browser_launch_options={
            "executable_path": task.browser,
            "chromium_sandbox": False,
        },
        headless=True,
        concurrency_settings=ConcurrencySettings(most, most, desired_concurrency=most),
        storage_client=MemoryStorageClient(),
        configure_logging=False,
    )

    @crawler.router.default_handler
    async def handle(context: PlaywrightCrawlingContext) -> None:
        await context.page.wait_for_selector(READY)
        article = read(await context.page.content(), context.request.url)
        pictures = {}
        for address in article.picture_urls() if task.media else ():
            pictures[address] = await (await context.send_request(address)).read()
        records.add(article, pictures)

    await crawler.run(list(task.urls))


asyncio.run(main())

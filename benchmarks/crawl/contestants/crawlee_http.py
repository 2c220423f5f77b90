"""crawlee, over HTTP."""

import asyncio

from crawlee import ConcurrencySettings
from crawlee.crawlers import HttpCrawler, HttpCrawlingContext
from crawlee.storage_clients import MemoryStorageClient

from benchmarks.crawl.contest import Records, read
from benchmarks.crawl.task import Task


async def main() -> None:
    task = Task.given()
    records, most = Records(task), task.concurrency
    crawler = HttpCrawler(
        concurrency_settings=ConcurrencySettings(most, most, desired_concurrency=most),
        storage_client=MemoryStorageClient(),
        configure_logging=False,
    )

    @crawler.router.default_handler
    async def handle(context: HttpCrawlingContext) -> None:
        article = read(await context.http_response.read(), context.request.url)
        pictures = {}
        for address in article.picture_urls() if task.media else ():
            pictures[address] = await (await context.send_request(address)).read()
        records.add(article, pictures)

    await crawler.run(list(task.urls))


asyncio.run(main())

"""scrapling: its browser session, pages used again; pictures by its HTTP client."""

import asyncio

from scrapling.fetchers import AsyncStealthySession, FetcherSession

from benchmarks.crawl.contest import Records, read
from benchmarks.crawl.task import READY, Task


async def main() -> None:
    task = Task.given()
    records, urls = Records(task), iter(task.urls)
    session = AsyncStealthySession(
        headless=True, executable_path=task.browser, max_pages=task.concurrency
    )
    async with session, FetcherSession(stealthy_headers=False) as client:

        async def work() -> None:
            for url in urls:
                page = await session.fetch(url, wait_selector=READY)
                article = read(page.body, url)
                pictures = {}
                for address in article.picture_urls() if task.media else ():
                    pictures[address] = (await client.get(address)).body
                records.add(article, pictures)

        await asyncio.gather(*(work() for _ in range(task.concurrency)))


asyncio.run(main())

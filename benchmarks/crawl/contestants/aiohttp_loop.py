"""A bare loop: aiohttp, and the extraction."""

import asyncio

import aiohttp

from benchmarks.crawl.contest import Records, read
from benchmarks.crawl.task import Task


async def main() -> None:
    task = Task.given()
    records, urls = Records(task), iter(task.urls)
    async with aiohttp.ClientSession() as session:

        async def get(url: str) -> bytes:
            async with session.get(url) as response:
                return await response.read()

        async def work() -> None:
            for url in urls:
                article = read(await get(url), url)
                pictures = {}
                for address in article.picture_urls() if task.media else ():
                    pictures[address] = await get(address)
                records.add(article, pictures)

        await asyncio.gather(*(work() for _ in range(task.concurrency)))


asyncio.run(main())

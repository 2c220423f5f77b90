"""crawl4ai: its crawler over many addresses; pictures by aiohttp."""

import asyncio

import aiohttp
from crawl4ai import AsyncWebCrawler, BrowserConfig, CacheMode, CrawlerRunConfig
from crawl4ai.async_dispatcher import MemoryAdaptiveDispatcher
from playwright.async_api import BrowserType

from benchmarks.crawl.contest import Records, read
from benchmarks.crawl.task import READY, Task


def use(browser: str) -> None:
    """Its configuration has no word for the program."""
    launch = BrowserType.launch

    async def launch_that(self: BrowserType, **options: object) -> object:
        return await launch(self, **options | {"executable_path": browser})

    BrowserType.launch = launch_that


async def main() -> None:
    task = Task.given()
    records = Records(task)
    use(task.browser)
    config = CrawlerRunConfig(
        cache_mode=CacheMode.BYPASS, wait_for=f"css:{READY}", stream=True, verbose=False
    )
    crawler = AsyncWebCrawler(config=BrowserConfig(headless=True, verbose=False))
    async with crawler, aiohttp.ClientSession() as session:
        dispatcher = MemoryAdaptiveDispatcher(max_session_permit=task.concurrency)
        async for page in await crawler.arun_many(list(task.urls), config, dispatcher=dispatcher):
            article = read(page.html, page.url)
            pictures = {}
            for address in article.picture_urls() if task.media else ():
                async with session.get(address) as response:
                    pictures[address] = await response.read()
            records.add(article, pictures)


asyncio.run(main())

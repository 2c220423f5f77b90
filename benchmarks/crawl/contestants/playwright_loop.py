"""Plain Playwright: some tabs, each used again, `load`, `content()`."""

import asyncio

from playwright.async_api import async_playwright

from benchmarks.crawl.contest import Records, read
from benchmarks.crawl.task import READY, Task


async def main() -> None:
    task = Task.given()
    records, urls = Records(task), iter(task.urls)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=task.browser)
        context = await browser.new_context()

        async def work() -> None:
            page = await context.new_page()
            for url in urls:
                await page.goto(url, wait_until="load")
                await page.wait_for_selector(READY)
                article = read(await page.content(), page.url)
                pictures = {}
                for address in article.picture_urls() if task.media else ():
                    pictures[address] = await (await context.request.get(address)).body()
                records.add(article, pictures)

        await asyncio.gather(*(work() for _ in range(task.concurrency)))
        await browser.close()


asyncio.run(main())

"""Scrapy with scrapy-playwright."""

from scrapy_playwright.page import PageMethod

from benchmarks.crawl.contestants.spider import crawl, task
from benchmarks.crawl.task import READY

handler = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
crawl(
    {
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "PLAYWRIGHT_LAUNCH_OPTIONS": {"executable_path": task.browser},
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": task.concurrency,
    },
    {"playwright": True, "playwright_page_methods": [PageMethod("wait_for_selector", READY)]},
)

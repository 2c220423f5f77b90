"""A Scrapy spider for one task; pictures come by Scrapy's files pipeline."""

import hashlib
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any, ClassVar

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from scrapy.pipelines.files import FilesPipeline

from benchmarks.crawl.contest import Records, read
from benchmarks.crawl.task import Task

task = Task.given()
records = Records(task)


class Spider(scrapy.Spider):
    name = "gauge"
    meta: ClassVar[dict[str, Any]] = {}

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for url in task.urls:
            yield scrapy.Request(url, meta=self.meta)

    def parse(self, response: Response) -> Iterable[dict[str, Any]]:
        article = read(response.body, response.url)
        if task.media:
            yield {"article": article, "file_urls": article.picture_urls()}
        else:
            records.add(article, {})


class Pictures(FilesPipeline):
    def item_completed(self, results: Any, item: Any, *_: Any) -> Any:
        found = {
            got["url"]: (Path(task.output, "files") / got["path"]).read_bytes()
            for fine, got in results
            if fine
        }
        records.add(item["article"], found)
        return item

    def file_path(self, request: Any, *_: Any, **__: Any) -> str:
        return hashlib.sha256(request.url.encode()).hexdigest()


def crawl(settings: dict[str, Any], meta: dict[str, Any] | None = None) -> None:
    """Until all is done."""
    Spider.meta = meta or {}
    usual = {
        "CONCURRENT_REQUESTS": task.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": task.concurrency,
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": False,
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
    }
    if task.media:
        usual |= {
            "ITEM_PIPELINES": {Pictures: 1},
            "FILES_STORE": str(Path(task.output, "files")),
        }
    process = CrawlerProcess(usual | settings)
    process.crawl(Spider)
    process.start()

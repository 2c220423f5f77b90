"""Scrapy, over HTTP."""

from benchmarks.crawl.contestants.spider import crawl

crawl({})

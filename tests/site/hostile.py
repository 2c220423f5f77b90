"""The hostile site: what its pages are called is what docs/faults.md calls the faults."""

from __future__ import annotations

from urllib.parse import quote

from tests.site.hostile_browser import browser_pages
from tests.site.hostile_content import content_pages
from tests.site.hostile_crawl import crawl_pages
from tests.site.hostile_files import file_pages
from tests.site.hostile_wire import wire_pages
from tests.site.wire import Answer, Handler


def hostile_pages() -> dict[str, Answer | Handler]:
    """All of them, for `TestSite`."""
    pages = {**wire_pages(), **browser_pages(), **content_pages(), **file_pages(), **crawl_pages()}
    return {quote(path, safe="/*%"): answer for path, answer in pages.items()}

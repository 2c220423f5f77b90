"""Pages out of a few lines of HTML."""

from __future__ import annotations

from collections.abc import Iterable

from lxml.html import HtmlElement

from scraper.extraction.blocks import blocks
from scraper.extraction.flow import BodyContent, BodyRule
from scraper.extraction.page import Body, Page
from scraper.extraction.parse import parse_text
from scraper.record import Block
from scraper.snapshot import Snapshot

URL = "https://news.example/2026/story.html"


def snapshot(
    document: bytes | None = b"",
    *,
    url: str = URL,
    content_type: str | None = "text/html",
    dom: str | None = None,
    status: int = 200,
) -> Snapshot:
    headers = (("Content-Type", content_type),) if content_type else ()
    return Snapshot(url, url, status, headers, document, dom, None, "browser" if dom else "http")


def page(html: str, url: str = URL) -> Page:
    return parse_text(html, snapshot(url=url))


def body(of: Page, *, dropped: Iterable[HtmlElement] = ()) -> Body:
    """The element with id=body, else the page's body."""
    marked = of.tree.xpath("//*[@id='body']") or of.tree.xpath("//body")
    return Body(tuple(marked), "test", frozenset(dropped))


def read(html: str, rule: BodyRule | None = None) -> BodyContent:
    """The blocks of a body of this inner HTML."""
    of = page(f"<html><body><div id=body>{html}</div></body></html>")
    return blocks(body(of), of, rule)


def kinds(found: Iterable[Block]) -> list[str]:
    return [block.type for block in found]

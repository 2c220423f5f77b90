"""The body's links."""

from __future__ import annotations

from collections.abc import Iterable

from lxml.html import HtmlElement

from scraper.extraction.text import collapse
from scraper.record import Link
from scraper.url import join


def read_links(anchors: Iterable[HtmlElement], base_url: str) -> list[Link]:
    """Absolute http(s) addresses with their texts, in reading order, each pair once; links inside
    the page are left out."""
    found: dict[tuple[str, str], Link] = {}
    for anchor in anchors:
        reference = (anchor.get("href") or "").strip()
        url = join(base_url, reference) if reference[:1] not in ("", "#") else None
        if url:
            text = collapse("".join(anchor.itertext()))
            found.setdefault((url, text), Link(url=url, text=text))
    return list(found.values())

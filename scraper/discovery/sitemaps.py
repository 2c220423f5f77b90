"""Sitemaps (sitemaps.org 0.9, with Google's news extension), their indexes, and plain lists of
addresses."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from scraper.discovery.entries import MOST, Entry, Listing, plain
from scraper.discovery.xml import elements, local_name, text_of
from scraper.mention import Mention
from scraper.url import join


def read_sitemap(data: bytes, url: str) -> Listing:
    """`url` is the sitemap's own address; the entries of an index are sitemaps."""
    entries = (_entry(node, url) for node in elements(data, ("url", "sitemap")))
    return Listing("sitemap", tuple(islice((entry for entry in entries if entry), MOST)))


def read_text(data: bytes, url: str) -> Listing:
    """One address a line."""
    lines = data.decode("utf-8-sig", "replace").splitlines()
    targets = (join(url, line.strip()) for line in lines if line.strip())
    named = (Entry(target, Mention("sitemap", url)) for target in targets if target)
    return Listing("sitemap", tuple(islice(named, MOST)))


def _entry(node: etree._Element, url: str) -> Entry | None:
    said: dict[str, str | None] = {}
    categories: list[str] = []
    for name, text in _texts(node):
        if name == "keywords":
            categories += [word.strip() for word in text.split(",") if word.strip()]
        else:
            said.setdefault(name, text)
    target = join(url, said.get("loc") or "") if said.get("loc") else None
    if target is None:
        return None
    mention = Mention(
        by="sitemap",
        on=url,
        title=plain(said.get("title")),
        published=said.get("publication_date"),
        modified=said.get("lastmod"),
        categories=tuple(dict.fromkeys(categories)),
    )
    return Entry(target, mention, child=local_name(node) == "sitemap")


def _texts(node: etree._Element) -> Iterator[tuple[str, str]]:
    """Of the children, and of what the news extension says; its `title` is the article's."""
    for child in node:
        if local_name(child) == "news":
            yield from ((local_name(part), text_of(part)) for part in child)
        elif local_name(child) in ("loc", "lastmod"):
            yield local_name(child), text_of(child)

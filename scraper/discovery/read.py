"""A document that lists pages, whatever kind it is of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from scraper.discovery.entries import Listing
from scraper.discovery.feeds import read_json_feed, read_xml_feed
from scraper.discovery.sitemaps import read_sitemap, read_text
from scraper.listing import ListingKind, listing_kind, unpacked
from scraper.snapshot import Snapshot

_READ: Final[dict[ListingKind, Callable[[bytes, str], Listing]]] = {
    "rss": read_xml_feed,
    "atom": read_xml_feed,
    "json": read_json_feed,
    "urlset": read_sitemap,
    "sitemapindex": read_sitemap,
    "text": read_text,
}


def read_listing(snapshot: Snapshot) -> Listing | None:
    """By its bytes, not by its name; None for anything else, such as a page."""
    if snapshot.document is None or snapshot.dom is not None:
        return None
    kind = listing_kind(snapshot.document)
    return _READ[kind](unpacked(snapshot.document), snapshot.url) if kind else None

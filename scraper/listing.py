"""Documents that list pages for programs: feeds and sitemaps, told by their first bytes."""

from __future__ import annotations

import re
import zlib
from typing import Final, Literal

ListingKind = Literal["rss", "atom", "json", "urlset", "sitemapindex", "text"]

LARGEST: Final = 64 * 2**20
"""Bytes of a sitemap, unpacked; its standard allows 50 MiB."""

_GZIP: Final = b"\x1f\x8b"
_START: Final = 4096
_ROOT: Final = re.compile(
    r"\ufeff?\s*(?:<\?[^>]*\?>\s*|<!--.*?-->\s*|<!DOCTYPE(?!\s+html\b)[^>\[]*(?:\[.*?\])?\s*>\s*)*"
    r"<(?:\w+:)?(rss|RDF|feed|urlset|sitemapindex)[\s/>]",
    re.DOTALL | re.IGNORECASE,
)
_JSON_FEED: Final = re.compile(r'\s*\{.*"https?://jsonfeed\.org/version/', re.DOTALL)
_LINE: Final = re.compile(r"https?://\S+\s*\Z")
_KINDS: Final[dict[str, ListingKind]] = {
    "rss": "rss",
    "rdf": "rss",
    "feed": "atom",
    "urlset": "urlset",
    "sitemapindex": "sitemapindex",
}


def listing_kind(body: bytes) -> ListingKind | None:
    """None for anything else.  A packed file (`.gz`) is what is in it."""
    start = _unpacked(body, _START) if body.startswith(_GZIP) else body[:_START]
    if start is None:
        return None
    utf16 = start[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = start.decode("utf-16" if utf16 else "utf-8-sig", "replace")
    if found := _ROOT.match(text):
        return _KINDS[found[1].lower()]
    if _JSON_FEED.match(text):
        return "json"
    lines = text.splitlines()
    if len(start) == _START:
        lines = lines[:-1]  # cut off, maybe
    lines = [line for line in lines if line.strip()]
    return "text" if lines and all(map(_LINE.match, lines)) else None


def unpacked(body: bytes) -> bytes:
    """The document itself, as far as it is whole and no larger than allowed."""
    return (_unpacked(body, LARGEST) or b"") if body.startswith(_GZIP) else body[:LARGEST]


def _unpacked(body: bytes, most: int) -> bytes | None:
    try:
        return zlib.decompressobj(wbits=31).decompress(body, most)
    except zlib.error:
        return None

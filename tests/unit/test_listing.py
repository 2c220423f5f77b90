"""Feeds and sitemaps are told by their first bytes."""

from __future__ import annotations

import gzip
import zlib

import pytest

from scraper.listing import listing_kind, unpacked

URLSET = b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url/></urlset>"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'<?xml version="1.0"?>\n<rss version="2.0">', "rss"),
        (b'\xef\xbb\xbf\n<?xml version="1.0"?><!-- a > b --><rdf:RDF xmlns:rdf="x">', "rss"),
        (b"<?xml version='1.0'?><?xml-stylesheet href='a'?><feed xmlns='atom'>", "atom"),
        (b"<!DOCTYPE rss [<!ENTITY nbsp '&#160;'>]><rss>", "rss"),
        ("<?xml version='1.0' encoding='utf-16'?><rss>".encode("utf-16"), "rss"),
        (URLSET, "urlset"),
        (b"<sm:sitemapindex xmlns:sm='x'>", "sitemapindex"),
        (gzip.compress(URLSET), "urlset"),
        (b'{\n "version": "https://jsonfeed.org/version/1.1", "items": []}', "json"),
        (b"https://a.example/1\r\nhttp://a.example/2\n", "text"),
        (b"https://a.example/" + b"x" * 9000 + b" y", None),
        (b"<!doctype html><rss>", None),
        (b"<html><body><feed>", None),
        (b"<p>See https://jsonfeed.org/version/1", None),
        (b'{"version": 1}', None),
        (b"\x1f\x8bnot packed", None),
        (gzip.compress(b"<html>"), None),
        (b"https://a.example/ is an address", None),
        (b"", None),
        (b"\n\n", None),
    ],
)
def test_the_first_bytes_tell(body: bytes, kind: str | None) -> None:
    assert listing_kind(body) == kind


def test_a_packed_document_is_unpacked_as_far_as_it_is_whole() -> None:
    assert unpacked(gzip.compress(URLSET)) == URLSET
    assert unpacked(URLSET) == URLSET
    assert URLSET.startswith(unpacked(gzip.compress(URLSET)[:-12]))


def test_a_small_file_does_not_become_a_large_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scraper.listing.LARGEST", 2**16)
    packer = zlib.compressobj(wbits=31)
    bomb = packer.compress(b"<urlset>" + b" " * 2**24) + packer.flush()
    assert len(unpacked(bomb)) == 2**16

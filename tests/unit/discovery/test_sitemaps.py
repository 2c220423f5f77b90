"""Sitemaps, their indexes, the news extension, lists of addresses."""

from __future__ import annotations

import gzip

from scraper.discovery.read import read_listing
from scraper.mention import Mention
from tests.unit.discovery.pages import page

URL = "https://news.example/sitemap"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://news.example/a?x=1&amp;y=2 </loc><lastmod>2026-05-02T08:00:00+02:00</lastmod>
 <news:news><news:publication><news:name>The News</news:name><news:language>en</news:language>
 </news:publication><news:publication_date>2026-05-01</news:publication_date>
 <news:title>Gulls &amp; boats</news:title><news:keywords>gulls, boats,gulls</news:keywords>
 </news:news><image:image><image:loc>https://news.example/a.png</image:loc></image:image></url>
<url><loc>https://news.example/b</loc></url><url><lastmod>2026</lastmod></url></urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://news.example/1.xml.gz</loc><lastmod>2026-05-01</lastmod></sitemap>
<sitemap><loc>/2.xml</loc></sitemap></sitemapindex>"""


def test_pages_with_what_is_said_of_them() -> None:
    for body in (NEWS.encode(), gzip.compress(NEWS.encode())):
        listing = read_listing(page(URL, body))
        assert listing is not None
        first, second = listing.entries
        assert (first.url, first.child) == ("https://news.example/a?x=1&y=2", False)
        assert first.mention == Mention(
            by="sitemap",
            on=URL,
            title="Gulls & boats",
            published="2026-05-01",
            modified="2026-05-02T08:00:00+02:00",
            categories=("gulls", "boats"),
        )
        assert (second.url, second.at) == ("https://news.example/b", None)


def test_an_index_leads_to_sitemaps() -> None:
    listing = read_listing(page(URL, INDEX))
    assert listing is not None
    assert [(entry.url, entry.child) for entry in listing.entries] == [
        ("https://news.example/1.xml.gz", True),
        ("https://news.example/2.xml", True),
    ]
    assert listing.entries[0].at is not None


def test_a_list_of_addresses() -> None:
    listing = read_listing(page(URL, "\ufeffhttps://news.example/1\r\n\r\nhttps://news.example/2"))
    assert listing is not None
    assert [entry.url for entry in listing.entries] == [
        "https://news.example/1",
        "https://news.example/2",
    ]


def test_a_page_is_none_of_these() -> None:
    assert read_listing(page(URL, "<p>A page with https://news.example/1")) is None

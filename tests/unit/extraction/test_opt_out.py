"""What pages ask of robots."""

from __future__ import annotations

import pytest

from scraper.extraction.opt_out import read_opt_out
from scraper.extraction.parse import parse_text
from scraper.snapshot import Headers, Snapshot


def asked(html: str = "<p>x", headers: Headers = (), site: tuple[str, ...] = ()) -> tuple[str, ...]:
    url = "https://news.example/"
    snapshot = Snapshot(url, url, 200, headers, None, html, None, "browser", asked=site)
    return read_opt_out(parse_text(html, snapshot))


@pytest.mark.parametrize(
    ("html", "directives"),
    [
        ('<meta name="robots" content="NoIndex, follow">', ("noindex",)),
        ('<meta name=ROBOTS content="none">', ("nofollow", "noindex")),
        ('<meta name="headlessscraper" content="noarchive"><meta name="robots">', ("noarchive",)),
        ('<meta name="googlebot" content="noindex"><meta name="robots" content="all">', ()),
        ('<meta name="robots" content="noai, noimageai, max-snippet:-1">', ("noai", "noimageai")),
        ('<meta name="tdm-reservation" content="1">', ("tdm-reservation",)),
        ('<meta name="tdm-reservation" content="0">', ()),
        ("<p>noindex", ()),
    ],
)
def test_meta_elements(html: str, directives: tuple[str, ...]) -> None:
    assert asked(html) == directives


@pytest.mark.parametrize(
    ("header", "directives"),
    [
        ("noindex, noarchive", ("noarchive", "noindex")),
        ("googlebot: noindex, nofollow", ()),
        ("noarchive, googlebot: noindex, HeadlessScraper: nofollow", ("noarchive", "nofollow")),
        ("unavailable_after: 25 Jun 2010 15:00:00 PST, noimageindex", ("noimageindex",)),
        ("", ()),
    ],
)
def test_headers(header: str, directives: tuple[str, ...]) -> None:
    assert asked(headers=(("X-Robots-Tag", header),)) == directives


def test_all_that_is_said_counts() -> None:
    headers = (("x-robots-tag", "noarchive"), ("X-Robots-Tag", "noai"), ("TDM-Reservation", " 1 "))
    html = '<meta name="robots" content="noarchive,nosnippet">'
    assert asked(html, headers) == ("noai", "noarchive", "nosnippet", "tdm-reservation")


def test_a_page_may_differ_from_its_sites_file() -> None:
    site = ("tdm-reservation",)
    assert asked(site=site) == site
    assert asked('<meta name="tdm-reservation" content="0">', site=site) == ()
    assert asked(headers=(("TDM-Reservation", "0"),), site=site) == ()
    assert asked('<meta name="tdm-reservation" content="1">') == site

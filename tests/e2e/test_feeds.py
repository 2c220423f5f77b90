"""Feeds and sitemaps as seeds: from the list to the records, and what the list says of them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.e2e.command import damage, failures, records, scraper
from tests.site import Answer, TestSite
from tests.site.pages import LONG, article, page
from tests.site.versioned import Versioned

QUICK = ("--delay", "0", "--render", "http", "--retries", "0", "--json")


@pytest.fixture
def site() -> Iterator[TestSite]:
    with TestSite() as site:
        yield site


def crawl(*arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the summary."""
    code, out, err = scraper("crawl", *arguments)
    assert out, err
    return code, orjson.loads(out)


def rss(site: TestSite, *items: tuple[str, str, str]) -> Answer:
    """Of (path, title, date)."""
    entries = "".join(
        f"<item><title>{title}</title><link>{site.url(path)}</link><pubDate>{date}</pubDate>"
        "<category>Harbour</category></item>"
        for path, title, date in items
    )
    text = f"<?xml version='1.0'?><rss version='2.0'><channel>{entries}</channel></rss>"
    return Answer(text, type="application/rss+xml")


def urlset(site: TestSite, *entries: tuple[str, str]) -> bytes:
    """Of (path, lastmod), packed."""
    urls = "".join(
        f"<url><loc>{site.url(at)}</loc><lastmod>{on}</lastmod></url>" for at, on in entries
    )
    return gzip.compress(f"<urlset>{urls}</urlset>".encode())


def test_a_feed_leads_to_its_articles_and_fills_what_they_lack(
    site: TestSite, tmp_path: Path
) -> None:
    when = ("Fri, 26 Aug 2022 05:01:45 GMT", "Sat, 27 Aug 2022 05:01:45 GMT")
    site.pages["/new"] = rss(
        site, ("/a", "Gulls, says the feed", when[0]), ("/b", "Boats", when[1])
    )
    site.pages["/a"] = Answer(article("Gulls"))
    site.pages["/b"] = Answer(page("", f"<article><p>{LONG}</p><p>{LONG}</p></article>"))
    code, summary = crawl(site.url("/new"), "-o", str(tmp_path), *QUICK)
    assert (code, summary["tally"]["record"], summary["tally"]["listing"]) == (0, 2, 1)
    gulls, boats = sorted(records(tmp_path), key=lambda record: record["url"])
    assert gulls["title"] == "Gulls"
    assert gulls["published"] == "2024-05-06T07:08:09+02:00"
    provenance = gulls["provenance"]
    assert provenance["title"]["also"] == [
        {"candidate": "feed:title", "raw": "Gulls, says the feed"}
    ]
    assert provenance["published"]["also"] == [{"candidate": "feed:published", "raw": when[0]}]
    assert (boats["title"], boats["published"]) == ("Boats", "2022-08-27T05:01:45Z")
    assert boats["categories"] == ["Harbour"]
    assert boats["provenance"]["published"] == {
        "candidate": "feed:published", "index": None, "xpath": None, "raw": when[1], "also": [],
    }  # fmt: skip
    code, out, err = scraper("reextract", str(tmp_path), "--json")
    assert code == 0, (out, err)
    assert list(damage(tmp_path)) == []


def test_only_what_is_new_or_was_changed_is_fetched_again(site: TestSite, tmp_path: Path) -> None:
    site.pages["/sitemap.xml"] = Answer(
        f"<sitemapindex><sitemap><loc>{site.url('/1.xml.gz')}</loc></sitemap><sitemap>"
        f"<loc>{site.url('/old.xml.gz')}</loc><lastmod>2019-01-01</lastmod></sitemap>"
        "</sitemapindex>",
        type="application/xml",
    )
    packed = "application/gzip"
    site.pages["/old.xml.gz"] = Answer(urlset(site, ("/never", "2018-01-01")), type=packed)
    seen = [("/a", "2026-01-01"), ("/b", "2026-01-01"), ("/c", "2020-01-01")]
    site.pages["/1.xml.gz"] = Answer(urlset(site, *seen), type=packed)
    for path in ("/a", "/b", "/c", "/d"):
        site.pages[path] = Answer(article(path))
    arguments = (site.url("/sitemap.xml"), "-o", str(tmp_path), "--since", "2025-06", *QUICK)
    assert crawl(*arguments)[1]["tally"]["record"] == 2
    site.requests.clear()
    seen = [("/d", "2026-01-02"), ("/a", "2999-01-01"), *seen[1:]]
    site.pages["/1.xml.gz"] = Answer(urlset(site, *seen), type=packed)
    summary = crawl(*arguments)[1]
    asked = [path for path in site.paths() if path != "/robots.txt"]
    assert asked == ["/sitemap.xml", "/1.xml.gz", "/d", "/a"]
    assert summary["limits"] == {"known": 1}
    site.requests.clear()
    crawl(*arguments, "--again")
    assert set(site.paths()) >= {"/a", "/b", "/d"}


def test_a_feed_is_a_feed_in_every_rendering(site: TestSite, tmp_path: Path) -> None:
    site.pages["/new"] = rss(site, ("/a", "Gulls", "Fri, 26 Aug 2022 05:01:45 GMT"))
    site.pages["/a"] = Answer(article("Gulls"))
    for render in ("browser", "auto"):
        options = ("--delay", "0", "--json", "--render", render, "-o", str(tmp_path / render))
        code, summary = crawl(site.url("/new"), *options)
        assert (code, summary["tally"]["record"], summary["tally"]["listing"]) == (0, 1, 1)


def test_a_feed_that_failed_and_came_back_is_no_failure_any_more(
    site: TestSite, tmp_path: Path
) -> None:
    site.pages["/new"] = Answer("gone", 404)
    assert crawl(site.url("/new"), "-o", str(tmp_path), *QUICK)[0] == 1
    site.pages["/new"] = rss(site, ("/a", "Gulls", "Fri, 26 Aug 2022 05:01:45 GMT"))
    site.pages["/a"] = Answer(article("Gulls"))
    assert scraper("retry", str(tmp_path), "--json")[0] == 0
    assert [record["title"] for record in records(tmp_path)] == ["Gulls"]
    assert scraper("retry", str(tmp_path), "--json")[1] == "null\n"
    assert len(failures(tmp_path)) == 1


def test_a_line_of_seeds_says_something_of_its_page_too(site: TestSite, tmp_path: Path) -> None:
    site.pages["/a"] = Answer(page("", f"<article><p>{LONG}</p><p>{LONG}</p></article>"))
    seeds = tmp_path / "seeds.jsonl"
    seeds.write_bytes(orjson.dumps({"url": site.url("/a"), "title": "From the list"}))
    code, _ = crawl("--from", str(seeds), "-o", str(tmp_path / "out"), *QUICK)
    (record,) = records(tmp_path / "out")
    assert (code, record["title"]) == (0, "From the list")
    assert record["provenance"]["title"]["candidate"] == "seeds:title"


@pytest.mark.parametrize("how", [("--render", "http"), ("--archive", "full")])
def test_an_unchanged_list_is_not_sent_again_and_nothing_of_it_is_missed(
    how: tuple[str, ...], site: TestSite, tmp_path: Path
) -> None:
    """What failed is tried again, though the list itself says nothing new."""
    when = "Fri, 26 Aug 2022 05:01:45 GMT"
    feed = site.pages["/new"] = Versioned(rss(site, ("/a", "Gulls", when), ("/b", "Boats", when)))
    sitemap = site.pages["/map"] = Versioned(
        Answer(f"<urlset><url><loc>{site.url('/c')}</loc></url></urlset>", type="text/xml")
    )
    site.pages["/a"] = site.pages["/c"] = Answer(article("Gulls"))
    site.pages["/b"] = Answer("not yet", 404)
    options = ("-o", str(tmp_path), "--delay", "0", "--retries", "0", "--json", *how)
    seeds = (site.url("/new"), site.url("/map"))
    assert crawl(*seeds, *options)[1]["tally"]["record"] == 2
    site.pages["/b"] = Answer(article("Boats"))
    site.requests.clear()
    code, summary = crawl(*seeds, *options)
    assert (code, summary["tally"]["record"], summary["tally"]["listing"]) == (0, 1, 2)
    assert summary["limits"] == {"known": 2}
    assert {"/a", "/c"}.isdisjoint(site.paths())
    assert (feed.sent, sitemap.sent) == ([200, 304], [200, 304])
    site.pages["/d"] = Answer(article("Rain"))
    feed.answer = rss(site, ("/d", "Rain", when), ("/a", "Gulls", when))
    assert crawl(*seeds, *options)[1]["tally"]["record"] == 1
    assert (feed.sent[2:], sitemap.sent[2:]) == ([200], [304])
    assert list(damage(tmp_path)) == []

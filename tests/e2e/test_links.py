"""Crawls that follow links: scopes, depths, budgets, traps, and what is tried again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.e2e.command import damage, failures, records, scraper
from tests.site import Answer, TestSite
from tests.site.pages import article, page

QUICK = ("--delay", "0", "--render", "http", "--retries", "0", "--json")


@pytest.fixture
def site() -> Iterator[TestSite]:
    with TestSite() as site:
        yield site


def linking(title: str, *paths: str) -> Answer:
    return Answer(
        article(title, "".join(f"<p>See <a href='{path}'>more</a>.</p>" for path in paths))
    )


def crawl(*arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the summary."""
    code, out, err = scraper(*arguments, *(QUICK if arguments[0] == "crawl" else ("--json",)))
    assert out, err
    return code, orjson.loads(out)


def crawled(collection: Path) -> set[str]:
    return {record["title"] for record in records(collection)}


def test_links_are_followed_as_far_as_they_may(site: TestSite, tmp_path: Path) -> None:
    elsewhere = TestSite()
    with elsewhere:
        elsewhere.pages["/x"] = linking("Elsewhere")
        site.pages["/front/"] = linking(
            "Front", "/front/a", "/b", elsewhere.url("/x"), "/front/a#x"
        )
        site.pages["/front/a"] = linking("A", "/front/deep?utm_source=front", "/front/")
        site.pages["/front/deep"] = linking("Deep", "/front/deeper")
        site.pages["/b"] = linking("B")
        seed, reach = site.url("/front/"), ("--allow-private", "127.0.0.0/8")
        for name, options, found in [
            ("page", (), {"Front"}),
            ("prefix", ("--scope", "prefix", "--depth", "2"), {"Front", "A", "Deep"}),
            ("regex", ("--scope", "regex:/[bx]$", "--depth", "5"), {"Front", "B", "Elsewhere"}),
        ]:
            code, _ = crawl("crawl", seed, "-o", str(tmp_path / name), *options, *reach)
            assert (code, crawled(tmp_path / name)) == (0, found)
    assert site.paths().count("/front/a") == 1, "each address once"


def test_a_found_page_that_failed_is_tried_again_as_what_it_was(
    site: TestSite, tmp_path: Path
) -> None:
    site.pages["/"] = linking("Front", "/a")
    site.pages["/a"] = Answer("not yet", 404)
    options = ("--scope", "host", "--depth", "2", "-o", str(tmp_path))
    assert crawl("crawl", site.url("/"), *options)[0] == 1
    site.pages["/a"] = linking("A", "/b")
    site.pages["/b"] = linking("B", "/c")
    site.pages["/c"] = linking("C")
    code, summary = crawl("retry", str(tmp_path))
    assert (code, summary["tally"]["record"]) == (0, 2)
    assert crawled(tmp_path) == {"Front", "A", "B"}, "C is three links away from the seed"
    assert [one["url"] for one in failures(tmp_path)] == [site.url("/a")]
    assert list(damage(tmp_path)) == []


def test_private_addresses_that_pages_name_stay_out_of_reach_also_later(
    site: TestSite, tmp_path: Path
) -> None:
    inside = TestSite()
    with inside:
        inside.pages["/secret"] = linking("Secret")
        site.pages["/"] = linking("Front", inside.url("/secret"))
        options = ("--scope", r"regex:.", "--depth", "1", "-o", str(tmp_path))
        crawl("crawl", site.url("/"), *options)
        assert [one["code"] for one in failures(tmp_path)] == ["address.private"]
        crawl("retry", str(tmp_path))
        assert [one["code"] for one in failures(tmp_path)] == ["address.private"] * 2
        assert inside.paths() == []


def test_pages_of_links_are_way_points(site: TestSite, tmp_path: Path) -> None:
    """With --depth; who gives such a page alone wants it."""
    numbers = range(12)
    names = [f"<li><a href='/{n}'>The story of the harbour, part {n}</a></li>" for n in numbers]
    front = page("The Gazette", f"<main><h1>The Gazette</h1><ul>{''.join(names)}</ul></main>")
    site.pages["/"] = site.pages["/harbour/"] = Answer(front)
    for n in numbers:
        site.pages[f"/{n}"] = linking(f"Story {n}", "/", "/harbour/")
    options = ("--scope", "host", "--depth", "2", "-o", str(tmp_path / "deep"))
    code, summary = crawl("crawl", site.url("/"), *options)
    assert (code, crawled(tmp_path / "deep")) == (0, {f"Story {n}" for n in numbers})
    assert (summary["tally"]["record"], summary["tally"]["listing"]) == (12, 2)
    crawl("crawl", site.url("/harbour/"), "-o", str(tmp_path / "alone"))
    assert crawled(tmp_path / "alone") == {"The Gazette"}


def test_limits_end_what_would_have_no_end_and_say_so(site: TestSite, tmp_path: Path) -> None:
    days = [f"/calendar/20{year}/01" for year in (24, 25, 77, 78)]
    site.pages["/"] = linking("Front", *days, "/x/x/x/x", "/a", "/b", "/c", "/d")
    for path in (*days, "/a", "/b", "/c", "/d"):
        site.pages[path] = linking(path)
    options = ("--scope", "host", "--depth", "1", "--max-pages-per-host", "4")
    code, summary = crawl("crawl", site.url("/"), *options, "-o", str(tmp_path))
    assert code == 0
    assert crawled(tmp_path) == {"Front", days[0], days[1], "/a", "/b"}
    limits = {"max_pages_per_host": 2, "trap.calendar": 2, "trap.path": 1}
    assert summary["limits"] == limits
    report = orjson.loads((tmp_path / "runs" / f"{summary['run']}.json").read_bytes())
    assert report["facts"]["limits"] == limits
    _, out, _ = scraper(
        "crawl", site.url("/"), *options, "--delay", "0", "--render", "http", "-o", str(tmp_path)
    )
    assert "2 addresses were not followed: a calendar has no end" in out

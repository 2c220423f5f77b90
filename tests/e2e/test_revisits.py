"""Coming back to pages that were crawled before."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.e2e.command import damage, failures, records, scraper
from tests.site import Answer, Seen, TestSite
from tests.site.pages import article

QUICK = ("--delay", "0", "--render", "http")


RECIPE = """\
recipe: 1
site: {id: paper, name: Paper, home: "SITE/"}
revision: 1
match: [{url: "SITE/a/{number}", kind: article, id: {join: [number]}}]
fetch: {render: http}
verdicts: [{is: article}]
versions:
  - {id: v1, fields: {title: {from: [{css: h1}]}}, body: {root: [{css: body}]}}
"""


class Newspaper:
    """Pages with ETags, as servers of files have them."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.sent: list[tuple[str, int]] = []

    def __call__(self, seen: Seen) -> Answer:
        text = self.texts.get(seen.path)
        if text is None:
            answer = Answer("<p>Not here.</p>", status=404)
        elif seen.headers.get("if-none-match") == (etag := f'"{abs(hash(text))}"'):
            answer = Answer(status=304, headers=(("ETag", etag),), type=None)
        else:
            answer = Answer(article(text), headers=(("ETag", etag),))
        self.sent.append((seen.path, answer.status))
        return answer

    def since(self) -> list[tuple[str, int]]:
        """What was sent since this was asked last."""
        sent, self.sent = self.sent, []
        return sent


@pytest.fixture
def paper() -> Newspaper:
    paper = Newspaper()
    paper.texts = {"/a/1": "The first of them", "/a/2": "The second of them"}
    return paper


@pytest.fixture
def site(paper: Newspaper) -> Iterator[TestSite]:
    with TestSite({"/a/*": paper}) as site:
        yield site


def test_an_unchanged_page_costs_one_conditional_request(
    site: TestSite, paper: Newspaper, tmp_path: Path
) -> None:
    urls = [site.url("/a/1"), site.url("/a/2")]

    def crawl(*options: str) -> tuple[int, int]:
        code, _, err = scraper("crawl", *urls, "-o", str(tmp_path), *QUICK, *options)
        assert code == 0, err
        return len(records(tmp_path)), sum(status == 200 for _, status in paper.since())

    assert crawl() == (2, 2)
    assert crawl() == (2, 0)
    paper.texts["/a/2"] = "The second of them, mended"
    assert crawl() == (3, 1)
    assert crawl() == (3, 0)
    *first, mended = records(tmp_path)
    ids = {record["url"]: record["id"] for record in first}
    assert (mended["id"], mended["revision"], mended["previous"]) == (ids[urls[1]], 2, 1)
    assert {record["previous"] for record in first} == {None}
    assert len(set(revisits(tmp_path))) == len(list(revisits(tmp_path))) == 5
    assert {profile for _, profile, _ in revisits(tmp_path)} == {"server-not-modified"}
    assert {address for address, _, _ in revisits(tmp_path)} == set(urls)
    assert list(damage(tmp_path)) == []
    assert failures(tmp_path) == []


def revisits(collection: Path) -> Iterator[tuple[str, str, str]]:
    """Address, profile and time of the archive's records that stand for others."""
    for path in sorted((collection / "archive").glob("*.warc.gz")):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "revisit":
                    said = record.rec_headers
                    profile = said["WARC-Profile"].rpartition("/")[2]
                    yield said["WARC-Target-URI"], profile, said["WARC-Date"]


def test_another_recipe_asks_for_the_whole_page(
    site: TestSite, paper: Newspaper, tmp_path: Path
) -> None:
    """The page is the same, and what is made of it is not."""
    recipe = tmp_path / "recipes" / "paper" / "recipe.yaml"
    recipe.parent.mkdir(parents=True)
    recipe.write_text(RECIPE.replace("SITE", site.url("").rstrip("/")))
    crawl = ["crawl", site.url("/a/1"), "-o", str(tmp_path / "c"), *QUICK]
    assert scraper(*crawl)[0] == 0
    assert paper.since() == [("/a/1", 200)]
    for expected in (200, 304):
        code, _, err = scraper(*crawl, "--recipes", str(recipe.parents[1]))
        assert code == 0, err
        assert paper.since() == [("/a/1", expected)]


def test_pages_that_are_due_are_visited_without_being_named(
    site: TestSite, paper: Newspaper, tmp_path: Path
) -> None:
    out = ("-o", str(tmp_path), *QUICK, "--allow-private", "127.0.0.0/8")
    assert scraper("crawl", site.url("/a/1"), *out)[0] == 0
    paper.since()

    def visit_what_is_due() -> list[tuple[str, int]]:
        code, _, err = scraper("crawl", "--revisit", "1h..30d", *out)
        assert code == 0, err
        return paper.since()

    assert visit_what_is_due() == []
    with contextlib.closing(sqlite3.connect(tmp_path / "state.sqlite")) as db, db:
        db.execute("UPDATE visits SET due_at = due_at - 31 * 86400")
    assert visit_what_is_due() == [("/a/1", 304)]
    assert visit_what_is_due() == []


def test_trying_again_visits_nothing_else(site: TestSite, paper: Newspaper, tmp_path: Path) -> None:
    out = ("-o", str(tmp_path), *QUICK, "--revisit", "1h..30d")
    assert scraper("crawl", site.url("/a/1"), site.url("/a/3"), *out)[0] == 1
    paper.since()
    with contextlib.closing(sqlite3.connect(tmp_path / "state.sqlite")) as db, db:
        db.execute("UPDATE visits SET due_at = due_at - 31 * 86400")
    assert scraper("retry", str(tmp_path))[0] == 1
    assert paper.since() == [("/a/3", 404)]


def test_a_span_that_is_none(tmp_path: Path) -> None:
    code, _, err = scraper("crawl", "--revisit", "often", "-o", str(tmp_path))
    assert code == 2
    assert "--revisit" in err

"""A crawl whose network is a dictionary; command, conductor, files and database are real.

Seven addresses, crawled in up to two runs: one is gone, one is busy at first, two show the same
article, and in the second run one has changed.  Pictures are shared.  The first page links to the
last ones.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

from scraper import cli, invocation, wiring
from scraper.errors import HttpStatus
from scraper.job import Job
from scraper.protocols import Tally
from scraper.recipe import Recipes
from scraper.record import Article, Image
from scraper.snapshot import Snapshot
from tests.unit.fake_fetcher import NOW, Answer, FakeFetcher, busy
from tests.unit.samples import HandClock, address, article, png

PAGES = 7
GONE, BUSY, DOUBLE, CHANGES = 2, 3, 5, 1
"""Page 3 answers 503 at first, page 5 shows the article of page 4, page 1 changes."""
FIRST = Tally(record=5, duplicate=1, failed=1, failures={"http.404": 1})
SECOND = Tally(record=1, unchanged=4, duplicate=1, failed=1, failures={"http.404": 1})
_RECIPES = Recipes.load()
URLS = tuple(address(number) for number in range(PAGES))
LINKED = 4
"""From here on, the first page leads to them."""


def web(second: bool) -> FakeFetcher:
    """The network of the first or the second run."""
    answers: dict[str, Answer | list[Answer]] = {}
    for number in range(PAGES):
        answers[address(number)] = _text(number, second)
        answers[f"{address(number)}/0.png"] = png(salt=b"on every page")
        answers[f"{address(number)}/1.png"] = png(salt=b"%d" % number)
    answers[address(GONE)] = 404
    answers[address(BUSY)] = [busy(), _text(BUSY, second)]
    answers[address(DOUBLE)] = _text(DOUBLE - 1, second)
    return FakeFetcher(answers)


def extract(snapshot: Snapshot) -> Article:
    """The record of such a page."""
    if snapshot.status != 200:
        raise HttpStatus(snapshot.status)
    body = (snapshot.document or b"").decode()
    number = int(body.split()[1].strip(","))
    images = tuple(Image(url=f"{address(number)}/{n}.png") for n in range(2))
    return article(number, body, url=snapshot.request_url, images=images)


def page_of(record: Article) -> Snapshot:
    """The page again that a record was made from."""
    return Snapshot(
        request_url=record.url,
        url=record.url,
        status=200,
        headers=(),
        document=record.text.encode(),
        dom=None,
        fetched_at=NOW,
        rendered_with="http",
    )


def command(path: Path, *arguments: str, second: bool = False) -> int:
    """`scraper crawl` of all pages into a collection: its exit code.  Nothing waits really."""

    def fetcher(job: Job, **_: Any) -> FakeFetcher:
        return web(second)

    usual = ("--quiet", "--ignore-robots", "--delay", "0", "--retries", "20", "--concurrency", "3")
    with (
        patch.object(invocation, "WebFetcher", fetcher),
        patch.object(wiring, "SystemClock", HandClock),
        patch.object(wiring, "extract_snapshot", lambda snapshot, recipes: extract(snapshot)),
        patch.object(Recipes, "load", lambda directories: _RECIPES),
        patch.object(sys, "argv", ["scraper", "crawl", *URLS, "-o", str(path), *usual, *arguments]),
    ):
        return cli.main()


def _text(number: int, second: bool) -> bytes:
    text = b"Page %d, %s" % (number, b"changed" if second and number == CHANGES else b"as it was")
    return text + b"".join(b" <a href=%s>" % url.encode() for url in URLS[LINKED:] if not number)

"""Feeds, sitemaps and list pages as they came last."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scraper.frontier.queue import SqliteFrontier
from scraper.frontier.seeds import make_request
from scraper.job import Job
from scraper.protocols import Found, Outcome
from scraper.snapshot import Snapshot
from scraper.store import lists
from scraper.store.collection import LocalCollection
from tests.unit.samples import HandClock, snapshot

FEED = make_request("https://news.example/feed.xml")
HEADERS = (("Content-Type", "text/xml"), ("ETag", '"1"'), ("Set-Cookie", "secret=1"))
PAGE = replace(snapshot(0), rendered_with="http", headers=HEADERS, document=b"<rss/>", dom=None)


class Lists:
    """A collection that is opened for each visit of one list."""

    def __init__(self, path: Path) -> None:
        self.path, self.clock = path, HandClock()

    def open(self) -> LocalCollection:
        return LocalCollection.open(self.path, clock=self.clock, frontier=SqliteFrontier)

    def visit(self, page: Snapshot, kind: str = "feed") -> Snapshot | None:
        """What the next visit knows."""
        with self.open() as opened:
            store = opened.store(opened.begin(Job(), [FEED]))
            store.commit([Outcome(FEED, snapshot=page, found=Found((), kind, 1))], lambda _: None)
            return store.listed(FEED)


@pytest.fixture
def kept(tmp_path: Path) -> Lists:
    return Lists(tmp_path / "c")


def test_a_list_is_kept_with_what_names_its_version(kept: Lists) -> None:
    found = kept.visit(PAGE)
    assert found
    assert (found.document, found.url, found.status, found.dom) == (b"<rss/>", PAGE.url, 200, None)
    assert found.headers == HEADERS[:2]
    newer = kept.visit(replace(PAGE, document=b"<rss>2</rss>", headers=(("ETag", '"2"'),)))
    assert newer
    assert newer.document == b"<rss>2</rss>"


@pytest.mark.parametrize(
    ("kind", "other"),
    [
        ("feed", {"headers": ()}),
        ("feed", {"status": 203}),
        ("feed", {"dom": "<rss/>"}),
        ("feed", {"redacted": ("key",)}),
        ("feed", {"document": b"x" * (lists.LARGEST + 1), "headers": (("ETag", '"2"'),)}),
    ],
)
def test_what_cannot_be_asked_for_by_its_version_is_not_kept_any_more(
    kept: Lists, kind: str, other: dict[str, Any]
) -> None:
    kept.visit(PAGE)
    changed = replace(PAGE, headers=(("ETag", '"2"'),))
    assert kept.visit(replace(changed, **other), kind) is None


def test_a_page_of_links_is_none(kept: Lists) -> None:
    assert kept.visit(PAGE, "page") is None


def test_a_collection_that_had_no_such_table_gets_it(kept: Lists) -> None:
    kept.visit(PAGE)
    with contextlib.closing(sqlite3.connect(kept.path / "state.sqlite")) as db, db:
        db.execute("DROP TABLE lists")
    assert kept.visit(PAGE)


def test_forgetting_a_record_forgets_lists_that_may_name_it(kept: Lists) -> None:
    kept.visit(PAGE)
    with kept.open() as opened:
        if run := opened.unfinished():
            opened.abandon(run)
        opened.forget("news.example:1", [], lambda text: make_request(text).fingerprint)
        store = opened.store(opened.begin(Job(), [FEED]))
        assert store.listed(FEED) is None

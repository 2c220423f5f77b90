"""What every collection and its stores promise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest

from scraper.errors import NotAPicture
from scraper.frontier.queue import SqliteFrontier
from scraper.frontier.seeds import make_request
from scraper.job import Job
from scraper.protocols import (
    Collection,
    Committed,
    Found,
    Frontier,
    Outcome,
    Run,
    Store,
    Tally,
)
from scraper.rendering import Layout, Observation
from scraper.request import Request
from scraper.store.collection import LocalCollection
from tests.unit.contracts.fakes import FakeCollection
from tests.unit.samples import (
    MOMENT,
    HandClock,
    address,
    article,
    failed,
    nothing,
    outcome,
    png,
    seeds,
    snapshot,
)


class Whole(Collection, Protocol):
    """A collection with the parts that a run is made with."""

    def store(self, run: Run) -> Store: ...

    def frontier(self, run: Run) -> Frontier: ...

    def abandon(self, run: Run) -> None: ...


def _local(path: Path, clock: HandClock) -> Whole:
    return LocalCollection.open(path / "collection", clock=clock, frontier=SqliteFrontier)


def _memory(_: Path, clock: HandClock) -> Whole:
    return FakeCollection(clock.now)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(params=[_local, _memory], ids=["local", "memory"])
def collection(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> Iterator[Whole]:
    make: Callable[[Path, HandClock], Whole] = request.param
    opened = make(tmp_path, clock)
    yield opened
    opened.close()


def crawl(collection: Whole, requests: list[Request], text: str = "A quiet harbour.") -> Run:
    """A run that finds a record behind each address, and ends."""
    run = collection.begin(Job(), requests)
    store, frontier = collection.store(run), collection.frontier(run)
    while isinstance(request := frontier.take(0.0), Request):
        number = request.url.rpartition("/")[2]
        store.commit([outcome(request, article(number, text))], finishing(frontier))
    collection.end(run, "finished", {})
    return run


def finishing(frontier: Frontier) -> Callable[[object], None]:
    def also(committed: object) -> None:
        assert isinstance(committed, list)
        for one in committed:
            assert isinstance(one, Committed)
            frontier.finish(one.request)

    return also


def test_a_new_run_is_unfinished_until_its_frontier_is_empty(collection: Whole) -> None:
    assert collection.unfinished() is None
    requests = seeds(2)
    run = collection.begin(Job(archive="none"), requests)
    collection.frontier(run).finish(taken := next_of(collection, run))
    collection.end(run, "limit", {})
    unfinished = collection.unfinished()
    assert unfinished is not None
    assert (unfinished.id, unfinished.job, unfinished.identity) == (run.id, run.job, run.identity)
    assert unfinished.started_at == run.started_at
    assert unfinished.resumed
    assert not run.resumed
    assert taken == requests[0]
    collection.frontier(run).finish(next_of(collection, run))
    collection.end(run, "finished", {})
    assert collection.unfinished() is None


def next_of(collection: Whole, run: Run) -> Request:
    request = collection.frontier(run).take(0.0)
    assert isinstance(request, Request)
    return request


def test_the_identity_is_the_jobs_and_the_seeds(collection: Whole) -> None:
    job, requests = Job(delay=2.0), seeds(3)
    run = collection.begin(job, requests)
    assert run.identity == job.identity([request.key for request in reversed(requests)])
    assert run.identity != job.identity([requests[0].key])


def test_the_seeds_are_in_the_frontier(collection: Whole) -> None:
    requests = [*seeds(2), *seeds(1)]
    run = collection.begin(Job(), requests)
    assert collection.frontier(run).counts().queued == 2


def test_what_only_lists_pages_is_neither_record_nor_failure(collection: Whole) -> None:
    (feed,) = requests = seeds(1)
    first = collection.begin(Job(), requests)
    collection.store(first).commit([failed(feed)], finishing(collection.frontier(first)))
    run = collection.begin(Job(), requests)
    found = Found(tuple(seeds(3)), "feed", 3)
    listing = [Outcome(next_of(collection, run), found=found)]
    (done,) = collection.store(run).commit(listing, finishing(collection.frontier(run)))
    assert (done.kind, done.id, done.found) == ("listing", None, found)
    assert collection.tally(run.id) == Tally(listing=1)
    assert list(collection.failures()) == [], "it was had since it failed"


def test_the_last_reading_of_an_address_is_known(collection: Whole, clock: HandClock) -> None:
    (request,) = seeds(1)
    store = collection.store(collection.begin(Job(), seeds(1)))
    assert store.last_read(request) is None
    clock.at += timedelta(days=1)
    first = crawl(collection, seeds(1))
    assert collection.store(first).last_read(request) == first.started_at
    clock.at += timedelta(days=1)
    second = crawl(collection, seeds(1))
    clock.at += timedelta(days=1)
    third = collection.begin(Job(), seeds(1))
    failing = [failed(next_of(collection, third))]
    collection.store(third).commit(failing, finishing(collection.frontier(third)))
    assert collection.store(third).last_read(request) == second.started_at


def test_a_new_run_gives_up_an_unfinished_one(collection: Whole) -> None:
    collection.begin(Job(), seeds(2))
    second = collection.begin(Job(), seeds(3))
    unfinished = collection.unfinished()
    assert unfinished is not None
    assert unfinished.id == second.id
    collection.abandon(second)
    assert collection.unfinished() is None


def test_a_record_gets_its_run_and_its_first_revision(collection: Whole) -> None:
    run = collection.begin(Job(), seeds(1))
    [done] = collection.store(run).commit([outcome(seeds(1)[0])], nothing)
    assert (done.kind, done.id, done.revision) == ("record", "news.example:0", 1)
    assert done.article is not None
    assert (done.article.run, done.article.revision) == (run.id, 1)
    assert list(collection.articles()) == [done.article]
    assert collection.article("news.example:0") == done.article
    assert collection.article("news.example:9") is None


def test_the_same_article_from_another_address_is_a_duplicate(collection: Whole) -> None:
    run = collection.begin(Job())
    store = collection.store(run)
    other = make_request("https://m.news.example/0")
    first, second = store.commit([outcome(seeds(1)[0]), outcome(other, article("0"))], nothing)
    assert (first.kind, second.kind) == ("record", "duplicate")
    assert (second.id, second.revision, second.article) == ("news.example:0", 1, None)
    third = make_request("https://www.news.example/0")
    [late] = store.commit([outcome(third, article("0", "Changed meanwhile."))], nothing)
    assert late.kind == "duplicate"
    assert len(list(collection.articles())) == 1
    assert collection.tally(run.id) == Tally(record=1, duplicate=2)


def test_an_unchanged_page_adds_nothing(collection: Whole) -> None:
    crawl(collection, seeds(2))
    again = collection.begin(Job())
    [done] = collection.store(again).commit([outcome(seeds(1)[0])], nothing)
    assert (done.kind, done.id, done.revision) == ("unchanged", "news.example:0", 1)
    other = make_request("https://m.news.example/0")
    [double] = collection.store(again).commit([outcome(other, article("0"))], nothing)
    assert double.kind == "duplicate", "of a page this run has met, changed or not"
    assert len(list(collection.articles())) == 2
    assert collection.tally(again.id) == Tally(unchanged=1, duplicate=1)


def test_what_is_known_can_be_asked_before(collection: Whole) -> None:
    assert not collection.store(collection.begin(Job())).is_known(article("0"))
    crawl(collection, seeds(1))
    crawl(collection, seeds(1), "The harbour is loud now.")
    store = collection.store(collection.begin(Job()))
    assert store.is_known(article("0", "The harbour is loud now."))
    assert not store.is_known(article("0"))


def test_a_changed_page_adds_a_revision(collection: Whole) -> None:
    crawl(collection, seeds(2))
    second = crawl(collection, seeds(1), "The harbour is loud now.")
    crawl(collection, seeds(1), "A quiet harbour.")
    assert [record.revision for record in collection.articles()] == [1, 1, 2, 3]
    latest = list(collection.articles(latest=True))
    assert [(record.id[-1], record.revision) for record in latest] == [("1", 1), ("0", 3)]
    newest = collection.article("news.example:0")
    assert newest is not None
    assert newest.text == "A quiet harbour."
    assert collection.tally(second.id) == Tally(record=1)


def test_a_failure_is_kept_with_its_run(collection: Whole) -> None:
    run = collection.begin(Job())
    [done] = collection.store(run).commit([failed(seeds(1)[0], "dns")], nothing)
    assert (done.kind, done.id, done.revision, done.article) == ("failed", None, None, None)
    assert done.failure is not None
    assert done.failure.run == run.id
    assert list(collection.failures()) == [done.failure]
    assert collection.tally(run.id) == Tally(failed=1, failures={"dns": 1})


def test_only_the_latest_outcome_of_an_address_is_a_standing_failure(collection: Whole) -> None:
    one, two = seeds(2)
    first = collection.begin(Job())
    collection.store(first).commit([failed(one), failed(two)], nothing)
    second = collection.begin(Job())
    collection.store(second).commit([outcome(one), failed(two, "dns")], nothing)
    assert [failure.code for failure in collection.failures()] == ["dns"]
    assert [failure.url for failure in collection.failures(first.id)] == [one.url, two.url]
    assert [failure.url for failure in collection.failures(second.id)] == [two.url]


def test_committed_outcomes_are_told_inside_the_transaction(collection: Whole) -> None:
    run = collection.begin(Job(), seeds(3))
    frontier, found = collection.frontier(run), make_request(address("found"))
    requests = [next_of(collection, run), next_of(collection, run)]
    told = []

    def also(committed: object) -> None:
        assert isinstance(committed, list)
        told.extend(committed)
        finishing(frontier)(committed)
        frontier.add([found])

    done = collection.store(run).commit([outcome(requests[0]), failed(requests[1])], also)
    assert told == done
    counts = frontier.counts()
    assert (counts.queued, counts.leased, counts.done) == (2, 0, 2)


def test_a_record_is_committed_with_its_pictures(collection: Whole) -> None:
    run = collection.begin(Job())
    store = collection.store(run)
    media = store.put_media(png(7, 5))
    assert (media.mime, media.width, media.height) == ("image/png", 7, 5)
    assert media.path == f"media/{media.sha256[:2]}/{media.sha256}.png"
    assert store.put_media(png(7, 5)) == media
    made = article(0, pictures=[media])
    store.commit([outcome(seeds(1)[0], made)], nothing)
    [record] = collection.articles()
    assert record.images[0].media == media


@pytest.mark.parametrize("body", [b"", b"<html><p>Sign in</p>", b"\x00\x01\x02 nothing"])
def test_what_is_no_picture_is_refused(collection: Whole, body: bytes) -> None:
    store = collection.store(collection.begin(Job()))
    with pytest.raises(NotAPicture):
        store.put_media(body)
    store.put_media(png())


def test_the_page_of_a_record_is_kept_when_the_job_says_so(collection: Whole) -> None:
    run = collection.begin(Job(archive="page"))
    page = snapshot(0)
    [done] = collection.store(run).commit([outcome(seeds(1)[0], snapshot=page)], nothing)
    assert done.article is not None
    kept = collection.snapshot(done.article)
    assert kept == page


def test_no_page_is_kept_otherwise(collection: Whole) -> None:
    run = collection.begin(Job(archive="none"))
    [done] = collection.store(run).commit([outcome(seeds(1)[0], snapshot=snapshot(0))], nothing)
    assert done.article is not None
    assert done.article.archive is None
    assert collection.snapshot(done.article) is None


def test_it_can_be_read_as_it_was(collection: Whole, tmp_path: Path) -> None:
    crawl(collection, seeds(1), "A quiet harbour.")
    assert [one.revision for one in collection.revisions("news.example:0")] == [1]
    assert collection.revisions("news.example:7") == []
    before = MOMENT - timedelta(days=1)
    assert list(collection.articles(as_of=before)) == []
    assert [one.id for one in collection.articles(latest=True, as_of=MOMENT)] == ["news.example:0"]


def test_what_pages_taught_is_committed_with_them_and_outlives_the_run(collection: Whole) -> None:
    marks = frozenset({7, 2**32 - 1})
    agreed = Observation("news.example", "l", marks, ())
    known = Layout()
    for differed in ((), ("title",), ()):
        run = collection.begin(Job(), seeds(3))
        store = collection.store(run)
        assert store.layout("news.example", "l") == known
        lessons = [agreed, replace(agreed, differing=differed), replace(agreed, differing=None)]
        pages = [outcome(one, learned=seen) for one, seen in zip(seeds(3), lessons, strict=True)]
        store.commit(pages, nothing)
        for lesson in lessons:
            known = known.after(lesson)
        assert store.layout("news.example", "l") == known
    assert known.differed == 1
    assert store.layout("other.example", "l") == store.layout("news.example", "m") == Layout()


def test_what_a_page_taught_goes_with_its_transaction(collection: Whole) -> None:
    run = collection.begin(Job(), seeds(1))
    seen = Observation("news.example", "l", frozenset({7}), ())

    def refused(_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        collection.store(run).commit([outcome(seeds(1)[0], learned=seen)], refused)
    assert collection.store(run).layout("news.example", "l") == Layout()

"""What a collection remembers of the addresses it was given, from run to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scraper.frontier.queue import SqliteFrontier
from scraper.frontier.seeds import make_request
from scraper.job import Job
from scraper.protocols import Committed, Outcome
from scraper.store.collection import LocalCollection
from tests.unit.samples import HandClock, article, failed, outcome, seeds, snapshot

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGE = replace(snapshot(0), rendered_with="http", headers=(("ETag", '"one"'),))
(REQUEST,) = seeds(1)


class Days:
    """A collection that is opened for each visit of one page."""

    def __init__(self, path: Path) -> None:
        self.path, self.clock = path, HandClock()

    def open(self) -> LocalCollection:
        return LocalCollection.open(self.path, clock=self.clock, frontier=SqliteFrontier)

    def due(self, after: timedelta) -> list[str]:
        opened = self.open()
        try:
            return opened.due(self.clock.at + after)
        finally:
            opened.close()

    def visit(self, result: Outcome, after: timedelta = HOUR, **job: object) -> Committed:
        self.clock.at += after
        opened = self.open()
        try:
            run = opened.begin(Job.model_validate(job), [result.request])
            frontier = opened.frontier(run)
            frontier.take(0.0)

            def finish(done: Sequence[Committed]) -> None:
                for one in done:
                    frontier.finish(one.request)

            (committed,) = opened.store(run).commit([result], finish)
            opened.end(run, "finished", {})
            return committed
        finally:
            opened.close()

    def lines(self) -> int:
        return (self.path / "records.jsonl").read_bytes().count(b"\n")


@pytest.fixture
def days(tmp_path: Path) -> Days:
    return Days(tmp_path / "c")


@pytest.fixture
def known(days: Days) -> Days:
    assert days.visit(read()).kind == "record"
    return days


def read(text: str = "A quiet harbour.") -> Outcome:
    return outcome(REQUEST, article(0, text), snapshot=PAGE)


def same() -> Outcome:
    answer = replace(PAGE.exchanges[-1], status=304, body=b"")
    page = replace(PAGE, status=304, document=b"", dom=None, exchanges=(answer,))
    return Outcome(REQUEST, snapshot=page, same=True)


def test_the_version_of_a_document_is_remembered(known: Days) -> None:
    opened = known.open()
    found = opened.store(opened.begin(Job(), seeds(2))).recall(REQUEST)
    other = opened.store(opened.begin(Job(), seeds(2))).recall(seeds(2)[1])
    opened.close()
    assert found
    assert found.validators
    assert (found.validators.etag, found.alone, other) == ('"one"', True, None)


def test_an_article_of_several_pages_did_not_come_from_one_document(days: Days) -> None:
    """Its first page may stay as it is while another one changes."""
    days.visit(outcome(REQUEST, article(0), snapshot=replace(PAGE, further=(PAGE,))))
    opened = days.open()
    found = opened.store(opened.begin(Job(), seeds(1))).recall(REQUEST)
    opened.close()
    assert found
    assert not found.alone


def test_a_page_that_was_not_sent_again_is_unchanged(known: Days) -> None:
    assert known.visit(same()).kind == "unchanged"
    assert known.lines() == 1


def test_gone_once_is_a_failure(known: Days) -> None:
    for _ in range(2):
        assert known.visit(failed(REQUEST), after=DAY).kind == "failed"
    assert known.lines() == 1


def test_a_page_that_was_never_there_has_no_tombstone(days: Days) -> None:
    for _ in range(5):
        assert days.visit(failed(REQUEST), after=DAY).kind == "failed"


def test_a_confirmed_loss_is_one_revision_with_the_last_good_copy(known: Days) -> None:
    kinds = [known.visit(failed(REQUEST), after=12 * HOUR).kind for _ in range(5)]
    assert kinds == ["failed", "failed", "record", "unchanged", "unchanged"]
    opened = known.open()
    first, last = opened.revisions("news.example:0")
    opened.close()
    assert (last.revision, last.previous, last.status) == (2, 1, 200)
    assert last.gone
    assert (last.gone.code, last.gone.visits) == ("http.404", 3)
    assert last.gone.confirmed - last.gone.since == DAY
    assert (last.blocks, last.archive, last.content_hash) == (
        first.blocks, first.archive, first.content_hash,
    )  # fmt: skip


def test_one_good_visit_in_between_and_the_count_begins_anew(known: Days) -> None:
    for _ in range(3):
        assert known.visit(failed(REQUEST), after=DAY).kind == "failed"
        assert known.visit(read(), after=HOUR).kind == "unchanged"


def test_what_comes_back_is_a_revision(known: Days) -> None:
    for _ in range(3):
        known.visit(failed(REQUEST), after=DAY)
    back = known.visit(read())
    assert (back.kind, back.revision) == ("record", 3)
    assert back.article
    assert back.article.gone is None
    assert known.visit(read()).kind == "unchanged"


@pytest.mark.parametrize("code", ["http.503", "timeout", "verdict.login"])
def test_other_failures_are_no_loss(known: Days, code: str) -> None:
    for _ in range(5):
        assert known.visit(failed(REQUEST, code), after=DAY).kind == "failed"


def test_a_page_is_due_later_and_later_while_nothing_changes(known: Days) -> None:
    """And sooner after a change."""
    rests = []
    for text in ("A quiet harbour.", "A quiet harbour.", "A loud harbour."):
        known.visit(read(text), revisit="1h..4d")
        opened = known.open()
        found = opened.store(opened.begin(Job(), [])).recall(REQUEST)
        assert found
        rests.append(found.rests)
        now = known.clock.at
        assert opened.due(now + found.rests - timedelta(seconds=1)) == []
        assert opened.due(now + found.rests) == [REQUEST.url]
        opened.close()
    assert rests == [1.5 * DAY, 2.25 * DAY, 1.125 * DAY]


def test_a_loss_is_confirmed_with_no_more_visits_than_that_takes(known: Days) -> None:
    known.visit(failed(REQUEST), after=DAY)
    assert known.due(11 * HOUR) == []
    assert known.due(12 * HOUR) == [REQUEST.url]


def test_what_fails_again_and_again_is_due_ever_more_rarely(known: Days) -> None:
    known.visit(read(), revisit="1h..2h")
    rests = []
    for _ in range(3):
        known.visit(failed(REQUEST, "http.403"), after=DAY, revisit="1h..30d")
        rests.append(next(hours for hours in range(1000) if known.due(hours * HOUR)))
    assert rests == [3, 5, 7]


def at_another_address(*moves: int) -> Outcome:
    """The same article there; the first address leads to it by such redirects."""
    url = f"{PAGE.url}/now"
    request = REQUEST if moves else make_request(url)
    hops = tuple(replace(PAGE.exchanges[0], url=REQUEST.url, status=status) for status in moves)
    exchanges = (*hops, replace(PAGE.exchanges[-1], url=url))
    return outcome(request, article(0), snapshot=replace(PAGE, url=url, exchanges=exchanges))


def test_an_article_that_is_at_another_address_is_not_gone(known: Days) -> None:
    known.visit(at_another_address(), revisit="3d..30d")
    kinds = [known.visit(failed(REQUEST), after=12 * HOUR).kind for _ in range(4)]
    assert kinds == ["failed", "failed", "unchanged", "unchanged"]
    assert known.lines() == 1


def test_an_address_that_nobody_visits_any_more_proves_nothing(known: Days) -> None:
    known.visit(at_another_address(), revisit="1h..2d")
    kinds = [known.visit(failed(REQUEST), after=2 * DAY).kind for _ in range(3)]
    assert kinds == ["failed", "failed", "record"]


@pytest.mark.parametrize(
    ("moves", "at"),
    [((301,), "/now"), ((308, 301), "/now"), ((302,), ""), ((301, 302), "")],
)
def test_what_moved_for_good_is_due_where_it_is_now(
    known: Days, moves: tuple[int, ...], at: str
) -> None:
    known.visit(at_another_address(*moves))
    assert known.due(31 * DAY) == [(PAGE if at else REQUEST).url + at]


def test_what_moved_and_did_not_change_is_due_where_it_is_now(known: Days) -> None:
    page = at_another_address(301).snapshot
    assert page
    known.visit(Outcome(REQUEST, snapshot=replace(page, status=304, document=b""), same=True))
    assert known.due(31 * DAY) == [f"{PAGE.url}/now"]


def test_addresses_of_one_page_are_due_once_and_know_the_same(known: Days) -> None:
    known.visit(at_another_address(301))
    known.visit(at_another_address(), after=5 * DAY)
    assert known.due(DAY) == [f"{PAGE.url}/now"]
    assert known.due(23 * HOUR) == []
    opened = known.open()
    found = opened.store(opened.begin(Job(), [])).recall(REQUEST)
    opened.close()
    assert found
    assert found.checked_at == known.clock.at

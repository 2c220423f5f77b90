"""What is measured while a run goes on."""

from __future__ import annotations

import pytest

from scraper.errors import ConnectFailed, HttpStatus, PageError
from scraper.protocols import Committed
from scraper.recipe import FetchRule
from scraper.report.measured import Measured, Timeline
from scraper.request import Request
from scraper.snapshot import Snapshot
from tests.unit.samples import seeds, snapshot


class Time:
    """Moved by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class SlowFetcher:
    """Takes two seconds a page after its turn came; fails those of a closed host."""

    received = 7

    def __init__(self, time: Time) -> None:
        self._time = time

    async def fetch(self, request, rule, admit, at_hand=(), unless=None, judge=None) -> Snapshot:  # type: ignore[no-untyped-def]
        await admit(request.url)
        self._time.now += 2.0
        if request.host == "closed.example":
            raise ConnectFailed(request.host, "refused")
        return snapshot()

    async def get(self, url, **_):  # type: ignore[no-untyped-def]
        raise NotImplementedError

    async def close(self) -> None: ...


def committed(request: Request, kind: str = "record") -> Committed:
    return Committed(request, kind, None, None)  # type: ignore[arg-type]


async def test_pages_are_timed_without_the_wait_for_their_turn() -> None:
    time = Time()
    measured = Measured(clock=time)
    fetcher = measured.fetcher(SlowFetcher(time))

    async def admit(_: str) -> None:
        time.now += 5.0

    for request in seeds(3):
        await fetcher.fetch(request, FetchRule(), admit)
    (closed,) = seeds(1, "closed.example")
    with pytest.raises(PageError):
        await fetcher.fetch(closed, FetchRule(), admit)
    measured.retried(closed, HttpStatus(429), 3.0)
    measured.retried(closed, HttpStatus(500), 3.0)
    facts = measured.facts(7, "chromium 1")
    assert facts["hosts"] == {
        "news.example": {"pages": 3, "failed": 0, "seconds": 2.0, "slowest": 2.0},
        "closed.example": {"pages": 1, "failed": 1, "seconds": 2.0, "slowest": 2.0},
    }
    assert facts["manners"] == {
        "requests": 4, "hosts": 2, "smallest_gap": 7.0, "smallest_gap_host": "news.example",
        "smallest_gap_by_host": {"news.example": 7.0}, "refused": {},
        "retries": 2, "told_to_wait": 1,
    }  # fmt: skip
    assert fetcher.received == 7


async def test_a_page_that_is_rendered_after_its_document_came_is_one() -> None:
    time = Time()
    measured = Measured(clock=time)
    fetcher = measured.fetcher(SlowFetcher(time))

    async def admit(_: str) -> None: ...

    (request,) = seeds(1)
    page = await fetcher.fetch(request, FetchRule(render="http"), admit)
    await fetcher.fetch(request, FetchRule(), admit, page.exchanges)
    (host,) = measured.facts(7, None)["hosts"].values()
    assert host == {"pages": 1, "failed": 0, "seconds": 4.0, "slowest": 2.0}


def test_nothing_measured_is_told_as_nothing() -> None:
    assert Measured(clock=Time()).facts(0, None) == {
        "seconds": 0.0, "invocations": 1, "bytes": 0, "browser": None,
        "timeline": {"step": 0.5, "counts": {}},
        "hosts": {},
        "manners": {
            "requests": 0, "hosts": 0, "smallest_gap": None, "smallest_gap_host": None,
            "smallest_gap_by_host": {}, "refused": {},
            "retries": 0, "told_to_wait": 0,
        },
    }  # fmt: skip


def test_outcomes_stand_in_their_step_of_time() -> None:
    time = Time()
    measured = Measured(clock=time)
    (request,) = seeds(1)
    measured.started(None, 1)  # type: ignore[arg-type]
    measured.settled(committed(request))
    time.now += 2.5
    measured.settled(committed(request, "failed"))
    assert measured.facts(0, None)["timeline"] == {
        "step": 0.5,
        "counts": {"record": [1, 0, 0, 0, 0, 0], "failed": [0, 0, 0, 0, 0, 1]},
    }


async def test_a_run_that_goes_on_is_told_as_a_whole() -> None:
    time = Time()
    earlier: dict[str, object] = {}
    for bytes in (10, 20):
        measured = Measured(clock=time, earlier=earlier)
        fetcher = measured.fetcher(SlowFetcher(time))
        for request in seeds(2):
            await fetcher.fetch(request, FetchRule(), nowhere)
            measured.settled(committed(request))
        measured.retried(request, HttpStatus(429), 3.0)
        earlier = measured.facts(bytes, None if earlier else "chromium 1")
        time.now += 3600  # nobody crawls
    assert (earlier["seconds"], earlier["invocations"]) == (8.0, 2)
    assert (earlier["bytes"], earlier["browser"]) == (30, "chromium 1")
    assert earlier["timeline"] == {"step": 0.5, "counts": {"record": [0, *([0, 0, 0, 1] * 4)]}}
    host = {"pages": 4, "failed": 0, "seconds": 2.0, "slowest": 2.0}
    assert earlier["hosts"] == {"news.example": host}
    assert earlier["manners"] == {
        "requests": 4, "hosts": 1, "smallest_gap": 2.0, "smallest_gap_host": "news.example",
        "smallest_gap_by_host": {"news.example": 2.0}, "refused": {},
        "retries": 2, "told_to_wait": 2,
    }  # fmt: skip


async def nowhere(_: str) -> None:
    """Nothing is waited for."""


def test_a_long_run_has_longer_steps() -> None:
    timeline = Timeline()
    for second in range(1000):
        timeline.note(float(second), "record")
    facts = timeline.facts()
    assert facts["step"] == 16.0
    assert sum(facts["counts"]["record"]) == 1000
    assert len(facts["counts"]["record"]) == 63
    assert facts["counts"]["record"][0] == 16

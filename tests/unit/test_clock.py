from __future__ import annotations

import asyncio
import selectors
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from scraper import clock as clocks
from scraper.clock import SystemClock, run

YEAR = timedelta(days=365)


@pytest.mark.parametrize("jump", [-20 * YEAR, 20 * YEAR], ids=["back", "forward"])
def test_a_wall_clock_that_is_set_moves_nothing(
    monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    """Pauses, deadlines and the order of records hang on it."""
    clock = SystemClock()
    before = clock.now()

    class Set(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + jump

    monkeypatch.setattr(clocks, "datetime", Set)
    assert timedelta(0) <= clock.now() - before < timedelta(hours=1)
    assert abs(SystemClock().now() - before) > YEAR, "the next process has the new time"


def test_it_goes_on_as_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = [100.0]
    monkeypatch.setattr(clocks, "_passed", lambda: passed[0])
    clock = SystemClock()
    before = clock.now()
    passed[0] += 90
    assert clock.now() - before == timedelta(seconds=90)
    assert abs(datetime.now(UTC) - before) < timedelta(minutes=10)


def test_deadlines_come_no_nearer_while_the_process_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment, waits = [0.0], count()

    def stopped(_: object, timeout: float) -> list[Any]:
        moment[0] += 3600 if next(waits) == 30 else timeout
        return []

    async def page() -> float:
        moment[0] = time.monotonic()
        with monkeypatch.context() as patch:
            patch.setattr(time, "monotonic", lambda: moment[0])
            patch.setattr(selectors.DefaultSelector, "select", stopped)
            before = asyncio.get_running_loop().time()
            async with asyncio.timeout(600):
                await asyncio.sleep(60)
            return asyncio.get_running_loop().time() - before

    assert run(page()) == pytest.approx(60, abs=1)
    assert moment[0] > 3600


def test_it_is_stopped_in_the_middle_of_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked of the time right after it knows already."""
    moment = [0.0]

    async def page() -> float:
        moment[0] = time.monotonic()
        with monkeypatch.context() as patch:
            patch.setattr(time, "monotonic", lambda: moment[0])
            loop = asyncio.get_running_loop()
            before = loop.time()
            moment[0] += 3600
            return loop.time() - before

    assert run(page()) == pytest.approx(0, abs=1)


@pytest.mark.parametrize(
    ("passed", "worked", "waited", "lost"),
    [(0.5, 0.0, 0.0, 0.0), (3600, 0.0, 0.0, 3600), (3600, 3600, 0.0, 0.0), (3601, 0.0, 1, 3600)],
    ids=["late", "stopped", "busy", "stopped while it waited"],
)
def test_a_busy_machine_is_no_stopped_one(
    monkeypatch: pytest.MonkeyPatch, passed: float, worked: float, waited: float, lost: float
) -> None:
    monkeypatch.setattr(time, "monotonic", iter([10.0, 10.0 + passed]).__next__)
    monkeypatch.setattr(time, "process_time", iter([5.0, 5.0 + worked]).__next__)
    running = clocks._Running()
    running.look(waited)
    monkeypatch.undo()
    assert running.lost == lost

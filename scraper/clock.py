"""Time as a crawl counts it: setting the wall clock moves nothing, and while the machine sleeps or
the process is stopped no deadline comes nearer."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

_BEAT = 1.0
"""Seconds; no wait is longer without a look at the time."""
_LATE = 2.0
"""Seconds that pass with neither work nor a wait when the process did not run."""


class SystemClock:
    """The machine's, read once: from then on it goes forward as time passes, through the machine's
    sleep too where that is counted."""

    def __init__(self) -> None:
        self._start = datetime.now(UTC)
        self._begun = _passed()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=_passed() - self._begun)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class WallClock:
    """The machine's as it is set at each moment, for what is due by the calendar; `passed` tells
    how much time really went by."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def passed(self) -> float:
        """Seconds since some moment, those of the machine's sleep included."""
        return _passed()


def run(main: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run`, in a loop whose time stands still while the process is stopped: a page in
    flight is not failed for what was no fault of its server."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(main)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._running = _Running()
        super().__init__(_Waiting(self._running))

    def time(self) -> float:
        now = super().time()
        if now - self._running.seen > _LATE:
            self._running.look()
        return now - self._running.lost


class _Running:
    """Knows how long the process did not run: time that passed and took no processor."""

    lost = 0.0

    def __init__(self) -> None:
        self.seen, self._worked = time.monotonic(), time.process_time()

    def look(self, waited: float = 0.0) -> None:
        """`waited` are the seconds since the last look that were spent waiting, as was meant."""
        now, worked = time.monotonic(), time.process_time()
        stood = (now - self.seen) - (worked - self._worked) - waited
        if stood > _LATE:
            self.lost += stood
        self.seen, self._worked = now, worked


class _Waiting(selectors.DefaultSelector):
    def __init__(self, running: _Running) -> None:
        super().__init__()
        self._running = running

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        wait = _BEAT if timeout is None else min(timeout, _BEAT)
        self._running.look()
        ready = super().select(wait)
        self._running.look(max(wait, 0.0))
        return ready


def _passed() -> float:
    """Seconds since some moment."""
    # The monotonic clock of macOS counts the machine's sleep by itself.
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))

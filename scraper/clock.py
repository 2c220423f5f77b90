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
"""Seconds by which a wait takes too long when the process did not run."""


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


def run(main: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run`, in a loop whose time stands still while the process is stopped: a page in
    flight is not failed for what was no fault of its server."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(main)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._waiting = _Waiting()
        super().__init__(self._waiting)

    def time(self) -> float:
        return super().time() - self._waiting.lost


class _Waiting(selectors.DefaultSelector):
    """Knows how long the process did not run while it waited."""

    lost = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        wait = _BEAT if timeout is None else min(timeout, _BEAT)
        before = time.monotonic()
        ready = super().select(wait)
        passed = time.monotonic() - before
        if passed > max(wait, 0.0) + _LATE:
            self.lost += passed
        return ready


def _passed() -> float:
    """Seconds since some moment."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)

"""How many pages may be in flight at once, where nobody has said: as many as the machine bears.

More while the processors have time left although all places are taken (pages wait for servers);
fewer when memory runs short, or when more pages than at the beginning only wait for a processor.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scraper.settings import MOST_PAGES

FIRST_OF_A_CORE = 2
LEAST_FIRST = 4
INTERVAL = 1.0
"""Seconds between two looks at the machine."""
IDLE_ENOUGH = 0.25
"""This part of the processors' time must be left before there are more pages,"""
TOO_BUSY = 0.03
"""and with less than this there are fewer again."""
MEMORY_ENOUGH = 0.20
MEMORY_SHORT = 0.10
"""Of the machine's memory; between the two nothing is added."""


@dataclass(frozen=True, slots=True)
class Load:
    """Of the machine: processor time since its start, all and idle, in any unit; and the part of
    its memory that is available."""

    total: float
    idle: float
    memory: float


def machine() -> Load | None:
    """None where the system does not tell; only Linux does."""
    with suppress(OSError, ValueError, KeyError, IndexError):
        with Path("/proc/stat").open() as lines:
            times = [float(word) for word in lines.readline().split()[1:9]]
        with Path("/proc/meminfo").open() as lines:
            sizes = dict(line.split(":", 1) for line in lines)
        available, total = (int(sizes[k].split()[0]) for k in ("MemAvailable", "MemTotal"))
        return Load(sum(times), times[3] + times[4], available / total)
    return None


class Width:
    """Call it with the number of pages in flight: how many there may be."""

    def __init__(
        self,
        look: Callable[[], Load | None] = machine,
        cores: int | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look, self._now = look, now
        self._first = max(LEAST_FIRST, FIRST_OF_A_CORE * (cores or os.cpu_count() or 1))
        self._width = min(self._first, MOST_PAGES)
        self._until = now() + INTERVAL
        self._before = look()
        self._all_taken = True

    def __call__(self, in_flight: int) -> int:
        self._all_taken &= in_flight + 1 >= self._width
        if self._now() >= self._until:
            self._judge()
            self._until = self._now() + INTERVAL
            self._all_taken = True
        return self._width

    def _judge(self) -> None:
        before, self._before = self._before, self._look()
        load = self._before
        if load is None or before is None or load.total <= before.total:
            return
        idle = (load.idle - before.idle) / (load.total - before.total)
        if load.memory < MEMORY_SHORT:
            self._width = max(1, self._width // 2)
        elif idle < TOO_BUSY:
            self._width = max(min(self._first, self._width), self._width - 1)
        elif self._all_taken and idle > IDLE_ENOUGH and load.memory > MEMORY_ENOUGH:
            self._width = min(MOST_PAGES, self._width + max(1, self._width // 4))

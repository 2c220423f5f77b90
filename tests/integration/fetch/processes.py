"""Processes that a test started, directly or not."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

VARIABLE = "SCRAPER_TEST_PROCESSES"


@dataclass
class Mark:
    """Set `VARIABLE` to `value` before the processes start: they inherit it.  Renderers wipe their
    environment, but stay in the group of their browser."""

    value: str = field(default_factory=lambda: uuid.uuid4().hex)
    _groups: set[int] = field(default_factory=set)

    def pids(self, word: str = "") -> list[int]:
        """Those alive whose command line holds `word`."""
        mark = f"{VARIABLE}={self.value}".encode()
        alive: list[tuple[int, int, bool, str]] = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                state, _, group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
                marked = mark in (entry / "environ").read_bytes()
                line = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if state != "Z":
                alive.append((int(entry.name), int(group), marked, line))
        self._groups |= {group for _, group, marked, _ in alive if marked} - {os.getpgrp()}
        return [
            pid
            for pid, group, marked, line in alive
            if (marked or group in self._groups) and word in line
        ]

    async def gone(self, word: str = "", seconds: float = 10) -> bool:
        """Whether none is left within so many seconds."""
        until = time.monotonic() + seconds
        while self.pids(word):
            if time.monotonic() > until:
                return False
            await asyncio.sleep(0.05)
        return True

"""Opens collections: what stands behind the protocol, and by which clock."""

from __future__ import annotations

import platform
from pathlib import Path

from scraper.clock import SystemClock
from scraper.frontier.queue import SqliteFrontier
from scraper.protocols import Clock
from scraper.settings import program_version
from scraper.store.collection import LocalCollection


def open_collection(path: Path | str) -> LocalCollection:
    """For reading; needs no lock.  Raises UsageError when there is none."""
    return LocalCollection.open(
        Path(path), clock=SystemClock(), frontier=SqliteFrontier, writable=False
    )


def open_for_writing(path: Path, *, clock: Clock | None = None) -> LocalCollection:
    """Made where there is none.  Raises UsageError, CollectionBusy, CollectionVersion,
    StorageError."""
    return LocalCollection.open(
        path,
        clock=clock or SystemClock(),
        frontier=SqliteFrontier,
        versions={"scraper": program_version(), "python": platform.python_version()},
    )


def last_recipes(opened: LocalCollection) -> list[Path]:
    """The directories of recipes that the last run used, as far as they are still there."""
    last = opened.latest_run()
    named = [Path(directory) for directory in last.job.recipes] if last else []
    return [directory for directory in named if directory.is_dir()]

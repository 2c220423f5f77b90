"""Brings a collection of an earlier format to today's."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from scraper.errors import UsageError
from scraper.protocols import Clock
from scraper.store.database import (
    FORMAT,
    check_database,
    check_format,
    close_database,
    format_of,
    make_tables,
    open_database,
    set_format,
)
from scraper.store.disk import ignore, refusals
from scraper.store.layout import refuse_links
from scraper.store.lock import Lock
from scraper.transaction import transaction

_STEPS: dict[int, Callable[[sqlite3.Connection], None]] = {
    1: make_tables,  # 2 has more tables, and none that differs
}
"""What leads from a format to the next."""


def migrate(path: Path, clock: Clock, on_step: Callable[[str], None] = ignore) -> int:
    """All steps in one transaction; the format it had before.  What a killed crawl left in disorder
    stays for the next one.  Raises UsageError, CollectionBusy, CollectionVersion for what no step
    leads from, StorageError."""
    database, oldest = path / "state.sqlite", min(_STEPS)
    if not os.path.isfile(database):  # noqa: PTH113 - False too for a name that cannot be
        raise UsageError(f"there is no collection at {path}")
    with refusals(path):
        refuse_links(path)
        check_format(database, oldest)
    lock = Lock.take(path / "state.lock", clock.now(), new=False)
    in_order = False
    try:
        found = _migrate(database, oldest, check=lock.was_unclean, on_step=on_step)
        in_order = not lock.was_unclean
    finally:
        lock.release(in_order)
    return found


def _migrate(database: Path, oldest: int, *, check: bool, on_step: Callable[[str], None]) -> int:
    db = open_database(database, writable=True, oldest=oldest)
    try:
        if check:
            check_database(db, database)
        found = format_of(db)
        with transaction(db, str(database)):
            for number in range(found, FORMAT):
                _STEPS[number](db)
                set_format(db, number + 1)
            on_step("migration.made")
        on_step("migration.committed")
    finally:
        close_database(db, str(database))
    return found

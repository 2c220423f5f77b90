"""Brings a collection of an earlier format to today's."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import orjson

from scraper.errors import StorageError, UsageError
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
from scraper.store.disk import ignore, opened, refusals
from scraper.store.layout import refuse_links
from scraper.store.lines import unpack
from scraper.store.lock import Lock
from scraper.store.warc_reader import members
from scraper.transaction import transaction

_RECORDS = "SELECT no, line FROM records ORDER BY no"


def _note_pages(db: sqlite3.Connection, collection: Path) -> None:
    """Format 2 knows where each page begins, and has more tables; none of the older ones differs.
    A page ends with its metadata, and begins where the one before it ends."""
    make_tables(db)
    ends: dict[str, list[tuple[int, int]]] = {}
    for no, line in db.execute(_RECORDS):
        archive = orjson.loads(unpack(line))["archive"]
        if archive and (last := archive["metadata"]):
            ends.setdefault(last["file"], []).append((last["offset"] + last["length"], no))
    for file, pages in ends.items():
        start = until = _first_page(collection / file)
        for end, no in sorted(pages):
            if end != until:  # else: another revision made from the same page
                start, until = until, end
            page = (no, file, start, end - start)
            db.execute("INSERT INTO pages (record, file, start, length) VALUES (?, ?, ?, ?)", page)


def _first_page(archive: Path) -> int:
    """Behind the record that describes the file; 0 when it is gone."""
    try:
        with (
            refusals(archive),
            opened(archive, os.O_RDONLY) as fd,
            open(fd, "rb", closefd=False) as file,
        ):
            found = [one[0] for one in islice(members("", file), 2) if isinstance(one, tuple)]
    except StorageError:
        return 0
    return found[1] if len(found) > 1 else 0


_STEPS: dict[int, Callable[[sqlite3.Connection, Path], None]] = {1: _note_pages}
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
                _STEPS[number](db, database.parent)
                set_format(db, number + 1)
            on_step("migration.made")
        on_step("migration.committed")
    finally:
        close_database(db, str(database))
    return found

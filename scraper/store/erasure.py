"""The list of what is to go from a collection's files, and how it is worked off: each step may be
done again."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from scraper.store.disk import TEMPORARY, refusals, sync_directory
from scraper.store.layout import INDEX
from scraper.store.outbox import Outbox
from scraper.transaction import sqlite_errors, transaction

DATABASE = "state.sqlite"
"""On the list, it stands for what its own free pages still hold."""

_LIST = "SELECT file, start, length, address FROM erasures ORDER BY file, start"

_Place = tuple[int, int, str | None]
"""The fields of a `Hole`."""


@dataclass
class Removal:
    """What goes, or would: `bytes` are those of pages, pictures and files of no use, `files` those
    that are written anew or removed."""

    revisions: int = 0
    failures: int = 0
    pages: int = 0
    pictures: int = 0
    bytes: int = 0
    files: set[str] = field(default_factory=set)


class ErasureList:
    """Written inside a transaction; names are below the collection."""

    def __init__(self, db: sqlite3.Connection, removal: Removal) -> None:
        self._db, self._removal = db, removal

    def file(self, name: str) -> None:
        """It is written anew, or removed if the database knows of nothing in it."""
        self._note(name, 0, 0, None)

    def records(self, file: str, start: int, length: int, address: str | None = None) -> None:
        """Of a WARC file; one that is given another `address` stays."""
        self._note(file, start, length, address)

    def whole(self, file: str) -> None:
        """A WARC file and all that was to go of it."""
        self._db.execute("DELETE FROM erasures WHERE file = ?", (file,))
        self.file(file)

    def _note(self, file: str, start: int, length: int, address: str | None) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO erasures VALUES (?, ?, ?, ?)", (file, start, length, address)
        )
        self._removal.files.add(file)


def is_pending(db: sqlite3.Connection) -> bool:
    """Whether something is left to do."""
    return db.execute("SELECT 1 FROM erasures LIMIT 1").fetchone() is not None


def finish(
    db: sqlite3.Connection,
    collection: Path,
    outboxes: dict[str, Outbox],
    report: Callable[[str], None],
    now: datetime,
    on_step: Callable[[str], None],
) -> None:
    """`report` writes the report of a run.  Raises StorageError."""
    by_file: defaultdict[str, list[_Place]] = defaultdict(list)
    with sqlite_errors(str(collection / DATABASE)):
        for file, start, length, address in db.execute(_LIST).fetchall():
            by_file[file].append((start, length, address))
    if not by_file:
        return
    on_step("erasure.begun")
    database = by_file.pop(DATABASE, None)
    for file, holes in by_file.items():
        _do(file, [hole for hole in holes if hole[1]], collection, outboxes, report, now)
        on_step("erasure.file")
    left = database is not None and not _shrink(db, collection)
    with transaction(db, str(collection / DATABASE)):
        db.execute("DELETE FROM erasures WHERE file != ? OR NOT ?", (DATABASE, left))
        for outbox in outboxes.values():
            outbox.note_length()
    on_step("erasure.done")


def _do(
    file: str,
    holes: list[_Place],
    collection: Path,
    outboxes: dict[str, Outbox],
    report: Callable[[str], None],
    now: datetime,
) -> None:
    path = collection / file
    folder, _, name = file.rpartition("/")
    if holes:
        if path.is_file():
            # Every crawl comes by here, and hardly any has something to cut out.
            from scraper.store.holes import Hole, cut_out  # noqa: PLC0415

            cut_out(path, [Hole(*place) for place in holes], now)
    elif name == INDEX:  # it is made again by whoever needs it
        for suffix in ("-wal", "-shm", ""):
            with refusals(path):
                path.with_name(f"{name}{suffix}").unlink(missing_ok=True)
    elif not folder and not name.startswith(TEMPORARY):
        table, _, number = name.removesuffix(".jsonl").partition("-")
        outboxes[table].write_anew(int(number or 0))
    elif folder == "runs" and name.endswith(".json"):
        report(name.removesuffix(".json"))
    else:
        with refusals(path):
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                sync_directory(path.parent)


def _shrink(db: sqlite3.Connection, collection: Path) -> bool:
    """Free pages of the database hold what was deleted.  False while a reader keeps them."""
    with sqlite_errors(str(collection / DATABASE)):
        db.execute("VACUUM")
        busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy

"""A JSON Lines file that follows a table: what it lost in a crash is written again from there."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import orjson

from scraper.errors import DatabaseUnreadable
from scraper.store.disk import refusals, sync_directory, write_all
from scraper.store.lines import unpack

_BATCH = 200

_LATER = {
    "records": "SELECT no, line FROM records WHERE no > ? ORDER BY no LIMIT ?",
    "failures": "SELECT no, line FROM failures WHERE no > ? ORDER BY no LIMIT ?",
}


class Outbox:
    """`<table>.jsonl`.  The database knows how long the file is for certain; that length trails by
    one commit, and lines behind it are cut off and written anew."""

    def __init__(
        self, db: sqlite3.Connection, collection: Path, table: str, on_step: Callable[[str], None]
    ) -> None:
        self._db, self._table, self._on_step = db, table, on_step
        self._name = f"{table}.jsonl"
        self._database = str(collection / "state.sqlite")
        self._path = collection / self._name
        self._length = self._last = 0
        with refusals(self._path):
            new = not self._path.exists()
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
            self._fd = os.open(self._path, flags, 0o666)
            if new:
                sync_directory(collection)

    def recover(self) -> None:
        """Cut what is not certain, then append what the table holds beyond.  A file that is shorter
        than it must be, or ends inside a line, is written anew."""
        row = self._db.execute(
            "SELECT length, last FROM files WHERE name = ?", (self._name,)
        ).fetchone()
        self._length, self._last = row or (0, 0)
        with refusals(self._path):
            size = os.fstat(self._fd).st_size
            ends = os.pread(self._fd, 1, self._length - 1) if self._length else b"\n"
            if ends != b"\n":
                self._length = self._last = 0
            elif size > self._length:
                self._refuse_unknown()
            if size > self._length:
                os.ftruncate(self._fd, self._length)
                self._on_step("recovery.cut")
        while rows := self._db.execute(_LATER[self._table], (self._last, _BATCH)).fetchall():
            self._write([(no, unpack(packed)) for no, packed in rows])
            self._on_step("recovery.appended")
        with refusals(self._path):
            os.fsync(self._fd)

    def _refuse_unknown(self) -> None:
        """A line is written after its row is durable.  Where whole lines have none, it is the
        database that is not what it was, and cutting them off would lose them."""
        with open(self._fd, "rb", closefd=False) as file:
            file.seek(self._length)
            beyond = [line for line in file if line.endswith(b"\n")]
        known = {
            unpack(packed) for _, packed in self._db.execute(_LATER[self._table], (self._last, -1))
        }
        if any(_is_ours(line) for line in beyond if line not in known):
            raise DatabaseUnreadable(
                self._database,
                f"it is older than {self._name} (was its -wal file removed? to go on without what "
                f"it lost, move {self._name} away)",
            )

    def append(self, lines: Sequence[tuple[int, bytes]]) -> None:
        """Lines of rows that are committed, in their order."""
        if not lines:
            return
        self._write(lines)
        self._on_step("lines.written")
        with refusals(self._path):
            os.fsync(self._fd)
        self._on_step("lines.synced")

    def note_length(self) -> None:
        """Inside a transaction, after the last `append` succeeded."""
        self._db.execute(
            "INSERT OR REPLACE INTO files (name, length, last) VALUES (?, ?, ?)",
            (self._name, self._length, self._last),
        )

    def close(self) -> None:
        """Idempotent."""
        with refusals(self._path):
            fd, self._fd = self._fd, -1
            if fd >= 0:
                os.close(fd)

    def _write(self, lines: Iterable[tuple[int, bytes]]) -> None:
        numbered = list(lines)
        data = b"".join(line for _, line in numbered)
        with refusals(self._path):
            write_all(self._fd, data)
        self._length += len(data)
        self._last = numbered[-1][0]


def _is_ours(line: bytes) -> bool:
    try:
        content = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(content, dict) and "run" in content

"""JSON Lines files that follow a table: what they lost in a crash is written again from there."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from scraper.errors import DatabaseUnreadable
from scraper.store.disk import TEMPORARY, ignore, opened, refusals, sync_directory, write_all
from scraper.store.lines import unpack

_BATCH = 200

_ROWS = {
    "records": "SELECT no, line FROM records WHERE no > ? AND no <= ? ORDER BY no LIMIT ?",
    "failures": "SELECT no, line FROM failures WHERE no > ? AND no <= ? ORDER BY no LIMIT ?",
}
_END = 2**63 - 1


@dataclass(slots=True)
class Part:
    """One file: how long it is for certain, and which row its last line is of.  The lines of a
    part are those of the rows behind the last one of the part before it."""

    length: int = 0
    last: int = 0


def part_name(table: str, number: int) -> str:
    """The first file has the table's own name."""
    return f"{table}-{number:05}.jsonl" if number else f"{table}.jsonl"


def parts_there(collection: Path, table: str) -> Iterator[Path]:
    """The files that are there, in order."""
    number = 0
    while (path := collection / part_name(table, number)).is_file():
        yield path
        number += 1


class Outbox:
    """`<table>.jsonl`, and `<table>-00001.jsonl` and so on once a file has reached `limit` bytes.
    The database knows how long each file is for certain; for the last one that length trails by one
    commit, and lines behind it are cut off and written anew."""

    def __init__(
        self,
        db: sqlite3.Connection,
        collection: Path,
        table: str,
        on_step: Callable[[str], None] = ignore,
    ) -> None:
        self._db, self._table, self._on_step = db, table, on_step
        self._collection = collection
        self._database = str(collection / "state.sqlite")
        self._parts = self._known()
        self.limit: int | None = None
        self._fd = -1
        self._open()

    def recover(self) -> None:
        """Cut what is not certain, then append what the table holds beyond.  A file that is shorter
        than it must be, or ends inside a line, is written anew."""
        for number in range(len(self._parts) - 1):
            if not self._is_whole(number):
                self.write_anew(number)
        part, path, highest = self._parts[-1], self._path(), self.last
        with refusals(path):
            later = [*parts_there(self._collection, self._table)][len(self._parts) :]
            size = os.fstat(self._fd).st_size
            if not self._ends_a_line(self._fd, part.length):
                part.length, part.last = 0, self._before(len(self._parts) - 1)
            else:
                self._refuse_unknown(part.length, later)
            if size > part.length or later:
                for file in reversed(later):
                    file.unlink()
                os.ftruncate(self._fd, part.length)
                self._on_step("recovery.cut")
        while rows := self._rows(part.last, _END):
            self._write(rows)
            self._on_step("recovery.appended")
            part = self._parts[-1]
        part.last = max(part.last, highest)
        with refusals(path):
            os.fsync(self._fd)

    def write_anew(self, number: int) -> None:
        """One of the files, from the table.  A reader sees the old or the new one."""
        part, path = self._parts[number], self._path(number)
        is_last = number == len(self._parts) - 1
        temporary = path.with_name(f"{TEMPORARY}{path.name}")
        last, until = self._before(number), _END if is_last else part.last
        part.length = 0
        with refusals(path):
            with opened(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as fd:
                while rows := self._rows(last, until):
                    data = b"".join(line for _, line in rows)
                    write_all(fd, data)
                    last = rows[-1][0]
                    part.length += len(data)
                os.fsync(fd)
            temporary.replace(path)
            sync_directory(self._collection)
        if is_last:
            self.close()
            self._open()
            part.last = max(part.last, last)

    def append(self, lines: Sequence[tuple[int, bytes]]) -> None:
        """Lines of rows that are committed, in their order."""
        if not lines:
            return
        self._write(lines)
        self._on_step("lines.written")
        with refusals(self._path()):
            os.fsync(self._fd)
        self._on_step("lines.synced")

    def note_length(self) -> None:
        """Inside a transaction, after the last `append` succeeded."""
        self._db.executemany(
            "INSERT OR REPLACE INTO files (name, length, last) VALUES (?, ?, ?)",
            [
                (part_name(self._table, number), part.length, part.last)
                for number, part in enumerate(self._parts)
            ],
        )

    @property
    def last(self) -> int:
        """The highest number that a row ever had; none is given twice."""
        return self._parts[-1].last

    def part_of(self, row: int) -> int:
        """The number of the file that has the row's line."""
        ends = (number for number, part in enumerate(self._parts[:-1]) if row <= part.last)
        return next(ends, len(self._parts) - 1)

    def close(self) -> None:
        """Idempotent."""
        with refusals(self._path()):
            fd, self._fd = self._fd, -1
            if fd >= 0:
                os.close(fd)

    # -- inside

    def _known(self) -> list[Part]:
        rows = self._db.execute(
            "SELECT length, last FROM files WHERE name = ? OR name GLOB ? "
            "ORDER BY length(name), name",
            (part_name(self._table, 0), f"{self._table}-?????.jsonl"),
        )
        return [Part(length, last) for length, last in rows] or [Part()]

    def _path(self, number: int | None = None) -> Path:
        """Of the last one by default."""
        number = len(self._parts) - 1 if number is None else number
        return self._collection / part_name(self._table, number)

    def _before(self, number: int) -> int:
        """The row that the part's first line comes after."""
        return self._parts[number - 1].last if number else 0

    def _rows(self, after: int, until: int) -> list[tuple[int, bytes]]:
        rows = self._db.execute(_ROWS[self._table], (after, until, _BATCH))
        return [(no, unpack(packed)) for no, packed in rows]

    def _open(self) -> None:
        path = self._path()
        with refusals(path):
            new = not path.exists()
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
            self._fd = os.open(path, flags, 0o666)
            if new:
                sync_directory(self._collection)

    def _is_whole(self, number: int) -> bool:
        """Of a file that nothing is appended to any more."""
        path, length = self._path(number), self._parts[number].length
        with refusals(path):
            try:
                with opened(path, os.O_RDONLY) as fd:
                    return os.fstat(fd).st_size == length and self._ends_a_line(fd, length)
            except FileNotFoundError:
                return False

    def _ends_a_line(self, fd: int, length: int) -> bool:
        return length == 0 or os.pread(fd, 1, length - 1) == b"\n"

    def _refuse_unknown(self, length: int, later: Sequence[Path]) -> None:
        """A line is written after its row is durable.  Where whole lines have none, it is the
        database that is not what it was, and cutting them off would lose them."""
        with open(self._fd, "rb", closefd=False) as file:
            file.seek(length)
            beyond = [line for line in file if line.endswith(b"\n")]
        for path in later:
            with opened(path, os.O_RDONLY) as fd, open(fd, "rb", closefd=False) as file:
                beyond += [line for line in file if line.endswith(b"\n")]
        if not beyond:
            return
        rows = self._db.execute(_ROWS[self._table], (self._parts[-1].last, _END, -1))
        known = {unpack(packed) for _, packed in rows}
        if any(_is_ours(line) for line in beyond if line not in known):
            name = self._path().name
            raise DatabaseUnreadable(
                self._database,
                f"it is older than {name} (was its -wal file removed? to go on without what "
                f"it lost, move {name} away)",
            )

    def _write(self, lines: Iterable[tuple[int, bytes]]) -> None:
        """Each file's share in one write."""
        part, data = self._parts[-1], bytearray()
        for no, line in lines:
            if self.limit and part.length + len(data) >= self.limit:
                self._flush(part, data)
                data.clear()
                part = self._next()
            data += line
            part.last = no
        self._flush(part, data)

    def _flush(self, part: Part, data: bytearray) -> None:
        with refusals(self._path()):
            write_all(self._fd, bytes(data))
        part.length += len(data)

    def _next(self) -> Part:
        """Begin a new file."""
        with refusals(self._path()):
            os.fsync(self._fd)
        self.close()
        self._parts.append(Part(last=self._parts[-1].last))
        self._open()
        self._on_step("lines.rotated")
        return self._parts[-1]


def _is_ours(line: bytes) -> bool:
    try:
        content = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(content, dict) and "run" in content

"""A folder of files made from records: written only where something changed, swept of what is gone,
whole again after a crash.

The folder remembers in `.scraper-export/` which unit (a record, a picture, a shard) made which
files from what.  Files it did not write are never overwritten nor removed.  After a kill the units
being written are written again; so is, after a power cut, a file that lost its content, which its
size tells.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from scraper.errors import CollectionBusy, UsageError
from scraper.store.disk import make_directory, refusals
from scraper.transaction import sqlite_errors, transaction

MEMORY = ".scraper-export"

_FORMAT = 1
_QUEUED_UNITS, _QUEUED_BYTES = 500, 32 * 2**20
_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE units (
    key TEXT PRIMARY KEY,
    stamp BLOB,                     -- what it was made from, null while they are written
    seen INTEGER NOT NULL           -- the last export that wanted it
) WITHOUT ROWID;
CREATE TABLE files (path TEXT PRIMARY KEY, unit TEXT NOT NULL, size INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX files_of_unit ON files (unit);
"""


@dataclass(slots=True)
class Changes:
    """Files of one export."""

    written: int = 0
    kept: int = 0
    removed: int = 0


class View:
    """One export into the folder, by one process.  Every method may raise StorageError."""

    def __init__(self, path: Path, db: sqlite3.Connection, lock: int) -> None:
        self.path, self.changes = path, Changes()
        self._db, self._lock, self._name = db, lock, str(path / MEMORY / "state.sqlite")
        self._queue: dict[str, tuple[bytes, dict[str, bytes | Path]]] = {}
        self._queued = 0
        self._whole: bytes | None = None
        self._seen: int = 1 + int(self._fact("exports") or 0)

    @classmethod
    @contextmanager
    def open(cls, path: Path, *, form: str, origin: str) -> Iterator[View]:
        """`form` is the exporter's name, `origin` the collection's.  What was not wanted until the
        end is removed, unless an error ends it.  Raises UsageError for a folder of another form or
        collection, and CollectionBusy."""
        memory = path / MEMORY
        with refusals(path):
            if path.exists() and not path.is_dir():
                raise UsageError(f"{path} is a file: choose a directory with -o")
            make_directory(memory)
            lock = os.open(memory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise CollectionBusy(str(path), "another export") from error
            db = _opened(memory / "state.sqlite")
            try:
                view = cls(path, db, lock)
                view._claim(form, origin)
                yield view
                view._end()
            finally:
                db.close()
        finally:
            os.close(lock)

    def has(self, key: str, stamp: bytes) -> bool:
        """Whether the unit's files are there, made from the same, or about to be.  The unit is
        wanted."""
        if key in self._queue:
            return self._queue[key][0] == stamp
        if self.made_from(key) != stamp:
            return False
        with sqlite_errors(self._name):
            self._db.execute("UPDATE units SET seen = ? WHERE key = ?", (self._seen, key))
        return True

    def made_from(self, key: str) -> bytes | None:
        """The stamp of a unit whose files are there; None of any other."""
        with sqlite_errors(self._name):
            row = self._db.execute("SELECT stamp FROM units WHERE key = ?", (key,)).fetchone()
            files = self._db.execute("SELECT path, size FROM files WHERE unit = ?", (key,))
            whole = all(_size(self.path / path) == size for path, size in files)
        return row[0] if row and whole else None

    def recall(self, name: str) -> bytes:
        """What was to be remembered under the name, empty for nothing: a hint, which may be of an
        earlier export than the files are."""
        return bytes.fromhex(self._fact(f"memory of {name}") or "")

    def remember(self, name: str, what: bytes) -> None:
        with sqlite_errors(self._name):
            row = (f"memory of {name}", what.hex())
            self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", row)

    def is_foreign(self, path: str) -> bool:
        """Whether somebody else's file is there."""
        with sqlite_errors(self._name):
            row = self._db.execute("SELECT 1 FROM files WHERE path = ?", (path,)).fetchone()
        return row is None and os.path.lexists(self.path / path)

    def is_whole(self, stamp: bytes) -> bool:
        """Whether the whole export was made from the same when it was last brought up to date, and
        is still there: then all of it is wanted, and nothing is left to do."""
        self._whole = stamp
        if self._fact("whole") != stamp.hex():
            return False
        with sqlite_errors(self._name):
            files = self._db.execute("SELECT path, size FROM files")
            if any(_size(self.path / path) != size for path, size in files):
                return False
            self._db.execute("UPDATE units SET seen = ?", (self._seen,))
        return True

    def sums(self) -> Iterator[tuple[str, str]]:
        """Path and SHA-256 (hex) of every file that is wanted, in the order of the paths."""
        self._flush()
        with sqlite_errors(self._name):
            wanted = self._db.execute(
                "SELECT path FROM files JOIN units ON key = unit WHERE seen = ? ORDER BY path",
                (self._seen,),
            ).fetchall()
        for (path,) in wanted:
            with refusals(self.path / path), (self.path / path).open("rb") as file:
                yield path, hashlib.file_digest(file, "sha256").hexdigest()

    def put(self, key: str, stamp: bytes, files: Mapping[str, bytes | Path]) -> None:
        """The unit's files, by their paths below the folder with `/` between: what is to stand in
        them, or a file to copy.  Others that it had are removed."""
        if key in self._queue:
            self._flush()
        self._queue[key] = stamp, dict(files)
        self._queued += sum(len(data) for data in files.values() if isinstance(data, bytes))
        if len(self._queue) >= _QUEUED_UNITS or self._queued >= _QUEUED_BYTES:
            self._flush()

    @contextmanager
    def writing(
        self, key: str, path: str, stamp: bytes, *, onto: bool = False
    ) -> Iterator[IO[bytes]]:
        """To write a unit's only file piece by piece, which takes its place at the end; `onto` the
        content that it has."""
        self._flush()
        self._intend([(key, [path])])
        temporary = self._temporary()
        with refusals(self.path / path):
            try:
                if onto:
                    shutil.copyfile(self.path / path, temporary)
                with temporary.open("ab") as file:
                    yield file
                size = self._place(temporary, path)
            finally:
                temporary.unlink(missing_ok=True)
        self._settle([(key, stamp, {path: size})])

    # -- inside

    def _claim(self, form: str, origin: str) -> None:
        facts = {"form": form, "origin": origin}
        for name, value in facts.items():
            found = self._fact(name)
            if found not in (None, value):
                raise UsageError(
                    f"{self.path} holds an export of {'form ' if name == 'form' else ''}{found}: "
                    "choose another directory with -o, or remove this one"
                )
        facts |= {"exports": str(self._seen)}
        with transaction(self._db, self._name):
            self._db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())
        with refusals(self.path):
            shutil.rmtree(self.path / MEMORY / "tmp", ignore_errors=True)
            (self.path / MEMORY / "tmp").mkdir()
        # Marks of what is seen need not be durable one by one.
        with sqlite_errors(self._name):
            self._db.execute("BEGIN")

    def _fact(self, name: str) -> str | None:
        with sqlite_errors(self._name):
            row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def _end(self) -> None:
        self._flush()
        with sqlite_errors(self._name):
            gone = self._db.execute(
                "SELECT path FROM files JOIN units ON key = unit WHERE seen != ?", (self._seen,)
            ).fetchall()
        for (path,) in gone:
            self._remove(path)
        with sqlite_errors(self._name):
            self._db.execute(
                "DELETE FROM files WHERE unit IN (SELECT key FROM units WHERE seen != ?)",
                (self._seen,),
            )
            self._db.execute("DELETE FROM units WHERE seen != ?", (self._seen,))
            whole = ("whole", self._whole.hex() if self._whole else "")
            self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", whole)
            (total,) = self._db.execute("SELECT count(*) FROM files").fetchone()
            self._db.execute("COMMIT")
        self.changes.kept = total - self.changes.written

    def _flush(self) -> None:
        queue, self._queue, self._queued = self._queue, {}, 0
        if not queue:
            return
        self._intend([(key, list(files)) for key, (_, files) in queue.items()])
        written = []
        for key, (stamp, files) in queue.items():
            sizes = {}
            for path, data in files.items():
                temporary = self._temporary()
                with refusals(self.path / path):
                    if isinstance(data, Path):
                        shutil.copyfile(data, temporary)
                    else:
                        temporary.write_bytes(data)
                    sizes[path] = self._place(temporary, path)
            written.append((key, stamp, sizes))
        self._settle(written)

    def _intend(self, units: list[tuple[str, list[str]]]) -> None:
        """Durable before anything is written, so that a crash leaves no file that is nobody's."""
        with sqlite_errors(self._name):
            for key, paths in units:
                self._db.execute(
                    "INSERT INTO units VALUES (?, NULL, ?) "
                    "ON CONFLICT (key) DO UPDATE SET stamp = NULL, seen = excluded.seen",
                    (key, self._seen),
                )
                for path in paths:
                    self._intend_file(key, path)
            self._db.execute("COMMIT")
            self._db.execute("BEGIN")

    def _intend_file(self, key: str, path: str) -> None:
        parts = PurePosixPath(path)
        if parts.is_absolute() or ".." in parts.parts or parts.parts[0] == MEMORY:
            raise ValueError(f"not a path below the folder: {path}")
        if self.is_foreign(path):
            raise UsageError(
                f"{self.path / path} is there already and no export of this program made it: "
                "move it away, or choose another directory with -o"
            )
        self._db.execute(
            "INSERT INTO files VALUES (?, ?, -1) ON CONFLICT (path) DO UPDATE SET unit = ?",
            (path, key, key),
        )

    def _settle(self, units: list[tuple[str, bytes, dict[str, int]]]) -> None:
        for key, stamp, sizes in units:
            with sqlite_errors(self._name):
                had = self._db.execute("SELECT path FROM files WHERE unit = ?", (key,)).fetchall()
            for (path,) in had:
                if path not in sizes:
                    self._remove(path)
                    self._db.execute("DELETE FROM files WHERE path = ?", (path,))
            with sqlite_errors(self._name):
                for path, size in sizes.items():
                    self._db.execute("UPDATE files SET size = ? WHERE path = ?", (size, path))
                self._db.execute("UPDATE units SET stamp = ? WHERE key = ?", (stamp, key))
            self.changes.written += len(sizes)

    def _temporary(self) -> Path:
        return self.path / MEMORY / "tmp" / secrets.token_hex(8)

    def _place(self, temporary: Path, path: str) -> int:
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        size = temporary.stat().st_size
        temporary.replace(target)
        return size

    def _remove(self, path: str) -> None:
        target = self.path / path
        with refusals(target):
            target.unlink(missing_ok=True)
        self.changes.removed += 1
        with suppress(OSError):  # not empty
            for parent in target.relative_to(self.path).parents:
                if parent != Path():
                    (self.path / parent).rmdir()


def _opened(path: Path) -> sqlite3.Connection:
    with sqlite_errors(str(path)):
        db = sqlite3.connect(path, isolation_level=None)
        try:
            if db.execute("PRAGMA user_version").fetchone()[0] != _FORMAT:
                with transaction(db, str(path)):
                    for (table,) in db.execute(
                        "SELECT name FROM sqlite_master WHERE type = 'table'"
                    ).fetchall():
                        db.execute(f"DROP TABLE {table}")
                    for statement in _TABLES.split(";"):
                        db.execute(statement)
                    db.execute(f"PRAGMA user_version = {_FORMAT}")
        except BaseException:
            db.close()
            raise
    return db


def _size(path: Path) -> int | None:
    try:
        return path.lstat().st_size
    except OSError:
        return None

"""The archive folder: WARC files of one run after another, cut to their committed lengths."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from scraper.errors import ArchiveDamaged
from scraper.record import Archive, ArchiveEntry
from scraper.snapshot import Snapshot
from scraper.store.disk import make_directory, opened, refusals, sync_directory, write_all
from scraper.store.page import read_page, write_page
from scraper.store.redaction import USUAL, Redaction
from scraper.store.warc import Members, Payload, warcinfo

_FOLDER = "archive"
_NAME = re.compile(r"archive/\d{8}T\d{6}Z-[0-9a-f]{4}-\d{5}\.warc\.gz\Z")


class Stretch(NamedTuple):
    """Whole records of a WARC file."""

    file: str
    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length


class KeptPage(NamedTuple):
    """`archive` says which of the records in the stretch are what."""

    archive: Archive
    stretch: Stretch


class ArchiveWriter:
    """Appends the pages of one run.  Raises StorageError."""

    def __init__(
        self,
        db: sqlite3.Connection,
        collection: Path,
        run: str,
        programs: Mapping[str, str],
        on_step: Callable[[str], None],
        redaction: Redaction = USUAL,
        *,
        rotate_at: int,
    ) -> None:
        """From `rotate_at` bytes on, the next page begins a new file."""
        self._rotate_at = rotate_at
        self._db, self._collection, self._run = db, collection, run
        self._redaction = redaction
        self._programs, self._on_step = programs, on_step
        self._fd = -1
        self._dirty = False
        self._number = self._length = 0
        row = db.execute(
            "SELECT name, length FROM files WHERE name GLOB ? ORDER BY name DESC LIMIT 1",
            (f"{_FOLDER}/{run}-*",),
        ).fetchone()
        if row:
            self._number, self._length = int(row[0][-13:-8]), row[1]
            if not self._path.is_file() or self._path.stat().st_size != self._length:
                self._length = rotate_at  # somebody removed or shortened it

    def keep(self, snapshot: Snapshot, now: datetime) -> KeptPage:
        """Append a page; not durable before `sync`."""
        if self._number == 0 or self._length >= self._rotate_at:
            self._rotate()
        data, archive = write_page(
            snapshot,
            self._name,
            self._length,
            self._programs,
            now,
            _KnownPayloads(self._db),
            self._redaction,
        )
        stretch = Stretch(self._name, self._length, len(data))
        self._append(data)
        self._on_step("archive.written")
        return KeptPage(archive, stretch)

    def keep_same(self, snapshot: Snapshot, document: Payload, now: datetime) -> Stretch:
        """Append that a server would have sent the document that stands there already; not durable
        before `sync`."""
        if self._number == 0 or self._length >= self._rotate_at:
            self._rotate()
        page = Members(self._name, self._length, snapshot.fetched_at or now, self._redaction)
        *redirects, answer = snapshot.exchanges
        for redirect in redirects:
            page.exchange(redirect)
        page.not_modified(answer, document)
        data = page.value()
        stretch = Stretch(self._name, self._length, len(data))
        self._append(data)
        self._on_step("archive.written")
        return stretch

    def sync(self) -> None:
        """Make what was appended durable."""
        if self._dirty:
            with refusals(self._path):
                os.fsync(self._fd)
            self._dirty = False
            self._on_step("archive.synced")

    def note_length(self) -> None:
        """Inside the transaction that commits the pages."""
        if self._fd >= 0:
            self._db.execute(
                "INSERT OR REPLACE INTO files (name, length, last) VALUES (?, ?, 0)",
                (self._name, self._length),
            )

    def close(self) -> None:
        """Idempotent."""
        with refusals(self._path):
            fd, self._fd = self._fd, -1
            if fd >= 0:
                os.close(fd)

    @property
    def _name(self) -> str:
        return f"{_FOLDER}/{self._run}-{self._number:05}.warc.gz"

    @property
    def _path(self) -> Path:
        return self._collection / self._name

    def _rotate(self) -> None:
        if self._fd >= 0:
            self.sync()
            self.note_length()
            self.close()
        self._number, self._length = self._number + 1, 0
        facts = {
            "software": " ".join(f"{name}/{version}" for name, version in self._programs.items()),
            "format": "WARC File Format 1.1",
            "isPartOf": self._run,
            "redacted": self._redaction.rule,
        }
        self._append(warcinfo(self._path.name, facts))
        self._on_step("archive.rotated")

    def _append(self, data: bytes) -> None:
        with refusals(self._path):
            if self._fd < 0:
                self._open()
            self._dirty = True
            write_all(self._fd, data)
        self._length += len(data)

    def _open(self) -> None:
        make_directory(self._path.parent)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        self._fd = os.open(self._path, flags, 0o666)
        if self._length == 0:
            sync_directory(self._path.parent)


class _KnownPayloads:
    """In the collection's database, inside the transaction that commits the pages."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def find(self, digest: str) -> Payload | None:
        row = self._db.execute(
            "SELECT file, start, length, url, at FROM payloads WHERE digest = ?",
            (bytes.fromhex(digest.partition(":")[2]),),
        ).fetchone()
        if row is None:
            return None
        file, start, length, url, at = row
        return Payload(ArchiveEntry(file=file, offset=start, length=length, digest=digest), url, at)

    def add(self, payload: Payload) -> None:
        entry = payload.entry
        digest = bytes.fromhex(entry.digest.partition(":")[2])
        self._db.execute(
            "INSERT INTO payloads VALUES (?, ?, ?, ?, ?, ?)",
            (digest, entry.file, entry.offset, entry.length, payload.url, payload.at),
        )


def cut_archive(db: sqlite3.Connection, collection: Path) -> list[str]:
    """Cut each WARC file to its committed length, and remove those that have none; the names of
    those that are shorter than that or gone."""
    known = dict(db.execute("SELECT name, length FROM files WHERE name GLOB 'archive/*'"))
    whole = set()
    with refusals(collection / _FOLDER):
        for path in (collection / _FOLDER).glob("*.warc.gz"):
            name = f"{_FOLDER}/{path.name}"
            if not _NAME.match(name) or path.is_symlink():
                continue
            size = path.stat().st_size
            if name not in known:
                path.unlink()
            elif size > known[name]:
                os.truncate(path, known[name])
            if size >= known.get(name, 0):
                whole.add(name)
    return sorted(known.keys() - whole)


def read_snapshot(collection: Path, archive: Archive) -> Snapshot | None:
    """None when the files are gone.  Raises ArchiveDamaged, StorageError."""

    def read(file: str, offset: int, length: int) -> bytes:
        return read_stretch(collection, Stretch(file, offset, length))

    with refusals(collection / _FOLDER):
        try:
            return read_page(archive, read)
        except FileNotFoundError:
            return None


def read_stretch(collection: Path, stretch: Stretch) -> bytes:
    """Raises ArchiveDamaged for a file that is no archive's, OSError."""
    if not _NAME.match(stretch.file):
        raise ArchiveDamaged(stretch.file, stretch.start, "no archive file of a collection")
    with opened(collection / stretch.file, os.O_RDONLY) as fd:
        return os.pread(fd, stretch.length, stretch.start)

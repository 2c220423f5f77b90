"""Which records of the archive go with a page, and which are spared since others refer to them."""

from __future__ import annotations

import io
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from scraper.errors import ArchiveDamaged
from scraper.record import ArchiveEntry
from scraper.store.archive import Stretch, read_stretch
from scraper.store.erasure import ErasureList, Removal
from scraper.store.lines import unpack
from scraper.store.warc import payload_of
from scraper.store.warc_reader import members, record_at


@dataclass(frozen=True, slots=True)
class _Reference:
    """`page` has an exchange whose payload stands elsewhere."""

    page: Stretch
    url: str
    file: str
    start: int
    length: int


class PageRemoval:
    """Inside one transaction, in which the pages that go are marked as removed."""

    def __init__(
        self, db: sqlite3.Connection, collection: Path, list: ErasureList, removal: Removal
    ) -> None:
        self._db, self._collection = db, collection
        self._list, self._removal = list, removal

    def erase(self, gone: Collection[Stretch]) -> None:
        """Payloads that pages still there refer to are spared; those that were spared before and
        are not needed any more go too."""
        spared = [Stretch(*row) for row in self._db.execute("SELECT * FROM spared")]
        if not gone and not spared:
            return
        holds = [stretch for stretch in gone if self._shares(stretch)]
        needed = self._references([*holds, *spared]) if holds or spared else {}
        for stretch in spared:
            if references := needed.pop((stretch.file, stretch.start), None):
                self._spare(stretch, references)
            else:
                self._db.execute("DELETE FROM spared WHERE file = ? AND start = ?", stretch[:2])
                self._hole(stretch)
        for stretch in gone:
            inside = sorted(
                (entry, references)
                for entry, references in needed.items()
                if entry[0] == stretch.file and stretch.start <= entry[1] < stretch.end
            )
            start = stretch.start
            for (file, offset), references in inside:
                kept = Stretch(file, offset, references[0].length)
                self._hole(Stretch(file, start, offset - start))
                self._spare(kept, references)
                start = kept.end
            self._hole(Stretch(stretch.file, start, stretch.end - start))
        self.drop_empty({stretch.file for stretch in [*gone, *spared]})

    def _shares(self, stretch: Stretch) -> bool:
        """Whether payloads in it may be referred to."""
        found = self._db.execute(
            "SELECT 1 FROM payloads WHERE file = ? AND start >= ? AND start < ? LIMIT 1",
            (stretch.file, stretch.start, stretch.end),
        )
        return found.fetchone() is not None

    def _references(self, places: Iterable[Stretch]) -> dict[tuple[str, int], list[_Reference]]:
        """From pages that are there to payloads in those places, by file and offset."""
        by_file: defaultdict[str, list[Stretch]] = defaultdict(list)
        for place in places:
            by_file[place.file].append(place)
        found: dict[tuple[str, int], list[_Reference]] = {}
        query = (
            "SELECT p.file, p.start, p.length, coalesce(r.line, f.line) FROM pages p "
            "LEFT JOIN records r ON r.no = record LEFT JOIN failures f ON f.no = failure "
            "WHERE removed IS NULL"
        )
        for file, start, length, line in self._db.execute(query):
            for reference in self._exchanges(Stretch(file, start, length), line):
                for place in by_file.get(reference.file, ()):
                    if place.start <= reference.start < place.end:
                        key = reference.file, reference.start
                        found.setdefault(key, []).append(reference)
        return found

    def _exchanges(self, page: Stretch, line: bytes) -> Iterator[_Reference]:
        """What the page's metadata refers to outside of itself."""
        entry = (orjson.loads(unpack(line))["archive"] or {}).get("metadata")
        if entry is None:
            return
        at = ArchiveEntry(**entry)
        try:
            data = read_stretch(self._collection, Stretch(at.file, at.offset, at.length))
            facts = orjson.loads(payload_of(data, at))
        except (ArchiveDamaged, OSError, ValueError):
            return  # its page cannot be read anyway
        for item in (*facts.get("exchanges", ()), *facts.get("parts", ())):
            where = item["entry"]
            if "file" in where:
                yield _Reference(page, item["url"], where["file"], where["offset"], where["length"])

    def _spare(self, payload: Stretch, references: Sequence[_Reference]) -> None:
        """It stays where it is.  If it was the answer to another address than those that need it,
        it becomes the answer to the first of these."""
        self._db.execute("INSERT OR REPLACE INTO spared VALUES (?, ?, ?)", payload)
        known = self._db.execute(
            "SELECT digest, url FROM payloads WHERE file = ? AND start = ?", payload[:2]
        ).fetchone()
        if known is None or known[1] in {reference.url for reference in references}:
            return
        digest, address = known[0], references[0].url
        self._db.execute("UPDATE payloads SET url = ? WHERE digest = ?", (address, digest))
        self._list.records(*payload, address)
        for page in dict.fromkeys(reference.page for reference in references):
            for offset, member in self._members(page):
                if _refers_to(member, digest.hex()):
                    self._list.records(page.file, offset, len(member), address)

    def _members(self, page: Stretch) -> Iterator[tuple[int, bytes]]:
        """Its records as they stand in the file, with their offsets."""
        try:
            data = read_stretch(self._collection, page)
        except (ArchiveDamaged, OSError):
            return
        starts = [one[0] for one in members(page.file, io.BytesIO(data)) if isinstance(one, tuple)]
        for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
            yield page.start + start, data[start:end]

    def _hole(self, stretch: Stretch) -> None:
        if stretch.length:
            self._db.execute(
                "DELETE FROM payloads WHERE file = ? AND start >= ? AND start < ?",
                (stretch.file, stretch.start, stretch.end),
            )
            self._list.records(*stretch)
            self._drop_wacz(stretch.file)
            self._removal.bytes += stretch.length

    def drop_empty(self, files: Iterable[str]) -> None:
        """Files without a page."""
        for file in files:
            used = self._db.execute(
                "SELECT 1 FROM pages WHERE file = :f AND removed IS NULL "
                "UNION SELECT 1 FROM spared WHERE file = :f",
                {"f": file},
            ).fetchone()
            if not used:
                self._archive_file(file)

    def _archive_file(self, file: str) -> None:
        """One that no page needs."""
        path = self._collection / file
        if file not in self._removal.files and path.is_file():
            self._removal.bytes += path.stat().st_size
        self._db.execute("DELETE FROM payloads WHERE file = ?", (file,))
        self._db.execute("DELETE FROM files WHERE name = ?", (file,))
        self._list.whole(file)

    def _drop_wacz(self, archive: str) -> None:
        name = f"wacz/{Path(archive).name[: -len('-00001.warc.gz')]}.wacz"
        if (self._collection / name).exists():
            self._list.file(name)


def _refers_to(member: bytes, digest: str) -> bool:
    record = record_at(io.BytesIO(member), 0)
    return record is not None and (record.kind, record.digest) == ("revisit", f"sha256:{digest}")

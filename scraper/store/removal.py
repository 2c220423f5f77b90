"""Plans what goes from a collection, in one transaction: afterwards no reader finds it, and what
the files still hold of it stands on a list that is worked off, however often that is interrupted.

`erasure` works it off.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import orjson

from scraper.store.archive import Stretch
from scraper.store.disk import TEMPORARY
from scraper.store.erasure import DATABASE, ErasureList, Removal
from scraper.store.layout import INDEX
from scraper.store.outbox import Outbox, part_name

_RUN = r"(\d{8}T\d{6}Z-[0-9a-f]{4})"
_MEDIA = re.compile(r"media/[0-9a-f]{2}/([0-9a-f]{64})\.[a-z]{3,4}\Z")
_REPORT = re.compile(rf"runs/{_RUN}\.(?:json|html)\Z")
_PACKED = re.compile(rf"wacz/{_RUN}\.wacz\Z")


class Plan:
    """Inside one transaction of a writable collection."""

    def __init__(
        self, db: sqlite3.Connection, collection: Path, outboxes: dict[str, Outbox]
    ) -> None:
        self._db, self._collection, self._outboxes = db, collection, outboxes
        self.removal = Removal()
        self._list = ErasureList(db, self.removal)
        # Every crawl opens a collection, and hardly any removes something.
        from scraper.store.page_removal import PageRemoval  # noqa: PLC0415

        self._archive = PageRemoval(db, collection, self._list, self.removal)

    # -- what goes

    def records(self, rows: Sequence[int]) -> None:
        """Revisions, with their lines, pictures and pages.  Outcomes that led to them must be
        gone, or lead elsewhere."""
        self.pages(self._pages_of("record", rows))
        for row in rows:
            self._line("records", row)
            query = "SELECT id FROM runs WHERE no = (SELECT run FROM records WHERE no = ?)"
            self._page(self._column(query, row)[0])
            self._db.execute("DELETE FROM pages WHERE record = ?", (row,))
            self._db.execute("DELETE FROM record_media WHERE record = ?", (row,))
            self._db.execute("DELETE FROM records WHERE no = ?", (row,))
        if rows and (self._collection / INDEX).exists():
            self._list.file(INDEX)
        self.removal.revisions += len(rows)
        self.pictures()

    def failures(self, rows: Sequence[int]) -> None:
        """With their lines and pages."""
        self.pages(self._pages_of("failure", rows))
        for row in rows:
            self._line("failures", row)
            query = "SELECT id FROM runs WHERE no = (SELECT run FROM failures WHERE no = ?)"
            self._report(self._column(query, row)[0])
            self._db.execute("DELETE FROM pages WHERE failure = ?", (row,))
            self._db.execute("DELETE FROM failed_requests WHERE failure = ?", (row,))
            self._db.execute("DELETE FROM failure_pictures WHERE failure = ?", (row,))
            self._db.execute("DELETE FROM failures WHERE no = ?", (row,))
        self.removal.failures += len(rows)

    def pictures(self) -> None:
        """Those that no record refers to."""
        unused = self._db.execute(
            "SELECT sha256, path, bytes FROM media WHERE NOT EXISTS "
            "(SELECT 1 FROM record_media r WHERE r.sha256 = media.sha256)"
        ).fetchall()
        for sha256, path, size in unused:
            self._db.execute("DELETE FROM media WHERE sha256 = ?", (sha256,))
            self._list.file(path)
            self.removal.pictures += 1
            self.removal.bytes += size

    def pages(self, numbers: Sequence[int], removed: str = "") -> None:
        """Kept ones, where nothing else was made from the same; when they were `removed` is
        remembered with those whose record stays."""
        going = dict.fromkeys(self._stretches(numbers))
        for number in numbers:
            self._db.execute("UPDATE pages SET removed = ? WHERE no = ?", (removed, number))
        gone = [
            stretch
            for stretch in going
            if not self._column(
                "SELECT 1 FROM pages WHERE file = ? AND start = ? AND removed IS NULL",
                *stretch[:2],
            )
        ]
        self.removal.pages += len(gone)
        self._archive.erase(gone)

    def database(self) -> None:
        """What its free pages hold."""
        self._list.file(DATABASE)

    def job(self, is_meant: Callable[[str], bool]) -> None:
        """Addresses that runs were asked for."""
        for id, job in self._db.execute("SELECT id, job FROM runs").fetchall():
            asked: dict[str, Any] = orjson.loads(job)
            urls = asked.get("urls", [])
            kept = [url for url in urls if not is_meant(url)]
            if kept != urls:
                text = json.dumps(asked | {"urls": kept}, ensure_ascii=False)
                self._db.execute("UPDATE runs SET job = ? WHERE id = ?", (text, id))
                self._report(id)

    def origins(self, is_meant: Callable[[str], bool]) -> None:
        """Addresses that led to requests which failed."""
        query = "SELECT failure, found_on, within FROM failed_requests"
        for failure, found_on, within in self._db.execute(query).fetchall():
            led: list[str] = orjson.loads(within)
            kept = [url for url in led if not is_meant(url)]
            found = None if found_on and is_meant(found_on) else found_on
            if (found, kept) != (found_on, led):
                self._db.execute(
                    "UPDATE failed_requests SET found_on = ?, within = ? WHERE failure = ?",
                    (found, json.dumps(kept), failure),
                )

    # -- whom it concerns

    def record(
        self, id: str, addresses: Collection[str], fingerprint: Callable[[str], bytes]
    ) -> set[bytes]:
        """All there is of a record: its revisions, what came of asking for it, and that it was
        asked for.  The requests that are meant, by fingerprint: those of these `addresses`, if they
        lead to no other record, and those that led to it."""
        rows = self._column("SELECT no FROM records WHERE id = ?", id)
        asked = {fingerprint(address) for address in addresses}
        meant = {
            request
            for request in asked
            if not self._column(
                "SELECT 1 FROM outcomes JOIN records ON no = record WHERE request = ? AND id != ?",
                request,
                id,
            )
        }
        for row in rows:
            meant |= set(self._column("SELECT request FROM outcomes WHERE record = ?", row))
            for run in self._column(
                "SELECT runs.id FROM outcomes JOIN runs ON runs.no = run WHERE record = ?", row
            ):
                self._report(run)
            self._db.execute("DELETE FROM outcomes WHERE record = ?", (row,))
        for request in meant:
            self.failures(self._column("SELECT no FROM failures WHERE request = ?", request))
            self._db.execute(
                "DELETE FROM outcomes WHERE request = ? AND kind = 'failed'", (request,)
            )
            for run in self._column(
                "SELECT id FROM listings JOIN runs ON no = run WHERE request = ?", request
            ):
                self._report(run)
            self._db.execute("DELETE FROM listings WHERE request = ?", (request,))
        self.records(rows)

        def is_meant(url: str) -> bool:
            return fingerprint(url) in meant

        self.job(is_meant)
        self.origins(is_meant)
        self._db.execute("DELETE FROM lists")  # what is known of one is asked for again
        return meant

    def old_revisions(self, kept: int) -> None:
        """All but the last ones of each record.  Outcomes lead to the latest then."""
        rows = self._column(
            "SELECT no FROM records r WHERE (SELECT count(*) FROM records newer "
            "WHERE newer.id = r.id AND newer.revision > r.revision) >= ? ORDER BY no",
            kept,
        )
        for row in rows:
            self._db.execute(
                "UPDATE outcomes SET record = (SELECT no FROM records WHERE id = "
                "(SELECT id FROM records WHERE no = :row) ORDER BY revision DESC LIMIT 1) "
                "WHERE record = :row",
                {"row": row},
            )
        self.records(rows)

    def old_pages(self, before: datetime, now: datetime) -> None:
        """Those kept by runs that ended before; their records stay."""
        rows = self._column(
            "SELECT no FROM pages WHERE removed IS NULL AND (SELECT ended_at FROM runs "
            "WHERE id = substr(file, 9, length(file) - 22)) < ? ORDER BY no",
            before.isoformat(),
        )
        self.pages(rows, now.isoformat())

    def orphans(self) -> None:
        """What stands in the collection's own folders and is of no use to it."""
        self.pictures()
        self._archive.drop_empty(self._column("SELECT name FROM files WHERE name GLOB 'archive/*'"))
        for path in sorted(self._collection.glob("*/**/*")) + sorted(self._collection.iterdir()):
            name = path.relative_to(self._collection).as_posix()
            if name in self.removal.files or path.is_dir() or path.is_symlink():
                continue
            if self._is_orphan(name):
                self._list.file(name)
                self.removal.bytes += path.stat().st_size

    def _is_orphan(self, name: str) -> bool:
        """Files with names that we would not give are not ours."""
        if Path(name).name.startswith(TEMPORARY):
            return True
        if media := _MEDIA.match(name):
            return not self._column("SELECT 1 FROM media WHERE sha256 = ?", media[1])
        if report := _REPORT.match(name):
            return not self._column("SELECT 1 FROM runs WHERE id = ?", report[1])
        if wacz := _PACKED.match(name):
            return not self._column(
                "SELECT 1 FROM files WHERE name GLOB ?", f"archive/{wacz[1]}-*.warc.gz"
            )
        return False

    # -- inside

    def _report(self, run: str) -> None:
        """What people and programs were told of it."""
        self._list.file(f"runs/{run}.json")
        self._page(run)

    def _page(self, run: str) -> None:
        """A view with titles and pictures of the run's records, which can be made again."""
        if (self._collection / "runs" / f"{run}.html").exists():
            self._list.file(f"runs/{run}.html")

    def _line(self, table: str, row: int) -> None:
        self._list.file(part_name(table, self._outboxes[table].part_of(row)))

    def _column(self, query: str, *values: object) -> list[Any]:
        return [value for (value,) in self._db.execute(query, values).fetchall()]

    def _pages_of(self, kind: Literal["record", "failure"], rows: Iterable[int]) -> list[int]:
        query = f"SELECT no FROM pages WHERE {kind} = ?"  # noqa: S608 - one of two words
        return [number for row in rows for number in self._column(query, row)]

    def _stretches(self, numbers: Iterable[int]) -> Iterator[Stretch]:
        for number in numbers:
            query = "SELECT file, start, length FROM pages WHERE no = ? AND removed IS NULL"
            yield from (Stretch(*one) for one in self._db.execute(query, (number,)))

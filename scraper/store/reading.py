"""The read side of a collection: records, failures, counts and kept pages, out of the database and
the archive."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from scraper.health import Sighting
from scraper.protocols import Captured, PastRun, Tally
from scraper.record import Article, Failure
from scraper.request import Request
from scraper.snapshot import Snapshot
from scraper.store.archive import read_snapshot
from scraper.store.erasure import is_pending
from scraper.store.lines import unpack
from scraper.store.visits import due
from scraper.store.watching import read_sightings
from scraper.transaction import sqlite_errors

_BATCH = 20
"""Rows read at a time: each batch is its own short read, so that a slow reader holds up nobody."""

_RECORDS = "SELECT no, line FROM records WHERE no > ? ORDER BY no LIMIT ?"
_LATEST_RECORDS = """
SELECT no, line FROM records r WHERE no > ? AND NOT EXISTS
    (SELECT 1 FROM records newer WHERE newer.id = r.id AND newer.revision > r.revision)
ORDER BY no LIMIT ?
"""
_RECORDS_WITH_NEXT = """
SELECT no, line,
    (SELECT line FROM records next WHERE next.id = r.id AND next.revision = r.revision + 1)
FROM records r WHERE no > ? ORDER BY no LIMIT ?
"""
_RECORD = "SELECT line FROM records WHERE id = ? ORDER BY revision DESC LIMIT 1"
_RECORDS_OF_RUN = """
SELECT no, line FROM records
WHERE no > ? AND run = (SELECT no FROM runs WHERE id = ?) ORDER BY no LIMIT ?
"""
_REVISIONS = "SELECT no, line FROM records WHERE no > ? AND id = ? ORDER BY no LIMIT ?"
_ID_OF = """
SELECT id FROM outcomes JOIN records ON records.no = outcomes.record
WHERE request = ? ORDER BY outcomes.run DESC LIMIT 1
"""
_REMOVED = """
SELECT max(removed) FROM pages WHERE file = ? AND start <= ? AND ? < start + length
HAVING count(*) = count(removed)
"""
_MEDIA = "SELECT path, sha256, bytes FROM media ORDER BY sha256"
_FAILURES = "SELECT no, line FROM failures WHERE no > ? ORDER BY no LIMIT ?"
_FINISHED = "SELECT id FROM runs WHERE complete = 1 ORDER BY no"
_ARCHIVES = "SELECT name FROM files WHERE name GLOB ? ORDER BY name"
_FAILURES_OF_RUN = """
SELECT no, line FROM failures
WHERE no > ? AND run = (SELECT no FROM runs WHERE id = ?) ORDER BY no LIMIT ?
"""
_STANDS = """
NOT EXISTS (SELECT 1 FROM outcomes later WHERE later.request = f.request AND later.run > f.run)
AND NOT EXISTS (SELECT 1 FROM listings later WHERE later.request = f.request AND later.run > f.run)
"""
_OF_RUN = "run = (SELECT no FROM runs WHERE id = ?)"
_STANDING_FAILURES = f"""
SELECT no, line FROM failures f WHERE no > ? AND {_STANDS} ORDER BY no LIMIT ?
"""  # noqa: S608 - constants
_FIRST_FAILURES = f"""
SELECT line FROM failures WHERE no IN (
    SELECT no FROM (
        SELECT no, row_number() OVER (PARTITION BY code ORDER BY no) AS place
        FROM failures WHERE {_OF_RUN}
    ) WHERE place <= ?
) ORDER BY no
"""  # noqa: S608 - constants
_FAILURE_PICTURES = """
SELECT line, picture FROM failure_pictures JOIN failures ON failures.no = failure
WHERE run = (SELECT no FROM runs WHERE id = ?) ORDER BY failure
"""
_FAILED_REQUEST = "SELECT depth, found_on, within, meta FROM failed_requests WHERE failure = ?"

_FAILING = """
SELECT DISTINCT records.id FROM failures f
JOIN outcomes earlier ON earlier.request = f.request AND earlier.record IS NOT NULL
JOIN records ON records.no = earlier.record
WHERE NOT EXISTS
    (SELECT 1 FROM outcomes later WHERE later.request = f.request AND later.run > f.run)
ORDER BY records.id
"""
_RUNS = """
SELECT id, started_at, ended_at, outcome, complete, facts, job FROM runs
{where} ORDER BY no DESC
"""
_KINDS = """
SELECT runs.id, kind, count(*) FROM outcomes JOIN runs ON runs.no = outcomes.run
{where} GROUP BY runs.id, kind
UNION
SELECT runs.id, 'listing', count(*) FROM listings JOIN runs ON runs.no = listings.run
{where} GROUP BY runs.id
"""
_CODES = """
SELECT runs.id, code, count(*) FROM failures JOIN runs ON runs.no = failures.run
{where} GROUP BY runs.id, code
"""


_CAPTURED = """
SELECT reason, count FROM captured JOIN runs ON runs.no = captured.run
WHERE runs.id = ? ORDER BY count DESC, reason
"""
_TO_PACK = """
SELECT id FROM runs WHERE complete = 1 AND json_extract(job, '$.wacz') ORDER BY no
"""
_UNANSWERED = {
    *("dns", "connect", "tls", "timeout"),
    *("address.private", "address.port", "url.invalid", "url.scheme"),
}
"""Codes of errors that came before any answer."""


class Reader:
    """Every method may raise StorageError."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self._db, self._database = db, str(path / "state.sqlite")

    def tally(self, run: str) -> Tally:
        """The run's outcomes so far."""
        return self._tallies(run)[run]

    def captured(self, run: str) -> Captured:
        """Of its pages that were kept in full."""
        with sqlite_errors(self._database):
            missed = dict(self._db.execute(_CAPTURED, (run,)).fetchall())
        exact = missed.pop("", 0)
        unanswered = sum(missed.pop(reason, 0) for reason in _UNANSWERED)
        return Captured(exact, missed, unanswered)

    def articles(
        self, *, latest: bool = False, run: str | None = None, as_of: datetime | None = None
    ) -> Iterator[Article]:
        """In the order of records.jsonl; with `latest` only the last revision of each, with `run`
        only those that this run made, with `as_of` as if nothing had been recorded later."""
        if as_of:
            return self._as_of(as_of, latest=latest)
        if run:
            lines = self._lines(_RECORDS_OF_RUN, run)
        else:
            lines = self._lines(_LATEST_RECORDS if latest else _RECORDS)
        return map(Article.model_validate_json, lines)

    def article(self, id: str) -> Article | None:
        """Its latest revision."""
        with sqlite_errors(self._database):
            row = self._db.execute(_RECORD, (id,)).fetchone()
        return Article.model_validate_json(unpack(row[0])) if row else None

    def revisions(self, id: str) -> list[Article]:
        """Of one record, oldest first; empty for an unknown id."""
        return [Article.model_validate_json(line) for line in self._lines(_REVISIONS, id)]

    def id_of(self, request: Request) -> str | None:
        """Which record an address that was asked for led to last."""
        with sqlite_errors(self._database):
            row = self._db.execute(_ID_OF, (request.fingerprint,)).fetchone()
        return row[0] if row else None

    def due(self, now: datetime) -> list[str]:
        """Addresses that gave a record and have rested long enough, the longest wait first."""
        with sqlite_errors(self._database):
            return list(due(self._db, now))

    def failures(self, run: str | None = None) -> Iterator[Failure]:
        """Those of one run; without one, of every URL whose latest outcome is a failure."""
        found = self._lines(_FAILURES_OF_RUN, run) if run else self._lines(_STANDING_FAILURES)
        for line in found:
            yield Failure.model_validate_json(line)

    def failure_codes(self, run: str | None = None) -> dict[str, int]:
        """How many of these failures there are by code, most first."""
        which, values = (_OF_RUN, (run,)) if run else (_STANDS, ())
        query = f"SELECT code, count(*) FROM failures f WHERE {which} GROUP BY 1 ORDER BY 2 DESC, 1"  # noqa: S608
        with sqlite_errors(self._database):
            return dict(self._db.execute(query, values).fetchall())

    def last_failures(self, run: str | None, code: str | None, most: int) -> list[Failure]:
        """The latest of these failures, newest first."""
        which, values = (_OF_RUN, [run]) if run else (_STANDS, [])
        if code:
            which, values = f"{which} AND code = ?", [*values, code]
        query = f"SELECT line FROM failures f WHERE {which} ORDER BY no DESC LIMIT ?"  # noqa: S608
        with sqlite_errors(self._database):
            rows = self._db.execute(query, (*values, most)).fetchall()
        return [Failure.model_validate_json(unpack(line)) for (line,) in rows]

    def first_failures(self, run: str, most: int) -> list[Failure]:
        """The first ones of each code in a run."""
        with sqlite_errors(self._database):
            rows = self._db.execute(_FIRST_FAILURES, (run, most)).fetchall()
        return [Failure.model_validate_json(unpack(line)) for (line,) in rows]

    def failure_pictures(self, run: str) -> Iterator[tuple[Failure, bytes]]:
        """What the browser showed at the first failure of each code, as WebP."""
        with sqlite_errors(self._database):
            is_there = self._db.execute(
                "SELECT 1 FROM sqlite_master WHERE name = 'failure_pictures'"
            ).fetchone()
            rows = self._db.execute(_FAILURE_PICTURES, (run,)).fetchall() if is_there else []
        for line, picture in rows:
            yield Failure.model_validate_json(unpack(line)), picture

    def failed_requests(self) -> Iterator[tuple[Failure, dict[str, Any]]]:
        """The failures of every URL whose latest outcome is one, each with what else its request
        said: `depth`, `found_on`, `within` and `meta`; nothing for a bare seed."""
        for no, packed in self._rows(_STANDING_FAILURES):
            with sqlite_errors(self._database):
                row = self._db.execute(_FAILED_REQUEST, (no,)).fetchone()
            failure, said = Failure.model_validate_json(unpack(packed)), {}
            if row:
                depth, found_on, within, meta = row
                said = {
                    "depth": depth,
                    "found_on": found_on,
                    "within": tuple(json.loads(within)),
                    "meta": json.loads(meta),
                }
            yield failure, said

    def count(self, *, after: int = 0) -> int:
        """Of revisions, or of those that were recorded after the one with this number."""
        # The whole is counted in a small index; the rest has few rows.
        rest = f" WHERE no > {after:d}" if after else ""
        with sqlite_errors(self._database):
            found = self._db.execute(f"SELECT count(*) FROM records{rest}").fetchone()  # noqa: S608 - a number
        return int(found[0])

    def numbered(self, *, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Lines of records.jsonl with the numbers of their revisions, which only grow."""
        for no, packed in self._rows(_RECORDS, after=after):
            yield no, unpack(packed)

    def line(self, no: int) -> bytes | None:
        """Of the revision with a number."""
        with sqlite_errors(self._database):
            row = self._db.execute("SELECT line FROM records WHERE no = ?", (no,)).fetchone()
        return unpack(row[0]) if row else None

    def failing_ids(self) -> list[str]:
        """Of records that an address led to whose latest outcome is a failure, in order."""
        with sqlite_errors(self._database):
            return [id for (id,) in self._db.execute(_FAILING)]

    def runs(self) -> list[PastRun]:
        """The latest first."""
        return self._past(None)

    def run(self, id: str) -> PastRun | None:
        """None when there is none with this id."""
        return next(iter(self._past(id)), None)

    def sightings(self, run: str | None = None) -> list[Sighting]:
        """What recipes made of the pages of the last runs; with `run`, those that it met."""
        with sqlite_errors(self._database):
            return read_sightings(self._db, run)

    def lines(self, outbox: str) -> Iterator[bytes]:
        """Of records.jsonl or failures.jsonl, as they must stand there."""
        return self._lines({"records": _RECORDS, "failures": _FAILURES}[outbox])

    def media(self) -> list[tuple[str, str, int]]:
        """Path, SHA-256 and size of every picture."""
        with sqlite_errors(self._database):
            return self._db.execute(_MEDIA).fetchall()

    def finished_runs(self) -> list[str]:
        """Their ids, oldest first."""
        with sqlite_errors(self._database):
            return [id for (id,) in self._db.execute(_FINISHED)]

    def runs_to_pack(self) -> list[str]:
        """Finished ones whose jobs asked for a WACZ file, oldest first."""
        with sqlite_errors(self._database):
            return [id for (id,) in self._db.execute(_TO_PACK)]

    def archives(self, run: str) -> list[Path]:
        """The WARC files that the run wrote and that are still there, in order."""
        with sqlite_errors(self._database):
            names = self._db.execute(_ARCHIVES, (f"archive/{run}-*",)).fetchall()
        return [path for (name,) in names if (path := self.path / name).is_file()]

    def snapshot(self, of: Article | Failure) -> Snapshot | None:
        """The page it came from; None when it was not kept, was removed or its file is gone.
        Raises ArchiveDamaged."""
        if of.archive is None or self.page_removed(of):
            return None
        return read_snapshot(self.path, of.archive)

    def page_removed(self, of: Article | Failure) -> datetime | None:
        """When the page that was kept with it was removed."""
        last = of.archive.metadata if of.archive else None
        if last is None:
            return None
        with sqlite_errors(self._database):
            row = self._db.execute(_REMOVED, (last.file, last.offset, last.offset)).fetchone()
        return datetime.fromisoformat(row[0]) if row and row[0] else None

    def is_being_removed(self) -> bool:
        """Something is gone from the database, and not from all files yet."""
        with sqlite_errors(self._database):
            return is_pending(self._db)

    def _as_of(self, moment: datetime, *, latest: bool) -> Iterator[Article]:
        """Each revision that was there at the moment, unless its next one was there too."""

        def was_there(line: bytes) -> Article | None:
            article = Article.model_validate_json(unpack(line))
            at = article.recorded_at
            return article if at is None or at <= moment else None

        for _, line, following in self._rows(_RECORDS_WITH_NEXT):
            article = was_there(line)
            if article and not (latest and following and was_there(following)):
                yield article

    def _past(self, id: str | None) -> list[PastRun]:
        with sqlite_errors(self._database):
            rows = self._of_runs(_RUNS, id).fetchall()
        tallies = self._tallies(id)
        return [
            PastRun(
                id=run,
                started_at=datetime.fromisoformat(started_at),
                ended_at=datetime.fromisoformat(ended_at) if ended_at else None,
                outcome=outcome,
                complete=bool(complete),
                tally=tallies[run],
                facts=json.loads(facts) if facts else {},
                job=json.loads(job),
            )
            for run, started_at, ended_at, outcome, complete, facts, job in rows
        ]

    def _tallies(self, run: str | None) -> defaultdict[str, Tally]:
        kinds: defaultdict[str, dict[str, int]] = defaultdict(dict)
        codes: defaultdict[str, dict[str, int]] = defaultdict(dict)
        with sqlite_errors(self._database):
            for id, kind, count in self._of_runs(_KINDS, run):
                kinds[id][kind] = count
            for id, code, count in self._of_runs(_CODES, run):
                codes[id][code] = count
        tallies = {id: Tally(**counts, failures=codes[id]) for id, counts in kinds.items()}
        return defaultdict(Tally, tallies)

    def _of_runs(self, query: str, id: str | None) -> sqlite3.Cursor:
        where, values = ("WHERE runs.id = ?1", (id,)) if id else ("", ())
        return self._db.execute(query.format(where=where), values)

    def _lines(self, query: str, *values: str) -> Iterator[bytes]:
        for _, packed in self._rows(query, *values):
            yield unpack(packed)

    def _rows(self, query: str, *values: str, after: int = 0) -> Iterator[tuple[Any, ...]]:
        """Their first column is the number."""
        last = after
        while True:
            with sqlite_errors(self._database):
                rows = self._db.execute(query, (last, *values, _BATCH)).fetchall()
            yield from rows
            if len(rows) < _BATCH:
                return
            last = rows[-1][0]

"""What a run writes into the tables, inside the transactions that commit its pages."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from scraper.protocols import Found
from scraper.record import Archive, Article, Failure, Media
from scraper.request import OutcomeKind, Request
from scraper.snapshot import Snapshot
from scraper.store.archive import Stretch
from scraper.store.lines import pack, to_line, unpack
from scraper.store.outbox import Outbox

_GONE = "gone"
_SAME_PAGES = """
INSERT INTO pages (record, file, start, length, removed)
SELECT ?, file, start, length, removed
FROM pages JOIN records r ON r.no = record WHERE id = ? AND revision = ?
"""
_PAGE_AT = """
INSERT INTO pages (record, file, start, length, removed)
SELECT ?, file, start, length, removed
FROM pages WHERE file = ? AND start <= ? AND ? < start + length LIMIT 1
"""


class Latest(NamedTuple):
    """The newest revision of a record.  `content` is its content hash; of a page that is gone
    something that no page has, so that what comes back is a revision though it be as it was."""

    no: int
    revision: int
    content: str


class Rows:
    """Those of the run with the number `run`.  No row gets the number of one that was removed and
    whose line stands in an outbox."""

    def __init__(self, db: sqlite3.Connection, run: int, outboxes: Mapping[str, Outbox]) -> None:
        self._db, self._run, self._outboxes = db, run, outboxes

    def latest(self, id: str) -> Latest | None:
        """None for an unknown id."""
        row = self._db.execute(
            "SELECT no, revision, content_hash FROM records WHERE id = ? "
            "ORDER BY revision DESC LIMIT 1",
            (id,),
        ).fetchone()
        return Latest(*row) if row else None

    def article(self, no: int) -> Article:
        """Of a row that is there."""
        line = self._db.execute("SELECT line FROM records WHERE no = ?", (no,)).fetchone()[0]
        return Article.model_validate_json(unpack(line))

    def met(self, record: int) -> bool:
        """Whether the run came to it already."""
        found = self._db.execute(
            "SELECT 1 FROM outcomes WHERE record = ? AND run = ?", (record, self._run)
        ).fetchone()
        return found is not None

    def add_outcome(self, request: Request, kind: OutcomeKind, record: int | None) -> None:
        """What a request came to."""
        self._db.execute(
            "INSERT INTO outcomes (run, request, kind, record) VALUES (?, ?, ?, ?)",
            (self._run, request.fingerprint, kind, record),
        )

    def add_record(self, request: Request, article: Article) -> tuple[int, Article, bytes]:
        """Its number, itself as it is written, and its line."""
        article, line = to_line(article)
        no = self._insert(
            "INSERT INTO records (no, id, revision, run, content_hash, line) "
            "VALUES (1 + max(?, (SELECT coalesce(max(no), 0) FROM records)), ?, ?, ?, ?, ?)",
            (
                self._outboxes["records"].last,
                article.id,
                article.revision,
                self._run,
                _GONE if article.gone else article.content_hash,
                pack(line),
            ),
        )
        for media in pictures_of(article):
            self._db.execute(
                "INSERT OR IGNORE INTO media (sha256, path, bytes, mime, width, height) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (media.sha256, media.path, media.bytes, media.mime, media.width, media.height),
            )
            self._db.execute("INSERT OR IGNORE INTO record_media VALUES (?, ?)", (no, media.sha256))
        self.add_outcome(request, "record", no)
        return no, article, line

    def add_failure(self, request: Request, failure: Failure) -> tuple[int, Failure, bytes]:
        """Its number, itself as it is written, and its line."""
        failure, line = to_line(failure)
        no = self._insert(
            "INSERT INTO failures (no, run, request, code, line) "
            "VALUES (1 + max(?, (SELECT coalesce(max(no), 0) FROM failures)), ?, ?, ?, ?)",
            (
                self._outboxes["failures"].last,
                self._run,
                request.fingerprint,
                failure.code,
                pack(line),
            ),
        )
        if request.within or request.meta:
            within, meta = json.dumps(request.within), json.dumps(request.meta)
            self._insert(
                "INSERT INTO failed_requests VALUES (?, ?, ?, ?, ?)",
                (no, request.depth, request.found_on, within, meta),
            )
        self.add_outcome(request, "failed", None)
        return no, failure, line

    def add_failure_picture(self, failure: int, code: str, picture: bytes) -> None:
        """Unless the run has one of the code from an earlier invocation."""
        self._db.execute(
            "INSERT INTO failure_pictures SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM "
            "failure_pictures JOIN failures ON no = failure WHERE run = ? AND code = ?)",
            (failure, picture, self._run, code),
        )

    def add_listing(self, request: Request, found: Found) -> None:
        """A page that only lists others."""
        self._db.execute(
            "INSERT INTO listings VALUES (?, ?, ?, ?, ?)",
            (self._run, request.fingerprint, request.url, found.listing, found.entries),
        )

    def last_read(self, request: Request) -> datetime | None:
        """When the last run began that found an article behind the address."""
        row = self._db.execute(
            "SELECT max(started_at) FROM outcomes JOIN runs ON runs.no = outcomes.run "
            "WHERE request = ? AND record IS NOT NULL",
            (request.fingerprint,),
        ).fetchone()
        return datetime.fromisoformat(row[0]) if row[0] else None

    def add_page(
        self, kept: Stretch, *, record: int | None = None, failure: int | None = None
    ) -> None:
        """Where the archive has what was fetched for a record or a failure."""
        self._insert(
            "INSERT INTO pages (record, failure, file, start, length) VALUES (?, ?, ?, ?, ?)",
            (record, failure, *kept),
        )

    def add_page_of(self, revision: int, id: str, *, record: int) -> None:
        """The record was made from what an earlier revision was made from."""
        self._db.execute(_SAME_PAGES, (record, id, revision))

    def add_page_at(self, archive: Archive, *, record: int) -> None:
        """The record was made from a page that was kept before there was one."""
        if last := archive.metadata:
            self._db.execute(_PAGE_AT, (record, last.file, last.offset, last.offset))

    def count_captured(self, page: Snapshot) -> None:
        """What became of the answers, where the page was to be kept in full."""
        if page.parts is None:
            return
        reasons = Counter(why.partition(":")[0] for _, why in page.missed)
        reasons[""] = len(page.exchanges) + len(page.parts)
        for reason, count in reasons.items():
            self._db.execute(
                "INSERT INTO captured VALUES (?, ?, ?) "
                "ON CONFLICT (run, reason) DO UPDATE SET count = count + excluded.count",
                (self._run, reason, count),
            )

    def _insert(self, statement: str, values: tuple[object, ...]) -> int:
        no = self._db.execute(statement, values).lastrowid
        if no is None:
            raise ValueError("no row was inserted")
        return no


def pictures_of(article: Article) -> list[Media]:
    """Those that are stored, each once."""
    pictures = [*article.images, *([article.lead_image] if article.lead_image else [])]
    return list({one.media.sha256: one.media for one in pictures if one.media}.values())

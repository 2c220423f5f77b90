"""The write side of one run: archive, then everything of a group in one transaction, then the
lines."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from scraper.job import Job
from scraper.protocols import Clock, Committed, Outcome, Run
from scraper.record import Article, Failure, Media
from scraper.rendering import Layout
from scraper.request import Request
from scraper.snapshot import Snapshot
from scraper.store.archive import ArchiveWriter, KeptPage
from scraper.store.fuse import Fuse
from scraper.store.layouts import learn, read_layout
from scraper.store.lines import encode, pack, to_line
from scraper.store.media import MediaFolder
from scraper.store.outbox import Outbox
from scraper.store.redaction import Redaction
from scraper.store.watching import note_sightings
from scraper.transaction import sqlite_errors, transaction
from scraper.units import in_bytes

STEPS = (
    "media.written",
    "media.synced",
    "media.renamed",
    "commit.begun",
    "archive.rotated",
    "archive.written",
    "archive.synced",
    "records.inserted",
    "requests.finished",
    "transaction.committed",
    "lines.rotated",
    "lines.written",
    "lines.synced",
    "run.begun",
    "run.ended",
    "run.written",
    "run.synced",
    "run.renamed",
    "recovery.cut",
    "recovery.appended",
)
"""What `on_step` hears, in the order of a run; tests stop the process at each of them."""


_SAME_PAGE = """
INSERT INTO pages (record, file, start, length, removed)
SELECT ?, file, start, length, removed
FROM pages JOIN records r ON r.no = record WHERE id = ? AND revision = ?
"""


class LocalStore:
    """One run's Store.  After a refused write it writes no more: open the collection again."""

    def __init__(
        self,
        db: sqlite3.Connection,
        collection: Path,
        run: Run,
        *,
        media: MediaFolder,
        outboxes: Mapping[str, Outbox],
        clock: Clock,
        versions: Mapping[str, str],
        fuse: Fuse,
        on_step: Callable[[str], None],
    ) -> None:
        self._db, self._path = db, str(collection / "state.sqlite")
        self._id, self._keeps_pages = run.id, run.job.archive != "none"
        self._watches = not run.is_retry
        self._media, self._outboxes, self._clock = media, outboxes, clock
        self._fuse, self._on_step = fuse, on_step
        self._run: int = db.execute("SELECT no FROM runs WHERE id = ?", (run.id,)).fetchone()[0]
        headers = (text.partition(":")[0].strip() for text in run.job.header)
        secret = Redaction(headers, run.job.redact)
        size = in_bytes(run.job.warc_size)
        self._archive = ArchiveWriter(
            db, collection, run.id, versions, on_step, secret, rotate_at=size
        )
        for outbox in outboxes.values():
            outbox.limit = line_limit(run.job)

    def put_media(self, body: bytes) -> Media:
        """Store a picture under its hash, once.  Raises NotAPicture, StorageError."""
        with self._fuse.guard():
            return self._media.put(body)

    def is_known(self, article: Article) -> bool:
        """Whether its latest revision here says the same."""
        with sqlite_errors(self._path):
            latest = self._latest(encode(article.id).decode())
        return latest is not None and latest[2] == article.content_hash

    def layout(self, site: str, name: str) -> Layout:
        """What is known of a layout."""
        with sqlite_errors(self._path):
            return read_layout(self._db, site, name)

    def last_read(self, request: Request) -> datetime | None:
        """When the last run began that found an article behind the address."""
        with sqlite_errors(self._path):
            row = self._db.execute(
                "SELECT max(started_at) FROM outcomes JOIN runs ON runs.no = outcomes.run "
                "WHERE request = ? AND record IS NOT NULL",
                (request.fingerprint,),
            ).fetchone()
        return datetime.fromisoformat(row[0]) if row[0] else None

    def commit(
        self, outcomes: Sequence[Outcome], also: Callable[[Sequence[Committed]], None]
    ) -> list[Committed]:
        """All outcomes, and what `also` does, or none.  Raises StorageError."""
        lines: dict[str, list[tuple[int, bytes]]] = {name: [] for name in self._outboxes}
        claimed: set[str] = set()
        with self._fuse.guard():
            with transaction(self._db, self._path):
                self._on_step("commit.begun")
                committed = [self._settle(outcome, lines, claimed) for outcome in outcomes]
                self._archive.sync()
                self._archive.note_length()
                for outcome in outcomes:
                    if outcome.learned:
                        learn(self._db, outcome.learned)
                if self._watches:
                    note_sightings(self._db, self._run, outcomes)
                self._on_step("records.inserted")
                also(committed)
                self._on_step("requests.finished")
                for outbox in self._outboxes.values():
                    outbox.note_length()
            self._on_step("transaction.committed")
            self._media.claim(claimed)
            for name, outbox in self._outboxes.items():
                outbox.append(lines[name])
        return committed

    def close(self) -> None:
        """Idempotent."""
        self._archive.close()

    def _settle(
        self,
        outcome: Outcome,
        lines: dict[str, list[tuple[int, bytes]]],
        claimed: set[str],
    ) -> Committed:
        request = outcome.request
        if outcome.failure is not None:
            return self._failed(outcome, outcome.failure, lines["failures"])
        if outcome.article is None:
            return self._listed(outcome)
        id = encode(outcome.article.id).decode()
        latest = self._latest(id)
        if latest:
            no, revision, content_hash = latest
            met = self._db.execute(
                "SELECT 1 FROM outcomes WHERE record = ? AND run = ?",
                (no, self._run),
            ).fetchone()
            if met:
                self._outcome(request.fingerprint, "duplicate", no)
                return Committed(request, "duplicate", id, revision)
            fetched = outcome.article.derived_from is None
            if fetched and content_hash == outcome.article.content_hash:
                self._outcome(request.fingerprint, "unchanged", no)
                return Committed(request, "unchanged", id, revision)
        revision = latest[1] + 1 if latest else 1
        article = outcome.article.model_copy(
            update={"id": id, "run": self._id, "revision": revision}
        )
        kept = self._keep(outcome.snapshot)
        if kept or article.derived_from is None:
            update = {"archive": kept.archive if kept else None}
            article = article.model_copy(update=update)
        article, line = to_line(article)
        last = self._outboxes["records"].last
        no = self._insert(
            "INSERT INTO records (no, id, revision, run, content_hash, line) "
            "VALUES (1 + max(?, (SELECT coalesce(max(no), 0) FROM records)), ?, ?, ?, ?, ?)",
            (last, id, revision, self._run, article.content_hash, pack(line)),
        )
        self._refer(no, article, claimed)
        if kept:
            self._note_page(kept, record=no)
        elif article.derived_from:
            self._db.execute(_SAME_PAGE, (no, id, article.derived_from))
        self._outcome(request.fingerprint, "record", no)
        lines["records"].append((no, line))
        return Committed(request, "record", id, revision, article=article)

    def _keep(self, page: Snapshot | None) -> KeptPage | None:
        """Where the page is, if it is one to be kept."""
        if page is None or not self._keeps_pages:
            return None
        self._count(page)
        return self._archive.keep(page, self._clock.now())

    def _note_page(
        self, kept: KeptPage, record: int | None = None, failure: int | None = None
    ) -> None:
        self._insert(
            "INSERT INTO pages (record, failure, file, start, length) VALUES (?, ?, ?, ?, ?)",
            (record, failure, *kept.stretch),
        )

    def _count(self, page: Snapshot) -> None:
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

    def _latest(self, id: str) -> tuple[int, int, str] | None:
        """Number, revision and content hash of the newest record with an id."""
        row: tuple[int, int, str] | None = self._db.execute(
            "SELECT no, revision, content_hash FROM records WHERE id = ? "
            "ORDER BY revision DESC LIMIT 1",
            (id,),
        ).fetchone()
        return row

    def _listed(self, outcome: Outcome) -> Committed:
        request, found = outcome.request, outcome.found
        self._db.execute(
            "INSERT INTO listings VALUES (?, ?, ?, ?, ?)",
            (self._run, request.fingerprint, request.url, found.listing, found.entries),
        )
        return Committed(request, "listing", None, None, found=found)

    def _failed(
        self, outcome: Outcome, failure: Failure, lines: list[tuple[int, bytes]]
    ) -> Committed:
        request = outcome.request
        kept = self._keep(outcome.snapshot)
        update = {"run": self._id, "archive": kept.archive if kept else None}
        failure, line = to_line(failure.model_copy(update=update))
        last = self._outboxes["failures"].last
        no = self._insert(
            "INSERT INTO failures (no, run, request, code, line) "
            "VALUES (1 + max(?, (SELECT coalesce(max(no), 0) FROM failures)), ?, ?, ?, ?)",
            (last, self._run, request.fingerprint, failure.code, pack(line)),
        )
        if kept:
            self._note_page(kept, failure=no)
        if request.within or request.meta:
            self._insert(
                "INSERT INTO failed_requests VALUES (?, ?, ?, ?, ?)",
                (
                    no,
                    request.depth,
                    request.found_on,
                    json.dumps(request.within),
                    json.dumps(request.meta),
                ),
            )
        self._outcome(request.fingerprint, "failed", None)
        lines.append((no, line))
        return Committed(request, "failed", None, None, failure=failure)

    def _insert(self, statement: str, values: tuple[object, ...]) -> int:
        no = self._db.execute(statement, values).lastrowid
        if no is None:
            raise ValueError("no row was inserted")
        return no

    def _outcome(self, request: bytes, kind: str, record: int | None) -> None:
        self._db.execute(
            "INSERT INTO outcomes (run, request, kind, record) VALUES (?, ?, ?, ?)",
            (self._run, request, kind, record),
        )

    def _refer(self, record: int, article: Article, claimed: set[str]) -> None:
        pictures = [*article.images, *([article.lead_image] if article.lead_image else [])]
        for media in {p.media.sha256: p.media for p in pictures if p.media}.values():
            self._db.execute(
                "INSERT OR IGNORE INTO media (sha256, path, bytes, mime, width, height) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (media.sha256, media.path, media.bytes, media.mime, media.width, media.height),
            )
            self._db.execute(
                "INSERT OR IGNORE INTO record_media VALUES (?, ?)", (record, media.sha256)
            )
            claimed.add(media.sha256)


def line_limit(job: Job) -> int | None:
    """Bytes from which on lines go to a new file."""
    return in_bytes(job.jsonl_size) if job.jsonl_size else None

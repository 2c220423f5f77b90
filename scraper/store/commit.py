"""The write side of one run: archive, then everything of a group in one transaction, then the
lines."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from scraper.changes import recorded
from scraper.job import Job
from scraper.protocols import Clock, Committed, Outcome, Run
from scraper.record import Article, Failure, Gone, Media
from scraper.rendering import Layout
from scraper.request import OutcomeKind, Request
from scraper.revisits import GONE, LEAST, MOST, Known
from scraper.snapshot import Snapshot
from scraper.store.archive import ArchiveWriter, KeptPage
from scraper.store.fuse import Fuse
from scraper.store.layouts import learn, read_layout
from scraper.store.lines import encode
from scraper.store.lists import keep_list, read_list
from scraper.store.media import MediaFolder
from scraper.store.outbox import Outbox
from scraper.store.redaction import Redaction
from scraper.store.rows import Latest, Rows, pictures_of
from scraper.store.visits import (
    Bounds,
    is_elsewhere,
    note_failed,
    note_gone,
    note_read,
    note_same,
    read_document,
    recall,
)
from scraper.store.warc import Payload
from scraper.store.watching import note_sightings
from scraper.transaction import sqlite_errors, transaction
from scraper.units import as_bounds, in_bytes

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


_USUAL = Bounds(LEAST, MOST)


@dataclass(frozen=True, slots=True)
class _Group:
    """What is committed together: lines by outbox, each with its row's number, and the pictures
    that are referred to."""

    lines: dict[str, list[tuple[int, bytes]]]
    claimed: set[str] = field(default_factory=set)


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
        self._media, self._outboxes, self._clock = media, outboxes, clock
        self._fuse, self._on_step = fuse, on_step
        self._bounds = Bounds(*as_bounds(run.job.revisit)) if run.job.revisit else _USUAL
        self._no: int = db.execute("SELECT no FROM runs WHERE id = ?", (run.id,)).fetchone()[0]
        self._rows = Rows(db, self._no, outboxes)
        self._watches = not run.is_retry
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
            latest = self._rows.latest(encode(article.id).decode())
        return latest is not None and latest.content == article.content_hash

    def recall(self, request: Request) -> Known | None:
        """What is remembered of an address."""
        with sqlite_errors(self._path):
            return recall(self._db, request.fingerprint)

    def listed(self, request: Request) -> Snapshot | None:
        """The document that listed pages there, as it came the last time."""
        with sqlite_errors(self._path):
            return read_list(self._db, request)

    def layout(self, site: str, name: str) -> Layout:
        """What is known of a layout."""
        with sqlite_errors(self._path):
            return read_layout(self._db, site, name)

    def last_read(self, request: Request) -> datetime | None:
        """When the last run began that found an article behind the address."""
        with sqlite_errors(self._path):
            return self._rows.last_read(request)

    def commit(
        self, outcomes: Sequence[Outcome], also: Callable[[Sequence[Committed]], None]
    ) -> list[Committed]:
        """All outcomes, and what `also` does, or none.  Raises StorageError."""
        group = _Group({name: [] for name in self._outboxes})
        with self._fuse.guard():
            with transaction(self._db, self._path):
                self._on_step("commit.begun")
                committed = [self._settle(outcome, group) for outcome in outcomes]
                self._archive.sync()
                self._archive.note_length()
                for outcome in outcomes:
                    if outcome.learned:
                        learn(self._db, outcome.learned)
                if self._watches:
                    note_sightings(self._db, self._no, outcomes)
                self._on_step("records.inserted")
                also(committed)
                self._on_step("requests.finished")
                for outbox in self._outboxes.values():
                    outbox.note_length()
            self._on_step("transaction.committed")
            self._media.claim(group.claimed)
            for name, outbox in self._outboxes.items():
                outbox.append(group.lines[name])
        return committed

    def close(self) -> None:
        """Idempotent."""
        self._archive.close()

    def _settle(self, outcome: Outcome, group: _Group) -> Committed:
        if outcome.same:
            return self._same(outcome)
        if outcome.failure is not None:
            return self._failed(outcome, outcome.failure, group)
        if outcome.article is None:
            self._rows.add_listing(outcome.request, outcome.found)
            keep_list(self._db, outcome)
            return Committed(outcome.request, "listing", None, None, found=outcome.found)
        request, made = outcome.request, outcome.article
        id = encode(made.id).decode()
        latest = self._rows.latest(id)
        if latest:
            if self._rows.met(latest.no):
                return self._known_already(request, "duplicate", id, latest)
            if made.derived_from is None and latest.content == made.content_hash:
                self._note_read(outcome, made, latest.no, changed=False)
                return self._known_already(request, "unchanged", id, latest)
        before = latest.revision if latest else None
        numbered = {"id": id, "run": self._id, "revision": (before or 0) + 1, "previous": before}
        article = made.model_copy(update=numbered)
        kept = None if made.archive else self._keep(outcome.snapshot)
        if kept:
            article = article.model_copy(update={"archive": kept.archive})
        if latest:
            told = recorded(self._rows.article(latest.no), article)
            article = article.model_copy(update={"changes": told})
        no, article = self._record(request, article, group)
        if kept:
            self._rows.add_page(kept.stretch, record=no)
        elif article.derived_from:
            self._rows.add_page_of(article.derived_from, id, record=no)
        elif article.archive:
            self._rows.add_page_at(article.archive, record=no)
        self._note_read(outcome, article, no, changed=True)
        return Committed(request, "record", id, article.revision, article=article)

    def _keep(self, page: Snapshot | None) -> KeptPage | None:
        """Where the page is, if it is one to be kept."""
        if page is None or not self._keeps_pages:
            return None
        self._rows.count_captured(page)
        return self._archive.keep(page, self._clock.now())

    def _record(self, request: Request, article: Article, group: _Group) -> tuple[int, Article]:
        no, article, line = self._rows.add_record(request, article)
        group.claimed.update(media.sha256 for media in pictures_of(article))
        group.lines["records"].append((no, line))
        return no, article

    def _known_already(
        self, request: Request, kind: OutcomeKind, id: str, latest: Latest
    ) -> Committed:
        self._rows.add_outcome(request, kind, latest.no)
        return Committed(request, kind, id, latest.revision)

    def _note_read(self, outcome: Outcome, article: Article, record: int, *, changed: bool) -> None:
        now = self._clock.now()
        note_read(self._db, outcome, article, record, changed=changed, now=now, bounds=self._bounds)

    def _same(self, outcome: Outcome) -> Committed:
        """The page was not sent again, because it is still the same."""
        request = outcome.request
        document = read_document(self._db, request.fingerprint)
        if document is None:
            raise ValueError("nothing is known of the page")
        article = self._rows.article(document.record)
        latest = self._rows.latest(article.id)
        if latest is None:
            raise ValueError("nothing is known of the record")
        now = self._clock.now()
        note_same(self._db, outcome, article.published, now, self._bounds)
        if self._rows.met(latest.no):
            return self._known_already(request, "duplicate", article.id, latest)
        kept = article.archive.document if article.archive else None
        page = outcome.snapshot
        if page and page.exchanges and self._keeps_pages and kept and document.at:
            same = Payload(kept, page.url, document.at)
            self._rows.add_page(self._archive.keep_same(page, same, now), record=latest.no)
        return self._known_already(request, "unchanged", article.id, latest)

    def _failed(self, outcome: Outcome, failure: Failure, group: _Group) -> Committed:
        request = outcome.request
        if failure.code not in GONE:
            note_failed(self._db, request.fingerprint, self._clock.now(), self._bounds)
        elif gone := self._gone(request, failure, group):
            return gone
        kept = self._keep(outcome.snapshot)
        update = {"run": self._id, "archive": kept.archive if kept else None}
        no, failure, line = self._rows.add_failure(request, failure.model_copy(update=update))
        if kept:
            self._rows.add_page(kept.stretch, failure=no)
        if outcome.picture:
            self._rows.add_failure_picture(no, failure.code, outcome.picture)
        group.lines["failures"].append((no, line))
        return Committed(request, "failed", None, None, failure=failure)

    def _gone(self, request: Request, failure: Failure, group: _Group) -> Committed | None:
        """A page that gave a record is no more; None until that is confirmed.  Its last good copy
        stays, and its last revision says so, unless it is at another address now."""
        now = self._clock.now()
        known = note_gone(self._db, request.fingerprint, now, self._bounds)
        document = read_document(self._db, request.fingerprint)
        if known is None or document is None or not known.is_gone or known.gone_since is None:
            return None
        latest = self._rows.latest(self._rows.article(document.record).id)
        if latest is None:
            return None
        article = self._rows.article(latest.no)
        if self._rows.met(latest.no):
            return self._known_already(request, "duplicate", article.id, latest)
        if article.gone or is_elsewhere(self._db, article.id, request.fingerprint, now):
            return self._known_already(request, "unchanged", article.id, latest)
        buried = {
            "run": self._id,
            "revision": article.revision + 1,
            "previous": article.revision,
            "derived_from": None,
            "changes": (),
            "gone": Gone(
                code=failure.code, since=known.gone_since, confirmed=now, visits=known.gone
            ),
            "fetched_at": now,
            "status": failure.status or article.status,
        }
        no, article = self._record(request, article.model_copy(update=buried), group)
        self._rows.add_page_of(article.revision - 1, article.id, record=no)
        return Committed(request, "record", article.id, article.revision, article=article)


def line_limit(job: Job) -> int | None:
    """Bytes from which on lines go to a new file."""
    return in_bytes(job.jsonl_size) if job.jsonl_size else None

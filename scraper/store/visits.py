"""What the collection remembers of the addresses that gave a record, for the next visit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from scraper.protocols import Outcome
from scraper.recipe.recipes import made_with
from scraper.record import Article
from scraper.request import Request
from scraper.revisits import CONFIRMATIONS, CONFIRMED_IN, Known, Validators, rest
from scraper.snapshot import Snapshot
from scraper.store.warc import warc_date

_COLUMNS = "etag, last_modified, alone, rules, checked_at, rests, gone, gone_since"
_KNOWN = f"SELECT {_COLUMNS} FROM visits WHERE request = ?"  # noqa: S608 - constant names
_KNOWN_THERE = f"""
SELECT {_COLUMNS} FROM visits WHERE url = (SELECT url FROM visits WHERE request = ?)
ORDER BY checked_at DESC LIMIT 1
"""  # noqa: S608 - constant names
# What leads to one page is due when all of it is.
_DUE = """
SELECT url FROM visits AS one
WHERE due_at <= :now
AND NOT EXISTS (SELECT 1 FROM visits WHERE url = one.url AND due_at > :now)
GROUP BY url ORDER BY min(due_at)
"""
_ELSEWHERE = """
SELECT 1 FROM visits JOIN records ON no = record
WHERE id = ? AND url != (SELECT url FROM visits WHERE request = ?) AND gone = 0 AND due_at > ?
"""
_NOTE = """
INSERT OR REPLACE INTO visits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_SAME = """
UPDATE visits SET url = ?, checked_at = ?, rests = ?, due_at = ?, gone = 0, gone_since = NULL
WHERE request = ?
"""
_GONE = """
UPDATE visits SET checked_at = ?, rests = ?, due_at = ?, gone = ?, gone_since = ?
WHERE request = ?
"""
_FAILED = "UPDATE visits SET rests = ?, due_at = ? WHERE request = ?"
_PERMANENT = (301, 308)


class Bounds(NamedTuple):
    """The least and the most time between two visits of a page."""

    least: timedelta
    most: timedelta


class Document(NamedTuple):
    """The record an address gave, and when (a WARC-Date) its document was fetched; None when it was
    not."""

    record: int
    at: str | None


def recall(db: sqlite3.Connection, request: bytes) -> Known | None:
    """What the last visit of its page left, by whatever address; None for an address that gave no
    record."""
    return _known(db.execute(_KNOWN_THERE, (request,)).fetchone())


def _own(db: sqlite3.Connection, request: bytes) -> Known | None:
    return _known(db.execute(_KNOWN, (request,)).fetchone())


def _known(row: Sequence[Any] | None) -> Known | None:
    if row is None:
        return None
    etag, modified, alone, rules, checked_at, rests, gone, gone_since = row
    return Known(
        validators=Validators(etag, modified) if etag or modified else None,
        alone=bool(alone),
        rules=rules,
        checked_at=_moment(checked_at),
        rests=timedelta(seconds=rests),
        gone=gone,
        gone_since=None if gone_since is None else _moment(gone_since),
    )


def read_document(db: sqlite3.Connection, request: bytes) -> Document | None:
    """None for an address that gave no record."""
    row = db.execute("SELECT record, document_at FROM visits WHERE request = ?", (request,))
    found = row.fetchone()
    return Document(*found) if found else None


def due(db: sqlite3.Connection, now: datetime) -> Iterator[str]:
    """Addresses whose rest is over, those that waited longest first; of a page that moved, where
    it is now."""
    for (url,) in db.execute(_DUE, {"now": now.timestamp()}):
        yield url


def note_read(
    db: sqlite3.Connection,
    outcome: Outcome,
    article: Article,
    record: int,
    *,
    changed: bool,
    now: datetime,
    bounds: Bounds,
) -> None:
    """A page that was read, inside the transaction that commits it."""
    request, snapshot = outcome.request, outcome.snapshot
    if snapshot is None or article.derived_from is not None:
        return
    known = _own(db, request.fingerprint)
    rests = _rest(known, article.published, now, bounds, changed=changed)
    validators = Validators.of(snapshot.headers) or Validators()
    last = snapshot.exchanges[-1] if snapshot.exchanges else None
    db.execute(
        _NOTE,
        (
            request.fingerprint,
            _address(request, snapshot),
            record,
            validators.etag,
            validators.last_modified,
            snapshot.rendered_with == "http" and not snapshot.further,
            made_with(article.recipe.hash if article.recipe else None),
            warc_date(last.started_at) if last else None,
            now.timestamp(),
            rests.total_seconds(),
            (now + rests).timestamp(),
            0,
            None,
        ),
    )


def note_same(
    db: sqlite3.Connection,
    outcome: Outcome,
    published: datetime | None,
    now: datetime,
    bounds: Bounds,
) -> None:
    """The server said that nothing has changed."""
    request = outcome.request
    known = _own(db, request.fingerprint)
    rests = _rest(known, published, now, bounds, changed=False)
    there = _address(request, outcome.snapshot) if outcome.snapshot else request.url
    db.execute(_SAME, (there, *_times(now, rests), request.fingerprint))


def note_gone(
    db: sqlite3.Connection, request: bytes, now: datetime, bounds: Bounds
) -> Known | None:
    """It was found gone once more: what is known then; None for an address that gave no record."""
    known = _own(db, request)
    if known is None:
        return None
    seen = replace(known, gone=known.gone + 1, gone_since=known.gone_since or now, checked_at=now)
    # Until it is sure it is looked at soon, and no more often than it takes.
    soon = min(max(CONFIRMED_IN / (CONFIRMATIONS - 1), bounds.least), bounds.most)
    rests = _rest(known, None, now, bounds, changed=False) if seen.is_gone else soon
    since = seen.gone_since.timestamp() if seen.gone_since else None
    db.execute(_GONE, (*_times(now, rests), seen.gone, since, request))
    return replace(seen, rests=rests)


def note_failed(db: sqlite3.Connection, request: bytes, now: datetime, bounds: Bounds) -> None:
    """It could not be had this time: what fails again and again is asked for ever more rarely."""
    if known := _own(db, request):
        rests = _rest(known, None, now, bounds, changed=False)
        db.execute(_FAILED, (*_times(now, rests)[1:], request))


def is_elsewhere(db: sqlite3.Connection, id: str, request: bytes, now: datetime) -> bool:
    """Whether the record's page is still at another address, as far as is known: it was there, and
    the next visit of it is not late by more than it takes to be sure of a loss."""
    late = (now - CONFIRMED_IN).timestamp()
    return db.execute(_ELSEWHERE, (id, request, late)).fetchone() is not None


def _address(request: Request, snapshot: Snapshot) -> str:
    """Where the page is to be asked for the next time: where it moved for good."""
    moves = snapshot.exchanges[:-1]
    if moves and all(move.status in _PERMANENT for move in moves):
        return snapshot.url
    return request.url


def _rest(
    known: Known | None,
    published: datetime | None,
    now: datetime,
    bounds: Bounds,
    *,
    changed: bool,
) -> timedelta:
    before = known.rests if known else None
    age = now - published if published else None
    return rest(before, changed=changed, age=age, least=bounds.least, most=bounds.most)


def _times(now: datetime, rests: timedelta) -> tuple[float, float, float]:
    return now.timestamp(), rests.total_seconds(), (now + rests).timestamp()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

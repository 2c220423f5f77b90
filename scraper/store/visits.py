"""What the collection remembers of the addresses that gave a record, for the next visit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from scraper.protocols import Outcome
from scraper.recipe.recipes import made_with
from scraper.record import Article
from scraper.request import Request
from scraper.revisits import Known, Validators, rest
from scraper.store.warc import warc_date

_KNOWN = """
SELECT etag, last_modified, alone, rules, checked_at, rests, gone, gone_since
FROM visits WHERE request = ?
"""
_NOTE = """
INSERT OR REPLACE INTO visits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_SAME = """
UPDATE visits SET checked_at = ?, rests = ?, due_at = ?, gone = 0, gone_since = NULL
WHERE request = ?
"""
_GONE = """
UPDATE visits SET checked_at = ?, rests = ?, due_at = ?, gone = ?, gone_since = ?
WHERE request = ?
"""


class Bounds(NamedTuple):
    """The least and the most time between two visits of a page."""

    least: timedelta
    most: timedelta


class Document(NamedTuple):
    """The record an address gave, and when (a WARC-Date) its document was fetched; None when it was
    not."""

    record: int
    at: str | None


def read_known(db: sqlite3.Connection, request: bytes) -> Known | None:
    """None for an address that gave no record."""
    row = db.execute(_KNOWN, (request,)).fetchone()
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
    """Addresses whose rest is over, those that waited longest first."""
    rows = db.execute(
        "SELECT url FROM visits WHERE due_at <= ? ORDER BY due_at", (now.timestamp(),)
    )
    for (url,) in rows:
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
    known = read_known(db, request.fingerprint)
    rests = _rest(known, article.published, now, bounds, changed=changed)
    validators = Validators.of(snapshot.headers) or Validators()
    last = snapshot.exchanges[-1] if snapshot.exchanges else None
    db.execute(
        _NOTE,
        (
            request.fingerprint,
            request.url,
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
    request: Request,
    published: datetime | None,
    now: datetime,
    bounds: Bounds,
) -> None:
    """The server said that nothing has changed."""
    known = read_known(db, request.fingerprint)
    rests = _rest(known, published, now, bounds, changed=False)
    db.execute(_SAME, (*_times(now, rests), request.fingerprint))


def note_gone(
    db: sqlite3.Connection, request: bytes, now: datetime, bounds: Bounds
) -> Known | None:
    """It was found gone once more: what is known then; None for an address that gave no record."""
    known = read_known(db, request)
    if known is None:
        return None
    seen = replace(known, gone=known.gone + 1, gone_since=known.gone_since or now, checked_at=now)
    # Until it is sure it is looked at soon.
    rests = _rest(known, None, now, bounds, changed=False) if seen.is_gone else bounds.least
    since = seen.gone_since.timestamp() if seen.gone_since else None
    db.execute(_GONE, (*_times(now, rests), seen.gone, since, request))
    return replace(seen, rests=rests)


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

"""Feeds, sitemaps and list pages as they came last: a schedule asks for them again and again, and
a server that knows the version of a document need not send it twice."""

from __future__ import annotations

import json
import sqlite3
from typing import Final

from scraper.protocols import Outcome
from scraper.request import Request
from scraper.revisits import Validators
from scraper.snapshot import Snapshot, header
from scraper.store.lines import pack, unpack

LARGEST: Final = 8 * 2**20
"""Bytes of a document; a larger one is asked for as a whole."""

_KEPT: Final = frozenset({"content-type", "etag", "last-modified"})
_KINDS: Final = frozenset({"feed", "sitemap", "list"})


def keep_list(db: sqlite3.Connection, outcome: Outcome) -> None:
    """Inside the transaction that commits what it lists.  What is not to be kept is forgotten: the
    version before is none to ask for."""
    request, page = outcome.request, outcome.snapshot
    if request.form is not None or page is None or outcome.found.listing not in _KINDS:
        return
    headers = json.dumps([pair for pair in page.headers if pair[0].lower() in _KEPT])
    known = db.execute(
        "SELECT url, headers FROM lists WHERE request = ?", (request.fingerprint,)
    ).fetchone()
    if known == (page.url, headers) and header(page.headers, "etag"):
        return
    db.execute("DELETE FROM lists WHERE request = ?", (request.fingerprint,))
    whole = page.status == 200 and page.dom is None and not page.redacted
    if whole and Validators.of(page.headers) and 0 < len(page.document or b"") <= LARGEST:
        db.execute(
            "INSERT INTO lists VALUES (?, ?, ?, ?)",
            (request.fingerprint, page.url, headers, pack(page.document or b"")),
        )


def read_list(db: sqlite3.Connection, request: Request) -> Snapshot | None:
    """None where nothing is kept."""
    row = db.execute(
        "SELECT url, headers, document FROM lists WHERE request = ?", (request.fingerprint,)
    ).fetchone()
    if row is None:
        return None
    url, headers, document = row
    return Snapshot(
        request_url=request.url,
        url=url,
        status=200,
        headers=tuple((name, value) for name, value in json.loads(headers)),
        document=unpack(document),
        dom=None,
        fetched_at=None,
        rendered_with="http",
    )

"""`state.sqlite`: the tables that are the truth of a collection on a local folder."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from scraper.errors import CollectionVersion, DatabaseUnreadable, StorageError
from scraper.store.disk import opened
from scraper.transaction import sqlite_errors, transaction

FORMAT = 2
"""Of the tables; a collection of another format is refused until `migration` brought it here."""
APPLICATION = 0x53435250
"""Marks the file as ours ("SCRP")."""

_CACHE = 64 * 2**20
"""Bytes."""
_LOG_PAGES = 4_000
_PATIENCE = 10_000
"""Milliseconds to wait for a reader that holds the database."""
_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    job TEXT NOT NULL,
    identity TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,                          -- of its last invocation
    outcome TEXT,
    facts TEXT,                             -- JSON
    complete INTEGER NOT NULL DEFAULT 0     -- nothing is left to do, or it was given up
);
CREATE TABLE IF NOT EXISTS occasions (
    name TEXT PRIMARY KEY,                  -- what a run was asked for once only
    run INTEGER NOT NULL REFERENCES runs (no)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sightings (     -- what recipes made of pages, see health.py
    run INTEGER NOT NULL REFERENCES runs (no),
    recipe TEXT NOT NULL,
    hash TEXT NOT NULL,                     -- of the recipe's file
    version TEXT NOT NULL,                  -- '' where it was not chosen yet
    field TEXT NOT NULL,                    -- '' for the page as a whole
    found TEXT NOT NULL,                    -- the candidate, '' for none
    pages INTEGER NOT NULL,
    PRIMARY KEY (run, recipe, hash, version, field, found)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    run INTEGER NOT NULL REFERENCES runs (no),
    content_hash TEXT NOT NULL,
    line BLOB NOT NULL,                     -- as it stands in records.jsonl, zstd
    UNIQUE (id, revision)
);
CREATE TABLE IF NOT EXISTS failures (
    no INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (no),
    request BLOB NOT NULL,
    code TEXT NOT NULL,
    line BLOB NOT NULL                      -- as it stands in failures.jsonl, zstd
);
CREATE INDEX IF NOT EXISTS failures_of_run ON failures (run);
CREATE TABLE IF NOT EXISTS failed_requests (    -- what a seed's bare address does not say
    failure INTEGER PRIMARY KEY REFERENCES failures (no),
    depth INTEGER NOT NULL,
    found_on TEXT,
    within TEXT NOT NULL,                       -- JSON
    meta TEXT NOT NULL                          -- JSON
);
CREATE TABLE IF NOT EXISTS failure_pictures (   -- what the browser showed: one of a code in a run
    failure INTEGER PRIMARY KEY REFERENCES failures (no),
    picture BLOB NOT NULL                       -- WebP
);
CREATE TABLE IF NOT EXISTS outcomes (
    run INTEGER NOT NULL REFERENCES runs (no),
    request BLOB NOT NULL,                  -- Request.fingerprint
    kind TEXT NOT NULL CHECK (kind IN ('record', 'unchanged', 'duplicate', 'failed')),
    record INTEGER REFERENCES records (no), -- the one made, found unchanged, or doubled
    PRIMARY KEY (run, request)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS outcomes_of_record ON outcomes (record, run) WHERE record IS NOT NULL;
CREATE INDEX IF NOT EXISTS outcomes_of_request ON outcomes (request, run);
CREATE TABLE IF NOT EXISTS listings (           -- outcomes that only list pages
    run INTEGER NOT NULL REFERENCES runs (no),
    request BLOB NOT NULL,                      -- Request.fingerprint
    url TEXT NOT NULL,
    kind TEXT NOT NULL,                         -- feed, sitemap, list, page
    entries INTEGER NOT NULL,
    PRIMARY KEY (run, request)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS listings_of_request ON listings (request, run);
CREATE TABLE IF NOT EXISTS lists (          -- documents whose server names their version
    request BLOB PRIMARY KEY,               -- Request.fingerprint
    url TEXT NOT NULL,                      -- where it answered
    headers TEXT NOT NULL,                  -- JSON
    document BLOB NOT NULL                  -- zstd
);
CREATE TABLE IF NOT EXISTS visits (         -- of addresses that gave a record, for the next visit
    request BLOB PRIMARY KEY,               -- Request.fingerprint
    url TEXT NOT NULL,                      -- where the page is asked for the next time
    record INTEGER NOT NULL REFERENCES records (no) ON DELETE CASCADE,  -- the one it gave last
    etag TEXT,
    last_modified TEXT,
    alone INTEGER NOT NULL,                 -- the record came from the document and nothing else
    rules TEXT NOT NULL,                    -- what the record was made with
    document_at TEXT,                       -- when the document was asked for
    checked_at REAL NOT NULL,               -- Unix time
    rests REAL NOT NULL,                    -- seconds
    due_at REAL NOT NULL,
    gone INTEGER NOT NULL,                  -- visits in a row that found it gone
    gone_since REAL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS visits_due ON visits (due_at);
CREATE INDEX IF NOT EXISTS visits_of_url ON visits (url, due_at);
CREATE INDEX IF NOT EXISTS visits_of_record ON visits (record);
CREATE TABLE IF NOT EXISTS media (
    sha256 TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    mime TEXT NOT NULL,
    width INTEGER,
    height INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record_media (
    record INTEGER NOT NULL REFERENCES records (no),
    sha256 TEXT NOT NULL REFERENCES media (sha256),
    PRIMARY KEY (record, sha256)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS payloads (                     -- of full archives, each written once
    digest BLOB PRIMARY KEY,                -- SHA-256
    file TEXT NOT NULL,
    start INTEGER NOT NULL,
    length INTEGER NOT NULL,
    url TEXT NOT NULL,
    at TEXT NOT NULL                        -- WARC-Date
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS layouts (        -- what was learned about rendering
    site TEXT NOT NULL,                     -- the host
    layout TEXT NOT NULL,
    agreed INTEGER NOT NULL,
    differed INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    unchecked INTEGER NOT NULL,
    waiting BLOB NOT NULL,                  -- marks (4 bytes) and what they still need (1 byte)
    PRIMARY KEY (site, layout)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS captured (       -- what became of answers to pages kept in full
    run INTEGER NOT NULL REFERENCES runs (no),
    reason TEXT NOT NULL,                   -- why they were missed, empty: kept exactly
    count INTEGER NOT NULL,
    PRIMARY KEY (run, reason)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    name TEXT PRIMARY KEY,                  -- below the collection
    length INTEGER NOT NULL,                -- bytes that are known to be whole
    last INTEGER NOT NULL                   -- no of the last row in them, 0 for archives
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pages (          -- kept ones, each whole records of a WARC file
    no INTEGER PRIMARY KEY,
    record INTEGER REFERENCES records (no), -- that was made from it, or found to be unchanged by it
    failure INTEGER REFERENCES failures (no),
    file TEXT NOT NULL,
    start INTEGER NOT NULL,
    length INTEGER NOT NULL,
    removed TEXT                            -- when its bytes were
);
CREATE INDEX IF NOT EXISTS pages_of_file ON pages (file, start);
CREATE INDEX IF NOT EXISTS pages_of_record ON pages (record);
CREATE INDEX IF NOT EXISTS pages_of_failure ON pages (failure);
CREATE TABLE IF NOT EXISTS spared (         -- of removed pages, since others refer to them
    file TEXT NOT NULL,
    start INTEGER NOT NULL,
    length INTEGER NOT NULL,
    PRIMARY KEY (file, start)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS erasures (       -- decided, and perhaps not yet done
    file TEXT NOT NULL,                     -- below the collection
    start INTEGER NOT NULL,
    length INTEGER NOT NULL,                -- of records in a WARC file, 0: all of the file
    address TEXT,                           -- the record stays, as if it had been met there
    PRIMARY KEY (file, start)
) WITHOUT ROWID;
"""


def open_database(path: Path, *, writable: bool, oldest: int = FORMAT) -> sqlite3.Connection:
    """Raises CollectionVersion for a format before `oldest` or after ours, and StorageError.  For
    writing, the file and its tables are made."""
    mode = "rwc" if writable else "ro"
    with sqlite_errors(str(path)):
        db = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=_PATIENCE / 1000,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            _check_format(db, path, writable, oldest)
            if writable:
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")
                db.execute("PRAGMA foreign_keys = ON")
                # A long frontier's index is written to at random places: the pages are kept at
                # hand, and carried over from the log less often.
                db.execute(f"PRAGMA cache_size = -{_CACHE // 1024}")
                db.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        except BaseException:
            db.close()
            raise
    return db


def check_format(path: Path, oldest: int = FORMAT) -> None:
    """Raises CollectionVersion as `open_database` does, and changes not even a lock.  What the
    file's first bytes do not tell, that one finds out."""
    try:
        with opened(path, os.O_RDONLY) as fd:
            head, size = os.pread(fd, 100, 0), os.fstat(fd).st_size
    except FileNotFoundError:
        return
    has_log = path.with_name(f"{path.name}-wal").exists()
    version, application = (int.from_bytes(head[at : at + 4]) for at in (60, 68))
    if application == APPLICATION and not oldest <= version <= FORMAT:
        raise CollectionVersion(str(path.parent), version, FORMAT)
    # SQLite itself notices a missing end only when it needs what stood there.  With a log, that end
    # may still be in it.
    counted = head[24:28] == head[92:96]
    pages, page_size = int.from_bytes(head[28:32]), int.from_bytes(head[16:18])
    if counted and pages * (page_size if page_size > 1 else 2**16) > size and not has_log:
        raise DatabaseUnreadable(str(path), "the file is cut off")


def check_database(db: sqlite3.Connection, path: Path) -> None:
    """After an unclean stop.  Raises StorageError."""
    with sqlite_errors(str(path)):
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise DatabaseUnreadable(str(path), f"the database is damaged ({found})")


def close_database(db: sqlite3.Connection, path: str) -> None:
    """Fold the log into the file where no reader prevents it, so that a reader needs no write
    access later.  Raises StorageError when the disk prevents it: nothing is lost, the log stays."""
    with sqlite_errors(path), closing(db):
        try:
            db.execute("PRAGMA busy_timeout = 0")
            mode = db.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
        else:
            if mode != "delete":  # SQLite does not always say so
                raise StorageError(path, "its log cannot be folded into it")


def make_tables(db: sqlite3.Connection) -> None:
    """Those that are missing, inside a transaction."""
    for statement in _TABLES.split(";"):
        db.execute(statement)


def format_of(db: sqlite3.Connection) -> int:
    """Of its tables."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def set_format(db: sqlite3.Connection, number: int) -> None:
    """Inside a transaction, and a part of it."""
    db.execute(f"PRAGMA user_version = {number}")


def _check_format(db: sqlite3.Connection, path: Path, writable: bool, oldest: int) -> None:
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version = format_of(db)
    empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if application == 0 and version == 0 and empty and writable:
        with transaction(db, str(path)):
            make_tables(db)
            db.execute(f"PRAGMA application_id = {APPLICATION}")
            set_format(db, FORMAT)
    elif application != APPLICATION:
        raise DatabaseUnreadable(str(path), "it belongs to another program")
    elif not oldest <= version <= FORMAT:
        raise CollectionVersion(str(path.parent), version, FORMAT)
    elif writable and version == FORMAT:
        with transaction(db, str(path)):  # some tables came later, and old ones stay as they are
            make_tables(db)

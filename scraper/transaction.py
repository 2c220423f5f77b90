"""SQLite as the rooms use it: transactions that may be joined, and refusals of the disk as
StorageError."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from scraper.errors import DatabaseUnreadable, StorageError

_NO_DATABASE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


@contextmanager
def sqlite_errors(path: str) -> Iterator[None]:
    """What SQLite says about the disk or a damaged file becomes StorageError; faults of the program
    stay what they are."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.NotSupportedError):
        raise
    except sqlite3.DatabaseError as error:
        code, problem = getattr(error, "sqlite_errorcode", 0) & 0xFF, str(error)
        if code in _NO_DATABASE:
            raise DatabaseUnreadable(path, problem) from error
        if code == sqlite3.SQLITE_CANTOPEN:  # SQLite does not say why
            problem += " (no room, no permission, or too many open files)"
        raise StorageError(path, problem) from error


@contextmanager
def transaction(db: sqlite3.Connection, path: str) -> Iterator[None]:
    """All or nothing; inside an open transaction, a part of that one.  The connection must be in
    autocommit mode (`isolation_level=None`)."""
    with sqlite_errors(path):
        if db.in_transaction:
            yield
            return
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:  # SQLite rolls back by itself when the disk is full
                db.execute("ROLLBACK")
            raise

"""The search index of a collection: a view of its latest records, made from them and kept up with
them.  It may be deleted at any time; the next use makes it again."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol, Self

import orjson

from scraper.store.disk import refusals
from scraper.store.finding import Choices, Found, Wanted, card_of, choices, find, moment_of
from scraper.store.layout import INDEX
from scraper.store.words import TOKENIZER, indexed, single
from scraper.transaction import sqlite_errors, transaction

FORM: Final = 2
"""Of the tables and of the words in them; an index of another form is made again."""

_GROUP: Final = 200
"""Records of one transaction."""
_PATIENCE: Final = 30.0
"""Seconds to wait while another process writes."""
_BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

_TABLES: Final = f"""
CREATE TABLE state (last INTEGER NOT NULL, count INTEGER NOT NULL, failing TEXT NOT NULL);
INSERT INTO state VALUES (0, 0, '');
CREATE TABLE articles (
    no INTEGER PRIMARY KEY,      -- of the latest revision's row in the collection
    id TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL,
    moment INTEGER NOT NULL,     -- Unix time
    site TEXT NOT NULL,
    language TEXT,
    recipe TEXT,
    failing INTEGER NOT NULL DEFAULT 0,
    card BLOB NOT NULL           -- JSON
);
CREATE INDEX by_moment ON articles (moment, no);
CREATE INDEX by_site ON articles (site, moment, no);
CREATE INDEX by_language ON articles (language, moment, no);
CREATE INDEX by_recipe ON articles (recipe, moment, no);
CREATE INDEX changed ON articles (moment, no) WHERE revision > 1;
CREATE INDEX failing ON articles (moment, no) WHERE failing = 1;
CREATE VIRTUAL TABLE words
    USING fts5 (title, about, body, single, content='', tokenize="{TOKENIZER}");
PRAGMA user_version = {FORM}
"""  # noqa: S608 - constants


class Lines(Protocol):
    """What is indexed: a collection, or a collection as it was."""

    def count(self, *, after: int = 0) -> int: ...

    def numbered(self, *, after: int = 0) -> Iterator[tuple[int, bytes]]: ...

    def line(self, no: int) -> bytes | None: ...

    def failing_ids(self) -> list[str]: ...


def _silent(_indexed: int, _of: int) -> None:
    """For those who do not wait."""


class Index:
    """A context manager.  Every method may raise StorageError."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self._db, self._name = db, str(path)

    @classmethod
    def open(cls, collection: Path) -> Self:
        """Made, empty, where there is none or it is damaged or of another form.  It stands in the
        collection or, when that cannot be written, in the user's cache."""
        path = collection / INDEX
        if not all(os.access(one, os.W_OK) for one in (collection, path) if one.exists()):
            path = _in_cache(collection)
        with refusals(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        with sqlite_errors(str(path)):
            try:
                return cls(path, _opened(path))
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode & 0xFF in _BUSY:
                    raise
            _remove(path)
            return cls(path, _opened(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def update(self, collection: Lines, progress: Callable[[int, int], None] = _silent) -> int:
        """Take in what was recorded since; how many revisions.  `progress` hears how many are
        indexed, and of how many; between its calls other processes may use the index."""
        self._drop_foreign(collection)
        total = collection.count()
        taken = 0
        while group := self._take_group(collection):
            taken += group
            progress(self.count(), total)
        self._note_failing(collection)
        return taken

    def count(self) -> int:
        """Of indexed revisions."""
        with sqlite_errors(self._name):
            return int(self._db.execute("SELECT count FROM state").fetchone()[0])

    def state(self) -> tuple[object, ...]:
        """Another one whenever something was taken in."""
        with sqlite_errors(self._name):
            state: tuple[object, ...] = self._db.execute("SELECT * FROM state").fetchone()
        return state

    def find(self, wanted: Wanted, *, limit: int, offset: int = 0) -> Found:
        """In the order asked for; without words, `best` is `newest`."""
        with sqlite_errors(self._name):
            return find(self._db, wanted, limit, offset)

    def choices(self) -> Choices:
        """What there is to choose from."""
        with sqlite_errors(self._name):
            return choices(self._db)

    def _drop_foreign(self, collection: Lines) -> None:
        """Everything, when records that were indexed are gone."""
        with transaction(self._db, self._name):
            last, count = self._db.execute("SELECT last, count FROM state").fetchone()
            if collection.count() - collection.count(after=last) != count:
                self._db.execute("INSERT INTO words (words) VALUES ('delete-all')")
                self._db.execute("DELETE FROM articles")
                self._db.execute("UPDATE state SET last = 0, count = 0, failing = ''")

    def _take_group(self, collection: Lines) -> int:
        with transaction(self._db, self._name):
            last, count = self._db.execute("SELECT last, count FROM state").fetchone()
            taken = 0
            for no, line in collection.numbered(after=last):
                self._take(no, orjson.loads(line), collection)
                last, taken = no, taken + 1
                if taken == _GROUP:
                    break
            if taken:
                self._db.execute("UPDATE state SET last = ?, count = ?", (last, count + taken))
        return taken

    def _take(self, no: int, record: dict[str, Any], collection: Lines) -> None:
        db, id = self._db, record["id"]
        before = db.execute("SELECT no FROM articles WHERE id = ?", (id,)).fetchone()
        if before:
            if line := collection.line(before[0]):
                # The table keeps no texts: to take words out it wants to be told which.
                db.execute(
                    "INSERT INTO words (words, rowid, title, about, body, single) "
                    "VALUES ('delete', ?, ?, ?, ?, ?)",
                    (*before, *_texts(orjson.loads(line))),
                )
            db.execute("DELETE FROM articles WHERE no = ?", before)
        recipe = record["recipe"]["id"] if record["recipe"] else None
        db.execute(
            "INSERT INTO articles (no, id, revision, moment, site, language, recipe, card) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                no,
                id,
                record["revision"],
                moment_of(record),
                record["site"],
                record["language"],
                recipe,
                card_of(record),
            ),
        )
        db.execute(
            "INSERT INTO words (rowid, title, about, body, single) VALUES (?, ?, ?, ?, ?)",
            (no, *_texts(record)),
        )

    def _note_failing(self, collection: Lines) -> None:
        failing = collection.failing_ids()
        digest = hashlib.sha256("\n".join(failing).encode()).hexdigest() if failing else ""
        with transaction(self._db, self._name):
            known, changed = self._db.execute(
                "SELECT failing, (SELECT count(*) FROM articles WHERE failing = 1) FROM state"
            ).fetchone()
            if digest == known and changed == len(failing):
                return
            self._db.execute("UPDATE articles SET failing = 0 WHERE failing = 1")
            self._db.executemany(
                "UPDATE articles SET failing = 1 WHERE id = ?", ((id,) for id in failing)
            )
            self._db.execute("UPDATE state SET failing = ?", (digest,))


def _texts(record: dict[str, Any]) -> tuple[str, str, str, str]:
    """Title, people and topics, body, and the characters of all three."""
    names = ("authors", "editors", "categories", "tags")
    about = [one for name in names for one in record[name]]
    about += [record[name] for name in ("source", "description") if record[name]]
    texts = record["title"] or "", "\n".join(about), record["text"]
    title, people, body = map(indexed, texts)
    return title, people, body, single("\n".join(texts))


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        if db.execute("PRAGMA user_version").fetchone()[0] != FORM:
            db.execute("BEGIN IMMEDIATE")
            if db.execute("PRAGMA user_version").fetchone()[0] != FORM:  # nobody made it meanwhile
                _clear(db)
                for statement in _TABLES.split(";\n"):
                    db.execute(statement)
            db.execute("COMMIT")
        db.execute("SELECT last FROM state").fetchone()
    except BaseException:
        db.close()
        raise
    return db


def _clear(db: sqlite3.Connection) -> None:
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN "
    for (name,) in db.execute(f"{tables} ('words', 'articles', 'state')").fetchall():
        db.execute(f"DROP TABLE {name}")


def _remove(path: Path) -> None:
    with refusals(path):
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            with suppress(FileNotFoundError):
                path.with_name(name).unlink()


def _in_cache(collection: Path) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = hashlib.sha256(os.fsencode(collection.resolve())).hexdigest()[:32]
    return cache / "headless-scraper" / "indexes" / f"{name}.sqlite"

"""What can be asked of the search index: which articles, in which order, and what there is to
choose from."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal

import orjson

from scraper.store.words import match_expression

Order = Literal["best", "newest", "oldest"]

_MOST: Final = 5_000
"""Matches of a word that are counted; of more than these, the last recorded are ranked."""
_WEIGHTS: Final = "10.0, 4.0, 1.0, 1.0"
"""Of title, people and topics, body, single characters."""
_LONGEST_WAY: Final = 3_000
"""Articles that are looked at one by one for a word."""
_TEASER: Final = 220
_MATCHING: Final = "SELECT rowid FROM words WHERE words MATCH ?"
_COUNT: Final = "SELECT count(*) FROM articles"
_CARDS: Final = "SELECT id, revision, site, language, recipe, failing, card FROM articles"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles: those that all of it is true of.  Days are UTC's; `until` is one of them."""

    words: str = ""
    site: str | None = None
    language: str | None = None
    recipe: str | None = None
    since: date | None = None
    until: date | None = None
    changed: bool = False
    failing: bool = False
    order: Order = "best"


@dataclass(frozen=True, slots=True)
class Card:
    """What a list shows of an article.  `picture` is a path below the collection; `failing` says
    that its page could not be had when it was asked for again."""

    id: str
    revision: int
    site: str
    language: str | None
    recipe: str | None
    failing: bool
    title: str | None
    published: datetime | None
    fetched_at: datetime | None
    authors: tuple[str, ...]
    teaser: str
    picture: str | None
    pictures: int


@dataclass(frozen=True, slots=True)
class Found:
    """Some of the articles that were wanted, and how many there are; `more` says that of matches
    not all were counted."""

    cards: tuple[Card, ...]
    total: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from, with the number of articles, most first."""

    sites: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    recipes: tuple[tuple[str, int], ...]
    articles: int
    changed: int
    failing: int


def find(db: sqlite3.Connection, wanted: Wanted, limit: int, offset: int) -> Found:
    """In the order asked for; without words, `best` is `newest`."""
    conditions, values = _conditions(wanted)
    must, must_not = match_expression(wanted.words)
    if wanted.words.strip() and not (must or must_not):
        return Found((), 0)
    if must and must_not:
        must = f"({must}) NOT ({must_not})"
    elif must_not:
        conditions.append(f"no NOT IN ({_MATCHING})")
        values.append(must_not)
    part = limit, offset
    if not must:
        total, more = _one(db, f"{_COUNT}{_where(conditions)}", values), False
        chosen = _in_time(db, "articles", conditions, values, wanted.order, part)
    else:
        total = _matches(db, must, conditions, values)
        total, more = min(total, _MOST), total > _MOST
        if wanted.order == "best":
            chosen = _ranked(db, must, conditions, values, part)
        else:
            # Of frequent words the first few are met soon on the way through time; else all that
            # match are put in order.
            met = (offset + limit) * _one(db, "SELECT max(no) FROM articles", ()) / (total or 1)
            if not conditions and met < _LONGEST_WAY:
                source = "articles INDEXED BY by_moment"
                found = f"EXISTS ({_MATCHING} AND rowid = no)"
            else:
                source, found = "articles", f"no IN ({_MATCHING})"
            conditions, values = [*conditions, found], [*values, must]
            chosen = _in_time(db, source, conditions, values, wanted.order, part)
    # Only now are the cards read, which are most of the table.
    rows = (db.execute(f"{_CARDS} WHERE no = ?", (no,)).fetchone() for no in chosen)
    return Found(tuple(_card(row) for row in rows if row), total, more)


def _matches(
    db: sqlite3.Connection, must: str, conditions: Sequence[str], values: Sequence[Any]
) -> int:
    """How many there are, or one more than are counted."""
    matching = f"{_MATCHING}{_among(conditions)} LIMIT {_MOST + 1}"
    return _one(db, f"SELECT count(*) FROM ({matching})", (must, *values))  # noqa: S608


def _in_time(
    db: sqlite3.Connection,
    source: str,
    conditions: Sequence[str],
    values: Sequence[Any],
    order: Order,
    part: tuple[int, int],
) -> list[int]:
    by = "moment, no" if order == "oldest" else "moment DESC, no DESC"
    query = f"SELECT no FROM {source}{_where(conditions)} ORDER BY {by} LIMIT ? OFFSET ?"  # noqa: S608 - our own words
    return [no for (no,) in db.execute(query, (*values, *part))]


def _ranked(
    db: sqlite3.Connection,
    must: str,
    conditions: Sequence[str],
    values: Sequence[Any],
    part: tuple[int, int],
) -> list[int]:
    last = (
        f"SELECT rowid AS no, bm25(words, {_WEIGHTS}) AS score FROM words "  # noqa: S608
        f"WHERE words MATCH ?{_among(conditions)} ORDER BY rowid DESC LIMIT {_MOST}"
    )
    query = f"SELECT no FROM ({last}) ORDER BY score, no DESC LIMIT ? OFFSET ?"  # noqa: S608
    return [no for (no,) in db.execute(query, (must, *values, *part))]


def _among(conditions: Sequence[str]) -> str:
    """The plus keeps SQLite from asking the words once for each article."""
    return f" AND +rowid IN (SELECT no FROM articles{_where(conditions)})" if conditions else ""  # noqa: S608


def _where(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _one(db: sqlite3.Connection, query: str, values: Sequence[Any]) -> int:
    return int(db.execute(query, values).fetchone()[0] or 0)


def choices(db: sqlite3.Connection) -> Choices:
    """Of all articles."""

    def counted(column: str) -> tuple[tuple[str, int], ...]:
        query = (
            f"SELECT {column}, count(*) AS n FROM articles WHERE {column} IS NOT NULL "  # noqa: S608
            f"GROUP BY {column} ORDER BY n DESC, {column}"
        )
        return tuple(db.execute(query).fetchall())

    def flagged(*conditions: str) -> int:
        return _one(db, f"{_COUNT}{_where(conditions)}", ())

    return Choices(
        sites=counted("site"),
        languages=counted("language"),
        recipes=counted("recipe"),
        articles=flagged(),
        changed=flagged("revision > 1"),
        failing=flagged("failing = 1"),
    )


def card_of(record: dict[str, Any]) -> bytes:
    """What `Card` needs besides the columns, of a record's plain form."""
    pictures = [*([record["lead_image"]] if record["lead_image"] else []), *record["images"]]
    stored = (one["media"]["path"] for one in pictures if one["media"])
    teaser = record["description"] or " ".join(record["paragraphs"][:3]) or record["text"]
    return orjson.dumps(
        {
            "title": record["title"],
            "published": record["published"],
            "fetched_at": record["fetched_at"],
            "authors": record["authors"],
            "teaser": teaser[:_TEASER],
            "picture": next(stored, None),
            "pictures": len(record["images"]),
        }
    )


def moment_of(record: dict[str, Any]) -> int:
    """Unix time: when it was published, else fetched, else 0."""
    text = record["published"] or record["fetched_at"]
    return round(datetime.fromisoformat(text).timestamp()) if text else 0


def _conditions(wanted: Wanted) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    for column in ("site", "language", "recipe"):
        if value := getattr(wanted, column):
            conditions.append(f"{column} = ?")
            values.append(value)
    if wanted.since:
        conditions.append("moment >= ?")
        values.append(_midnight(wanted.since))
    if wanted.until and wanted.until < date.max:
        conditions.append("moment < ?")
        values.append(_midnight(wanted.until + timedelta(days=1)))
    if wanted.changed:
        conditions.append("revision > 1")
    if wanted.failing:
        conditions.append("failing = 1")
    return conditions, values


def _midnight(day: date) -> int:
    return round(datetime.combine(day, time(), UTC).timestamp())


def _card(row: tuple[Any, ...]) -> Card:
    id, revision, site, language, recipe, failing, packed = row
    card = orjson.loads(packed)
    for name in ("published", "fetched_at"):
        card[name] = datetime.fromisoformat(card[name]) if card[name] else None
    card["authors"] = tuple(card["authors"])
    return Card(id, revision, site, language, recipe, bool(failing), **card)

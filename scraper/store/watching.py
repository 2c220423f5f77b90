"""What recipes made of a collection's pages, counted as they are committed (`scraper.health`)."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable

from scraper.health import Sighting, sightings
from scraper.protocols import Outcome

_RUNS = 1000
"""How many runs back anybody asks; of each there are some dozen rows."""

_ADD = """
INSERT INTO sightings VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET pages = pages + excluded.pages
"""
_READ = """
SELECT * FROM sightings
WHERE run IN (SELECT DISTINCT run FROM sightings ORDER BY run DESC LIMIT ?)
"""
_OF_RUN = """
AND recipe IN (SELECT recipe FROM sightings WHERE run = (SELECT no FROM runs WHERE id = ?))
"""


def note_sightings(db: sqlite3.Connection, run: int, outcomes: Iterable[Outcome]) -> None:
    """Inside the transaction that commits them.  A page that was derived again counts no second
    time."""
    counted: Counter[Sighting] = Counter()
    for outcome in outcomes:
        of = outcome.article or outcome.failure
        if of and not (outcome.article and outcome.article.derived_from):
            counted.update(sightings(run, of))
    for one, pages in counted.items():
        values = (one.run, one.recipe, one.hash, one.version, one.field, one.found, pages)
        db.execute(_ADD, values)


def read_sightings(db: sqlite3.Connection, run: str | None) -> list[Sighting]:
    """Of the last runs; with `run`, only of recipes that it met."""
    query, values = (f"{_READ}{_OF_RUN}", (_RUNS, run)) if run else (_READ, (_RUNS,))
    return [Sighting(*row) for row in db.execute(query, values)]

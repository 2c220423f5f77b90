"""Which records a selection yields, of a collection with three runs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scraper.job import Job
from scraper.selection import Selection, parse_where
from scraper.store.collection import LocalCollection
from tests.unit.samples import MOMENT, HandClock, article, nothing, outcome, seeds
from tests.unit.store.opening import opened

DAY = timedelta(days=1)


@pytest.fixture
def collection(tmp_path: Path) -> LocalCollection:
    """Stories 0 and 1 on the first day; 1 again on the second; on the third 0, derived anew."""
    clock = HandClock()
    made = opened(tmp_path / "collection", clock=clock)
    for day, changes in enumerate([{0: "One.", 1: "Two."}, {1: "Two, changed."}, {0: "One."}]):
        clock.at = MOMENT + day * DAY
        run = made.begin(Job(), list(seeds(2)))
        for number, text in changes.items():
            when = MOMENT if day == 2 else clock.at
            derived = 1 if day == 2 else None
            found = article(number, text, fetched_at=when, derived_from=derived)
            made.store(run).commit([outcome(seeds(2)[number], found)], nothing)
        made.end(run, "finished", {})
    return made


def told(collection: LocalCollection, selection: Selection) -> list[str]:
    return [f"{one.id[-1]}.{one.revision}" for one in selection.of(collection)]


def test_the_latest_of_each_or_all(collection: LocalCollection) -> None:
    assert told(collection, Selection()) == ["1.2", "0.2"]
    assert told(collection, Selection(revisions="all")) == ["0.1", "1.1", "1.2", "0.2"]
    assert told(collection, Selection(id="news.example:1")) == ["1.2"]
    assert told(collection, Selection(id="news.example:1", revisions="all")) == ["1.1", "1.2"]


@pytest.mark.parametrize(
    ("days", "latest", "every"),
    [
        (-0.5, [], []),
        (0.5, ["0.1", "1.1"], ["0.1", "1.1"]),
        (1.5, ["0.1", "1.2"], ["0.1", "1.1", "1.2"]),
        (2.5, ["1.2", "0.2"], ["0.1", "1.1", "1.2", "0.2"]),
    ],
)
def test_as_it_was(
    collection: LocalCollection, days: float, latest: list[str], every: list[str]
) -> None:
    moment = MOMENT + days * DAY
    assert told(collection, Selection(as_of=moment)) == latest
    assert told(collection, Selection(as_of=moment, revisions="all")) == every
    assert told(collection, Selection(as_of=moment, id="news.example:1")) == [
        one for one in latest if one[0] == "1"
    ]


def test_what_was_recorded_since_though_fetched_before(collection: LocalCollection) -> None:
    assert told(collection, Selection(since=MOMENT + 1.5 * DAY)) == ["0.2"]


def test_a_comparison_looks_at_the_latest_alone(collection: LocalCollection) -> None:
    where = parse_where('text = "Two."')
    assert told(collection, Selection(where=where)) == []
    assert told(collection, Selection(where=where, revisions="all")) == ["1.1"]

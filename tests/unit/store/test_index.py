"""The search index follows its collection, and is made again when it must be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scraper.job import Job
from scraper.protocols import Outcome
from scraper.store import finding
from scraper.store.collection import LocalCollection
from scraper.store.finding import Wanted
from scraper.store.index import Index
from tests.unit.samples import article, failed, nothing, outcome, png, seeds
from tests.unit.store.opening import opened


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[LocalCollection]:
    with opened(tmp_path / "collection") as collection:
        yield collection


def record(collection: LocalCollection, *outcomes: Outcome) -> None:
    """In a run of their own."""
    run = collection.begin(Job(), [one.request for one in outcomes])
    collection.store(run).commit(outcomes, nothing)
    collection.end(run, "finished", {})


def ids(collection: LocalCollection, **wanted: object) -> list[str]:
    with Index.open(collection.path) as index:
        index.update(collection)
        found = index.find(Wanted(**wanted), limit=100)  # type: ignore[arg-type]
        assert found.total == len(found.cards)
    return [card.id.rpartition(":")[2] for card in found.cards]


def day(number: int) -> datetime:
    return datetime(2026, 3, number, 23, 30, tzinfo=UTC)


def test_articles_are_filtered_and_ordered(collection: LocalCollection) -> None:
    one, two, three = seeds(3)
    record(
        collection,
        outcome(one, article(0, published=day(2), language="en", site="a.example")),
        outcome(two, article(1, published=day(3), language="zh-CN", site="b.example")),
        outcome(three, article(2, published=day(1), language="en", site="b.example")),
    )
    assert ids(collection) == ["1", "0", "2"]
    assert ids(collection, order="oldest") == ["2", "0", "1"]
    assert ids(collection, language="en") == ["0", "2"]
    assert ids(collection, site="b.example") == ["1", "2"]
    assert ids(collection, since=date(2026, 3, 2)) == ["1", "0"]
    assert ids(collection, until=date(2026, 3, 2)) == ["0", "2"]
    assert ids(collection, recipe="none") == []
    with Index.open(collection.path) as index:
        choices = index.choices()
        assert index.find(Wanted(), limit=1, offset=1).total == 3
    assert choices.sites == (("b.example", 2), ("a.example", 1))
    assert (choices.languages, choices.articles) == ((("en", 2), ("zh-CN", 1)), 3)


def test_titles_weigh_more_than_bodies(collection: LocalCollection) -> None:
    one, two = seeds(2)
    record(
        collection,
        outcome(one, article(0, "A harbour, and again the harbour.", title="Rain")),
        outcome(two, article(1, "It rained.", title="The harbour", authors=("Quill",))),
    )
    assert ids(collection, words="harbour") == ["1", "0"]
    assert ids(collection, words="quill") == ["1"]
    assert ids(collection, words="harbour -rained") == ["0"]
    assert ids(collection, words="-rained") == ["0"]
    assert ids(collection, words="?!") == []


def test_words_may_be_put_in_order_of_time(collection: LocalCollection) -> None:
    """Whether all that match are sorted, or time is walked along until enough did."""
    requests = seeds(60)
    record(
        collection,
        *(
            outcome(one, article(n, "The tide" if n % 2 else "渡船", published=day(n % 28 + 1)))
            for n, one in enumerate(requests)
        ),
    )
    days = {str(n): n % 28 + 1 for n in range(60)}
    for words in ("tide", "渡船", "船"):
        newest = ids(collection, words=words, order="newest")
        assert len(newest) == 30
        assert [days[id] for id in newest] == sorted((days[id] for id in newest), reverse=True)
        assert ids(collection, words=words, order="oldest") == newest[::-1]
        assert ids(collection, words=words, order="newest", site="news.example") == newest


def test_of_very_many_matches_not_all_are_counted(
    collection: LocalCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "_MOST", 3)
    requests = seeds(5)
    record(
        collection,
        *(
            outcome(one, article(n, "The tide", site="old.example" if n < 2 else "new.example"))
            for n, one in enumerate(requests)
        ),
    )
    with Index.open(collection.path) as index:
        index.update(collection)
        every = index.find(Wanted("tide"), limit=100)
        old = index.find(Wanted("tide", site="old.example"), limit=100)
    assert (every.total, every.more, len(every.cards)) == (3, True, 3)
    assert (old.total, old.more) == (2, False)
    assert [card.id for card in old.cards] == ["news.example:1", "news.example:0"]
    assert len(ids(collection, site="new.example", words="tide")) == 3


def test_a_new_revision_takes_the_place_of_the_old_one(collection: LocalCollection) -> None:
    (seed,) = seeds(1)
    record(collection, outcome(seed, article(0, "渡船老板", content_hash="1" * 64)))
    assert ids(collection, words="渡船") == ["0"]
    assert ids(collection, changed=True) == []
    record(collection, outcome(seed, article(0, "面馆老板", content_hash="2" * 64)))
    assert ids(collection, words="渡船") == []
    assert ids(collection, words="面馆") == ids(collection, changed=True) == ["0"]
    with Index.open(collection.path) as index:
        found = index._db.execute("SELECT count(*) FROM words WHERE words MATCH '渡船'").fetchone()
        assert (index.count(), found) == (2, (0,))
        assert index.update(collection) == 0


def test_articles_that_fail_when_asked_for_again_are_known(collection: LocalCollection) -> None:
    one, two = seeds(2)
    record(collection, outcome(one), outcome(two))
    assert ids(collection, failing=True) == []
    record(collection, failed(one), outcome(two))
    assert ids(collection, failing=True) == ["0"]
    record(collection, outcome(one))
    assert ids(collection, failing=True) == []


def test_cards_show_the_first_stored_picture(collection: LocalCollection) -> None:
    (seed,) = seeds(1)
    run = collection.begin(Job(), [seed])
    media = collection.store(run).put_media(png())
    made = article(0, pictures=[media], description="A teaser.", authors=("Quill",))
    collection.store(run).commit([outcome(seed, made)], nothing)
    with Index.open(collection.path) as index:
        index.update(collection)
        (card,) = index.find(Wanted(), limit=1).cards
    assert (card.picture, card.pictures, card.teaser) == (media.path, 1, "A teaser.")
    assert (card.authors, card.fetched_at, card.published) == (("Quill",), made.fetched_at, None)


@pytest.mark.parametrize("harm", ["deleted", "garbage", "other form", "records gone"])
def test_it_is_made_again(collection: LocalCollection, harm: str) -> None:
    one, two = seeds(2)
    record(collection, outcome(one), outcome(two))
    assert ids(collection) == ["1", "0"]
    path = collection.path / "index.sqlite"
    if harm == "deleted":
        path.unlink()
    elif harm == "garbage":
        path.write_bytes(b"no database" * 1000)
    elif harm == "other form":
        with Index.open(collection.path) as index:
            index._db.execute("DROP TABLE articles")
            index._db.execute("PRAGMA user_version = 99")
    else:
        for table in ("outcomes", "records"):
            collection._db.execute(f"DELETE FROM {table}")
        record(collection, outcome(two))
        assert ids(collection) == ["1"]
        return
    assert ids(collection) == ["1", "0"]


def test_it_stands_in_the_cache_where_the_collection_cannot_be_written(
    collection: LocalCollection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (seed,) = seeds(1)
    record(collection, outcome(seed))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(os, "access", lambda path, _: tmp_path / "cache" in Path(path).parents)
    assert ids(collection) == ["0"]
    assert not (collection.path / "index.sqlite").exists()
    assert list((tmp_path / "cache").rglob("*.sqlite"))


def test_progress_is_told_and_another_may_stop_there(collection: LocalCollection) -> None:
    requests = seeds(450)
    record(collection, *map(outcome, requests))
    told: list[tuple[int, int]] = []
    with Index.open(collection.path) as index:
        assert index.update(collection, lambda done, of: told.append((done, of))) == 450
    assert told == [(200, 450), (400, 450), (450, 450)]

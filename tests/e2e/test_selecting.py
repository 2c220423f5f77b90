"""The options that choose records, as commands take them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scraper.job import Job
from tests.e2e.command import scraper
from tests.unit.samples import MOMENT, article, nothing, outcome, seeds
from tests.unit.store.opening import opened


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("selecting") / "collection"
    with opened(path) as made:
        run = made.begin(Job(), [])
        for number, request in enumerate(seeds(4)):
            found = article(number, f"Text {number}", authors=("Maud",) if number % 2 else ())
            made.store(run).commit([outcome(request, found)], nothing)
        made.end(run, "finished", {})
    return path


def test_records(collection: Path) -> None:
    code, out, err = scraper(
        *("records", str(collection), "--where", "authors = Maud", "--json"),
        *("--fields", "id,authors", "--since", "2026", "--as-of", "2026-05-04"),
    )
    assert (code, err) == (0, "")
    assert [json.loads(line) for line in out.splitlines()] == [
        {"id": f"news.example:{number}", "authors": ["Maud"]} for number in (1, 3)
    ]


def test_reextract(collection: Path) -> None:
    where = ("--where", "id = news.example:2", "--json")
    code, out, _ = scraper("reextract", str(collection), *where)
    assert (code, json.loads(out)["records"]) == (8, 1)  # its page was not kept


def test_extract(collection: Path) -> None:
    code, out, err = scraper("extract", str(collection), "--where", "id = news.example:2")
    assert (code, out) == (8, "")
    assert "1 of 1 record came out differently" in err  # its page was not kept


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two stories, one of which changed when a third one came, six days later."""
    path = tmp_path_factory.mktemp("changed") / "collection"
    later = MOMENT + timedelta(days=6)
    stories = [article(0), article(1), article(1, "Boats.", title="Mended"), article(2)]
    with opened(path) as made:
        for number, story in enumerate(stories):
            at = later if number > 1 else MOMENT
            run = made.begin(Job(), [])
            found = story.model_copy(update={"fetched_at": at})
            made.store(run).commit([outcome(seeds(3)[max(number - 1, 0)], found)], nothing)
            made.end(run, "finished", {})
    return path


def told(command: str, collection: Path, *more: str) -> list[dict[str, Any]]:
    code, out, err = scraper(command, str(collection), *more, "--json")
    assert code == 0, err
    return [json.loads(line) for line in out.splitlines()]


COMMANDS = [("records",), ("ls",), ("search", "harbour"), ("show", "news.example:1")]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_collection_as_it_was(changed: Path, command: tuple[str, ...]) -> None:
    verb, *words = command
    now = told(verb, changed, *words)
    then = told(verb, changed, *words, "--as-of", "2026-05-06")
    titles = {record["title"] for record in then}
    assert "Mended" not in titles
    assert "Story 1" in titles
    assert now != then
    assert told(verb, changed, *words, "--as-of", "2026-05-30") == now


def test_figures_as_they_were(changed: Path) -> None:
    now, then = (told("stats", changed, *more)[0] for more in ((), ("--as-of", "2026-05-06")))
    assert [(one["articles"], one["revisions"], one["changed"]) for one in (now, then)] == [
        (3, 4, 1), (2, 2, 0),
    ]  # fmt: skip
    assert "bytes" not in then


def test_what_was_not_known_then(changed: Path) -> None:
    for command in ("show", "history"):
        code, _, err = scraper(command, str(changed), "news.example:2", "--as-of", "2026-05-06")
        assert (code, "was not known then" in err) == (2, True)
    code, _, err = scraper("ls", str(changed), "--failing", "--as-of", "2026-05-06")
    assert (code, "--failing" in err) == (2, True)
    code, _, err = scraper("replay", str(changed), "news.example:2", "--as-of", "soon")
    assert (code, "--as-of" in err) == (2, True)


@pytest.mark.parametrize("command", ["records", "reextract", "extract"])
@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--where", "titel = x", "--where, at 'titel' (character 1): no field 'titel'"),
        ("--since", "soon", "--since: 'soon' is no date"),
    ],
)
def test_what_is_not_understood(
    collection: Path, command: str, option: str, value: str, said: str
) -> None:
    code, out, err = scraper(command, str(collection), option, value)
    assert (code, out) == (2, "")
    assert said in err

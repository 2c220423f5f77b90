"""The options that choose records, as commands take them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scraper.job import Job
from tests.e2e.command import scraper
from tests.unit.samples import article, nothing, outcome, seeds
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

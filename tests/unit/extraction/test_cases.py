"""Trying a recipe on its cases, and making one."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from scraper.errors import UsageError
from scraper.extraction.cases import accept_case, check_recipe, save_case
from scraper.extraction.tried import Tried
from scraper.recipe import LoadedRecipe
from tests.unit.extraction.test_public import GAZETTE, fetched, story
from tests.unit.recipe.samples import changed, recipes


def test_a_saved_case_holds_until_page_and_recipe_disagree(tmp_path: Path) -> None:
    (loaded,) = recipes(tmp_path)
    assert check_recipe(loaded).notes == (
        "no stored cases: scraper recipe check --save URL stores one",
    )
    folder, expected = save_case(fetched(story(), GAZETTE), loaded)
    assert folder.name == "202600042"
    assert expected["title"] == "Tides"
    check = check_recipe(loaded)
    assert check.holds
    assert check.notes == ()
    assert Tried("title", "css:h1", 1, 1) in check.cases[0].tried
    assert "title" in check.cases[0].fields

    (worse,) = recipes(tmp_path, changed("{css: .author}", "{css: .nobody}"))
    (case,) = check_recipe(worse).cases
    assert [(d.field, d.expected, d.found) for d in case.differences] == [("authors", ["Cy"], [])]
    assert check_recipe(worse).notes == ("authors: no candidate finds it in any case",)


def test_what_was_found_can_be_accepted(tmp_path: Path) -> None:
    (loaded,) = recipes(tmp_path)
    folder, expected = save_case(fetched(story(), GAZETTE), loaded)
    (folder / "record.json").write_text('{"title": "Ebbs", "authors": ["Cy"]}')
    (case,) = check_recipe(loaded).cases
    accept_case(case, loaded)
    assert check_recipe(loaded).holds
    stored = orjson.loads((folder / "record.json").read_bytes())
    assert stored == {"title": "Tides", "authors": ["Cy"]}, "what a case does not fix stays free"

    (strict,) = recipes(tmp_path, changed("{css: h1}", "{css: h9}"))
    (case,) = check_recipe(strict).cases
    assert case.problem == "the required field 'title' was not found by recipe gazette"
    accept_case(case, strict)
    assert orjson.loads((folder / "record.json").read_bytes()) == {"failure": "field.missing"}
    (case,) = check_recipe(loaded).cases
    accept_case(case, loaded)
    assert orjson.loads((folder / "record.json").read_bytes()) == expected


def test_nothing_is_written_into_the_installed_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (loaded,) = recipes(tmp_path)
    folder, _ = save_case(fetched(story(), GAZETTE), loaded)
    (case,) = check_recipe(loaded).cases
    monkeypatch.setattr(LoadedRecipe, "is_installed", True)
    with pytest.raises(UsageError, match="name that with --recipes"):
        save_case(fetched(story(), GAZETTE), loaded, "other")
    with pytest.raises(UsageError, match="name that with --recipes"):
        accept_case(case, loaded)
    assert [entry.name for entry in folder.parent.iterdir()] == [folder.name]


def test_a_failure_is_a_case_too(tmp_path: Path) -> None:
    (loaded,) = recipes(tmp_path)
    folder, _ = save_case(fetched("<form class=login>", GAZETTE), loaded)
    assert folder.name == "verdict.login"
    assert orjson.loads((folder / "record.json").read_bytes()) == {"failure": "verdict.login"}
    assert check_recipe(loaded).holds
    (other,) = recipes(tmp_path, changed("is: login", "is: wall"))
    (case,) = check_recipe(other).cases
    assert [(d.field, d.found) for d in case.differences] == [("failure", "verdict.wall")]


def test_a_record_where_a_failure_was_expected_and_the_other_way_round(tmp_path: Path) -> None:
    (loaded,) = recipes(tmp_path)
    save_case(fetched(story(), GAZETTE), loaded, "story")
    (strict,) = recipes(tmp_path, changed('has: ["#story"]', 'has: ["#tale"]'))
    (case,) = check_recipe(strict).cases
    assert [(d.field, d.found) for d in case.differences] == [("failure", "verdict.unknown")]


def test_names_of_cases(tmp_path: Path) -> None:
    (loaded,) = recipes(tmp_path)
    with pytest.raises(UsageError, match="no name"):
        save_case(fetched(story(), GAZETTE), loaded, "../out")

"""Trying a recipe on its cases, and making one."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from scraper.errors import UsageError
from scraper.extraction.cases import check_recipe, save_case
from tests.unit.extraction.test_public import GAZETTE, fetched, story
from tests.unit.recipe.samples import changed, recipes


def test_a_saved_case_holds_until_page_and_recipe_disagree(tmp_path: Path) -> None:
    (loaded,) = recipes(tmp_path)
    assert check_recipe(loaded).notes == (
        "no stored cases: scraper recipe check --save URL stores one",
    )
    folder = save_case(fetched(story(), GAZETTE), loaded)
    assert folder.name == "202600042"
    check = check_recipe(loaded)
    assert check.holds
    assert check.notes == ()
    assert "title" in check.cases[0].fields

    (worse,) = recipes(tmp_path, changed("{css: .author}", "{css: .nobody}"))
    (case,) = check_recipe(worse).cases
    assert [(d.field, d.expected, d.found) for d in case.differences] == [("authors", ["Cy"], [])]


def test_a_failure_is_a_case_too(tmp_path: Path) -> None:
    (loaded,) = recipes(tmp_path)
    folder = save_case(fetched("<form class=login>", GAZETTE), loaded, "login-wall")
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

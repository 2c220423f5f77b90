"""Every stored case of every packaged recipe, one test a field."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pytest

from scraper.extraction.cases import outcome
from scraper.recipe import LoadedRecipe, Recipes, packaged_directory
from scraper.recipe.cases import Case, Expected, read_cases


def _cases() -> Iterator[tuple[LoadedRecipe, Case]]:
    for recipe in Recipes.load():
        for case in read_cases(recipe):
            yield recipe, case


@lru_cache
def _outcome(recipe_id: str, name: str) -> Expected:
    recipe, case = next((r, c) for r, c in _cases() if r.id == recipe_id and c.name == name)
    return outcome(case.snapshot, recipe)


@pytest.mark.parametrize(
    ("recipe", "case", "field"),
    [
        pytest.param(recipe, case, field, id=f"{recipe.id}-{case.name}-{field}")
        for recipe, case in _cases()
        for field in case.expected
    ],
)
def test_field(recipe: LoadedRecipe, case: Case, field: str) -> None:
    found = _outcome(recipe.id, case.name)
    assert found.get(field, f"failed: {found.get('failure')}") == case.expected[field]


def test_every_recipe_has_cases() -> None:
    for folder in packaged_directory().iterdir():
        if folder.is_dir():
            assert (folder / "cases").is_dir(), f"{folder.name} has no stored cases"

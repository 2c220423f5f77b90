"""A recipe tried on its stored cases, field by field; a new case made of a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scraper.errors import PageError, UsageError
from scraper.extraction.public import extract_snapshot
from scraper.recipe import LoadedRecipe, Recipes
from scraper.recipe.cases import Case, Expected, read_cases, write_case
from scraper.record import Article
from scraper.snapshot import Snapshot

_LEFT_OUT: Final = {
    "schema_version", "url", "run", "revision", "archive", "provenance", "content_hash",
    "fetched_at", "status", "rendered_with",
}  # fmt: skip
"""What a case does not fix: facts of the fetch and what follows from other fields."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as expected."""

    field: str
    expected: Any
    found: Any


@dataclass(frozen=True, slots=True)
class CaseCheck:
    """A case that was run; it holds when nothing differs."""

    name: str
    fields: tuple[str, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class RecipeCheck:
    """`notes` are things to know: parts not used yet, no cases."""

    recipe: LoadedRecipe
    cases: tuple[CaseCheck, ...]
    notes: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not any(case.differences for case in self.cases)


def check_recipe(recipe: LoadedRecipe) -> RecipeCheck:
    """Run all stored cases.  Raises RecipeError for a case that cannot be read."""
    cases = tuple(check_case(case, recipe) for case in read_cases(recipe))
    notes = [f"`{name}` is accepted but not used yet" for name in recipe.recipe.unused()]
    if not cases:
        notes.append("no stored cases: scraper recipe check --save URL stores one")
    return RecipeCheck(recipe, cases, tuple(notes))


def check_case(case: Case, recipe: LoadedRecipe) -> CaseCheck:
    found = outcome(case.snapshot, recipe)
    fields = tuple(case.expected)
    if "failure" in found:
        fields = ("failure",)
    differences = tuple(
        Difference(field, case.expected.get(field), found.get(field))
        for field in fields
        if case.expected.get(field) != found.get(field)
    )
    return CaseCheck(case.name, fields, differences)


def save_case(snapshot: Snapshot, recipe: LoadedRecipe, name: str | None = None) -> Path:
    """Store the page with what the recipe makes of it now; a person reads it before it is
    committed.  Named after the article's id unless told.  Raises UsageError."""
    expected = outcome(snapshot, recipe)
    wanted = name or str(expected.get("id") or expected["failure"]).partition(":")[2] or "case"
    if not re.fullmatch(r"[\w][\w.-]{0,99}", wanted):
        raise UsageError(f"{wanted!r} is no name for a case: letters, digits, . _ -")
    return write_case(recipe, wanted, snapshot, expected)


def outcome(snapshot: Snapshot, recipe: LoadedRecipe) -> Expected:
    """The record in its stored form, or the failure's code; by this recipe alone."""
    try:
        article = extract_snapshot(snapshot, Recipes([recipe]))
    except PageError as error:
        return {"failure": error.code}
    return stored_form(article)


def stored_form(article: Article) -> Expected:
    """The fields that a case fixes, as JSON values; of the recipe the version only."""
    values = article.model_dump(mode="json", exclude=_LEFT_OUT)
    if article.recipe is not None:
        values["recipe"] = {"id": article.recipe.id, "version": article.recipe.version}
    return values

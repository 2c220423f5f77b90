"""A recipe tried on its stored cases, field by field; a new case made of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scraper.errors import PageError, UsageError
from scraper.extraction.public import extract_snapshot
from scraper.extraction.tried import Tried, over_pages, tried
from scraper.recipe import LoadedRecipe, Recipes
from scraper.recipe.cases import Case, Expected, read_cases, write_case, write_expected
from scraper.record import Article
from scraper.snapshot import Snapshot

_LEFT_OUT: Final = {
    "schema_version", "url", "run", "revision", "archive", "provenance", "content_hash",
    "fetched_at", "status", "rendered_with", "rendering",
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
    """A case that was run; it holds when nothing differs.  `problem` is why the page gives no
    record, `found` what the case would have to expect."""

    name: str
    fields: tuple[str, ...]
    differences: tuple[Difference, ...]
    found: Expected
    problem: str | None
    tried: tuple[Tried, ...]


@dataclass(frozen=True, slots=True)
class RecipeCheck:
    """`notes` are things to know: parts not used yet, fields that no case has, no cases."""

    recipe: LoadedRecipe
    cases: tuple[CaseCheck, ...]
    notes: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not any(case.differences for case in self.cases)


def check_recipe(recipe: LoadedRecipe) -> RecipeCheck:
    """Run all stored cases.  Raises RecipeError for a case that cannot be read."""
    cases = tuple(check_case(case, recipe) for case in read_cases(recipe))
    notes = []
    if not cases:
        notes.append("no stored cases: scraper recipe check --save URL stores one")
    notes += [f"{field}: no candidate finds it in any case" for field in _never_found(cases)]
    return RecipeCheck(recipe, cases, tuple(notes))


def check_case(case: Case, recipe: LoadedRecipe) -> CaseCheck:
    derived = _derived(case.snapshot, recipe)
    found = _expected(derived)
    # A case need not fix every field; but a failure has no others.
    fields = tuple(case.expected)
    if "failure" in found:
        fields = ("failure",)
    elif "failure" not in case.expected:
        found = {field: found[field] for field in fields if field in found}
    differences = tuple(
        Difference(field, case.expected.get(field), found.get(field))
        for field in fields
        if case.expected.get(field) != found.get(field)
    )
    problem = str(derived) if isinstance(derived, PageError) else None
    seen = () if problem else tried(case.snapshot, recipe.recipe)
    return CaseCheck(case.name, fields, differences, found, problem, seen)


def accept_case(check: CaseCheck, recipe: LoadedRecipe) -> Path:
    """From now on the case expects what was found; its file.  Raises UsageError."""
    return write_expected(recipe, check.name, check.found)


def save_case(
    snapshot: Snapshot, recipe: LoadedRecipe, name: str | None = None
) -> tuple[Path, Expected]:
    """Store the page with what the recipe makes of it now; a person reads it before it is
    committed.  Named after the article's id, or the failure's code, unless told.  The new folder
    and what it expects.  Raises UsageError."""
    expected = outcome(snapshot, recipe)
    wanted = name or expected.get("failure") or str(expected["id"]).partition(":")[2]
    if not re.fullmatch(r"[\w][\w.-]{0,99}", wanted):
        raise UsageError(f"{wanted!r} is no name for a case: letters, digits, . _ -")
    return write_case(recipe, wanted, snapshot, expected), expected


def outcome(snapshot: Snapshot, recipe: LoadedRecipe) -> Expected:
    """The record in its stored form, or the failure's code; by this recipe alone."""
    return _expected(_derived(snapshot, recipe))


def stored_form(article: Article) -> Expected:
    """The fields that a case fixes, as JSON values; of the recipe the version only."""
    values = article.model_dump(mode="json", exclude=_LEFT_OUT)
    if article.recipe is not None:
        values["recipe"] = {"id": article.recipe.id, "version": article.recipe.version}
    return values


def _derived(snapshot: Snapshot, recipe: LoadedRecipe) -> Article | PageError:
    try:
        return extract_snapshot(snapshot, Recipes([recipe]))
    except PageError as error:
        return error


def _expected(derived: Article | PageError) -> Expected:
    if isinstance(derived, PageError):
        return {"failure": derived.code}
    return stored_form(derived)


def _never_found(cases: Iterable[CaseCheck]) -> list[str]:
    """Fields that the recipe has candidates for, and none of them gave a value."""
    candidates = over_pages(case.tried for case in cases)
    found = {one.field for one in candidates if one.used}
    return list(dict.fromkeys(one.field for one in candidates if one.field not in found))

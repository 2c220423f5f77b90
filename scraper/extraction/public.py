"""The doors of extraction: a snapshot in, a record out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from scraper.errors import (
    EmptyPage,
    FieldMissing,
    PageError,
    SchemeRefused,
    UsageError,
    VerdictFailed,
)
from scraper.extraction.article import ByRecipe, make_article, reference
from scraper.extraction.by_evidence import fill_in, read_by_evidence
from scraper.extraction.by_recipe import next_page, read_by_recipe
from scraper.extraction.evidence import read_evidence
from scraper.extraction.flow import BodyRule
from scraper.extraction.opt_out import read_opt_out
from scraper.extraction.page import Found, Page, Reading
from scraper.extraction.parse import parse, parse_text
from scraper.extraction.refusals import refuse
from scraper.recipe import Match, Recipes
from scraper.record import Article
from scraper.rendering import Evidence
from scraper.snapshot import Snapshot
from scraper.url import clean, host


def extract(
    html: str | bytes,
    url: str,
    *,
    snapshot: Snapshot | None = None,
    recipes: Recipes | Sequence[Path | str] | None = None,
) -> Article:
    """The record of a page at hand.  `snapshot` gives what is known about its fetch, `recipes` are
    loaded ones or directories, read anew at each call; the packaged ones when not given.  Raises
    PageError, RecipeError for a directory, and UsageError for arguments of another type.

    An address that is none of the web's (`file:…`) is replaced by a stand-in, with a warning.
    """
    if not isinstance(html, str | bytes):
        raise UsageError(f"extract takes a page as text or bytes, not {type(html).__name__}")
    if not isinstance(url, str):
        raise UsageError(f"extract takes the page's address as text, not {type(url).__name__}")
    if snapshot is None:
        address, warnings = _address(url)
        snapshot = Snapshot(
            url, address, 0, (), None, None, None, rendered_with="file", warnings=warnings
        )
    known = _loaded(recipes)
    match = match_page(snapshot, known)
    if isinstance(html, bytes):
        page = parse(replace(snapshot, document=html, dom=None), _charset(match))
    else:
        page = parse_text(html, snapshot)
    return _article(page, match, None)


def extract_snapshot(
    snapshot: Snapshot, recipes: Recipes, *, requested_url: str | None = None
) -> Article:
    """The record of a fetched page, whatever brought it.  `requested_url` stands in the record when
    it was another than the snapshot's.  Raises PageError: VerdictFailed, FieldMissing, EmptyPage,
    NotAPage."""
    match = match_page(snapshot, recipes)
    return _article(parse(snapshot, _charset(match)), match, requested_url)


def examine(snapshot: Snapshot, recipes: Recipes) -> tuple[Article | PageError, Evidence]:
    """The record of a page that was not rendered, or why it gives none; and what that is worth."""
    match = match_page(snapshot, recipes)
    try:
        page = parse(snapshot, _charset(match))
    except PageError as error:
        return error, Evidence(layout="", doubts=("failed",))
    try:
        reading, article = _read(page, match, None)
    except PageError as error:
        return error, read_evidence(page, None, None)
    return article, read_evidence(page, article, reading.body)


def following_page(first: Snapshot, last: Snapshot, recipes: Recipes) -> tuple[str, int] | None:
    """Where an article goes on after its `last` page, and how many pages it may have; None where it
    ends."""
    match = match_page(first, recipes)
    rule = match.recipe.recipe.pages if match else None
    if match is None or rule is None:
        return None
    address = next_page(parse(last, _charset(match)), match.recipe.recipe)
    return (address, rule.max) if address else None


def match_page(snapshot: Snapshot, recipes: Recipes) -> Match | None:
    """By where the page was found; a page that was led elsewhere is judged by the recipe that was
    asked for."""
    return recipes.match(snapshot.url) or recipes.match(snapshot.request_url)


def _address(url: str) -> tuple[str, tuple[str, ...]]:
    try:
        return clean(url), ()
    except SchemeRefused:
        name = hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:16]
        return f"http://unknown.invalid/{name}", ("url.unknown",)


@lru_cache(maxsize=1)
def _packaged() -> Recipes:
    return Recipes.load()


def _loaded(recipes: Recipes | Sequence[Path | str] | None) -> Recipes:
    if recipes is None:
        return _packaged()
    if isinstance(recipes, Recipes):
        return recipes
    if isinstance(recipes, str | Path):
        recipes = [recipes]
    try:
        return Recipes.load([Path(directory) for directory in recipes])
    except TypeError as error:
        raise UsageError(f"recipes are directories or a Recipes: {error}") from error


def _charset(match: Match | None) -> str | None:
    return match.recipe.recipe.site.charset if match else None


def _article(page: Page, match: Match | None, requested_url: str | None) -> Article:
    return _read(page, match, requested_url)[1]


def _read_by_evidence(page: Page, requested_url: str | None) -> tuple[Reading, Article]:
    reading = read_by_evidence(page)
    try:
        article = make_article(page, reading, BodyRule(), requested_url=requested_url)
    except EmptyPage:
        refuse(page, reading, "")
        raise
    refuse(page, reading, article.text)
    return reading, article


def _looks(page: Page) -> VerdictFailed | None:
    """Why a page is no article, where its looks say so."""
    try:
        _read_by_evidence(page, None)
    except VerdictFailed as error:
        return error
    except EmptyPage:
        return None
    return None


def _read(page: Page, match: Match | None, requested_url: str | None) -> tuple[Reading, Article]:
    try:
        if match is None:
            return _read_by_evidence(page, requested_url)
        return _read_by_recipe(page, match, requested_url)
    except PageError as error:
        error.opt_out = read_opt_out(page)
        raise


def _read_by_recipe(page: Page, match: Match, requested_url: str | None) -> tuple[Reading, Article]:
    if match.kind != "article":
        raise VerdictFailed(match.kind, page.snapshot.status)
    recipe = match.recipe.recipe
    try:
        reading, version, rule = read_by_recipe(page, recipe)
    except (VerdictFailed, FieldMissing) as error:
        if not recipe.verdicts and (looks := _looks(page)):
            raise looks from error
        chosen = error.version if isinstance(error, FieldMissing) else ""
        error.recipe = reference(match, chosen).model_dump()
        if match.canonical and host(match.canonical) != host(page.url):
            # A mobile page, say, whose recipe reads the other form only.
            error.args = (f"{error}; the recipe knows the page as {match.canonical}",)
        raise
    declared = set(version.fields.declared())
    if "language" not in declared and recipe.site.language:
        reading.fields["language"] = Found(recipe.site.language, "recipe:site.language")
    fill_in(page, reading, declared)
    made_by = ByRecipe(match, version)
    try:
        article = make_article(page, reading, rule, recipe=made_by, requested_url=requested_url)
    except EmptyPage as error:
        error.recipe = reference(match, version.id).model_dump()
        raise
    if not recipe.verdicts:
        refuse(page, reading, article.text)
    return reading, article

"""`scraper health`: whether the recipes of a collection still fit their sites."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper.cli.errors import fail, say
from scraper.cli.options import flag
from scraper.cli.printable import json_line
from scraper.errors import ArchiveDamaged

if TYPE_CHECKING:
    from scraper.health import Share, Watched

_DIFFERENT = ArchiveDamaged.exit_code


def health(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    json: Annotated[bool, flag("--json", help="One JSON object a field, one a line.")] = False,
) -> int:
    """Show what each recipe found of late, field by field, against what it found before: on how
    many pages, and by which candidates. Exit code 8 when a field is found less, or less than the
    recipe expects, a candidate does not match any more, or pages are refused, more often than
    chance would have it."""
    from scraper.cli.table import show_rows
    from scraper.health import watch
    from scraper.opening import last_recipes, open_collection
    from scraper.recipe import Recipes

    with open_collection(collection) as opened:
        watched = watch(opened.sightings(), Recipes.load(last_recipes(opened)).expected())
    if json:
        sys.stdout.writelines(json_line(_plain(one)) for one in watched)
    else:
        rows = (row for one in watched for row in _rows(one))
        show_rows(("Recipe", "Version", "Field", "Found by", "Now", "Before"), rows, cut="Found by")
        if not watched:
            say(f"no page of {collection} was read by a recipe: there is nothing to compare")
    for alarm in (alarm for one in watched for alarm in one.alarms):
        fail(alarm.text, _DIFFERENT)
    return _DIFFERENT if any(one.alarms for one in watched) else 0


def _rows(one: Watched) -> Iterator[tuple[str, ...]]:
    """The field as a whole, then each candidate; where there is one only, it is told once."""
    where = one.recipe, one.version or "-", one.field or "pages"
    own = list(one.candidates.items())
    if one.field and len(own) != 1:
        yield *where, "all", *_counts(one.coverage)
    for name, share in own:
        yield *where, name, *_counts(share)


def _counts(share: Share) -> tuple[str, str]:
    return f"{share.pages}/{share.of}", f"{share.pages_before}/{share.of_before}"


def _plain(one: Watched) -> dict[str, Any]:
    return {
        "recipe": one.recipe,
        "version": one.version or None,
        "field": one.field or None,
        "coverage": _share(one.coverage),
        "expected": one.expected,
        "candidates": {name: _share(share) for name, share in one.candidates.items()},
        "alarms": [asdict(alarm) for alarm in one.alarms],
    }


def _share(share: Share) -> dict[str, Any]:
    return asdict(share) | {"now": round(share.now, 4), "before": round(share.before, 4)}

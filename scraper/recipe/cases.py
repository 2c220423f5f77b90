"""Stored cases of a recipe: a page as it was, its address and time, the record it must give.

<recipe>/cases/<case>/page.html.gz   the document's bytes, or the rendered DOM
                      page.json      url, time, status, content_type, rendered, warnings
                      record.json    the expected fields, or {"failure": code}

The further pages of an article are page.2.html.gz and page.2.json, and so on.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import orjson

from scraper.errors import RecipeError, UsageError
from scraper.recipe.recipes import LoadedRecipe
from scraper.snapshot import Snapshot, header

Expected = dict[str, Any]

_RECORD = "record.json"


@dataclass(frozen=True, slots=True)
class Case:
    """`expected` has a record's fields, or one key `failure`."""

    name: str
    snapshot: Snapshot
    expected: Expected


def read_cases(recipe: LoadedRecipe) -> Iterator[Case]:
    """By name.  Raises RecipeError for a folder that is no case."""
    if recipe.cases.is_dir():
        for folder in sorted(recipe.cases.iterdir()):
            if folder.is_dir():
                yield read_case(folder)


def read_case(folder: Path) -> Case:
    try:
        first = _read_page(folder, "page")
        expected = orjson.loads((folder / _RECORD).read_bytes())
        names = takewhile(lambda name: (folder / f"{name}.json").exists(), _names_of_further())
        snapshot = replace(first, further=tuple(_read_page(folder, name) for name in names))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise RecipeError(str(folder), 0, f"not a stored case: {error}") from error
    return Case(folder.name, snapshot, expected)


def write_case(recipe: LoadedRecipe, name: str, snapshot: Snapshot, expected: Expected) -> Path:
    """Returns the new folder.  Raises UsageError when there is one of that name."""
    folder = recipe.cases / name
    check_place(recipe)
    try:
        folder.mkdir(parents=True)
        _write_page(folder, "page", snapshot)
        for one, further in zip(_names_of_further(), snapshot.further, strict=False):
            _write_page(folder, one, further)
        (folder / _RECORD).write_text(_json(expected), encoding="utf-8")
    except FileExistsError as error:
        raise UsageError(f"{folder} exists already: remove it to store the case anew") from error
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error.strerror}") from error
    return folder


def write_expected(recipe: LoadedRecipe, name: str, expected: Expected) -> Path:
    """Another record for a stored case; returns its file.  Raises UsageError."""
    file = recipe.cases / name / _RECORD
    check_place(recipe)
    try:
        file.write_text(_json(expected), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from error
    return file


def check_place(recipe: LoadedRecipe) -> None:
    """Raises UsageError where no case can be written."""
    if recipe.is_installed:
        raise UsageError(
            f"the recipe {recipe.id} came with the program: copy {recipe.path.parent} to a "
            "directory of your own and name that with --recipes"
        )


def _names_of_further() -> Iterator[str]:
    return (f"page.{number}" for number in count(2))


def _write_page(folder: Path, name: str, snapshot: Snapshot) -> None:
    rendered = snapshot.dom is not None
    body = snapshot.dom.encode() if snapshot.dom is not None else snapshot.document or b""
    facts = {
        "url": snapshot.url,
        "time": snapshot.fetched_at.isoformat() if snapshot.fetched_at else None,
        "status": snapshot.status,
        "content_type": header(snapshot.headers, "content-type"),
        "rendered": rendered,
        "warnings": list(snapshot.warnings),
    }
    # No time in the gzip header: the same page gives the same file.
    (folder / f"{name}.html.gz").write_bytes(gzip.compress(body, mtime=0))
    (folder / f"{name}.json").write_text(_json(facts), encoding="utf-8")


def _read_page(folder: Path, name: str) -> Snapshot:
    body = gzip.decompress((folder / f"{name}.html.gz").read_bytes())
    return _snapshot(body, orjson.loads((folder / f"{name}.json").read_bytes()))


def _snapshot(body: bytes, facts: dict[str, Any]) -> Snapshot:
    kind = facts.get("content_type")
    rendered = bool(facts["rendered"])
    return Snapshot(
        request_url=facts["url"],
        url=facts["url"],
        status=facts["status"],
        headers=(("content-type", kind),) if kind else (),
        document=None if rendered else body,
        dom=body.decode("utf-8") if rendered else None,
        fetched_at=datetime.fromisoformat(facts["time"]) if facts.get("time") else None,
        rendered_with="browser" if rendered else "http",
        warnings=tuple(facts.get("warnings", ())),
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"

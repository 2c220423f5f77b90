"""The reference pages and schemas made from the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scraper.cli.generated import CODES, MODELS, files, page_errors, schema_of
from scraper.errors import HttpStatus, PageError, RedirectRefused, VerdictFailed
from scraper.record import WARNINGS

ROOT = Path(__file__).parents[3]
MADE = files()


@pytest.mark.parametrize("path", sorted(MADE))
def test_generated_files_are_fresh(path: str) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == MADE[path], "scraper schema --write"


def test_every_failure_code_is_on_the_page() -> None:
    page = MADE["docs/failures.md"]
    for cls in page_errors():
        for code in CODES.get(cls, cls.code).split(", "):
            assert code != PageError.code
            assert f"{code}" in page


def test_every_warning_is_on_the_page_and_in_the_code() -> None:
    page = MADE["docs/failures.md"]
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "scraper").rglob("*.py")
        if path.name != "record.py"
    )
    for warning in WARNINGS:
        assert f"| `{warning}` |" in page
        assert all(f'{part}"' in code or f'"{part}' in code for part in warning.split("<field>"))


@pytest.mark.parametrize(
    "error",
    [HttpStatus(404), VerdictFailed("gone", 404)]
    + [RedirectRefused(kind, "x") for kind in ("loop", "too_many", "no_location")],
    ids=lambda error: error.code,
)
def test_codes_made_from_values_are_as_documented(error: PageError) -> None:
    patterns = [re.sub("<.*>", ".+", code) for code in CODES[type(error)].split(", ")]
    assert any(re.fullmatch(pattern, error.code) for pattern in patterns)


@pytest.mark.parametrize("name", MODELS)
def test_schemas_are_json_schemas_with_described_fields(name: str) -> None:
    schema = schema_of(name)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert json.loads(json.dumps(schema)) == schema


def test_every_command_is_on_its_page() -> None:
    page = MADE["docs/commands.md"]
    for command in ("crawl", "retry", "extract", "records", "recipe check", "schema", "demo"):
        assert f"## scraper {command}\n" in page
    assert "`--max-pages N`" in page

"""`scraper schema`: the contracts as JSON Schemas, and the reference pages made from the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.errors import fail
from scraper.cli.options import flag
from scraper.errors import UsageError


def schema(
    name: Annotated[
        str | None, typer.Argument(help="article, failure, job or recipe: print this one.")
    ] = None,
    write: Annotated[
        bool, flag("--write", help="Write all generated files of the source tree.")
    ] = False,
    check: Annotated[bool, flag("--check", help="Are they fresh? Exit code 8 if not.")] = False,
) -> int:
    """Print a JSON Schema; for developers, write or check all generated files."""
    from scraper.cli import generated

    if name:
        if name not in generated.MODELS:
            raise UsageError(f"no schema {name!r}: there are {', '.join(generated.MODELS)}")
        typer.echo(json.dumps(generated.schema_of(name), ensure_ascii=False, indent=2))
        return 0
    root = Path(__file__).resolve().parents[2]
    if not (write or check):
        raise UsageError("name a schema, or say --write or --check")
    if not (root / "pyproject.toml").is_file():
        raise UsageError("--write and --check need the source tree; print one by its name")
    stale = []
    for path, text in generated.files().items():
        target = root / path
        if target.is_file() and target.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if write:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            typer.echo(f"written: {path}")
    if check and not write and stale:
        return fail(f"stale: {', '.join(stale)}; run scraper schema --write", 8)
    return 0

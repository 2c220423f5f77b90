"""The files that are made from the code: schemas/*.schema.json and two pages of docs/."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import typer
from pydantic import BaseModel

from scraper.errors import (
    HttpStatus,
    OptedOut,
    PageError,
    RedirectRefused,
    ScraperError,
    VerdictFailed,
)
from scraper.job import Job
from scraper.recipe import Recipe
from scraper.record import WARNINGS, Article, Failure

MODELS: dict[str, type[BaseModel]] = {
    "article": Article,
    "failure": Failure,
    "job": Job,
    "recipe": Recipe,
}

# Errors whose code depends on their values.
CODES: dict[type[ScraperError], str] = {
    HttpStatus: "http.<status>",
    RedirectRefused: "redirect.loop, redirect.too_many, redirect.no_location",
    OptedOut: "opt_out.<directive>",
    VerdictFailed: "verdict.<name>",
}

_PIPE = "\\|"
_MADE = "<!-- Made from the code by `scraper schema --write`; do not edit. -->"


def files() -> dict[str, str]:
    """Every generated file, by its path below the source tree."""
    made = {
        f"schemas/{name}.schema.json": json.dumps(schema_of(name), ensure_ascii=False, indent=2)
        + "\n"
        for name in MODELS
    }
    return made | {"docs/failures.md": _failures_page(), "docs/commands.md": _commands_page()}


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of one contract, in the form in which it is written down."""
    mode: Any = "serialization" if name in ("article", "failure") else "validation"
    schema = MODELS[name].model_json_schema(mode=mode, by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema


def page_errors(base: type[PageError] = PageError) -> Iterator[type[PageError]]:
    """The classes that become failures, in the order of `errors.py`."""
    for cls in base.__subclasses__():
        if not cls.__subclasses__():
            yield cls
        yield from page_errors(cls)


def _failures_page() -> str:
    rows = [
        f"| `{CODES.get(cls, cls.code)}` | {_sentence(cls)} | {_retried(cls)} |"
        for cls in page_errors()
    ]
    warnings = [f"| `{code}` | {meaning} |" for code, meaning in WARNINGS.items()]
    return "\n".join(
        [
            "# Codes of failures and warnings",
            "",
            _MADE,
            "",
            "A URL that did not become a record is one line of `failures.jsonl`: its `code` is",
            "stable and meant for programs, its `message` is one sentence for people. Causes that",
            "may pass are tried again before they count (`--retries`). A picture that could not",
            "be stored has one of the same codes in its `media_failure`, or `media.disabled`, or",
            "`media.missing` where a web archive does not have it.",
            "",
            "| code | what happened | tried again |",
            "| --- | --- | --- |",
            *rows,
            "",
            "## Warnings",
            "",
            "A record whose page was odd says so in its `warnings`.",
            "",
            "| code | what was odd |",
            "| --- | --- |",
            *warnings,
            "",
        ]
    )


def _sentence(cls: type[ScraperError]) -> str:
    return " ".join((cls.__doc__ or "").partition("\n\n")[0].split()).replace("|", _PIPE)


def _retried(cls: type[PageError]) -> str:
    return "408, 425, 429, most 5xx" if cls is HttpStatus else "yes" if cls.retryable else "no"


def _commands_page() -> str:
    from scraper.cli.app import app

    root: Any = typer.main.get_command(app)
    parts = ["# Commands", "", _MADE, "", "`scraper COMMAND --help` says the same."]
    for words, command in _commands(["scraper"], root):
        parts += ["", f"## {' '.join(words)}", "", command.help]
        shown = [param for param in command.params if param.name not in ("help", "version")]
        if shown:
            parts += ["", "| | |", "| --- | --- |", *map(_row, shown)]
    return "\n".join(parts) + "\n"


def _commands(words: list[str], command: Any) -> Iterator[tuple[list[str], Any]]:
    for name, below in getattr(command, "commands", {}).items():
        if hasattr(below, "commands"):
            yield from _commands([*words, name], below)
        else:
            yield [*words, name], below


def _row(param: Any) -> str:
    names = [*param.opts, *param.secondary_opts] if param.opts[0].startswith("-") else []
    metavar = param.metavar or ("" if param.is_flag else param.name.upper()) if names else ""
    label = ", ".join(names) if names else _argument(param)
    cells = (f"`{label} {metavar}`" if metavar else f"`{label}`"), _help_with_default(param)
    return f"| {' | '.join(cell.replace('|', _PIPE) for cell in cells)} |"


def _argument(param: Any) -> str:
    name = (param.metavar or param.name.upper()) + ("…" if param.nargs == -1 else "")
    return name if param.required else f"[{name}]"


def _help_with_default(param: Any) -> str:
    """As --help shows it, which adds the default by itself."""
    text = str(param.help or "")
    if param.default in (None, False) or callable(param.default):
        return text
    return f"{text.removesuffix('.')} (default: {param.default})."

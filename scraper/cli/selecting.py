"""The options that choose records, the same in every reading command: docs/selecting.md."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.selection import FieldPath, Selection

PANEL = "Which records"

Where = Annotated[
    str | None,
    typer.Option(
        metavar="COMPARISON",
        help="Only records for which it holds, such as 'site = example.org and published >= 2026'.",
        rich_help_panel=PANEL,
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        metavar="WHEN",
        help="Only what was recorded since: a date, a time, or an age such as 7d or 36h.",
        rich_help_panel=PANEL,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        metavar="WHEN",
        help="The collection as it was then; a day is meant to its end.",
        rich_help_panel=PANEL,
    ),
]
Revisions = Annotated[
    Literal["latest", "all"],
    typer.Option(
        metavar="latest|all",
        help="The latest revision of each record, or every one.",
        rich_help_panel=PANEL,
    ),
]
Fields = Annotated[
    str | None,
    typer.Option(
        metavar="NAME,…",
        help="Only these fields, such as id,title,images.url.",
        rich_help_panel=PANEL,
    ),
]


def selection(
    *,
    where: str | None = None,
    since: str | None = None,
    as_of: str | None = None,
    revisions: Literal["latest", "all"] = "latest",
    id: str | None = None,
) -> Selection:
    """Raises UsageError naming the option."""
    from scraper.selection import Selection, parse_where

    return Selection(
        where=parse_where(where) if where is not None else None,
        since=_moment("--since", since, last=False),
        as_of=_moment("--as-of", as_of, last=True),
        revisions=revisions,
        id=id,
    )


def field_paths(names: str | None) -> tuple[FieldPath, ...]:
    """Empty when none were named.  Raises UsageError."""
    from scraper.selection import UnknownField, field_path

    wanted = dict.fromkeys(name.strip() for name in (names or "").split(","))
    try:
        return tuple(field_path(name) for name in wanted if name)
    except UnknownField as error:
        raise UsageError(f"--fields: {error}") from error


def picked(dumped: dict[str, Any], fields: tuple[FieldPath, ...]) -> dict[str, Any]:
    """A record's plain form with only these fields; all of it when none were named."""
    return {field.name: field.pick(dumped) for field in fields} if fields else dumped


def _moment(option: str, text: str | None, *, last: bool) -> datetime | None:
    from scraper.clock import SystemClock
    from scraper.selection import parse_moment

    if text is None:
        return None
    try:
        return parse_moment(text, now=SystemClock().now(), last=last)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error

"""`scraper reextract`: the records anew from what is stored, with the rules of today."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.amounts import counted
from scraper.cli import selecting
from scraper.cli.errors import say
from scraper.cli.options import flag
from scraper.cli.printable import json_line, printable

if TYPE_CHECKING:
    from scraper.summary import Rederived


def reextract(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    recipes: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR", help="A directory of recipes, searched before those of the last run."
        ),
    ] = None,
    id: Annotated[
        str | None, typer.Option(help="Only this record.", rich_help_panel=selecting.PANEL)
    ] = None,
    where: selecting.Where = None,
    since: selecting.Since = None,
    apply: Annotated[
        bool, flag("--apply", help="Write a new revision of each record that changed.")
    ] = False,
    diff: Annotated[bool, flag("--diff", help="Show what changes in each record.")] = False,
    json: Annotated[bool, flag("--json", help="The result as one JSON object.")] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Processes (default: all cores).")
    ] = None,
) -> int:
    """Derive the latest revision of each record again from the page that was kept, offline, with
    the recipes and rules of today, and tell which fields of how many records change; exit code 8 if
    any does. Nothing is written without --apply; with it, a record that changed gets a new revision
    with `derived_from`. Pages that were refused and kept (a verdict, a missing field) become
    records where the rules of today take them. Pictures that only the new rules find are fetched by
    the next crawl that finds the page changed.
    """
    from rich.progress import Progress

    from scraper.cli.screen import PlainConsole
    from scraper.cli.table import show_rows
    from scraper.offline import renew
    from scraper.record import Failure

    wanted = selecting.selection(where=where, since=since, id=id)
    console = PlainConsole(stderr=True)
    total = changed = failed = refused = gained = 0
    fields: Counter[str] = Counter()
    example: dict[str, str] = {}
    # What --diff sends to a file is not to be drawn above the bar instead, as rich would do.
    with Progress(
        console=console, disable=not console.is_terminal, redirect_stdout=sys.stdout.isatty()
    ) as progress:
        renewed = renew(collection, apply=apply, wanted=wanted, recipes=recipes or (), jobs=jobs)
        for one in progress.track(renewed, description="deriving"):
            if isinstance(one.stored, Failure):
                refused, gained = refused + 1, gained + one.gained
                if one.gained and diff and not json:
                    typer.echo(printable(f"{one.stored.url}: was {one.stored.code}"))
                continue
            total += 1
            if one.derived is None:
                failed += 1
                say(f"{one.stored.id}: {one.problem}")
            changed += one.changed
            for field in one.changes:
                fields[field] += 1
                example.setdefault(field, one.stored.id)
            if diff and not json:
                _show(one)
    if json:
        counts = {"records": total, "changed": changed, "failed": failed, "applied": apply}
        counts |= {"refused": refused, "gained": gained}
        typer.echo(json_line(counts | {"fields": dict(fields)}), nl=False)
    else:
        rows = ((field, str(count), example[field]) for field, count in fields.most_common())
        show_rows(("Field", "Records", "For example"), rows, cut="For example")
        verb = "written anew" if apply else "would change"
        typer.echo(f"{changed} of {counted(total, 'record')} {verb}, {failed} could not be derived")
        if refused:
            become = "read as articles now" if apply else "would be read as articles"
            typer.echo(f"{gained} of {counted(refused, 'refused page')} {become}")
    if apply:
        return 8 if failed else 0
    return 8 if changed or failed or gained else 0


def _show(one: Rederived) -> None:
    from scraper.cli.difference import difference
    from scraper.record import Failure

    if not (one.changes and one.derived) or isinstance(one.stored, Failure):
        return
    before, after = one.stored.model_dump(mode="json"), one.derived.model_dump(mode="json")
    typer.echo(printable(one.stored.id))
    for field in one.changes:
        typer.echo(f"  {field}")
        for line in difference(before[field], after[field]):
            typer.echo(f"    {line}")

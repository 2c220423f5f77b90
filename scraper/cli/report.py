"""`scraper report`: the page of a run, made again."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.options import flag
from scraper.cli.printable import json_line, printable
from scraper.errors import UsageError


def report(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="The run's id (default: the last one).")
    ] = None,
    open: Annotated[bool, flag("--open", help="Open it in the browser.")] = False,
    json: Annotated[bool, flag("--json", help="The result as one JSON object.")] = False,
) -> int:
    """Make the page of a run again, as it stands now, and say where it is. Every crawl leaves one
    at its end: counts, pages over time, failures, fields found, pictures, slowest hosts."""
    from scraper.opening import open_collection
    from scraper.report.page import write_report

    with open_collection(collection) as opened:
        latest = opened.latest_run()
        wanted = run or (latest.id if latest else "")
        path = write_report(opened, wanted)
    if path is None:
        raise UsageError(
            f"{collection} has no run {printable(wanted)}".rstrip() + f": see {collection}/runs"
        )
    if json:
        typer.echo(json_line({"run": wanted, "path": str(path)}), nl=False)
    else:
        typer.echo(path)
    if open:
        webbrowser.open(path.absolute().as_uri())
    return 0

"""`scraper gc`: what nothing refers to, removed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.options import flag
from scraper.cli.printable import json_line, printable


def gc(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    keep_revisions: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Remove all but the last revisions of each record."),
    ] = None,
    keep_pages: Annotated[
        str | None,
        typer.Option(
            metavar="AGE",
            help="Remove pages that older runs kept, such as 90d, 8w or 2y; their records stay.",
        ),
    ] = None,
    dry_run: Annotated[bool, flag("--dry-run", help="Only say what would go.")] = False,
    json: Annotated[bool, flag("--json", help="The result as one JSON object.")] = False,
) -> int:
    """Remove what nothing in the collection refers to: pictures of no record, archives without a
    page, unfinished files that a kill left, WACZ files and reports of no run. Before, apply the
    limits given here, or else those of the last run's job. Files with names that the program does
    not give are left alone.
    """
    from scraper.cli.options import make
    from scraper.cli.removed import sentence
    from scraper.housekeeping import collect_garbage

    make({"keep_pages": keep_pages})
    removal = collect_garbage(
        collection, keep_revisions=keep_revisions, keep_pages=keep_pages, dry_run=dry_run
    )
    if json:
        removed = asdict(removal) | {"files": sorted(removal.files)}
        typer.echo(json_line({"dry_run": dry_run} | removed), nl=False)
        return 0
    for name in sorted(removal.files):
        typer.echo(f"  {printable(name)}")
    typer.echo(sentence(removal, dry_run=dry_run))
    return 0

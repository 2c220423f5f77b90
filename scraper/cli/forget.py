"""`scraper forget`: a record, and all that is kept of it, removed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.options import flag
from scraper.cli.printable import json_line, printable


def forget(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    record: Annotated[
        str, typer.Argument(metavar="ID|URL", help="The record's id, or an address asked for.")
    ],
    dry_run: Annotated[bool, flag("--dry-run", help="Only say what would go.")] = False,
    json: Annotated[bool, flag("--json", help="The result as one JSON object.")] = False,
) -> int:
    """Remove a record for good: its revisions, its lines, its pictures and kept pages as far as no
    other record needs them, its failures, its WACZ files, and its address in the reports of runs.
    What other pages say about it stays. Links to it are not followed any more; given as an address
    to crawl, it is crawled again. Killed at any moment, the same command does the rest.
    """
    from scraper.cli.removed import sentence
    from scraper.housekeeping import forget as forget_record

    done = forget_record(collection, record, dry_run=dry_run)
    if done is None:
        typer.echo("nothing is left of it: an interrupted removal was brought to its end")
    elif json:
        facts = {"id": done.id, "url": done.url, "dry_run": dry_run}
        removed = asdict(done.removal) | {"files": sorted(done.removal.files)}
        typer.echo(json_line(facts | removed), nl=False)
    else:
        typer.echo(f"{printable(done.id)}: {sentence(done.removal, dry_run=dry_run)}")
    return 0

"""`scraper records`: what a collection holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.options import flag


def records(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    revisions: Annotated[
        bool, flag("--revisions", help="Every revision, not only the latest.")
    ] = False,
    json: Annotated[bool, flag("--json", help="Whole records, one a line.")] = False,
) -> int:
    """List the records of a collection: id, date, title; with --revisions the revision too."""
    from scraper.cli.printable import json_line, printable
    from scraper.wiring import open_collection

    with open_collection(collection) as opened:
        for article in opened.articles(latest=not revisions):
            if json:
                sys.stdout.write(json_line(article))
                continue
            date = f"{article.published:%Y-%m-%d %H:%M}" if article.published else "-"
            title = printable(article.title or "-")
            columns = [printable(article.id), date, title]
            if revisions:
                columns.insert(1, f"revision {article.revision}")
            sys.stdout.write("\t".join(columns) + "\n")
    return 0

"""`scraper records`: what a collection holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli.options import flag

if TYPE_CHECKING:
    from scraper.record import Article


def records(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    revisions: Annotated[
        bool, flag("--revisions", help="Every revision, not only the latest.")
    ] = False,
    json: Annotated[bool, flag("--json", help="Whole records, one a line.")] = False,
) -> int:
    """List the records of a collection: id, date, title; with --revisions the revision too."""
    from scraper.cli.printable import json_line
    from scraper.cli.table import show_rows
    from scraper.wiring import open_collection

    with open_collection(collection) as opened:
        articles = opened.articles(latest=not revisions)
        if json:
            for article in articles:
                sys.stdout.write(json_line(article))
        elif revisions:
            rows = (_row(article, f"revision {article.revision}") for article in articles)
            show_rows(("Id", "Revision", "Published", "Title"), rows, cut="Title")
        else:
            show_rows(("Id", "Published", "Title"), map(_row, articles), cut="Title")
    return 0


def _row(article: Article, *more: str) -> tuple[str, ...]:
    published = f"{article.published:%Y-%m-%d %H:%M}" if article.published else "-"
    return article.id, *more, published, article.title or "-"

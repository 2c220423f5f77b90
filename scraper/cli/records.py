"""`scraper records`: what a collection holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from scraper.cli import selecting
from scraper.cli.options import flag

if TYPE_CHECKING:
    from scraper.record import Article
    from scraper.selection import FieldPath


def records(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    where: selecting.Where = None,
    since: selecting.Since = None,
    as_of: selecting.AsOf = None,
    revisions: selecting.Revisions = "latest",
    fields: selecting.Fields = None,
    json: Annotated[bool, flag("--json", help="Whole records, one a line.")] = False,
) -> int:
    """List the records of a collection: id, date, title; with --revisions all the revision too."""
    from scraper.cli.printable import json_line
    from scraper.cli.table import show_rows
    from scraper.opening import open_collection

    chosen = selecting.selection(where=where, since=since, as_of=as_of, revisions=revisions)
    named = selecting.field_paths(fields)
    with open_collection(collection) as opened:
        articles = chosen.of(opened)
        if json:
            for article in articles:
                whole = selecting.picked(article.model_dump(mode="json"), named)
                sys.stdout.write(json_line(whole if named else article))
        elif named:
            titles = [field.name for field in named]
            show_rows(titles, (_cells(article, named) for article in articles), cut=titles[-1])
        elif revisions == "all":
            rows = (_row(article, f"revision {article.revision}") for article in articles)
            show_rows(("Id", "Revision", "Published", "Title"), rows, cut="Title")
        else:
            show_rows(("Id", "Published", "Title"), map(_row, articles), cut="Title")
    return 0


def _row(article: Article, *more: str) -> tuple[str, ...]:
    published = f"{article.published:%Y-%m-%d %H:%M}" if article.published else "-"
    return article.id, *more, published, article.title or "-"


def _cells(article: Article, fields: tuple[FieldPath, ...]) -> tuple[str, ...]:
    """Texts as they are, lists of texts with commas between, anything else as JSON."""
    dumped = article.model_dump(mode="json")
    return tuple(_cell(field.pick(dumped)) for field in fields)


def _cell(value: object) -> str:
    if value is None or value == []:
        return "-"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return value if isinstance(value, str) else orjson.dumps(value).decode()

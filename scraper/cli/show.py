"""`scraper show`: one record, where each field came from, and where its page is kept."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli.options import flag
from scraper.cli.printable import json_line
from scraper.cli.selecting import AsOf, selection
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.record import Article
    from scraper.snapshot import Snapshot

_LISTS = ("authors", "editors", "categories", "tags")
_SHOWN = 300


def show(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    record: Annotated[
        str, typer.Argument(metavar="ID|URL", help="The record's id, or an address asked for.")
    ],
    as_of: AsOf = None,
    json: Annotated[bool, flag("--json", help="The whole record, every revision a line.")] = False,
    screenshot: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the kept picture of the page (WebP) there instead."
        ),
    ] = None,
) -> int:
    """Show a record: its fields, where each came from, its revisions, and where its page is kept.
    The text itself is in `scraper records --json`."""
    from scraper.cli.history import known_at, revisions_of
    from scraper.cli.table import show_rows
    from scraper.opening import open_collection

    with open_collection(collection) as opened:
        moment = selection(as_of=as_of).as_of
        revisions = known_at(moment, revisions_of(opened, record), record)
        if screenshot:
            return _write(screenshot, opened.snapshot(revisions[-1]))
        removed = opened.page_removed(revisions[-1])
    if json:
        sys.stdout.writelines(json_line(revision) for revision in revisions)
        return 0
    latest = revisions[-1]
    show_rows(("Field", "Value"), _fields(latest), cut="Value")
    rows = (
        (field, where.candidate, where.xpath or "-", (where.raw or "-")[:_SHOWN])
        for field, where in latest.provenance.items()
    )
    typer.echo()
    show_rows(("From", "Candidate", "Place", "Raw"), rows, cut="Raw")
    typer.echo()
    show_rows(
        ("Revision", "Fetched", "Run", "Content"),
        ((str(r.revision), _moment(r), r.run or "-", r.content_hash[:16]) for r in revisions),
        cut="Content",
    )
    typer.echo()
    if removed:
        typer.echo(f"Its page was kept, and removed on {removed:%Y-%m-%d}.")
    else:
        show_rows(("Kept", "File", "Offset", "Digest"), _kept(latest), cut="Digest")
    return 0


def _write(file: Path, page: Snapshot | None) -> int:
    if page is None or page.screenshot is None:
        raise UsageError("no screenshot of it was kept: crawl with --archive full --screenshot")
    try:
        file.write_bytes(page.screenshot)
    except OSError as error:
        raise UsageError(f"--screenshot {file}: {error.strerror}") from error
    return 0


def _fields(article: Article) -> Iterator[tuple[str, str]]:
    yield "id", article.id
    yield "title", article.title or "-"
    for name in ("url", "final_url", "canonical_url"):
        yield name, getattr(article, name)
    for name in ("published", "modified"):
        value = getattr(article, name)
        if value:
            yield name, value.isoformat()
    for name in _LISTS:
        if values := getattr(article, name):
            yield name, ", ".join(values)
    for name in ("source", "language", "description"):
        if value := getattr(article, name):
            yield name, value[:_SHOWN]
    yield "text", f"{len(article.paragraphs)} paragraphs, {len(article.text)} characters"
    for picture in article.images:
        yield "picture", picture.media.path if picture.media else picture.url
    recipe = article.recipe
    yield "recipe", f"{recipe.id}, revision {recipe.revision}" if recipe else "- (general rules)"
    if why := article.rendering:
        yield "rendered", f"{article.rendered_with} ({', '.join((why.reason, *why.doubts))})"
    if article.warnings:
        yield "warnings", ", ".join(article.warnings)


def _kept(article: Article) -> Iterator[tuple[str, str, str, str]]:
    for name in ("document", "dom", "screenshot", "metadata"):
        entry = getattr(article.archive, name, None)
        if entry:
            yield name, entry.file, str(entry.offset), entry.digest


def _moment(article: Article) -> str:
    return f"{article.fetched_at:%Y-%m-%d %H:%M:%S}" if article.fetched_at else "-"

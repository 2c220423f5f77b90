"""`scraper history` and `scraper diff`: what became of an article, revision by revision."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper.cli.options import flag
from scraper.cli.printable import json_line, printable
from scraper.cli.selecting import AsOf
from scraper.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.changes import Changes, Passage
    from scraper.record import Article
    from scraper.store.collection import LocalCollection

Directory = Annotated[Path, typer.Argument(help="The collection's directory.")]
Record = Annotated[
    str, typer.Argument(metavar="ID|URL", help="The record's id, or an address asked for.")
]
_STYLES = {"same": "", "gone": "red strike", "new": "green underline"}
_MARKS = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}


def revisions_of(opened: LocalCollection, record: str) -> list[Article]:
    """Of a record by its id or an address that was asked for, oldest first.  Raises UsageError when
    there is none."""
    from scraper.frontier.seeds import make_request

    asked = make_request(opened.as_stored(record))
    id = record if opened.article(record) else opened.id_of(asked)
    revisions = opened.revisions(id) if id else []
    if not revisions:
        raise UsageError(
            f"{opened.path} has no record {printable(record)}: scraper records {opened.path} "
            "lists them"
        )
    return revisions


def history(
    collection: Directory,
    record: Record,
    as_of: AsOf = None,
    json: Annotated[bool, flag("--json", help="Every revision a line, with its changes.")] = False,
) -> int:
    """List the revisions of an article: when each was found, and what had changed."""
    from scraper.cli.table import show_rows

    revisions = _known(collection, record, as_of)
    if json:
        for one in revisions:
            sys.stdout.write(json_line(_said(one)))
        return 0
    rows = (
        (
            str(one.revision),
            one.fetched_at.isoformat(timespec="seconds") if one.fetched_at else "-",
            one.run or "-",
            _summary(one),
        )
        for one in revisions
    )
    show_rows(("Revision", "Fetched", "Run", "Changed"), rows, cut="Changed")
    return 0


def diff(
    collection: Directory,
    record: Record,
    before: Annotated[
        int | None, typer.Argument(metavar="A", help="A revision; else the one before B.")
    ] = None,
    after: Annotated[
        int | None, typer.Argument(metavar="B", help="A later one; else the last.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page that shows it.")
    ] = None,
    as_of: AsOf = None,
    json: Annotated[bool, flag("--json", help="As one JSON object.")] = False,
) -> int:
    """Show what changed between two revisions of an article: words, or characters where a script
    has no spaces."""
    from scraper.changes import changes, recorded

    known = {one.revision: one for one in _known(collection, record, as_of)}
    later = known.get(max(known) if after is None else after)
    earlier = known.get((later.previous or 0) if before is None and later else before or 0)
    if later is None or earlier is None:
        numbers = ", ".join(map(str, known))
        raise UsageError(f"there are no two such revisions: {printable(record)} has {numbers}")
    if json:
        told = [one.model_dump(mode="json") for one in recorded(earlier, later)]
        said = {"id": later.id, "before": earlier.revision, "after": later.revision}
        sys.stdout.write(json_line(said | {"changes": told}))
        return 0
    found = changes(earlier, later)
    if html:
        from scraper.cli.difference_page import difference_page

        try:
            html.write_text(difference_page(earlier, later, found), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"--html {html}: {error.strerror}") from error
        typer.echo(f"{html} shows it")
        return 0
    _show(earlier, later, found)
    return 0


def known_at(moment: datetime | None, revisions: list[Article], record: str) -> list[Article]:
    """Those that were there then.  Raises UsageError when none was."""
    there = [one for one in revisions if moment is None or one.is_known_at(moment)]
    if not there:
        raise UsageError(f"{printable(record)} was not known then: leave out --as-of")
    return there


def _known(collection: Path, record: str, as_of: str | None) -> list[Article]:
    from scraper.cli.selecting import selection
    from scraper.opening import open_collection

    moment = selection(as_of=as_of).as_of
    with open_collection(collection) as opened:
        revisions = revisions_of(opened, record)
    return known_at(moment, revisions, record)


def _said(article: Article) -> dict[str, Any]:
    names = {"id", "revision", "previous", "run", "fetched_at", "derived_from", "gone", "changes"}
    return article.model_dump(mode="json", include=names)


def _summary(article: Article) -> str:
    if article.gone:
        gone = article.gone
        return f"gone since {gone.since:%Y-%m-%d %H:%M} ({gone.code}, {gone.visits} visits)"
    fields = [change.field for change in article.changes]
    parts = [
        f"{name} ({count} passages)"
        if name == "text" and (count := fields.count(name)) > 1
        else name
        for name in dict.fromkeys(fields)
    ]
    said = ", ".join(parts) or ("first" if article.previous is None else "nothing a reader sees")
    derived = f"; derived again from {article.derived_from}" if article.derived_from else ""
    return said + derived


def _show(before: Article, after: Article, found: Changes) -> None:
    from rich.text import Text

    from scraper.cli.screen import PlainConsole

    console = PlainConsole()

    def line(label: str, passage: Passage) -> None:
        text = Text(f"{label}: " if label else "", style="bold")
        for piece in passage:
            shown = printable(piece.text)
            # Colours alone would be lost in a file, and on some eyes.
            text.append(_MARKS[piece.kind].format(shown), style=_STYLES[piece.kind])
        console.print(text, soft_wrap=True)

    console.print(Text(f"{after.id}, revision {before.revision} → {after.revision}"))
    if after.gone:
        console.print(Text(_summary(after)))
    for change in found.fields:
        line(change.field, change.pieces)
    for passage in _with_gaps(found.body):
        line("", passage)
    if found.pictures:
        line("pictures", found.pictures)
    if not found.any:
        console.print(Text("nothing that a reader sees"))


def _with_gaps(body: Sequence[Passage]) -> Iterator[Passage]:
    """Only what changed, with a mark where something that stayed lies between."""
    from scraper.changes import Piece

    skipped = False
    for passage in body:
        if all(piece.kind == "same" for piece in passage):
            skipped = True
            continue
        if skipped:
            yield (Piece("same", "…"),)
        skipped = False
        yield passage

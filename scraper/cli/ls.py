"""`scraper ls` and `scraper search`: articles of a collection, found by its index."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from scraper.cli import selecting
from scraper.cli.options import flag
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.record import Article
    from scraper.selection import Selection
    from scraper.store.collection import LocalCollection
    from scraper.store.finding import Wanted
    from scraper.store.index import Index
    from scraper.store.past import Past

_AT_ONCE = 100
_SHOWN = 160
"""Characters of a text that was found."""
_QUICK = 500
"""Revisions that are indexed before anybody asks what is going on."""

Directory = Annotated[Path, typer.Argument(help="The collection's directory.")]
Site = Annotated[
    str | None, typer.Option(metavar="NAME", help="Of this site.", rich_help_panel=selecting.PANEL)
]
Language = Annotated[
    str | None,
    typer.Option(metavar="TAG", help="In this language.", rich_help_panel=selecting.PANEL),
]
Day = datetime | None
From = Annotated[
    Day,
    typer.Option(
        "--from",
        formats=["%Y-%m-%d"],
        metavar="DAY",
        help="Published on this day (UTC) or later.",
        rich_help_panel=selecting.PANEL,
    ),
]
To = Annotated[
    Day,
    typer.Option(
        "--to",
        formats=["%Y-%m-%d"],
        metavar="DAY",
        help="Published on this day (UTC) or before.",
        rich_help_panel=selecting.PANEL,
    ),
]
Changed = Annotated[
    bool, flag("--changed", help="With more than one revision.", panel=selecting.PANEL)
]
Failing = Annotated[
    bool,
    flag("--failing", help="Whose page failed when it was asked for again.", panel=selecting.PANEL),
]
Most = Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="At most so many.")]
Json = Annotated[bool, flag("--json", help="Whole records, one a line.")]


def ls(
    collection: Directory,
    where: selecting.Where = None,
    as_of: selecting.AsOf = None,
    site: Site = None,
    language: Language = None,
    since: From = None,
    until: To = None,
    changed: Changed = False,
    failing: Failing = False,
    oldest: Annotated[bool, flag("--oldest", help="Oldest first.")] = False,
    limit: Most = 50,
    json: Json = False,
) -> int:
    """List articles, newest first: day, site, title, pictures, id. `scraper records` gives all of
    them in the order in which they were recorded."""
    from scraper.store.finding import Wanted

    wanted = Wanted(
        site=site,
        language=language,
        since=since.date() if since else None,
        until=until.date() if until else None,
        changed=changed,
        failing=failing,
        order="oldest" if oldest else "newest",
    )
    if failing and as_of:
        raise UsageError("--failing tells of today: leave out --as-of")
    chosen = selecting.selection(where=where, as_of=as_of)
    _show(collection, wanted, chosen, limit, json, _row, ("Published", "Site", "Title", "Pictures"))
    return 0


def search(
    collection: Directory,
    words: Annotated[
        list[str], typer.Argument(help='All wanted; "quoted ones" as they stand, -this one not.')
    ],
    where: selecting.Where = None,
    as_of: selecting.AsOf = None,
    site: Site = None,
    language: Language = None,
    since: From = None,
    until: To = None,
    order: Annotated[
        Literal["best", "newest", "oldest"],
        typer.Option(metavar="best|newest|oldest", help="What comes first."),
    ] = "best",
    limit: Most = 20,
    json: Json = False,
) -> int:
    """Search titles, people, topics and texts, Chinese too: docs/reader.md says how. The index is
    made at the first use, and kept up with the collection."""
    from scraper.store.finding import Wanted
    from scraper.store.words import match_expression, shown_terms

    query = " ".join(f'"{one}"' if " " in one and '"' not in one else one for one in words)
    if not any(match_expression(query)):
        raise UsageError(f"there is no word in {query!r} to search for")
    wanted = Wanted(
        words=query,
        site=site,
        language=language,
        since=since.date() if since else None,
        until=until.date() if until else None,
        order=order,
    )
    terms = shown_terms(query)

    def row(article: Article) -> tuple[str, ...]:
        from scraper.excerpt import excerpt

        text = "".join(piece for _, piece in excerpt(article.text, terms, _SHOWN))
        return _day(article), article.title or "-", " ".join(text.split()), article.id

    chosen = selecting.selection(where=where, as_of=as_of)
    _show(collection, wanted, chosen, limit, json, row, ("Published", "Title", "Text"))
    return 0


def _show(
    collection: Path,
    wanted: Wanted,
    chosen: Selection,
    limit: int,
    json: bool,
    row: Callable[[Article], tuple[str, ...]],
    titles: tuple[str, ...],
) -> None:
    from itertools import islice

    from scraper.cli.printable import json_line
    from scraper.cli.table import show_rows

    holds = chosen.where
    with indexed(collection, chosen.as_of) as (opened, index):
        found = (one for one in _articles(opened, index, wanted) if holds is None or holds(one))
        articles = islice(found, limit)
        if json:
            sys.stdout.writelines(map(json_line, articles))
        else:
            cut = "Text" if "Text" in titles else "Title"
            show_rows((*titles, "Id"), map(row, articles), cut=cut)


def _articles(opened: LocalCollection | Past, index: Index, wanted: Wanted) -> Iterator[Article]:
    offset = 0
    while cards := index.find(wanted, limit=_AT_ONCE, offset=offset).cards:
        yield from filter(None, (opened.article(card.id) for card in cards))
        offset += len(cards)


@contextmanager
def indexed(
    collection: Path, as_of: datetime | None = None
) -> Iterator[tuple[LocalCollection | Past, Index]]:
    """With an index that has all, one that passes of a collection as it was; a person is told when
    that takes a while."""
    from rich.progress import Progress

    from scraper.cli.screen import PlainConsole
    from scraper.opening import open_collection
    from scraper.store.index import Index
    from scraper.store.past import Past
    from scraper.store.reading import Reader

    console = PlainConsole(stderr=True)
    with ExitStack() as stack:
        opened: LocalCollection | Past = stack.enter_context(open_collection(collection))
        place = collection
        if as_of and isinstance(opened, Reader):
            opened, place = Past(opened, as_of), Path(stack.enter_context(TemporaryDirectory()))
        index = stack.enter_context(Index.open(place))
        quick = opened.count() - index.count() < _QUICK or not console.is_terminal
        with Progress(console=console, transient=True, disable=quick) as progress:
            task = progress.add_task("making the index", total=None)
            index.update(opened, lambda done, of: progress.update(task, completed=done, total=of))
        yield opened, index


def _row(article: Article) -> tuple[str, ...]:
    stored = sum(image.media is not None for image in article.images)
    pictures = f"{stored}/{len(article.images)}" if article.images else "-"
    return _day(article), article.site, article.title or "-", pictures, article.id


def _day(article: Article) -> str:
    return f"{article.published:%Y-%m-%d}" if article.published else "-"

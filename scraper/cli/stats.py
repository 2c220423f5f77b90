"""`scraper stats`: a collection in figures."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper.cli.options import flag
from scraper.cli.selecting import AsOf, selection

if TYPE_CHECKING:
    from scraper.store.collection import LocalCollection

_PARTS = {
    "records": ("records*.jsonl",),
    "failures": ("failures*.jsonl",),
    "pictures": ("media/**/*",),
    "archive": ("archive/*",),
    "packed": ("wacz/*",),
    "database": ("state.sqlite*",),
    "index": ("index.sqlite*",),
}
_SHOWN = 10


def stats(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    as_of: AsOf = None,
    json: Annotated[bool, flag("--json", help="The same as one JSON object.")] = False,
) -> int:
    """Say how much there is: articles, revisions, failures, pictures, runs, by site, language and
    recipe, and what the disk holds; of the collection as it was, what is known of its articles."""
    from scraper.amounts import number, size
    from scraper.cli.ls import indexed
    from scraper.cli.printable import json_line
    from scraper.cli.table import show_rows
    from scraper.store.reading import Reader

    with indexed(collection, selection(as_of=as_of).as_of) as (opened, index):
        choices = index.choices()
        figures: dict[str, Any] = {
            "articles": choices.articles,
            "revisions": opened.count(),
            "changed": choices.changed,
            **({} if as_of else {"failing": choices.failing}),
            **(_of(opened) if isinstance(opened, Reader) else {}),
            "sites": dict(choices.sites),
            "languages": dict(choices.languages),
            "recipes": dict(choices.recipes),
        }
    if json:
        sys.stdout.write(json_line(figures))
        return 0
    rows = [
        (name, size(value) if name == "picture_bytes" else number(value))
        for name, value in figures.items()
        if isinstance(value, int)
    ]
    show_rows(("What", "How many"), [(n.replace("_", " "), v) for n, v in rows], cut="What")
    shown = {"bytes": size}
    for name in ("sites", "languages", "recipes", "failures", "bytes"):
        if counts := figures.get(name):
            if sys.stdout.isatty():
                typer.echo()
            most = sorted(counts.items(), key=lambda item: -item[1])
            cells = [(key, shown.get(name, number)(count)) for key, count in most[:_SHOWN]]
            if len(most) > _SHOWN:
                cells.append((f"… {len(most) - _SHOWN} more", ""))
            show_rows((name.capitalize(), "How many"), cells, cut=name.capitalize(), kind=name)
    return 0


def _of(opened: LocalCollection) -> dict[str, Any]:
    pictures = opened.media()
    held = {
        name: sum(
            path.stat().st_size
            for pattern in patterns
            for path in opened.path.glob(pattern)
            if path.is_file()
        )
        for name, patterns in _PARTS.items()
    }
    return {
        "pictures": len(pictures),
        "picture_bytes": sum(size for _, _, size in pictures),
        "runs": len(opened.runs()),
        "failures": dict(Counter(failure.code for failure in opened.failures())),
        "bytes": {name: size for name, size in held.items() if size},
    }

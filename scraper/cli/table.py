"""Rows as people and programs like them: a table on a terminal, else a line each, with tabs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from itertools import islice

from rich import box
from rich.table import Table
from rich.text import Text

from scraper.cli.printable import printable
from scraper.cli.screen import PlainConsole

_AT_ONCE = 500
"""Rows of one table; a long list is shown as it comes."""

_LEAST = 20
"""Of the column that is cut."""


def show_rows(
    titles: Sequence[str], rows: Iterable[Sequence[str]], *, cut: str, kind: str | None = None
) -> None:
    """On stdout.  The column `cut` is shortened where a terminal is too narrow; the others are
    folded, so that they can be copied whole.  `kind` begins a line, where one output has rows of
    several kinds.  A person is told that there are none, a program finds no line."""
    if not sys.stdout.isatty():
        first = (kind,) if kind else ()
        for row in rows:
            sys.stdout.write("\t".join(map(printable, (*first, *row))) + "\n")
        return
    console = PlainConsole()
    cells = ([Text(printable(cell)) for cell in row] for row in rows)
    some = list(islice(cells, _AT_ONCE))
    console.print(table_of(titles, some, cut=cut, width=console.width))
    if not some:
        console.print(Text(" none", "dim"))
    while some := list(islice(cells, _AT_ONCE)):
        console.print(table_of(titles, some, cut=cut, width=console.width))


def table_of(titles: Sequence[str], rows: list[list[Text]], *, cut: str, width: int) -> Table:
    """The same for rows that are ready to be shown."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    cells = zip(*([Text(title) for title in titles], *rows), strict=True)
    widths = [max(cell.cell_len for cell in column) for column in cells]
    for title, longest in zip(titles, widths, strict=True):
        if title == cut:
            # Said here because rich, left alone, takes room from all columns alike.
            others = sum(widths) - longest + 3 * len(titles)
            room = max(_LEAST, width - others)
            table.add_column(title, no_wrap=True, overflow="ellipsis", max_width=room)
        else:
            table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table

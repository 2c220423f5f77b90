"""Tables of data, told from tables that only lay out a page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from scraper.extraction.text import collapse
from scraper.record import Table

MAX_SPAN: Final = 50
LONG_CELL: Final = 800
"""A cell with more characters holds an article, not a datum."""

_LOOKED_AT: Final = 20_000
_STRUCTURE: Final = frozenset(
    "table pre form iframe blockquote h1 h2 h3 h4 h5 h6 video article section figure".split()
)
_FLOW: Final = frozenset("p ul ol dl".split())


def is_layout(table: HtmlElement) -> bool:
    """Nested structure, a single cell or column, or cells full of prose: no data table."""
    if table.get("role") in ("presentation", "none"):
        return True
    rows = columns = cells = flow = heads = in_row = 0
    for node in islice(table.iterdescendants(), _LOOKED_AT):
        tag = node.tag
        if tag in ("td", "th"):
            cells += 1
            in_row += 1
            heads += tag == "th"
            columns = max(columns, in_row)
        elif tag == "tr":
            rows += 1
            in_row = 0
        elif tag in _STRUCTURE:
            return True
        elif tag in _FLOW:
            flow += 1
    if columns <= 1 or cells <= 2:
        return True
    if heads:
        return False
    return flow > 1.5 * cells or any(
        len("".join(islice(cell.itertext(), 500))) > LONG_CELL
        for cell in islice(table.iter("td"), 200)
    )


def read_table(
    table: HtmlElement,
    dropped: Collection[HtmlElement],
    cell_text: Callable[[HtmlElement], str],
) -> Table | None:
    """Rows of texts.  A cell over several columns is followed by empty ones, one over several rows
    leaves empty ones below, so that columns stay in line.  None when every cell is empty."""
    rows: list[tuple[str, ...]] = []
    below: dict[int, int] = {}
    header = False
    for row in _rows(table, dropped):
        cells: list[str] = []
        kinds: set[str] = set()

        def fill(cells: list[str] = cells) -> None:
            while below.get(len(cells), 0) > 0:
                below[len(cells)] -= 1
                cells.append("")

        for cell in row.iterchildren("td", "th"):
            if cell in dropped:
                continue
            fill()
            kinds.add(cell.tag)
            wide, deep = _span(cell, "colspan"), _span(cell, "rowspan")
            for column in range(len(cells), len(cells) + wide):
                if deep > 1:
                    below[column] = deep - 1
            cells.append(cell_text(cell))
            cells.extend([""] * (wide - 1))
        fill()
        if any(cells):
            if not rows:
                header = kinds == {"th"} or _in_head(row)
            rows.append(tuple(cells))
    if not rows:
        return None
    caption = table.find("caption")
    words = cell_text(caption) if caption is not None and caption not in dropped else ""
    return Table(rows=tuple(rows), header=header, caption=collapse(words) or None)


def _rows(table: HtmlElement, dropped: Collection[HtmlElement]) -> Iterator[HtmlElement]:
    for child in table.iterchildren("tr", "thead", "tbody", "tfoot"):
        if child in dropped:
            continue
        if child.tag == "tr":
            yield child
        else:
            yield from (row for row in child.iterchildren("tr") if row not in dropped)


def _in_head(row: HtmlElement) -> bool:
    parent = row.getparent()
    return parent is not None and parent.tag == "thead"


def _span(cell: HtmlElement, name: str) -> int:
    value = cell.get(name) or ""
    return min(int(value[:6]), MAX_SPAN) or 1 if value.isascii() and value.isdigit() else 1

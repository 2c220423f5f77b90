"""Rows of cells; data told from layout."""

from __future__ import annotations

import pytest

from scraper.record import Table
from tests.unit.extraction.pages import kinds, read


def rows(html: str) -> tuple[tuple[str, ...], ...]:
    (found,) = read(f"<table>{html}</table>").blocks
    assert isinstance(found, Table)
    return found.rows


def test_spans_keep_columns_in_line() -> None:
    html = (
        "<tr><th colspan=2>ab<th>c</tr><tr><td rowspan=2>1<td>2<td>3</tr><tr><td>4<td>5</tr>"
        "<tr><td>6<td>7<td>8</tr>"
    )
    assert rows(html) == (("ab", "", "c"), ("1", "2", "3"), ("", "4", "5"), ("6", "7", "8"))


def test_spans_are_bounded() -> None:
    assert (
        len(rows("<tr><th colspan=999999999999>a<th colspan=x>b</tr><tr><td>1<td>2</tr>")[0]) < 60
    )


def test_empty_rows_go_and_sections_are_joined() -> None:
    html = (
        "<thead><tr><td>h<td>i</tr></thead><tbody><tr><td> <td></tr><tr><td>1<td>2</tr></tbody>"
        "<tfoot><tr><td>f<td>g</tr></tfoot>"
    )
    (found,) = read(f"<table>{html}</table>").blocks
    assert isinstance(found, Table)
    assert found.rows == (("h", "i"), ("1", "2"), ("f", "g"))
    assert found.header


def test_cells_are_single_lines() -> None:
    html = "<tr><td><p>a</p><p>b</p><td>c<br>d<ul><li>e</ul></tr><tr><td>1<td>2</tr>"
    assert rows(html) == (("a b", "c d e"), ("1", "2"))


@pytest.mark.parametrize(
    "html",
    [
        "<table role=presentation><tr><th>a<th>b<tr><td>c<td>d</table>",
        "<table><tr><td>only one cell</td></tr></table>",
        "<table><tr><td>a<tr><td>b<tr><td>c</table>",
        "<table><tr><td>x<table><tr><th>a<th>b<tr><td>c<td>d</table><td>e<td>f</table>",
        f"<table><tr><td>menu<td>x<td>{'long prose ' * 100}</table>",
        "<table><tr><td><h2>a</h2><td>b<td>c</table>",
    ],
)
def test_layout(html: str) -> None:
    assert kinds(read(html).blocks)[0] != "table"

"""The body's links."""

from __future__ import annotations

from scraper.extraction.links import read_links
from scraper.record import Link
from tests.unit.extraction.pages import read

BASE = "https://news.example/a/"


def test_absolute_once_each_and_none_inside_the_page() -> None:
    found = read(
        "<p><a href=x>X</a> <a href=/y#part> Y\n z</a> <a href='#top'>up</a> <a href=x>X</a>"
        "<a href='mailto:a@b.example'>mail</a> <a href='javascript:0'>js</a> <a name=n>n</a>"
        "<a href=/p><img src=/p.jpg></a></p>"
    )
    assert read_links(found.anchors, BASE) == [
        Link(url="https://news.example/a/x", text="X"),
        Link(url="https://news.example/y#part", text="Y z"),
        Link(url="https://news.example/p", text=""),
    ]


def test_links_of_table_cells_count() -> None:
    found = read("<table><tr><th>a<th>b<tr><td><a href=/x>X</a><td>c</table>")
    assert [link.text for link in read_links(found.anchors, BASE)] == ["X"]

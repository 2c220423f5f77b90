"""Two values, shown where they differ."""

from __future__ import annotations

from typing import Any

import pytest

from scraper.cli.difference import difference

LONG = "word " * 100


@pytest.mark.parametrize(
    ("expected", "found", "lines"),
    [
        ("a", "b", ["- a", "+ b"]),
        (None, "b", ["- null", "+ b"]),
        ("one\ntwo\nthree", "one\n2\nthree", ["- two", "+ 2"]),
        (["x", "y"], ["x", "z", "y"], ['+ "z"']),
        ({"id": "a", "version": "1"}, {"id": "a", "version": "2"},
         ['- version: "1"', '+ version: "2"']),
        (["same"], ["same"], []),
        ("\x1b[31m", "plain", ["- \\x1b[31m", "+ plain"]),
    ],
)  # fmt: skip
def test_only_what_differs_is_shown(expected: Any, found: Any, lines: list[str]) -> None:
    assert list(difference(expected, found)) == lines


def test_a_long_line_is_cut_to_where_it_differs() -> None:
    old, new = difference(f"{LONG}old{LONG}", f"{LONG}new{LONG}")
    assert old.startswith("- …")
    assert "word old" in old
    assert "word new" in new
    assert len(new) < 150


def test_a_page_of_differences_is_cut() -> None:
    lines = list(difference([str(n) for n in range(500)], []))
    assert len(lines) == 21
    assert lines[-1] == "… and more"

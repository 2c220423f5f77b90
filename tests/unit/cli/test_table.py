"""Rows for people and for programs."""

from __future__ import annotations

import sys

import pytest
from rich.console import Console

from scraper.cli import table
from scraper.cli.table import show_rows

ROWS = [("a.example:0123456789abcdef", "A title\x1b[31m " + "that goes on " * 9)]


def test_programs_get_lines_with_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows(("Id", "Title"), ROWS, cut="Title")
    show_rows(("Id", "Title"), ROWS, cut="Title", kind="record")
    plain = f"{ROWS[0][0]}\tA title\\x1b[31m {'that goes on ' * 9}\n"
    assert capsys.readouterr().out == f"{plain}record\t{plain}"


@pytest.mark.parametrize("width", [60, 120])
def test_people_get_a_table_that_fits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    plain = Console(file=sys.stdout, width=width, force_terminal=False, highlight=False)
    monkeypatch.setattr(table, "PlainConsole", lambda: plain)
    show_rows(("Id", "Title"), ROWS, cut="Title")
    titles, _, row = capsys.readouterr().out.splitlines()
    assert titles.split() == ["Id", "Title"]
    assert row.startswith(f" {ROWS[0][0]}   A title\\x1b[31m that")
    assert row.rstrip().endswith("…")
    assert len(row) <= width


def test_no_rows_are_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows(("Id", "Title"), [], cut="Title")
    assert capsys.readouterr().out == ""


def test_people_are_told_that_there_are_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    plain = Console(file=sys.stdout, width=60, force_terminal=False, highlight=False)
    monkeypatch.setattr(table, "PlainConsole", lambda: plain)
    show_rows(("Id", "Title"), [], cut="Title")
    titles, _, none = capsys.readouterr().out.splitlines()
    assert (titles.split(), none.split()) == (["Id", "Title"], ["none"])

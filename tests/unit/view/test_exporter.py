"""Exporters are found by name, ours and those of others."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from scraper.errors import UsageError
from scraper.view import exporter
from scraper.view.exporter import Source, Wish, find, names
from scraper.view.folder import View
from tests.unit.export.exported import collect, exported, tree
from tests.unit.samples import article


def shout(source: Source, view: View, wish: Wish) -> None:
    """An exporter of somebody else."""
    for one in source.articles():
        stamp = wish.stamp_of(one)
        if not view.has(one.id, stamp):
            view.put(one.id, stamp, {f"{one.id[-1]}.txt": str(one.title).upper().encode()})


def test_every_form_can_be_found() -> None:
    assert {"csv", "dataset", "hexo", "markdown", "parquet"} <= set(names())
    for name in names():
        assert callable(find(name))


def test_an_unknown_one_is_told_with_the_known() -> None:
    with pytest.raises(UsageError, match="there are csv, "):
        find("word")


def test_an_exporter_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        EntryPoint("shout", f"{__name__}:shout", exporter.GROUP),
        EntryPoint("broken", "no.such:thing", exporter.GROUP),
        EntryPoint("csv", "no.such:thing", exporter.GROUP),
    ]

    def installed(group: str, name: str | None = None) -> EntryPoints:
        return EntryPoints(p for p in points if p.group == group and name in (None, p.name))

    monkeypatch.setattr(exporter, "entry_points", installed)
    collect(tmp_path / "c", [article(1)])
    exported(tmp_path / "c", "shout", tmp_path / "out")
    assert tree(tmp_path / "out") == {"1.txt": b"STORY 1"}
    assert find("csv").__module__ == "scraper.export.csv"
    with pytest.raises(UsageError, match=r"no\.such:thing cannot be loaded"):
        find("broken")


def test_a_form_whose_library_is_missing_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in sys.modules if name.startswith("scraper.")]:
        if name.rpartition(".")[2] in {"parquet", "columns", "shards"}:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pyarrow.*pip install 'headless-scraper\[datasets\]'"):
        find("parquet")

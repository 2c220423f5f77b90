"""One table."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from scraper.export import csv as csv_form
from scraper.record import Article
from scraper.selection import FieldPath, field_path
from tests.unit.export.exported import collect, exported, tree
from tests.unit.samples import article


def rows(output: Path) -> list[dict[str, str]]:
    with (output / "records.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_record_is_a_row(tmp_path: Path) -> None:
    text = 'One, "two"\nthree'
    collect(tmp_path / "c", [article(1, text, authors=("A", "B")), article(2, title=None)])
    exported(tmp_path / "c", "csv", tmp_path / "out")
    first, second = rows(tmp_path / "out")
    assert (first["id"], first["text"], first["authors"]) == ("news.example:1", text, "A\nB")
    assert (second["title"], second["published"]) == ("", "")


@pytest.mark.parametrize("begin", ["=1+1", "+1", "-1", "@x", "\t=1", "  =1", "＝1", "\n=1"])
def test_no_cell_is_a_formula(tmp_path: Path, begin: str) -> None:
    collect(tmp_path / "c", [article(1, title=f"{begin}|cmd", authors=(f"{begin}|cmd", "b"))])
    exported(tmp_path / "c", "csv", tmp_path / "out")
    (row,) = rows(tmp_path / "out")
    assert row["title"] == f"'{begin}|cmd"
    assert row["authors"].startswith("'")


def test_chosen_fields(tmp_path: Path) -> None:
    collect(tmp_path / "c", [article(1)])
    fields = tuple(map(field_path, ("title", "blocks", "recipe.id")))
    exported(tmp_path / "c", "csv", tmp_path / "out", fields=fields)
    (row,) = rows(tmp_path / "out")
    assert row == {
        "title": "Story 1",
        "blocks": '[{"type":"paragraph","text":"A quiet harbour."}]',
        "recipe.id": "",
    }


def test_it_is_written_again_only_when_something_changed(tmp_path: Path) -> None:
    collect(tmp_path / "c", [article(1)])
    assert exported(tmp_path / "c", "csv", tmp_path / "out").written == 1
    assert exported(tmp_path / "c", "csv", tmp_path / "out").written == 0
    collect(tmp_path / "c", [article(2)])
    assert exported(tmp_path / "c", "csv", tmp_path / "out").written == 1
    assert len(rows(tmp_path / "out")) == 2


def test_new_rows_are_appended_and_changed_ones_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    row = csv_form._row

    def counted(one: Article, fields: tuple[FieldPath, ...]) -> list[str]:
        made.append(one.id)
        return row(one, fields)

    monkeypatch.setattr(csv_form, "_row", counted)
    for found, written in (
        ([article(1), article(2)], ["1", "2"]),
        ([article(3, "=1")], ["3"]),
        ([article(4), article(2, "Otherwise", content_hash="2" * 64)], ["1", "3", "4", "2"]),
    ):
        made.clear()
        collect(tmp_path / "c", found)
        exported(tmp_path / "c", "csv", tmp_path / "out")
        assert [id.rpartition(":")[2] for id in made] == written
        exported(tmp_path / "c", "csv", tmp_path / "again")
        assert tree(tmp_path / "out") == tree(tmp_path / "again")

"""Parquet, as DuckDB reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from scraper.errors import UsageError
from scraper.export import parquet
from scraper.record import (
    Article,
    Heading,
    ListBlock,
    ListItem,
    Paragraph,
    Provenance,
    RecipeRef,
    Table,
)
from scraper.selection import field_path
from tests.unit.export.exported import collect, exported, picture_record, stored
from tests.unit.samples import article


def asked(output: Path, query: str) -> list[tuple[Any, ...]]:
    found = duckdb.sql(query.format(f"'{output}/*.parquet'"))
    assert found
    return found.fetchall()


def test_every_field_is_a_typed_column(tmp_path: Path) -> None:
    rich = article(
        1,
        published=datetime(2026, 3, 14, 9, 26, tzinfo=UTC),
        authors=("Maud", "Tomas"),
        extra={"votes": 3, "colours": ["red"]},
        recipe=RecipeRef(id="r", revision=2, version="v", hash="h"),
        provenance={"title": Provenance(candidate="css:h1"), "authors": Provenance(candidate="x")},
        blocks=(
            Heading(level=2, text="Tides"),
            Paragraph(text="雨。"),
            ListBlock(ordered=True, items=(ListItem(text="a", depth=1),)),
            Table(rows=(("a", "b"),), header=True),
        ),
    )
    media = stored(tmp_path / "c")
    collect(tmp_path / "c", [rich, picture_record("kept", media), article(3)])
    exported(tmp_path / "c", "parquet", tmp_path / "out")
    (row,) = asked(
        tmp_path / "out",
        "select epoch(published), authors, blocks[1].level, blocks[2].text, "
        "blocks[3].items[1].depth, "
        "blocks[4].rows[1][2], blocks[1].inferred, recipe.revision, json_extract(extra, '$.votes'),"
        "provenance[1].name, provenance[2].candidate, title from {} where id = 'news.example:1'",
    )
    epoch = datetime(2026, 3, 14, 9, 26, tzinfo=UTC).timestamp()
    assert row == (
        *(epoch, ["Maud", "Tomas"], 2, "雨。", 1, "b", False, 2, "3"),
        *("title", "x", "Story 1"),
    )
    (picture,) = asked(
        tmp_path / "out", "select images[1].media from {} where id = 'news.example:kept'"
    )
    assert picture[0]["sha256"] == media.sha256
    schema = pq.read_schema(tmp_path / "out" / "records-00000.parquet")
    assert schema.names == list(Article.model_fields)
    assert b"blocks, picture URLs" in schema.field("content_hash").metadata[b"description"]
    file = pq.ParquetFile(tmp_path / "out" / "records-00000.parquet")
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_an_empty_collection_is_an_empty_table(tmp_path: Path) -> None:
    collect(tmp_path / "c", [])
    exported(tmp_path / "c", "parquet", tmp_path / "out")
    assert asked(tmp_path / "out", "select count(*), max(length(title)) from {}") == [(0, None)]


def test_chosen_fields(tmp_path: Path) -> None:
    collect(tmp_path / "c", [article(1)])
    fields = (field_path("title"), field_path("blocks"))
    exported(tmp_path / "c", "parquet", tmp_path / "out", fields=fields)
    assert asked(tmp_path / "out", "select * from {}")[0][0] == "Story 1"
    with pytest.raises(UsageError, match=r"whole fields: images, not images\.url"):
        exported(tmp_path / "c", "parquet", tmp_path / "out", fields=(field_path("images.url"),))


def test_it_is_written_again_only_when_something_changed(tmp_path: Path) -> None:
    collect(tmp_path / "c", [article(1)])
    assert exported(tmp_path / "c", "parquet", tmp_path / "out").written == 1
    assert exported(tmp_path / "c", "parquet", tmp_path / "out").written == 0
    collect(tmp_path / "c", [article(2)])
    assert exported(tmp_path / "c", "parquet", tmp_path / "out").written == 1
    assert asked(tmp_path / "out", "select count(*) from {}") == [(2,)]


def test_only_the_files_that_a_change_touches_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_ROWS", 3)
    collect(tmp_path / "c", [article(number) for number in range(9)])
    assert exported(tmp_path / "c", "parquet", tmp_path / "out").written == 3
    collect(tmp_path / "c", [article(4, "Otherwise", content_hash="2" * 64), article(9)])
    changes = exported(tmp_path / "c", "parquet", tmp_path / "out")
    assert (changes.written, changes.kept, changes.removed) == (2, 2, 0)
    rows = asked(
        tmp_path / "out",
        "select parse_filename(filename), list(id[14:] order by id) "
        "from read_parquet({}, filename = true) group by 1 order by 1",
    )
    assert rows == [
        ("records-00000.parquet", ["0", "1", "2"]),
        ("records-00001.parquet", ["3", "5"]),
        ("records-00002.parquet", ["6", "7", "8"]),
        ("records-00003.parquet", ["4", "9"]),
    ]
    assert exported(tmp_path / "c", "parquet", tmp_path / "out").written == 0

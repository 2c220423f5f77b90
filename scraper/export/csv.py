"""One table for spreadsheets and simple programs: `records.csv`, UTF-8, RFC 4180.

A cell that a spreadsheet would take for a formula begins with an apostrophe.  Lists of texts have a
line for each; anything deeper is JSON.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from typing import Any, Final

import orjson

from scraper.record import Article
from scraper.selection import FieldPath, field_path
from scraper.view.exporter import Source, Wish
from scraper.view.folder import View

FILE: Final = "records.csv"
COLUMNS: Final = (
    "id url canonical_url site title published modified authors editors source language categories "
    "tags description text images.url images.media.path recipe.id run revision fetched_at "
    "content_hash warnings"
).split()

# What begins a formula somewhere, and what is skipped before one.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_COUNT: Final = 8
"""Bytes of the number of rows in a stamp."""


def export(source: Source, view: View, wish: Wish) -> None:
    """New rows are appended; the whole is written anew when an earlier one changed."""
    fields = wish.fields or tuple(map(field_path, COLUMNS))
    stamps = {(one.id, one.revision): wish.stamp_of(one) for one in source.articles()}
    stamp = _stamp(list(stamps.values()))
    if view.has("table", stamp):
        return
    rows = _rows_of(view.made_from("table"), list(stamps.values()))
    wanted = set(list(stamps)[rows:])
    with view.writing("table", FILE, stamp, onto=rows > 0) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
        writer = csv.writer(text)
        if not rows:
            text.write("\ufeff")  # else spreadsheets take it for another encoding
            writer.writerow([field.name for field in fields])
        for article in source.articles():
            # A crawl may add records meanwhile: they are for the next export.
            if (article.id, article.revision) in wanted:
                writer.writerow(_row(article, fields))
        text.detach()


def _stamp(stamps: Sequence[bytes]) -> bytes:
    """How many rows there are, and what they are made from."""
    return len(stamps).to_bytes(_COUNT) + hashlib.sha256(b"".join(stamps)).digest()


def _rows_of(made_from: bytes | None, stamps: Sequence[bytes]) -> int:
    """How many of the rows stand in the table that was made from this; 0 when others do."""
    count = int.from_bytes(made_from[:_COUNT]) if made_from else 0
    return count if made_from == _stamp(stamps[:count]) else 0


def _row(article: Article, fields: tuple[FieldPath, ...]) -> list[str]:
    dumped = article.model_dump(mode="json")
    return [_cell(field.pick(dumped)) for field in fields]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, str | None) for one in value):
        value = "\n".join(one or "" for one in value)
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    text = text.replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text

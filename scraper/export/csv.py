"""One table for spreadsheets and simple programs: `records.csv`, UTF-8, RFC 4180.

A cell that a spreadsheet would take for a formula begins with an apostrophe.  Lists of texts have a
line for each; anything deeper is JSON.
"""

from __future__ import annotations

import csv
import hashlib
import io
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
_BOM: Final = "\ufeff".encode()


def export(source: Source, view: View, wish: Wish) -> None:
    """Written anew as a whole when anything changed."""
    fields = wish.fields or tuple(map(field_path, COLUMNS))
    if view.has("table", _stamp(source, wish)):
        return
    total = hashlib.sha256()
    with view.writing("table", FILE, total.digest) as file:
        file.write(_BOM)  # else spreadsheets take it for another encoding
        text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
        writer = csv.writer(text)
        writer.writerow([field.name for field in fields])
        for article in source.articles():
            total.update(wish.stamp_of(article))
            writer.writerow(_row(article, fields))
        text.detach()


def _stamp(source: Source, wish: Wish) -> bytes:
    total = hashlib.sha256()
    for article in source.articles():
        total.update(wish.stamp_of(article))
    return total.digest()


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

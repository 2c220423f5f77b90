"""Parquet for DuckDB, Spark, pandas and others: typed, blocks and pictures nested, zstd.

`records-00000.parquet` and so on, `from 'DIR/*.parquet'`.  A row stays in its file.
"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Final

from scraper.record import Article
from scraper.view.columns import column_names, row, row_key, schema
from scraper.view.exporter import Source, Wish
from scraper.view.folder import View
from scraper.view.shards import Shards, parquet

_ROWS: Final = 50_000


def export(source: Source, view: View, wish: Wish) -> None:
    """Every field of a record is a column unless --fields names some.  Raises UsageError."""
    names = column_names(wish.fields, Article.model_fields)
    stamps = {row_key(one): wish.stamp_of(one) for one in source.articles()}
    if view.is_whole(hashlib.sha256(b"".join(stamps.values())).digest()):
        return
    with Shards(view, "records", stamps, [parquet(schema(names))], size=_ROWS) as shards:
        for article in source.articles():
            # A crawl may add records meanwhile: they are for the next export.
            if (key := row_key(article)) in stamps:
                shards.add(key, partial(row, article, names))

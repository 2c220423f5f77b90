"""Rows in files of a bounded size: a shard is written again only when one of its rows changed.
Importing this needs the library `pyarrow` (the extra `datasets`)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from scraper.view.folder import View
from scraper.view.places import memory, places

_GROUP = 1000
"""Rows of a row group: what is in memory at a time."""

Row = dict[str, Any]


class Shard(Protocol):
    """A file being written."""

    def write(self, rows: list[Row]) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Form:
    """How rows become files: `make` begins one, in `folder` (empty, or with its `/`)."""

    folder: str
    extension: str
    make: Callable[[IO[bytes]], Shard]


class ParquetShard:
    """zstd, with statistics and page indexes for readers that skip."""

    def __init__(self, file: IO[bytes], schema: pa.Schema) -> None:
        self._schema = schema
        self._writer = pq.ParquetWriter(file, schema, compression="zstd", write_page_index=True)

    def write(self, rows: list[Row]) -> None:
        self._writer.write_table(pa.Table.from_pylist(rows, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


def parquet(schema: pa.Schema, folder: str = "") -> Form:
    return Form(folder, "parquet", lambda file: ParquetShard(file, schema))


class Shards:
    """`<name>-00000.<extension>` and so on, of at most `size` rows.  `stamps` tell by key what each
    row is made from, in their order; `paths` are the files.  To be used in a `with`: what an error
    ends is not written."""

    def __init__(
        self,
        view: View,
        name: str,
        stamps: Mapping[str, bytes],
        forms: Sequence[Form],
        *,
        size: int,
    ) -> None:
        self._view, self._name, self._forms = view, name, forms
        keys = list(stamps)
        shards = places(keys, view.recall(name), size)
        self._shard_of = dict(zip(keys, shards, strict=True))
        self._memory = memory(keys, shards)
        made = [hashlib.sha256() for _ in range(1 + max(shards, default=0))]
        for key, stamp in stamps.items():
            made[self._shard_of[key]].update(stamp)
        self._stamps = [one.digest() for one in made]
        self.paths = [self._path(number, form) for number in range(len(made)) for form in forms]
        self._number = -1
        self._group: list[Row] = []
        self._open: list[Shard] = []
        self._files = ExitStack()

    def __enter__(self) -> Shards:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: Any) -> None:
        if kind is None:
            self._reach(len(self._stamps))
            self._view.remember(self._name, self._memory)
        else:
            self._files.__exit__(kind, *error)

    def add(self, key: str, make: Callable[[], Row]) -> None:
        """The row with this key, in their order.  `make` is called only when it is needed."""
        self._reach(self._shard_of[key])
        if self._open:
            self._group.append(make())
            if len(self._group) == _GROUP:
                self._flush()

    def _reach(self, number: int) -> None:
        """End the shards before this one, and begin it."""
        while self._number < number:
            self._flush()
            for shard in self._open:
                shard.close()
            self._open = []
            self._files.close()
            self._number += 1
            if self._number < len(self._stamps):
                self._begin(self._stamps[self._number])

    def _begin(self, stamp: bytes) -> None:
        for form in self._forms:
            path = self._path(self._number, form)
            if not self._view.has(path, stamp):
                file = self._files.enter_context(self._view.writing(path, path, stamp))
                self._open.append(form.make(file))

    def _flush(self) -> None:
        if self._group:
            for shard in self._open:
                shard.write(self._group)
        self._group = []

    def _path(self, number: int, form: Form) -> str:
        return f"{form.folder}{self._name}-{number:05}.{form.extension}"

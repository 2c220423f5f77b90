"""Whether a collection's files say what its database says, byte for byte."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from scraper.errors import ArchiveDamaged
from scraper.record import Article, Failure
from scraper.store.disk import opened, refusals
from scraper.store.layout import OUTBOXES
from scraper.store.outbox import part_name, parts_there
from scraper.store.reading import Reader

_FINISH = "wait for it, or finish it with scraper gc"


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was looked at; `problem` is None when it is as it must be."""

    kind: str
    name: str
    problem: str | None = None


def verify(collection: Reader) -> Iterator[Checked]:
    """Every line, every picture and every page that is to be there, each once.  Raises
    StorageError."""
    if collection.is_being_removed():
        yield Checked("line", str(collection.path), f"a removal is not finished: {_FINISH}")
        return
    for outbox in OUTBOXES:
        yield from _lines(collection, outbox)
    for path, sha256, size in collection.media():
        yield Checked("picture", path, _picture(collection.path / path, sha256, size))
    for article in collection.articles():
        if article.archive and not collection.page_removed(article):
            name = f"{article.id}, revision {article.revision}"
            yield Checked("page", name, _page(collection, article))
    for failure in map(Failure.model_validate_json, collection.lines("failures")):
        if failure.archive and not collection.page_removed(failure):
            yield Checked("page", f"{failure.url} ({failure.code})", _page(collection, failure))


def _lines(collection: Reader, outbox: str) -> Iterator[Checked]:
    """A run that goes on appends while we read: what stands behind the last line we know of is no
    fault."""
    first = part_name(outbox, 0)
    if not (collection.path / first).exists():
        yield Checked("line", first, "it is gone")
        return
    found = _found(collection.path, outbox)
    for wanted in collection.lines(outbox):
        name, line = next(found, (first, b""))
        problem = None if line == wanted else "it is not what was written"
        if not line:
            problem = "the file ends before it"
        yield Checked("line", name, problem)
        if problem:
            return


def _found(collection: Path, outbox: str) -> Iterator[tuple[str, bytes]]:
    """The lines of the files that are there, with their places."""
    for path in parts_there(collection, outbox):
        with _file(path) as file:
            for number, line in enumerate(file or (), 1):
                yield f"{path.name}:{number}", line


def _picture(path: Path, sha256: str, size: int) -> str | None:
    with _file(path) as file:
        if file is None:
            return "it is gone"
        found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
        same = (found, file.tell()) == (sha256, size)
    return None if same else "its bytes are not those that were stored"


@contextmanager
def _file(path: Path) -> Iterator[IO[bytes] | None]:
    """None when it is not there."""
    with refusals(path), ExitStack() as stack:
        try:
            fd = stack.enter_context(opened(path, os.O_RDONLY))
        except FileNotFoundError:
            yield None
        else:
            yield stack.enter_context(open(fd, "rb", closefd=False))


def _page(collection: Reader, of: Article | Failure) -> str | None:
    try:
        return None if collection.snapshot(of) else "the archive it is in is gone"
    except ArchiveDamaged as error:
        return error.problem

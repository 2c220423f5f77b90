"""A local collection, opened and read as the tests need it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from scraper.frontier.queue import SqliteFrontier
from scraper.store.collection import LocalCollection
from scraper.store.outbox import parts_there
from tests.unit.samples import HandClock


def opened(path: Path, **options: Any) -> LocalCollection:
    options = {"clock": HandClock(), "frontier": SqliteFrontier, **options}
    return LocalCollection.open(path, **options)


def all_lines(path: Path, name: str) -> bytes:
    """Of all the files that have them, in order."""
    return b"".join(part.read_bytes() for part in parts_there(path, name))


def lines(path: Path, name: str = "records") -> list[dict[str, Any]]:
    """Every line parses, or the test fails."""
    data = all_lines(path, name)
    assert data == b"" or data.endswith(b"\n")
    return [orjson.loads(line) for line in data.splitlines()]


def files(path: Path) -> set[str]:
    return {str(found.relative_to(path)) for found in path.rglob("*") if not found.is_dir()}


def leave_open(collection: LocalCollection) -> None:
    """As a killed process leaves it: nothing is written or tidied any more."""
    for store in collection._stores.values():
        store.close()
    for outbox in collection._outboxes.values():
        outbox.close()
    collection._db.close()
    assert collection._lock
    collection._lock.forget()

"""What keeps a collection in order over the years: its format brought up to date."""

from __future__ import annotations

from pathlib import Path

from scraper.clock import SystemClock
from scraper.store.database import FORMAT
from scraper.store.migration import migrate as migrate_collection


def migrate(collection: Path) -> tuple[int, int]:
    """Bring it to the format of this version: the format it had, and the one it has.  Raises
    UsageError, CollectionBusy, CollectionVersion, StorageError."""
    return migrate_collection(collection, SystemClock()), FORMAT

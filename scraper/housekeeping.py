"""What keeps a collection in order over the years: records forgotten, what nothing refers to
removed, its format brought up to date."""

from __future__ import annotations

from pathlib import Path

from scraper.clock import SystemClock
from scraper.errors import UsageError
from scraper.frontier.seeds import make_request
from scraper.opening import open_collection, open_for_writing
from scraper.store.database import FORMAT
from scraper.store.erasure import Removal
from scraper.store.migration import migrate as migrate_collection
from scraper.summary import Forgotten
from scraper.units import as_timedelta


def forget(collection: Path, record: str, *, dry_run: bool = False) -> Forgotten | None:
    """Remove a record, given by its id or an address that was asked for, with all the collection
    keeps of it.  None when an earlier call that was killed had begun to, and this one did the rest.
    Raises UsageError when it is unknown or a run is unfinished, CollectionBusy, StorageError."""
    open_collection(collection).close()  # else one would be made
    with open_for_writing(collection) as opened:
        asked = make_request(opened.as_stored(record))
        id = record if opened.article(record) else opened.id_of(asked)
        revisions = opened.revisions(id) if id else []
        if id is None or not revisions:
            if opened.mended:
                return None
            raise UsageError(f"{collection} has no record {record!r}")
        addresses = {a for r in revisions for a in (r.url, r.final_url, r.canonical_url)}

        def fingerprint(address: str) -> bytes:
            return make_request(address).fingerprint

        removal = opened.forget(id, addresses, fingerprint, dry_run=dry_run)
    return Forgotten(id, revisions[-1].final_url, removal)


def collect_garbage(
    collection: Path,
    *,
    keep_revisions: int | None = None,
    keep_pages: str | None = None,
    dry_run: bool = False,
) -> Removal:
    """Remove what is beyond the limits given, or else those of the last run's job, and then what
    nothing in the collection refers to.  Raises UsageError, CollectionBusy, StorageError."""
    open_collection(collection).close()
    with open_for_writing(collection) as opened:
        last = opened.latest_run()
        if last and keep_revisions is None and keep_pages is None:
            keep_revisions, keep_pages = last.job.keep_revisions, last.job.keep_pages
        age = as_timedelta(keep_pages) if keep_pages else None
        return opened.collect_garbage(keep_revisions, age, dry_run=dry_run)


def migrate(collection: Path) -> tuple[int, int]:
    """Bring it to the format of this version: the format it had, and the one it has.  Raises
    UsageError, CollectionBusy, CollectionVersion, StorageError."""
    return migrate_collection(collection, SystemClock()), FORMAT

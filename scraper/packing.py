"""The web archives of runs, each in one WACZ file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec

from scraper.clock import SystemClock
from scraper.errors import UsageError
from scraper.settings import program_version
from scraper.store.collection import LocalCollection
from scraper.summary import Packed


def check_can_pack() -> None:
    """Raises UsageError where the library for it is missing."""
    if find_spec("cdxj_indexer") is None:
        raise UsageError("packing needs a library: pip install 'headless-scraper[wacz]'")


def pack_runs(opened: LocalCollection, runs: Iterable[str], *, again: bool) -> Iterator[Packed]:
    """Each run that kept pages into wacz/<run>.wacz; those that have one already only `again`.
    Raises StorageError, and UsageError while another process packs the same."""
    from scraper.store.pack import pack  # noqa: PLC0415 - an extra

    for run in runs:
        target, archives = opened.path / "wacz" / f"{run}.wacz", opened.archives(run)
        if archives and (again or not target.exists()):
            pages = pack(
                target,
                archives,
                opened.articles(run=run),
                title=f"{opened.path.resolve().name}, {run}",
                software=f"scraper {program_version()}",
                now=SystemClock().now(),
            )
            yield Packed(run, target, pages, target.stat().st_size)

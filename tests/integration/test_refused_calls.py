"""Every kind of call to the system fails, here and there in a crawl: it stops in order and says why
and where, or goes on where nothing is lost by it; and the same command later makes the collection
what it would have been.

A sample of the calls each time; SCRAPER_EXHAUSTIVE=1 makes every single one fail (see `make soak`).
"""

from __future__ import annotations

import errno
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from tests.integration.offline import FIRST, SECOND, page_of
from tests.integration.refusals import Ended, Fault, Refusals
from tests.unit.store.wholeness import check_whole

EXHAUSTIVE = bool(os.environ.get("SCRAPER_EXHAUSTIVE"))
SAMPLE = 4
"""Calls of a kind that fail in turn, spread over the crawl."""
TABLE = [
    ("write", errno.ENOSPC),
    ("write", errno.EIO),
    ("pwrite", errno.ENOSPC),
    ("pwrite", errno.EIO),
    ("pwrite", errno.EDQUOT),
    ("fsync", errno.EIO),
    ("close", errno.EIO),
    ("open", errno.EMFILE),
    ("open", errno.ENOSPC),
    ("open", errno.EROFS),
    ("rename", errno.EIO),
    ("rename", errno.EROFS),
    ("mkdir", errno.ENOSPC),
    ("unlink", errno.EIO),
    ("ftruncate", errno.EIO),
    ("pread", errno.EIO),
    ("mmap", errno.ENOMEM),
    ("stat", errno.EIO),
]
SOME_FAILED = 1
"""The exit code of a crawl that was not disturbed: one page is gone."""


@pytest.fixture
def finished(refusals: Refusals, work: Path) -> Path:
    """A collection after its first run."""
    assert refusals.crawl(work / "finished").code == SOME_FAILED
    return work / "finished"


def faults(call: str, problem: int, number: int) -> Iterator[Fault]:
    """Of the `number` calls of a kind: once, for good, with a part of a write before.  In a sample
    these take turns."""
    every = range(1, number + 1)
    ways = [{}, {"lasting": True}, {"lasting": True, "halved": True}]
    ways = ways if call in ("write", "pwrite") else ways[:2]
    if EXHAUSTIVE:
        yield from (Fault(call, problem, nth, **way) for nth in every for way in ways)
        return
    chosen = every[:: -(-number // SAMPLE) or 1]
    for nth, way in zip(chosen, cycle(ways), strict=False):
        yield Fault(call, problem, nth, **way)


def in_order(ended: Ended, path: Path, *, new: bool) -> bool:
    """It came to a proper end, and said why when it had to stop."""
    if ended.code == SOME_FAILED:
        return ended.said == ""
    allowed = (2, 3) if new else (3,)  # where no collection can be made, another place is wanted
    told = ended.said.startswith("scraper: cannot ") and ended.said.count("\n") == 1
    return ended.code in allowed and told and str(path) in ended.said


def tried_again(ended: Ended) -> list[str]:
    """Files whose fsync failed and was called again.  SQLite's do not count: it writes anew, from
    what it knows to be durable, before it calls again."""
    seen: set[str] = set()
    again = []
    for call in ended.calls:
        kind, _, path = call.removesuffix(" !").partition(" ")
        if kind == "fsync" and path in seen:
            again.append(path)
        if kind == "fsync" and call.endswith(" !") and not path.startswith("state.sqlite"):
            seen.add(path)
    return again


@pytest.mark.timeout(7200 if EXHAUSTIVE else 300)
@pytest.mark.parametrize("second", [False, True], ids=["first run", "second run"])
def test_a_refused_call_loses_nothing(
    refusals: Refusals, work: Path, finished: Path, second: bool
) -> None:
    path, codes = work / "c", Counter[str]()

    def start() -> Path:
        shutil.rmtree(path, ignore_errors=True)
        return shutil.copytree(finished, path) if second else path

    whole = refusals.crawl(start(), second=second)
    numbers = Counter(call.partition(" ")[0] for call in whole.calls)
    assert set(numbers) >= {call for call, _ in TABLE} - ({"mkdir", "unlink"} if second else set())
    for call, problem in TABLE:
        for fault in faults(call, problem, numbers[call]):
            ended = refusals.crawl(start(), fault, second=second)
            what = f"{fault}: {ended.code} {ended.said}"
            assert in_order(ended, path, new=not second), what
            assert tried_again(ended) == [], what
            if ended.code != SOME_FAILED or (path / "state.sqlite-shm").exists():
                assert refusals.crawl(path, second=second).code == SOME_FAILED, what
            tallies = check_whole(path, page_of).values()
            # When only the end was refused, the same command made another run of it.
            made = sorted((t for t in tallies if t.record), key=lambda tally: tally.unchanged)
            assert made == ([FIRST, SECOND] if second else [FIRST]), what
            codes[f"{call} {ended.code}"] += ended.refused
    print(f"\n{codes.total()} refused calls: {dict(codes)}")
    assert codes.total() > 40
    assert len([kind for kind in codes if kind.endswith(" 3")]) >= 8


def test_bytes_are_durable_before_what_names_them(refusals: Refusals, work: Path) -> None:
    """As the kernel sees it, SQLite's calls included: no write is still on its way when a later
    step relies on it."""
    calls = refusals.crawl(work / "c").calls
    unsynced: set[str] = set()
    renamed: set[str] = set()
    commits = 0
    for call in calls:
        kind, _, path = call.partition(" ")
        folder = path.rpartition("/")[0] or "."
        if kind in ("write", "pwrite") and not path.endswith("-shm"):
            if path == "records.jsonl" and path not in unsynced:
                commits += 1
                named = {name for name in unsynced if name.startswith(("media/", "archive/"))}
                assert named == set(), "a line names only what is durable"
                assert "state.sqlite-wal" not in unsynced, "a line follows its commit"
                assert renamed == set(), "so are the names themselves"
            unsynced.add(path)
        elif kind == "fsync":
            unsynced.discard(path)
            renamed = {name for name in renamed if (name.rpartition("/")[0] or ".") != path}
        elif kind == "rename":
            assert not [name for name in unsynced if name.startswith(f"{folder}/.tmp-")], path
            renamed.add(path)
        elif kind == "unlink":
            unsynced.discard(path)
    assert commits >= 2
    assert unsynced | renamed == set(), "nothing is left to chance at the end"

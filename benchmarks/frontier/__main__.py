"""Whether a frontier of a million addresses is quick, and whether its memory stays flat.

Addresses of many hosts are added in batches, half of them once more, then taken and finished in
groups, as a crawl does; told are addresses a second and the memory of the process, at the start and
at the end.  Then a collection with many records is opened and its run resumed.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from benchmarks.processes import proportional
from scraper.clock import SystemClock
from scraper.frontier.queue import SqliteFrontier
from scraper.frontier.seeds import make_request
from scraper.job import Job
from scraper.protocols import Outcome
from scraper.record import Failure
from scraper.request import Request
from scraper.store.collection import LocalCollection
from scraper.store.database import open_database
from scraper.transaction import transaction

LEAST = 5_000
"""Addresses a second that can be added."""
MOST_BYTES = 200 * 2**20
"""Of memory, beyond what the empty frontier had."""
BATCH = 1_000
HOSTS = 1_000
GROUP = 16
NO_OUTCOME = 20_000
"""Of them are taken and finished at the beginning and at the end."""


def requests(first: int, count: int) -> Iterator[Request]:
    for number in range(first, first + count):
        yield make_request(f"http://h{number % HOSTS}.test/news/2026/{number}.html")


def batches(count: int) -> Iterator[list[Request]]:
    """Made before they are timed."""
    everything = requests(0, count)
    while batch := list(islice(everything, BATCH)):
        yield batch


def memory() -> int:
    return proportional(os.getpid())


def worked_off(frontier: SqliteFrontier, db: sqlite3.Connection, path: str, count: int) -> float:
    """Take and finish so many; addresses a second."""
    began = time.perf_counter()
    done = 0
    while done < count:
        group = [frontier.take(time.time()) for _ in range(GROUP)]
        taken = [one for one in group if isinstance(one, Request)]
        with transaction(db, path):
            for one in taken:
                frontier.finish(one)
        done += len(taken)
    return count / (time.perf_counter() - began)


def fill(frontier: SqliteFrontier, count: int) -> tuple[float, float]:
    """Addresses a second that are new, and that are known already."""
    added = known = 0.0
    for number, batch in enumerate(batches(count)):
        began = time.perf_counter()
        if frontier.add(batch) != len(batch):
            raise SystemExit("an address was lost")
        added += time.perf_counter() - began
        if number % 2:
            began = time.perf_counter()
            if frontier.add(batch):
                raise SystemExit("an address was doubled")
            known += time.perf_counter() - began
    return count / added, (count // 2) / known


def frontier_of(count: int, folder: Path) -> bool:
    """Print its figures; whether they are good."""
    database = folder / "state.sqlite"
    with closing(open_database(database, writable=True)) as db:
        frontier = SqliteFrontier(db, "run")
        before = memory()
        added, known = fill(frontier, count)
        grown = memory() - before
        first = worked_off(frontier, db, str(database), NO_OUTCOME)
        left = count - 2 * NO_OUTCOME
        db.execute(
            "UPDATE frontier_requests SET done = 1 WHERE id > ? AND id <= ?",
            (NO_OUTCOME, NO_OUTCOME + left),
        )
        began = time.perf_counter()
        frontier = SqliteFrontier(db, "run")
        opened = time.perf_counter() - began
        last = worked_off(frontier, db, str(database), NO_OUTCOME)
        rest = frontier.counts().queued
    print(f"{count:,} addresses of {HOSTS:,} hosts, {grown / 2**20:.0f} MiB more memory")
    print(f"added {added:,.0f}/s, known already {known:,.0f}/s")
    print(f"taken and finished {first:,.0f}/s at the beginning, {last:,.0f}/s at the end")
    print(f"opened again in {opened:.2f} s")
    return added >= LEAST and grown <= MOST_BYTES and rest == 0 and last > first / 2


def timed(what: str, call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    seconds = time.perf_counter() - began
    print(f"{what} in {seconds:.2f} s")
    return seconds


def collection_of(count: int, folder: Path) -> bool:
    """Of lines that are failures, which are the cheapest to make; opened, resumed, listed."""
    clock = SystemClock()

    def opened() -> LocalCollection:
        return LocalCollection.open(folder, clock=clock, frontier=SqliteFrontier)

    job = Job(output=str(folder))
    with opened() as collection:
        run = collection.begin(job, list(requests(0, count + 1)))
        store, frontier = collection.store(run), collection.frontier(run)
        at = datetime.now(UTC)
        everything = requests(0, count)
        while group := list(islice(everything, BATCH)):
            outcomes = [
                Outcome(
                    one,
                    failure=Failure(
                        url=one.url, code="http.404", message="gone", attempts=1, run=run.id, at=at
                    ),
                )
                for one in group
            ]
            store.commit(
                outcomes, lambda all_of: [frontier.finish(one.request) for one in all_of] and None
            )
    seconds = 0.0
    with tempfile.TemporaryDirectory():
        again: list[LocalCollection] = []
        seconds += timed(f"a collection of {count:,} opened", lambda: again.append(opened()))
        with again[0] as collection:
            run = collection.unfinished() or run
            seconds += timed("resumed", lambda: collection.frontier(run).take(time.time()))
            seconds += timed("counted", lambda: collection.tally(run.id))
    return seconds < 10


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks frontier", description=__doc__)
    parser.add_argument("--urls", type=int, default=1_000_000)
    parser.add_argument("--records", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        good = frontier_of(asked.urls, Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        good &= collection_of(asked.records, Path(folder, "c"))
    print(f"load {os.getloadavg()[0]:.1f}; at least {LEAST:,} addresses are to be added a second")
    raise SystemExit(not good)


if __name__ == "__main__":
    main()

"""The conductor, the store and the frontier, killed at every named step and run again.  Some of the
pages are known only by the links of another.

Files, database and kills are real.  Each attempt is a child forked from this process, so that
hundreds of them take seconds.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import sqlite3
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest

from scraper.crawl import Conductor
from scraper.discovery.follow import Follower
from scraper.frontier.seeds import make_request
from scraper.job import Job
from scraper.protocols import Committed, Progress, Run, Tally
from scraper.recipe import FetchRule
from scraper.rendering import Evidence
from scraper.store.commit import STEPS
from scraper.visit import Parts
from tests.integration.offline import FIRST, LINKED, SECOND, URLS, extract, page_of, web
from tests.unit.samples import HandClock
from tests.unit.store.opening import opened
from tests.unit.store.wholeness import check_whole

T = TypeVar("T")

JOB = Job(
    ignore_robots=True,
    delay=0.0,
    retries=20,
    concurrency=2,
    warc_size="2kB",
    jsonl_size="3kB",
    scope="host",
    depth=1,
)
"""Its files go on in new ones again and again."""


class Silent:
    """A reporter."""

    def started(self, run: Run, queued: int) -> None: ...

    def progress(self, progress: Progress) -> None: ...

    def settled(self, committed: Committed) -> None: ...

    def retried(self, *what: object) -> None: ...

    def noted(self, message: str) -> None: ...


async def crawl(path: Path, on_step: Callable[[str], None], runs: int) -> None:
    """What the command does: open, go on with the unfinished run or begin one, end, close."""
    loop, clock = asyncio.get_running_loop(), HandClock()
    with ThreadPoolExecutor(1) as writer, ThreadPoolExecutor(1) as threads:

        def in_writer(call: Callable[[], T], /) -> Awaitable[T]:
            return loop.run_in_executor(writer, call)

        collection = await in_writer(lambda: opened(path, clock=clock, on_step=on_step))
        run = await in_writer(collection.unfinished)
        if run is None and len(list((path / "runs").glob("*.json"))) < runs:
            seeds = [make_request(url) for url in URLS[:LINKED]]
            run = await in_writer(lambda: collection.begin(JOB, seeds))
        if run is not None:
            now, fetcher = run, web(second=runs == 2)
            follower = Follower(JOB, clock.now())
            parts = Parts(
                fetcher=fetcher,
                frontier=await in_writer(lambda: collection.frontier(now)),
                store=await in_writer(lambda: collection.store(now)),
                clock=clock,
                reporter=Silent(),
                in_writer=in_writer,
                threads=threads,
                rule=lambda _: FetchRule(render="auto"),
                extract=extract,
                examine=lambda page: (extract(page), Evidence("layout")),
                token="Test",
                found=follower.found,
                allowances=follower.allowances,
            )
            conductor = Conductor(now, parts, await in_writer(lambda: collection.tally(now.id)))
            ending = await conductor.crawl()
            await in_writer(lambda: collection.end(now, ending, {}))
        await in_writer(collection.close)


def attempt(path: Path, step: str, nth: int, runs: int) -> bool:
    """Crawl in a child that kills itself at the nth call of a step; whether it came to that."""
    child = os.fork()
    if not child:
        seen: Counter[str] = Counter()

        def on_step(name: str) -> None:
            seen[name] += 1
            if name == step and seen[name] == nth:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            asyncio.run(crawl(path, on_step, runs))
            os._exit(0)
        except BaseException:  # noqa: BLE001 - the child must not go on as a second test run
            traceback.print_exc()
        finally:
            os._exit(70)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, -signal.SIGKILL), f"the crawl itself failed ({code})"
    return code != 0


def plan(dice: random.Random, step: str, nth: int) -> list[tuple[str, int]]:
    """Where to kill one attempt after the other: at the nth call of the step, then anywhere.  There
    is something to recover only after a kill between the commit and the next."""
    before = [("lines.written", nth)] if step.startswith("recovery.") else []
    first = (step, 1 if before else nth)
    return [*before, first, *((dice.choice(STEPS), dice.randint(1, 2)) for _ in range(4))]


def lessons(path: Path) -> int:
    """How many pages have taught something about their layout."""
    with closing(sqlite3.connect(path / "state.sqlite")) as db:
        count: int = db.execute("SELECT sum(agreed + accepted) FROM layouts").fetchone()[0]
    return count


def kill_everywhere(start: Path, work: Path, runs: int, tallies: list[Tally]) -> Counter[str]:
    """At each call of each step, with all its consequences.  The number of kills by step."""
    kills: Counter[str] = Counter()
    dice = random.Random(runs)  # the same kills each time
    for step in STEPS:
        died = [step]
        for nth in count(1):
            if step not in died:
                break
            path = work / f"{step}-{nth}"
            if start.exists():
                shutil.copytree(start, path)
            died = [where for where, n in plan(dice, step, nth) if attempt(path, where, n, runs)]
            kills.update(died)
            assert not attempt(path, "", 0, runs)
            found = check_whole(path, page_of)
            assert sorted(found.values(), key=lambda tally: tally.unchanged) == tallies
            assert lessons(path) == sum(tally.total for tally in tallies)
            shutil.rmtree(path)
    return kills


@pytest.mark.timeout(600)
def test_nothing_is_lost_or_doubled_wherever_it_is_killed(work: Path) -> None:
    kills = kill_everywhere(work / "none", work, 1, [FIRST])
    first = work / "first"
    assert not attempt(first, "", 0, 1)
    kills += kill_everywhere(first, work, 2, [FIRST, SECOND])
    print(f"{kills.total()} kills: {dict(kills)}")
    assert kills.total() >= 180
    assert set(kills) == set(STEPS), "each step was killed at"

"""Thirty days of an hourly schedule over a newspaper that changes, with crawls killed, the daemon
killed and hours missed: the history that is kept is the true one.

Daemon, command, conductor, recipe, files, database and kills are real; the network and the clock
are not.
"""

from __future__ import annotations

import os
import random
import signal
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest

from scraper import invocation, wiring
from scraper.job import Job
from scraper.recipe import Recipes
from scraper.schedule.book import Book
from scraper.schedule.daemon import Daemon
from scraper.schedule.schedule import Occasion, Schedule
from scraper.schedule.times import Times
from scraper.store.commit import STEPS
from scraper.store.disk import ignore
from tests.integration.daily_paper import (
    BEGIN,
    FEED,
    FORBIDDEN,
    HOURS,
    RECIPE,
    RESERVATIONS,
    ROBOTS,
    SITE,
    Asked,
    DailyPaper,
)
from tests.memory import in_memory
from tests.unit.samples import HandClock
from tests.unit.schedule.world import Hold, Killed
from tests.unit.store.opening import opened

HOUR = 3600.0
DELAY = 2.0
PAGES_AT_ONCE = 3
_REACHED = [
    step for step in STEPS if not step.startswith(("media.", "recovery.")) and "rotated" not in step
]
"""There are no pictures, and no file grows large."""


class Done:
    """A crawl that was over as soon as it had begun."""

    pid = 1

    def __init__(self, code: int) -> None:
        self._code = code

    def ended(self) -> int:
        return self._code

    def signal(self, number: int) -> None: ...

    def tally(self) -> dict[str, Any] | None:
        return None

    def last_word(self) -> str | None:
        return None


class Month:
    """The machine on which it all happens."""

    def __init__(self, work: Path, seed: int) -> None:
        self._dice = random.Random(seed)
        self._book_path, self.collection = work / "book", work / "collection"
        self.paper = DailyPaper(work / "asked", self._dice)
        recipe = work / "recipes" / "paper" / "recipe.yaml"
        recipe.parent.mkdir(parents=True)
        recipe.write_text(RECIPE)
        self._recipes = Recipes.load([recipe.parents[1]])
        self._job = Job(
            urls=(SITE + FEED,),
            output=str(self.collection),
            recipes=(str(recipe.parents[1]),),
            revisit="1h..2d",
            delay=DELAY,
            concurrency=PAGES_AT_ONCE,
        )
        self.at = BEGIN
        self.kills: Counter[str] = Counter()
        self.deaths = 0
        self._kill_in = 0
        first = Schedule(
            name="paper",
            job=work / "job.yaml",
            directory=work,
            times=Times("0 * * * *", ZoneInfo("UTC")),
            catch_up="one",
            overlap="skip",
            jitter=0,
            next_due=BEGIN,
            planned_at=BEGIN - timedelta(hours=1),
        )
        self._book = Book(self._book_path)
        self._book.put(first)
        self._daemon = self._new_daemon()

    # -- what the daemon needs

    def now(self) -> datetime:
        return self.at

    def passed(self) -> float:
        return (self.at - BEGIN).total_seconds()

    def hold(self, schedule: str) -> Hold:
        return Hold(set(), schedule)

    def interrupt(self, pid: int, number: int) -> None:
        raise AssertionError((pid, number))

    def start(self, schedule: Schedule, occasion: Occasion, hold: Hold) -> Done:
        self.paper.crawl += 1
        if self._dice.random() < 0.08:
            step, nth = self._dice.choice(_REACHED), self._dice.randint(1, 2)
            if self._killed(step, nth, occasion.id):
                self.kills[step] += 1
                return Done(128 + signal.SIGKILL)
            return Done(0)
        self._crawl(occasion.id, ignore)
        return Done(0)

    # -- what happens

    def pass_by(self) -> None:
        """Hour after hour; now and then the machine is off for a while."""
        off = 0
        for hour in range(HOURS):
            off = off - 1 if off else self._dice.randint(1, 5) * (self._dice.random() < 0.01)
            if not off:
                self.at = BEGIN + timedelta(hours=hour)
                self._kill_in = self._dice.randint(1, 6) if self._dice.random() < 0.1 else 0
                self._turn()
                self._turn()
        self._book.close()

    def _turn(self) -> None:
        try:
            self._daemon.turn()
        except Killed:
            self.deaths += 1
            self._book.close()
            self._book = Book(self._book_path)
            self._daemon = self._new_daemon()
            self._daemon.turn()

    def _new_daemon(self) -> Daemon:
        return Daemon(self._book, self, self, note=ignore, on_step=self._step)

    def _step(self, name: str) -> None:
        self._kill_in -= 1
        if self._kill_in == 0:
            raise Killed(name)

    def _killed(self, step: str, nth: int, occasion: str) -> bool:
        """Crawl in a child that kills itself at the nth call of a step; whether it came to that."""
        child = os.fork()
        if not child:
            seen: Counter[str] = Counter()

            def on_step(name: str) -> None:
                seen[name] += 1
                if name == step and seen[name] == nth:
                    os.kill(os.getpid(), signal.SIGKILL)

            try:
                self._crawl(occasion, on_step)
                os._exit(0)
            except BaseException:  # noqa: BLE001 - the child must not go on as a second test run
                traceback.print_exc()
            finally:
                os._exit(70)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        assert code in (0, -signal.SIGKILL), f"the crawl itself failed ({code})"
        return code != 0

    def _crawl(self, occasion: str, on_step: Callable[[str], None]) -> None:
        clock = HandClock()
        clock.at = self.at
        self.paper.clock = clock
        with ExitStack() as stack:
            for room, name, instead in (
                (wiring, "SystemClock", lambda: clock),
                (wiring, "open_for_writing", partial(opened, on_step=on_step)),
                (invocation, "WebFetcher", lambda job, **_: self.paper),
                (invocation, "write_report", lambda *_: None),
            ):
                stack.enter_context(patch.object(room, name, instead))
            stack.enter_context(patch.object(Recipes, "load", lambda _: self._recipes))
            summary = wiring.run(self._job, resume="continue", occasion=occasion)
        assert summary.exit_code in (0, 1), summary.error


@pytest.fixture(scope="module")
def month() -> Iterator[Month]:
    with in_memory() as work:
        month = Month(work, seed=7)
        month.pass_by()
        yield month


@pytest.mark.timeout(600)
def test_the_history_is_the_true_one(month: Month) -> None:
    """Every revision once and in its order, and every tombstone right."""
    with opened(month.collection, writable=False) as collection:
        kept: dict[str, list[tuple[int, int | None, str, bool]]] = defaultdict(list)
        for article in collection.articles():
            text = article.paragraphs[0] if article.paragraphs else ""
            kept[article.id].append(
                (article.revision, article.previous, text, article.gone is not None)
            )
    true = {
        f"paper:{story.number}": [
            (number, number - 1 or None, text, gone)
            for number, (text, gone) in enumerate(story.history(), start=1)
        ]
        for story in month.paper.stories.values()
    }
    assert kept == true
    assert sum(month.kills.values()) >= 15
    assert month.deaths >= 20


def test_no_request_is_one_too_many(month: Month) -> None:
    """A page is asked for once in a crawl, a fetched version once in all."""
    asked = month.paper.asked()
    assert FORBIDDEN not in {one.path for one in asked}
    in_one_crawl = Counter((one.crawl, one.path) for one in asked)
    twice = {path for (_, path), times in in_one_crawl.items() if times > 1}
    # What the feed names at a new address, and an old one leads to, when both are new.
    assert all(path.startswith("/moved/") for path in twice)
    assert sum(times - 1 for times in in_one_crawl.values()) <= len(twice)
    for file in (ROBOTS, RESERVATIONS):
        readings = sum(one.path == file for one in asked)
        assert readings <= HOURS / 24 + month.kills.total()
    pages = [one for one in asked if one.path not in (ROBOTS, RESERVATIONS)]
    gaps = [later.at - one.at for one, later in pairwise(pages) if one.status != 301]
    assert min(gaps) >= DELAY


def test_what_is_unchanged_costs_one_conditional_request(month: Month) -> None:
    sent_again = 0
    for path, visits in by_page(month).items():
        version = None
        for visit in visits:
            if visit.status == 200:
                sent_again += visit.version == version
                assert visit.conditional or version in (None, visit.version), path
            version = visit.version
    # What a crawl had fetched and not yet committed when it was killed.
    assert sent_again <= PAGES_AT_ONCE * month.kills.total()


def test_the_feed_is_sent_when_it_has_changed(month: Month) -> None:
    """It is asked for in each crawl; a crawl that is killed may not have kept it yet."""
    visits = [one for one in month.paper.asked() if one.path == FEED]
    versions = {one.version for one in visits}
    sent = [one for one in visits if one.status == 200]
    assert {one.status for one in visits} == {200, 304}
    assert len(visits) > HOURS * 0.8
    assert len(sent) <= len(versions) + month.kills.total()


def test_visits_become_rarer(month: Month) -> None:
    """While nothing changes, after a loss, and where nobody is let in."""
    forwarded = Counter(one.path for one in month.paper.asked() if one.status == 301)
    assert set(forwarded.values()) <= {1, 2}, "from then on it is asked for where it is"
    for path, visits in by_page(month).items():
        gaps = [later.at - one.at for one, later in pairwise(visits)]
        story = month.paper.stories[int(path.rpartition("/")[2])]
        if story.moved is None:
            assert max(gaps) < 56 * HOUR, path
        if not story.edits and not story.absent:
            assert len(visits) <= 40, path
        away = [visit for visit in visits if visit.status in (404, 403)]
        assert len(away) <= 20, path


def by_page(month: Month) -> dict[str, list[Asked]]:
    pages: dict[str, list[Asked]] = defaultdict(list)
    for one in month.paper.asked():
        if one.path not in (FEED, ROBOTS, RESERVATIONS):
            pages[one.path].append(one)
    return pages

"""A machine for schedules to live on: a clock that is set by hand, crawls that end when told, and a
collection that knows for which occasions one was made.  The daemon may be killed at any step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scraper.schedule.book import Book
from scraper.schedule.daemon import Daemon
from scraper.schedule.schedule import Occasion, Schedule
from scraper.schedule.times import Times

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


class Killed(BaseException):
    """As nothing catches it."""


def a_schedule(name: str = "news", **changes: Any) -> Schedule:
    """Each full hour, from noon on."""
    usual = Schedule(
        name=name,
        job=Path("job.yaml").absolute(),
        directory=Path().absolute(),
        times=Times("0 * * * *", ZoneInfo("UTC")),
        catch_up="one",
        overlap="skip",
        jitter=0,
        next_due=NOON,
        planned_at=NOON - timedelta(hours=1),
    )
    return replace(usual, **changes)


class Crawl:
    """One process; made again for an occasion whose crawl is done, it does nothing."""

    def __init__(self, world: World, occasion: Occasion, pid: int) -> None:
        self._world, self.occasion, self.pid = world, occasion, pid
        self.code: int | None = None
        self.signals: list[int] = []
        if occasion.id in world.crawled:
            self.code = 0

    def end(self, code: int = 0) -> None:
        if code in (0, 1):
            self._world.crawled.append(self.occasion.id)
        self.code = code

    def ended(self) -> int | None:
        return self.code

    def signal(self, number: int) -> None:
        self.signals.append(number)

    def tally(self) -> dict[str, Any] | None:
        return {"record": 1}

    def last_word(self) -> str | None:
        return None if self.code in (0, 1) else "it said why"


class Hold:
    def __init__(self, held: set[str], schedule: str) -> None:
        self._held, self._schedule = held, schedule
        held.add(schedule)

    def release(self) -> None:
        self._held.discard(self._schedule)


class World:
    """`crawled` are the occasions for which a crawl came to its end, in order."""

    def __init__(self, path: Path, *schedules: Schedule, at_once: int = 2) -> None:
        self._path, self._at_once = path, at_once
        self.wall, self.real = NOON - timedelta(seconds=30), 0.0
        self.crawled: list[str] = []
        self.crawls: list[Crawl] = []
        self.interrupted: list[tuple[int, int]] = []
        self.said: list[str] = []
        self.kill_at = 0
        self._held: set[str] = set()
        self.refused: OSError | None = None
        self.book = Book(path)
        for schedule in schedules:
            self.book.put(schedule)
        self.daemon = self._daemon()

    # -- what the daemon needs

    def now(self) -> datetime:
        return self.wall

    def passed(self) -> float:
        return self.real

    def hold(self, schedule: str) -> Hold | None:
        if schedule in self._held or self.going_on(schedule):
            return None
        return Hold(self._held, schedule)

    def start(self, schedule: Schedule, occasion: Occasion, hold: Hold) -> Crawl:
        if self.refused:
            raise self.refused
        self.crawls.append(Crawl(self, occasion, 1000 + len(self.crawls)))
        return self.crawls[-1]

    def interrupt(self, pid: int, number: int) -> None:
        self.interrupted.append((pid, number))

    def step(self, name: str) -> None:
        self.kill_at -= 1
        if self.kill_at == 0:
            raise Killed(name)

    # -- what tests do

    def going_on(self, schedule: str | None = None) -> list[Crawl]:
        return [
            crawl
            for crawl in self.crawls
            if crawl.code is None and schedule in (None, crawl.occasion.schedule)
        ]

    def at(self, moment: datetime) -> None:
        """Time passes until then, and the daemon has its turn."""
        self.real += (moment - self.wall).total_seconds()
        self.wall = moment
        self.turn()

    def turn(self) -> None:
        try:
            self.daemon.turn()
        except Killed:
            self.kill()

    def kill(self) -> None:
        """The daemon dies, its crawls do not; then another one begins."""
        self.kill_at = 0
        self._held.clear()
        self.book.close()
        self.book = Book(self._path)
        self.daemon = self._daemon()

    def end_all(self) -> None:
        """Every crawl that goes on, and those that wait for it, come to their end."""
        while self.going_on() or self.book.open():
            for crawl in self.going_on():
                crawl.end()
            self.turn()

    def dues(self, schedule: str, state: str = "ended") -> list[datetime]:
        occasions = [*self.book.over(schedule), *self.book.open(schedule)]
        return sorted(one.due for one in occasions if one.state == state)

    def _daemon(self) -> Daemon:
        return Daemon(
            self.book,
            self,
            self,
            at_once=self._at_once,
            note=self.said.append,
            on_step=self.step,
        )

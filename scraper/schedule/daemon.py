"""The due-loop: what has come is noted, what waits is started, what ended is noted.

`turn` does all there is to do at one moment and never waits: tests drive it with a clock of their
own.  What it decides is committed before it is done, so that a killed daemon goes on where it was.
"""

from __future__ import annotations

import secrets
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Protocol

from scraper.errors import StorageError, UsageError
from scraper.schedule.book import Book
from scraper.schedule.schedule import Occasion, Schedule, State
from scraper.schedule.times import offset
from scraper.store.disk import ignore

BEAT = 10.0
"""Seconds; no wait is longer without a look at the clock and at the schedules."""
ON_TIME = timedelta(seconds=60)
"""What comes later than this was missed: the daemon or the machine was not there."""
CORRECTION = timedelta(hours=3)
"""A clock that is set by more was wrong before, and nothing was missed; by less, no time is run a
second time.  As cron has it."""
AGAIN = timedelta(seconds=30)
"""How long to wait for a collection that another process holds."""

_GLANCE = 1.0
"""Seconds; the same for crawls that are not our children."""
_BATCH = 1000
"""Missed times that are noted at once."""
_BUSY = 6
_INTERRUPTED = (130, 143)
_FINE = (0, 1)

_OVERLAPS = "the run before was still going on"
_MISSED = "missed, and not caught up"


class Clock(Protocol):
    """See `scraper.clock.WallClock`."""

    def now(self) -> datetime: ...

    def passed(self) -> float: ...


class Held(Protocol):
    """The right to run one schedule."""

    def release(self) -> None: ...


class Child(Protocol):
    """A crawl that was started."""

    @property
    def pid(self) -> int: ...

    def ended(self) -> int | None: ...

    def signal(self, number: int) -> None: ...

    def tally(self) -> dict[str, Any] | None: ...

    def last_word(self) -> str | None: ...


class Launching(Protocol):
    """See `scraper.schedule.launching.Launcher`."""

    def interrupt(self, pid: int, number: int) -> None: ...

    def hold(self, schedule: str) -> Any: ...

    def start(self, schedule: Schedule, occasion: Occasion, hold: Any) -> Child: ...


@dataclass(slots=True)
class _Running:
    schedule: Schedule
    occasion: Occasion
    child: Child
    hold: Held


class Daemon:
    """`note` is told in sentences what happens; `at_once` crawls run at most."""

    def __init__(
        self,
        book: Book,
        launcher: Launching,
        clock: Clock,
        *,
        at_once: int = 2,
        note: Callable[[str], None],
        on_step: Callable[[str], None] = ignore,
    ) -> None:
        self._book, self._launcher, self._clock = book, launcher, clock
        self._at_once, self._note, self._on_step = at_once, note, on_step
        self._children: dict[str, _Running] = {}
        self._orphans: set[str] = set()
        self._before: tuple[datetime, float] | None = None
        self.stopping = False

    @property
    def over(self) -> bool:
        """It was asked to stop, and no crawl goes on."""
        return self.stopping and not self._children and not self._orphans

    def turn(self) -> float:
        """All there is to do now; the seconds until there may be more.  Raises StorageError: then
        the next turn does what is left."""
        now = self._clock.now().replace(microsecond=0)
        self._collect(now)
        if self.stopping:
            return BEAT if self._knows_all() else _GLANCE
        self._plan(now)
        self._start(now)
        return self._until_next(now)

    def stop(self, number: int) -> None:
        """Start nothing more, and pass the signal on: each crawl comes to its own proper end."""
        self.stopping = True
        for running in self._children.values():
            running.child.signal(number)
        for occasion in self._book.open():
            # Left behind by a daemon that was killed; of one that goes on, its lock is held.
            if occasion.schedule in self._children or occasion.by_hand or not occasion.pid:
                continue
            if self._is_held(occasion.schedule):
                self._orphans.add(occasion.schedule)
                self._launcher.interrupt(occasion.pid, number)

    def _is_held(self, schedule: str) -> bool:
        hold = self._launcher.hold(schedule)
        if hold:
            hold.release()
        return hold is None

    # -- what ended

    def _collect(self, now: datetime) -> None:
        self._orphans = {name for name in self._orphans if self._is_held(name)}
        for name, running in list(self._children.items()):
            code = running.child.ended()
            if code is None:
                continue
            if not (self.stopping and code in _INTERRUPTED):  # else the next daemon goes on with it
                overlap = running.schedule.overlap
                ended = settled(running.occasion, code, running.child, now, overlap)
                self._book.note(ended)
                self._on_step("ended")
                self._note(told(ended))
            del self._children[name]
            running.hold.release()

    # -- what has come

    def _plan(self, now: datetime) -> None:
        corrected = self._corrected(now)
        for schedule in self._book.schedules():
            if corrected or schedule.planned_at - now > CORRECTION:
                due = schedule.times.after(now - offset(schedule.name, schedule.jitter))
                self._book.plan(schedule, due, now)
                self._note(f"{schedule.name}: the clock was set, next at {due.isoformat()}")
            elif schedule.next_start <= now:
                self._decide(schedule, now)

    def _corrected(self, now: datetime) -> bool:
        passed = self._clock.passed()
        before, self._before = self._before, (now, passed)
        if before is None:
            return False
        jump = (now - before[0]) - timedelta(seconds=passed - before[1])
        return abs(jump) > CORRECTION

    def _decide(self, schedule: Schedule, now: datetime) -> None:
        """The times that have come, and the move to the next one: committed together."""
        latest = now - offset(schedule.name, schedule.jitter)
        times, dues = schedule.times, [schedule.next_due]
        if schedule.catch_up == "all":
            dues = list(islice(times.between(schedule.next_due, latest), _BATCH)) or dues
        elif last := times.latest(schedule.next_due, latest):
            dues = [last]
        before = self._book.open(schedule.name)
        with self._book.together():
            if not self._book.plan(schedule, times.after(dues[-1]), now):
                return
            self._on_step("planning")
            for due in dues:
                late = latest - due > ON_TIME
                state, problem = _decided(schedule, before, late=late)
                id = new_id(schedule.name, due)
                self._book.note(Occasion(id, schedule.name, due, state, problem=problem))
                if problem:
                    self._note(f"{id}: skipped: {problem}")
        self._on_step("planned")

    # -- what waits

    def _start(self, now: datetime) -> None:
        seen = set(self._children)
        for occasion in self._book.open():
            if occasion.schedule in seen:
                continue
            seen.add(occasion.schedule)  # those behind it wait for it
            if len(self._children) >= self._at_once:
                return
            if occasion.not_before and now < occasion.not_before:
                continue
            if hold := self._launcher.hold(occasion.schedule):
                self._launch(occasion, hold, now)

    def _launch(self, occasion: Occasion, hold: Held, now: datetime) -> None:
        """Also one that was started before and has no process any more: the collection knows it,
        and whether anything of it is left to do."""
        schedule = self._book.schedule(occasion.schedule)
        started = replace(
            occasion, state="started", attempts=occasion.attempts + 1, started_at=now, pid=None
        )
        self._book.note(started)
        self._on_step("started")
        try:
            child = self._launcher.start(schedule, started, hold)
        except (UsageError, OSError) as error:
            ended = unstarted(started, error, now)
            self._book.note(ended)
            hold.release()
            self._note(told(ended))
            return
        running = _Running(schedule, started, child, hold)
        self._children[schedule.name] = running
        self._on_step("spawned")
        running.occasion = replace(started, pid=child.pid)
        self._book.note(running.occasion)
        self._note(f"{occasion.id}: started as process {child.pid}")

    def _until_next(self, now: datetime) -> float:
        starts: Iterable[datetime] = (one.next_start for one in self._book.schedules())
        waiting = (one.not_before for one in self._book.open() if one.not_before)
        moments = [*starts, *(moment for moment in waiting if moment > now)]
        seconds = min(((moment - now).total_seconds() for moment in moments), default=BEAT)
        return min(max(seconds, 0.0), BEAT if self._knows_all() else _GLANCE)

    def _knows_all(self) -> bool:
        """Nothing tells of the end of a crawl that another process started."""
        started = {one.schedule for one in self._book.open() if one.state == "started"}
        return started <= self._children.keys()


def new_id(schedule: str, due: datetime) -> str:
    """It never comes again, whatever happens to the clock and to the file of the schedules."""
    return f"{schedule}@{due:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def settled(occasion: Occasion, code: int, child: Child, now: datetime, overlap: str) -> Occasion:
    """What becomes of an occasion whose crawl ended.  One that found its collection held by another
    process overlaps; one that had begun before is not given up for that."""
    if code == _BUSY and not occasion.by_hand:
        if overlap == "skip" and occasion.attempts == 1:
            return replace(occasion, state="skipped", ended_at=now, problem=child.last_word())
        return replace(occasion, state="waiting", not_before=now + AGAIN, pid=None)
    problem = None
    if code not in _FINE:
        problem = child.last_word() or f"it ended with the exit code {code}"
        if code > 128 and code not in _INTERRUPTED:
            problem = f"it was ended by {_signal_name(code - 128)}"
    return replace(
        occasion,
        state="ended",
        ended_at=now,
        exit_code=code,
        problem=problem,
        tally=child.tally(),
        pid=None,
    )


def unstarted(occasion: Occasion, error: UsageError | OSError, now: datetime) -> Occasion:
    """What becomes of one whose crawl could not be started."""
    code = error.exit_code if isinstance(error, UsageError) else StorageError.exit_code
    return replace(occasion, state="ended", ended_at=now, exit_code=code, problem=str(error))


def told(occasion: Occasion) -> str:
    """What became of it, in a sentence."""
    if occasion.state != "ended":
        return f"{occasion.id}: {occasion.state}: the collection is in use"
    said = f"{occasion.id}: ended with exit code {occasion.exit_code}"
    return f"{said}: {occasion.problem}" if occasion.problem else said


def _decided(schedule: Schedule, before: list[Occasion], *, late: bool) -> tuple[State, str | None]:
    """What becomes of a time that has come, while those before it are open."""
    if not late:
        overlaps = before and schedule.overlap == "skip"
        return ("skipped", _OVERLAPS) if overlaps else ("waiting", None)
    if schedule.catch_up == "none":
        return "skipped", _MISSED
    if schedule.catch_up == "one" and any(one.state == "waiting" for one in before):
        return "skipped", "missed, and another one waits already"
    return "waiting", None


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

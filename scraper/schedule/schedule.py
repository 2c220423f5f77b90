"""A schedule, and what becomes of the times at which it is due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, cast, get_args

from scraper.errors import UsageError
from scraper.job import Job, load_job
from scraper.schedule.times import Times, offset

CatchUp = Literal["one", "none", "all"]
Overlap = Literal["skip", "queue"]
State = Literal["waiting", "started", "ended", "skipped"]

LONGEST_JITTER = 86_400

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job that is repeated.  `job` is a file, absolute; its crawl runs in `directory`.

    `catch_up` says what becomes of times that were missed, `overlap` of those that come while the
    run before is still going on.  `next_due` is the first time that nothing was decided about yet;
    it was found at `planned_at`.
    """

    name: str
    job: Path
    directory: Path
    times: Times
    catch_up: CatchUp
    overlap: Overlap
    jitter: int
    next_due: datetime
    planned_at: datetime

    @property
    def next_start(self) -> datetime:
        return self.next_due + offset(self.name, self.jitter)


@dataclass(frozen=True, slots=True)
class Occasion:
    """One time at which a schedule was due, or was run `by_hand`.  `id` is what its crawl is known
    by in the collection, so that it is made once.

    A skipped one says why in `problem`, as does one that ended in an error.  One that is started
    and has no process any more is started again.  `tally` counts the run's outcomes.
    """

    id: str
    schedule: str
    due: datetime
    state: State
    by_hand: bool = False
    attempts: int = 0
    pid: int | None = None
    not_before: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    exit_code: int | None = None
    problem: str | None = None
    tally: dict[str, Any] | None = None


def make_schedule(
    name: str,
    job: Path,
    cron: str,
    *,
    directory: Path,
    now: datetime,
    zone: str | None = None,
    catch_up: str = "one",
    overlap: str = "skip",
    jitter: int = 0,
) -> Schedule:
    """Raises UsageError for what cannot be repeated as written."""
    if not _NAME.match(name):
        raise UsageError(f"{name!r} is no name for a schedule: use letters, digits, - and _")
    for option, value, known in (
        ("catch-up", catch_up, get_args(CatchUp)),
        ("overlap", overlap, get_args(Overlap)),
    ):
        if value not in known:
            raise UsageError(f"--{option} {value}: there are {', '.join(known)}")
    if not 0 <= jitter <= LONGEST_JITTER:
        raise UsageError(f"--jitter {jitter}: at most a day, {LONGEST_JITTER} seconds")
    times = Times.of(cron, zone)
    read_job(job)
    start = now.replace(microsecond=0)
    # A time whose own start is still to come counts, too.
    due = times.after(start - offset(name, jitter) - timedelta(seconds=1))
    return Schedule(
        name=name,
        job=job.absolute(),
        directory=directory.absolute(),
        times=times,
        catch_up=cast(CatchUp, catch_up),
        overlap=cast(Overlap, overlap),
        jitter=jitter,
        next_due=due,
        planned_at=start,
    )


def read_job(job: Path) -> Job:
    """One that can run by itself.  Raises UsageError."""
    loaded = load_job(job)
    if not (loaded.urls or loaded.from_file or loaded.revisit):
        raise UsageError(f"{job} names nothing to crawl: add `urls:`, `from:` or `revisit:`")
    if loaded.from_file == "-":
        raise UsageError(f"{job}: `from: -` is what somebody types; name a file")
    if loaded.output == "-":
        raise UsageError(f"{job}: `output: -` keeps nothing; name a directory")
    return loaded


def command(schedule: Schedule, occasion: str) -> list[str]:
    """What is run: the arguments of `scraper`.  A job that does not say what is to be kept of the
    pages keeps all of it.  Raises UsageError."""
    said = read_job(schedule.job)
    full = "archive" not in said.model_fields_set and said.render != "http"
    keep = ["--archive", "full"] if full else []
    return ["crawl", "--job", str(schedule.job), "--continue", "--once", occasion, *keep]

"""How the schedules are: for `scraper schedule list`, and as a file for whoever watches the
daemon."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

import orjson

from scraper.schedule.book import Book
from scraper.schedule.directory import Directory
from scraper.schedule.schedule import Occasion, Schedule
from scraper.store.disk import refusals, replace

FRESH = 60.0
"""Seconds; the file is written at least so often while the daemon is well."""


def state_of(book: Book, schedule: Schedule) -> dict[str, Any]:
    """One schedule with its next run, its last one and the last that ended in an error, as plain
    values.  Times are in the schedule's own zone."""
    zone = schedule.times.zone

    def shown(moment: datetime | None) -> str | None:
        return moment.astimezone(zone).isoformat() if moment else None

    def run(occasion: Occasion | None) -> dict[str, Any] | None:
        if occasion is None:
            return None
        return {
            "id": occasion.id,
            "due": shown(occasion.due),
            "started_at": shown(occasion.started_at),
            "ended_at": shown(occasion.ended_at),
            "exit_code": occasion.exit_code,
            "problem": occasion.problem,
            "tally": occasion.tally,
        }

    waiting = book.open(schedule.name)
    over = book.over(schedule.name)
    ended = [occasion for occasion in over if occasion.state == "ended"]
    going_on = next((one for one in waiting if one.state == "started"), None)
    return {
        "name": schedule.name,
        "job": str(schedule.job),
        "cron": schedule.times.cron,
        "timezone": zone.key,
        "catch_up": schedule.catch_up,
        "overlap": schedule.overlap,
        "jitter": schedule.jitter,
        "next_run": shown(schedule.next_start),
        "running": run(going_on),
        "waiting": sum(one.state == "waiting" for one in waiting),
        "last_run": run(next(iter(ended), None)),
        "last_error": run(next((one for one in ended if one.problem), None)),
        "last_skipped": run(next((one for one in over if one.state == "skipped"), None)),
    }


class HealthFile:
    """`health.json`: the daemon's process and every schedule's state.  `at` says how fresh it
    is."""

    def __init__(self, directory: Directory, book: Book, since: datetime) -> None:
        self._directory, self._book, self._since = directory, book, since
        self._written: tuple[Any, float] | None = None

    def write(self, now: datetime, passed: float) -> None:
        """Where something changed, or the file grows old.  Raises StorageError."""
        schedules = [state_of(self._book, schedule) for schedule in self._book.schedules()]
        before, written = self._written or (None, passed)
        if before == schedules and passed - written < FRESH:
            return
        daemon = {"pid": os.getpid(), "since": self._since, "at": now}
        report = {"daemon": daemon, "schedules": schedules}
        path = self._directory.health
        with refusals(path):
            replace(path, orjson.dumps(report, option=orjson.OPT_INDENT_2) + b"\n")
        self._written = schedules, passed

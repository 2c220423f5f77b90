"""`schedules.sqlite`: the schedules, and what became of each time at which one was due.

That a time has come is noted in the transaction that moves its schedule on to the next one: killed
at any moment, none is forgotten and none comes twice.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scraper.errors import UsageError
from scraper.schedule.schedule import Occasion, Schedule
from scraper.schedule.times import Times
from scraper.transaction import sqlite_errors, transaction

FORMAT = 1
APPLICATION = 0x53435253
"""Marks the file as ours ("SCRS")."""

_KEPT = 200
"""Of the occasions of a schedule that are over."""
_PATIENCE = 30
"""Seconds to wait for another process that writes."""
_TABLES = """
CREATE TABLE schedules (
    name TEXT PRIMARY KEY,
    job TEXT NOT NULL,
    directory TEXT NOT NULL,
    cron TEXT NOT NULL,
    zone TEXT NOT NULL,
    catch_up TEXT NOT NULL,
    overlap TEXT NOT NULL,
    jitter INTEGER NOT NULL,
    next_due INTEGER NOT NULL,              -- all times are Unix time
    planned_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE occasions (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    schedule TEXT NOT NULL REFERENCES schedules (name) ON DELETE CASCADE,
    due INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'started', 'ended', 'skipped')),
    by_hand INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    pid INTEGER,
    not_before INTEGER,
    started_at INTEGER,
    ended_at INTEGER,
    exit_code INTEGER,
    problem TEXT,
    tally TEXT                              -- JSON
);
CREATE INDEX occasions_of_schedule ON occasions (schedule, state);
"""
_MOMENTS = ("due", "not_before", "started_at", "ended_at")
_OCCASION = (
    "id, schedule, due, state, by_hand, attempts, pid, not_before, started_at, ended_at, "
    "exit_code, problem, tally"
)


class Book:
    """One open file; many processes may have it open.  Every method may raise StorageError."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        with sqlite_errors(self._path):
            self._db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
            try:
                self._db.execute("PRAGMA synchronous = FULL")
                self._db.execute("PRAGMA foreign_keys = ON")
                self._make_tables()
            except BaseException:
                self._db.close()
                raise

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """All that is written meanwhile, or nothing."""
        with transaction(self._db, self._path):
            yield

    # -- schedules

    def schedules(self) -> list[Schedule]:
        """By name."""
        with sqlite_errors(self._path):
            rows = self._db.execute("SELECT * FROM schedules ORDER BY name").fetchall()
        return [_schedule(row) for row in rows]

    def schedule(self, name: str) -> Schedule:
        """Raises UsageError for an unknown name."""
        with sqlite_errors(self._path):
            row = self._db.execute("SELECT * FROM schedules WHERE name = ?", (name,)).fetchone()
        if row is None:
            known = ", ".join(schedule.name for schedule in self.schedules()) or "none yet"
            raise UsageError(f"there is no schedule {name!r}; there are: {known}")
        return _schedule(row)

    def put(self, schedule: Schedule) -> None:
        """A new one, or another in its place; its history stays."""
        values: dict[str, Any] = {
            "name": schedule.name,
            "job": str(schedule.job),
            "directory": str(schedule.directory),
            "cron": schedule.times.cron,
            "zone": schedule.times.zone.key,
            "catch_up": schedule.catch_up,
            "overlap": schedule.overlap,
            "jitter": schedule.jitter,
            "next_due": _seconds(schedule.next_due),
            "planned_at": _seconds(schedule.planned_at),
        }
        named = ", ".join(f":{name}" for name in values)
        changed = ", ".join(f"{name} = :{name}" for name in values if name != "name")
        with self.together():
            self._db.execute(
                f"INSERT INTO schedules VALUES ({named}) ON CONFLICT DO UPDATE SET {changed}",  # noqa: S608 - constant columns
                values,
            )

    def plan(self, schedule: Schedule, next_due: datetime, now: datetime) -> bool:
        """Move on to the next time; False when another process has changed the schedule."""
        with self.together():
            done = self._db.execute(
                "UPDATE schedules SET next_due = ?, planned_at = ? "
                "WHERE name = ? AND cron = ? AND zone = ? AND next_due = ?",
                (
                    _seconds(next_due),
                    _seconds(now),
                    schedule.name,
                    schedule.times.cron,
                    schedule.times.zone.key,
                    _seconds(schedule.next_due),
                ),
            )
        return done.rowcount == 1

    def remove(self, name: str) -> None:
        """With its history.  Raises UsageError for an unknown name."""
        self.schedule(name)
        with self.together():
            self._db.execute("DELETE FROM schedules WHERE name = ?", (name,))

    # -- occasions

    def note(self, occasion: Occasion) -> None:
        """A new one, or what is known of it now; nothing when its schedule was removed."""
        values = {
            "id": occasion.id,
            "schedule": occasion.schedule,
            "state": occasion.state,
            "by_hand": occasion.by_hand,
            "attempts": occasion.attempts,
            "pid": occasion.pid,
            "exit_code": occasion.exit_code,
            "problem": occasion.problem,
            "tally": None if occasion.tally is None else json.dumps(occasion.tally),
        } | {name: _maybe_seconds(getattr(occasion, name)) for name in _MOMENTS}
        columns = ", ".join(values)
        named = ", ".join(f":{name}" for name in values)
        changed = ", ".join(f"{name} = :{name}" for name in values)
        with self.together():
            self._db.execute(
                f"INSERT INTO occasions ({columns}) SELECT {named} "  # noqa: S608 - constant columns
                "WHERE EXISTS (SELECT 1 FROM schedules WHERE name = :schedule) "
                f"ON CONFLICT (id) DO UPDATE SET {changed}",
                values,
            )
            self._db.execute(
                "DELETE FROM occasions WHERE no IN (SELECT no FROM occasions WHERE schedule = ? "
                "AND state IN ('ended', 'skipped') ORDER BY no DESC LIMIT -1 OFFSET ?)",
                (occasion.schedule, _KEPT),
            )

    def open(self, schedule: str | None = None) -> list[Occasion]:
        """Those that wait or were started, in the order in which they came."""
        return self._occasions(
            "state IN ('waiting', 'started') AND schedule = ifnull(?, schedule) ORDER BY no",
            schedule,
        )

    def over(self, schedule: str) -> list[Occasion]:
        """Those that ended or were skipped, the last one first."""
        return self._occasions(
            "state IN ('ended', 'skipped') AND schedule = ? "
            "ORDER BY ifnull(ended_at, due) DESC, no DESC",
            schedule,
        )

    def occasion(self, id: str) -> Occasion | None:
        """What is known of it now."""
        return next(iter(self._occasions("id = ?", id)), None)

    def _occasions(self, which: str, value: str | None) -> list[Occasion]:
        with sqlite_errors(self._path):
            rows = self._db.execute(
                f"SELECT {_OCCASION} FROM occasions WHERE {which}",  # noqa: S608 - constant texts
                (value,),
            ).fetchall()
        return [_occasion(row) for row in rows]

    def _make_tables(self) -> None:
        with transaction(self._db, self._path):
            application = self._db.execute("PRAGMA application_id").fetchone()[0]
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            empty = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
            if empty and not application:
                for statement in _TABLES.split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA application_id = {APPLICATION}")
                self._db.execute(f"PRAGMA user_version = {FORMAT}")
            elif (application, version) != (APPLICATION, FORMAT):
                raise UsageError(
                    f"{self._path} holds no schedules of this version of the program: "
                    "name another directory with --schedules"
                )


def _schedule(row: Iterable[Any]) -> Schedule:
    name, job, directory, cron, zone, catch_up, overlap, jitter, next_due, planned_at = row
    times = Times(cron, ZoneInfo(zone))
    paths = Path(job), Path(directory)
    moments = _moment(next_due), _moment(planned_at)
    return Schedule(name, *paths, times, catch_up, overlap, jitter, *moments)


def _occasion(row: Iterable[Any]) -> Occasion:
    values = dict(zip(_OCCASION.split(", "), row, strict=True))
    for name in _MOMENTS:
        values[name] = None if values[name] is None else _moment(values[name])
    values["by_hand"] = bool(values["by_hand"])
    values["tally"] = values["tally"] and json.loads(values["tally"])
    return Occasion(**values)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _maybe_seconds(moment: datetime | None) -> int | None:
    return None if moment is None else _seconds(moment)

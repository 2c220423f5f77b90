"""Moments as people write them: 2026, 2026-03, 2026-03-14, 2026-03-14T09:26+08:00, 7d."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")
_AGE = re.compile(r"(\d{1,6})([mhdw])\Z")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` until before `end`: a year, a month, a day, a second or a microsecond."""

    start: datetime
    end: datetime


def parse_period(text: str) -> Period:
    """Without a zone it is UTC.  Raises ValueError."""
    problem = f"{text!r} is no date or time such as 2026-03-14 or 2026-03-14T09:26+08:00"
    try:
        if match := _DATE.match(text):
            year, month, day = (int(part) if part else None for part in match.groups())
            start = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
            if month is None:
                return Period(start, start.replace(year=start.year + 1))
            if day is None:
                return Period(start, (start + timedelta(days=31)).replace(day=1))
            return Period(start, start + timedelta(days=1))
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise ValueError(problem) from error
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    exact = timedelta(microseconds=1) if at.microsecond else timedelta(seconds=1)
    return Period(at, at + exact)


def parse_moment(text: str, *, now: datetime, last: bool = False) -> datetime:
    """A date or time, or an age such as 36h before `now`; of a period its first instant, or its
    `last`.  Raises ValueError."""
    if match := _AGE.match(text):
        try:
            return now - timedelta(**{_UNITS[match[2]]: int(match[1])})
        except OverflowError as error:
            raise ValueError(f"{text!r} is too long ago") from error
    try:
        period = parse_period(text)
    except ValueError as error:
        raise ValueError(f"{error}, and no age such as 2d") from error
    return period.end - timedelta(microseconds=1) if last else period.start

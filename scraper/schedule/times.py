"""When a schedule is due: cron's syntax in a time zone, across the changes of its clocks.

A time that the spring leaves out comes when the clocks have changed, one that the autumn repeats
comes once; what runs several times an hour goes on through both, as cron does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from tzlocal import get_localzone_name

from scraper.errors import UsageError

_WORDS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_ANY = datetime(2024, 1, 1, tzinfo=UTC)
_BACK = (timedelta(hours=2), timedelta(days=2), timedelta(days=63), timedelta(days=800))
"""How far to look for the last time before a moment; the nearest window that has one counts."""


@dataclass(frozen=True, slots=True)
class Times:
    """The moments of five fields of cron's in a zone.  All moments are aware, whole seconds; those
    given back are in UTC."""

    cron: str
    zone: ZoneInfo

    @classmethod
    def of(cls, cron: str, zone: str | None) -> Times:
        """In the machine's own zone, where none is named.  Raises UsageError."""
        try:
            known = ZoneInfo(zone or get_localzone_name() or "UTC")
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            said = f"no time zone {zone!r}: write it" if zone else f"{error}: name a time zone"
            raise UsageError(f"{said} as --tz Europe/Berlin") from error
        fields = " ".join(_WORDS.get(cron.strip().lower(), cron).split())
        if len(fields.split(" ")) != 5:
            raise UsageError(f"{cron!r} has not the five fields of cron, such as '20 6 * * 1-5'")
        times = cls(fields, known)
        try:
            times.after(_ANY)
        except CronSimError as error:
            problem = str(error).removeprefix("Bad ")
            raise UsageError(f"{cron!r}: the {problem} is not as cron has it") from error
        except StopIteration as error:
            raise UsageError(f"{cron!r} never comes") from error
        return times

    def after(self, moment: datetime) -> datetime:
        """The first one later than the moment."""
        return next(self._from(moment))

    def between(self, first: datetime, last: datetime) -> Iterator[datetime]:
        """From one moment to another, both included, in order."""
        for due in self._from(first - timedelta(seconds=1)):
            if due > last:
                return
            yield due

    def latest(self, first: datetime, last: datetime) -> datetime | None:
        """The last of `between`, without counting through them all."""
        for back in (*_BACK, last - first):
            start = max(first, last - back)
            due = None
            for due in self.between(start, last):  # noqa: B007 - the last one is wanted
                pass
            if due or start == first:
                return due
        return None

    def _from(self, moment: datetime) -> Iterator[datetime]:
        last = moment
        for local in CronSim(self.cron, moment.astimezone(self.zone)):
            due = local.astimezone(UTC)
            if due > last:  # within the hour that the autumn repeats, it may look back
                last = due
                yield due


def offset(name: str, jitter: int) -> timedelta:
    """By how much a schedule of this name starts later than it is due: always the same, at most
    `jitter` seconds."""
    digest = hashlib.sha256(name.encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:8]) % (jitter + 1))

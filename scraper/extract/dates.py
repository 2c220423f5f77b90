"""Dates as pages write them: many orders, scripts, calendars' spellings, one answer or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Precision = Literal["day", "minute", "second"]
Zone = Literal["page", "recipe", "assumed"]

_FRACTION = re.compile(r"(:\d{2}[.,]\d{6})\d{1,12}")


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """`at` is aware.  `zone` says who named its time zone: the text (`page`), the caller
    (`recipe`), or nobody (`assumed`, UTC)."""

    at: datetime
    precision: Precision
    zone: Zone
    raw: str


def parse_date(
    text: str,
    *,
    formats: Sequence[str] | None = None,
    timezone: str | tzinfo | None = None,
    language: str | None = None,  # noqa: ARG001
    fetched_at: datetime | None = None,  # noqa: ARG001
) -> ParsedDate | None:
    """`formats` are strptime patterns or "iso"; without them the text is searched for a date.

    `timezone` (IANA name, offset or tzinfo) counts where the text names none.  `fetched_at` is the
    moment that words like "3 hours ago" are counted from; without it they mean nothing.
    Never raises.
    """
    cleaned = _FRACTION.sub(r"\1", " ".join(text[:400].split()))
    for pattern in formats or ("iso",):
        try:
            if pattern == "iso":
                at = datetime.fromisoformat(cleaned)
            else:
                at = datetime.strptime(cleaned, pattern)  # noqa: DTZ007 - the zone is set below
        except ValueError:
            continue
        zone: Zone = "page"
        if at.tzinfo is None:
            given = zone_of(timezone)
            zone = "recipe" if given else "assumed"
            at = at.replace(tzinfo=given or UTC)
        return ParsedDate(at, "second" if ":" in cleaned else "day", zone, text)
    return None


def zone_of(name: str | tzinfo | None) -> tzinfo | None:
    """An IANA name or an offset as `+08:00`; None when it is neither."""
    if name is None or isinstance(name, tzinfo):
        return name
    offset = re.fullmatch(r"([+-])(\d{1,2}):?(\d{2})?", name.strip())
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        if minutes > 18 * 60:
            return None
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None

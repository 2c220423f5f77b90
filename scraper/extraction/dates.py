"""Dates as pages write them, in many orders, languages, scripts and calendars: one text in, one
answer or none.

Which of a page's dates is the one of its publication is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo
from typing import Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scraper.extraction.date_search import Written, find_written, offset_zone, plain
from scraper.extraction.date_words import month
from scraper.extraction.relative_dates import read_relative

Precision = Literal["day", "minute", "second"]
Zone = Literal["page", "recipe", "assumed"]

_COMPACT: Final = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)[T ]?(?:(\d\d):?(\d\d):?(\d\d)?)?(Z?)")
_FRACTION: Final = re.compile(r"(:\d{2}[.,]\d{6})\d{1,12}")
_WORDS: Final = re.compile(r"[^\W\d_][^\s\d,;:/()-]{2,24}")
_ENGLISH: Final = (
    "January February March April May June July August September October November December"
).split()


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """`at` is aware.  `zone` says who named its time zone: the text (`page`), the caller
    (`recipe`), or nobody (`assumed`, UTC).  A date without a time is its midnight."""

    at: datetime
    precision: Precision
    zone: Zone
    raw: str


def parse_date(
    text: str,
    *,
    formats: Sequence[str] | None = None,
    timezone: str | tzinfo | None = None,
    language: str | None = None,
    day_first: bool | None = None,
    fetched_at: datetime | None = None,
) -> ParsedDate | None:
    """The first date of the text, or None.  Never raises.

    `formats` are strptime patterns or "iso", which must fit the whole text; without them the text
    is searched.  `timezone` (IANA name, offset or tzinfo) counts where the text names none.
    `language` (BCP 47) or `day_first` settles 03/04/2024; without them the month comes first.
    `fetched_at` is what "3 hours ago" is counted from; without it such words mean nothing.
    """
    cleaned = plain(text)
    zone = zone_of(timezone)
    if formats:
        for pattern in formats:
            at = _iso(cleaned) if pattern == "iso" else _strptime(cleaned, pattern, language)
            if at:
                return _parsed(at, _precision(cleaned, pattern), zone, text)
        return None
    at = _iso(cleaned) or _compact(cleaned)
    if at and 1900 <= at.year < 2100:
        return _parsed(at, _precision(cleaned, "iso"), zone, text)
    for written in find_written(cleaned, language=language, day_first=day_first):
        return from_written(written, text, zone)
    if fetched_at:
        relative = read_relative(cleaned, fetched_at)
        if relative:
            return _parsed(relative[0], "minute" if relative[1] else "day", zone, text)
    return None


def from_written(written: Written, raw: str, zone: tzinfo | None = None) -> ParsedDate:
    """`zone` counts where the text names none."""
    if written.clock is None:
        return _parsed(datetime.combine(written.day, time()), "day", zone, raw)
    at = datetime.combine(written.day, written.clock, written.zone)
    return _parsed(at, "second" if written.seconds else "minute", zone, raw)


def zone_of(name: str | tzinfo | None) -> tzinfo | None:
    """An IANA name or an offset as +08:00; None when it is neither."""
    if name is None or isinstance(name, tzinfo):
        return name
    offset = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", name.strip())
    if offset:
        return offset_zone(offset[1], offset[2], offset[3])
    try:
        return ZoneInfo(name.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _parsed(at: datetime, precision: Precision, zone: tzinfo | None, raw: str) -> ParsedDate:
    if at.tzinfo is not None:
        return ParsedDate(at, precision, "page", raw)
    return ParsedDate(
        at.replace(tzinfo=zone or UTC), precision, "recipe" if zone else "assumed", raw
    )


def _precision(text: str, pattern: str) -> Precision:
    if pattern != "iso":
        if any(part in pattern for part in ("%S", "%X", "%T", "%c", "%s")):
            return "second"
        return "minute" if "%M" in pattern or "%H" in pattern or "%I" in pattern else "day"
    if text.isdigit() and len(text) != 8:
        return "second"
    colons = text.count(":") - (1 if re.search(r"[+-]\d\d:\d\d\Z", text) else 0)
    if colons > 1 or (colons < 1 and len(text) > 12):
        return "second"
    return "minute" if colons == 1 else "day"


def _iso(text: str) -> datetime | None:
    if len(text) < 8:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _compact(text: str) -> datetime | None:
    """20240501, 20240501T102030Z, and Unix time in seconds or milliseconds."""
    if not text[:8].isdigit():
        return None
    match = _COMPACT.fullmatch(text)
    try:
        if match:
            numbers = [int(part or 0) for part in match.groups()[:6]]
            return datetime(*numbers[:6], tzinfo=UTC if match[7] else None)  # type: ignore[misc,arg-type]
        if text.isdigit() and len(text) in (10, 13):
            return datetime.fromtimestamp(int(text[:10]), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _strptime(text: str, pattern: str, language: str | None) -> datetime | None:
    """strptime knows English months only, and six digits of a second's fraction."""
    text = _FRACTION.sub(r"\1", text)
    if "%B" in pattern or "%b" in pattern:
        length = 20 if "%B" in pattern else 3

        def in_english(match: re.Match[str]) -> str:
            number = month(match[0], language)
            return _ENGLISH[number - 1][:length] if number else match[0]

        text = _WORDS.sub(in_english, text)
    try:
        return datetime.strptime(text, " ".join(pattern.split()))  # noqa: DTZ007 - set by the caller
    except (ValueError, re.error, OverflowError):
        return None

"""Traps: addresses that a site makes without end.  A crawl gets so many of them and no more.

The numbers are ours: generous for sites that mean it, small beside the pages of a crawl.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from scraper.protocols import Allowance

LONGEST: Final = 2000
"""Characters of an address that was found on a page."""
MOST_PARTS: Final = 20
"""Parts of a path."""
MOST_REPEATS: Final = 3
"""Of one part in a path: more, and a relative link leads deeper each time."""
MOST_QUERIES: Final = {1: 10_000, 2: 2_000}
"""Addresses of one path, by the number of their parameters: lists are paged, shops are filtered by
whatever can be combined."""
MOST_COMBINATIONS: Final = 200
"""The same for more parameters."""
MOST_DAYS: Final = 400
"""Pages of one calendar."""
FIRST_YEAR: Final = 1980

_CALENDARS: Final = frozenset(
    "calendar calendars kalender calendrier calendario agenda event events month day week year "
    "date tribe-bar-date ical monat tag jahr mois jour fecha 日历 日程".split()
)
"""Parts of a path, or parameters, that a date follows in calendars."""
_DATED: Final = re.compile(r"\d{1,4}(?:[-_.]?\d{1,2}){0,2}")
_YEAR: Final = re.compile(r"(?<!\d)(\d{4})(?=(?:\d\d){0,2}(?!\d))")
_NUMBER: Final = re.compile(r"\d+")


class Traps:
    """`today` decides which dates are far away."""

    def __init__(self, today: date) -> None:
        self._latest = today.year + 1

    def allowances(self, address: str) -> Iterator[Allowance]:
        """What a (canonical) address that was found on a page uses up.  None of some is no address
        to follow at all."""
        parts = urlsplit(address)
        path = [part for part in parts.path.split("/") if part]
        if len(address) > LONGEST:
            yield Allowance("trap.length", "", 0)
        repeated = max(Counter(path).values(), default=0)
        if len(path) > MOST_PARTS or repeated > MOST_REPEATS:
            yield Allowance("trap.path", "", 0)
        where = f"{parts.netloc}{parts.path}"
        if parts.query:
            count = parts.query.count("&") + 1
            most = MOST_QUERIES.get(count, MOST_COMBINATIONS)
            yield Allowance("trap.query", f"{min(count, 3)}?{where}", most)
        query = parse_qsl(parts.query)
        if dated := _dates(path, query):
            years = [int(year) for year in _YEAR.findall(" ".join(dated))]
            far = any(year < FIRST_YEAR or year > self._latest for year in years)
            # One calendar has one form, whatever the day.
            form = _NUMBER.sub("0", f"{where}?{parts.query}")
            yield Allowance("trap.calendar", form, 0 if far else MOST_DAYS)


def _dates(path: Sequence[str], query: Sequence[tuple[str, str]]) -> list[str]:
    """Where a calendar's address says which day it is of; empty for other addresses."""
    if path and _DATED.fullmatch(path[-1]):
        named = any(unquote(part).lower() in _CALENDARS for part in path)
        days = [part for part in path if _DATED.fullmatch(part)] if named else []
    else:
        days = []
    return days + [
        value for name, value in query if name.lower() in _CALENDARS and _NUMBER.search(value)
    ]

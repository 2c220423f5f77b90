"""What a feed, a sitemap, a list or a line of seeds says of a page: it fills what the page itself
lacks, and stands beside what it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from scraper.extraction.dates import parse_date
from scraper.extraction.page import Found, Reading
from scraper.mention import Mention

_DATES: Final = ("published", "modified")
_TEXTS: Final = ("title", "description")
_LISTS: Final = ("authors", "categories")


def add_mentions(
    reading: Reading, mentions: Sequence[Mention], timezone: str | None
) -> dict[str, list[Found[Any]]]:
    """Fill the reading; returns by field what was not needed.  `timezone` holds where a date names
    none."""
    also: dict[str, list[Found[Any]]] = {}
    for mention in mentions:
        for name in (*_TEXTS, *_DATES, *_LISTS):
            found = _found(mention, name, timezone)
            if found is None:
                continue
            if name in reading.fields:
                also.setdefault(name, []).append(found)
            else:
                reading.fields[name] = found
    return also


def _found(mention: Mention, name: str, timezone: str | None) -> Found[Any] | None:
    said = getattr(mention, name)
    raw = " | ".join(said) if name in _LISTS else said
    value = parse_date(said, timezone=timezone) if said and name in _DATES else said
    return Found(value, f"{mention.by}:{name}", raw=raw) if value else None

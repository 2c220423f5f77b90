"""Values as the reader's pages show them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from scraper import amounts


def _day(moment: datetime | None) -> str:
    return f"{moment.day} {moment:%b %Y}" if moment else "undated"


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "–"


FILTERS: Final[dict[str, Callable[[Any], str]]] = {
    "day": _day,
    "moment": _moment,
    "size": amounts.size,
    "number": amounts.number,
    "duration": amounts.duration,
}

"""Values as the reader's pages show them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from scraper import amounts

_AROUND: Final = 70
"""Characters before the first match in a text."""
_SHOWN: Final = 240


def marked(text: str, terms: Sequence[str]) -> list[tuple[bool, str]]:
    """A part of the text around the first match, in pieces: whether each is a match, and its text.
    Without a match (it is in the title, or spelt otherwise) the beginning."""
    pattern = re.compile(
        "|".join(map(re.escape, sorted(terms, key=len, reverse=True))), re.IGNORECASE
    )
    first = pattern.search(text)
    start = max(0, first.start() - _AROUND) if first else 0
    if start:
        # Not in the middle of a word, where there are words.
        space = text.find(" ", start, start + 20)
        start = space + 1 if space >= 0 else start
    part = text[start : start + _SHOWN]
    pieces = [(False, "…")] if start else []
    end = 0
    for match in pattern.finditer(part):
        pieces += [(False, part[end : match.start()]), (True, match[0])]
        end = match.end()
    pieces.append((False, part[end:] + ("…" if start + _SHOWN < len(text) else "")))
    return [piece for piece in pieces if piece[1]]


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

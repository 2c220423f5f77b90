"""The part of a text that shows why it was found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_AROUND: Final = 0.3
"""What stands before the first match, as a share of the whole."""


def excerpt(text: str, terms: Sequence[str], length: int) -> list[tuple[bool, str]]:
    """In pieces: whether each is one of the terms, and its text; about `length` characters around
    the first.  Where none is found (it stands in the title, or is spelt otherwise), the beginning.
    """
    longest_first = sorted(terms, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)) or "(?!)", re.IGNORECASE)
    first = pattern.search(text)
    start = max(0, first.start() - round(length * _AROUND)) if first else 0
    if start:
        # Not in the middle of a word, where there are words.
        space = text.find(" ", start, start + 20)
        start = space + 1 if space >= 0 else start
    part = text[start : start + length]
    pieces = [(False, "…")] if start else []
    end = 0
    for match in pattern.finditer(part):
        pieces += [(False, part[end : match.start()]), (True, match[0])]
        end = match.end()
    pieces.append((False, part[end:] + ("…" if start + length < len(text) else "")))
    return [piece for piece in pieces if piece[1]]

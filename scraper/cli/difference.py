"""Two JSON values, shown where they differ."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from scraper.cli.printable import printable

_WIDTH = 100
_BEFORE = 30
_MOST = 20


def difference(expected: Any, found: Any) -> Iterator[str]:
    """Lines that begin with `-` (expected) or `+` (found), without what is equal; long lines are
    cut to the place where they differ."""
    before, after = _lines(expected), _lines(found)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    shown = 0
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            continue
        for mark, line in _changed(before[i1:i2], after[j1:j2]):
            if shown == _MOST:
                yield "… and more"
                return
            shown += 1
            yield f"{mark} {printable(line)}"


def _lines(value: Any) -> list[str]:
    """Texts line by line, lists item by item."""
    if isinstance(value, str):
        return value.split("\n")
    if isinstance(value, list) and value:
        return [_compact(item) for item in value]
    if isinstance(value, dict) and value:
        return [f"{key}: {_compact(item)}" for key, item in value.items()]
    return [_compact(value)]


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _changed(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    """Lines that were replaced one for one are cut alike."""
    if len(before) == len(after):
        for old, new in zip(before, after, strict=True):
            same = takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))
            start = max(0, sum(1 for _ in same) - _BEFORE)
            yield "-", _cut(old, start)
            yield "+", _cut(new, start)
        return
    for line in before:
        yield "-", _cut(line, 0)
    for line in after:
        yield "+", _cut(line, 0)


def _cut(line: str, start: int) -> str:
    if len(line) <= _WIDTH:
        return line
    end = start + _WIDTH
    more = f"… ({len(line)} characters)" if end < len(line) else ""
    return f"{'…' if start else ''}{line[start:end]}{more}"

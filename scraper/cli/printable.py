"""Makes text from pages safe to show: nothing in it can steer a terminal, break a line or reorder
what stands around it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import orjson

# Zero-width joiners shape letters and emoji; they move nothing.
_HARMLESS = "\u200c\u200d"


def printable(text: str) -> str:
    """Control, format (bidi among them), line-ending and unassigned characters become visible
    escapes such as `\\x1b`.  Idempotent; ordinary text of any script stays as it is."""
    return _replaced(text, lambda char: char.encode("unicode_escape").decode())


def json_line(value: object) -> str:
    """One line of JSON that is safe on a terminal and equal, as JSON, to the value."""
    from scraper.record import Article, Failure, to_json_line

    if isinstance(value, Article | Failure):
        encoded = to_json_line(value).rstrip(b"\n")
    else:
        encoded = orjson.dumps(value)
    return _replaced(encoded.decode(), _json_escape) + "\n"


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _replaced(text: str, escape: Callable[[str], str]) -> str:
    if text.isprintable():
        return text
    return "".join(char if _is_safe(char) else escape(char) for char in text)


def _is_safe(char: str) -> bool:
    return char.isprintable() or char in _HARMLESS or unicodedata.category(char) == "Zs"

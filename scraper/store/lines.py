"""Records as lines: always valid UTF-8, one line each, packed small for the database."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import zstandard

from scraper.record import Article, Failure, to_json_line

R = TypeVar("R", Article, Failure)

_SURROGATES = re.compile("[\ud800-\udfff]")
_INTEGERS = range(-(2**63), 2**64)


def encode(text: str) -> bytes:
    """UTF-8; halves of surrogate pairs become U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text).encode()


def to_line(record: R) -> tuple[R, bytes]:
    """The line, and the record it says.  They differ from what was given only where that has no
    form in JSON and UTF-8: page text must never stop a commit."""
    try:
        return record, to_json_line(record)
    except (TypeError, ValueError):
        writable = type(record).model_validate(_writable(record.model_dump()))
        return writable, to_json_line(writable)


def pack(line: bytes) -> bytes:
    """For the database."""
    return zstandard.ZstdCompressor(level=3).compress(line)


def unpack(packed: bytes) -> bytes:
    """The line again."""
    return zstandard.ZstdDecompressor().decompress(packed)


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return encode(value).decode()
    if isinstance(value, dict):
        return {encode(str(key)).decode(): _writable(item) for key, item in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        kind = list if isinstance(value, list) else tuple
        return kind(_writable(item) for item in value)
    if isinstance(value, int) and value not in _INTEGERS:
        return str(value)
    return value

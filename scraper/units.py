"""Sizes and ages as people write them: 500MB, 90d."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

_BYTES = {"": 1, "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}
_DAYS = {"h": 1 / 24, "d": 1, "w": 7, "y": 365}


def _written(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Size = Annotated[
    str,
    BeforeValidator(_written, json_schema_input_type=str | int),
    Field(pattern=r"^[1-9]\d{0,14}(B|kB|MB|GB)?$"),
]
"""Bytes, or such as 500MB."""
Age = Annotated[str, Field(pattern=r"^[1-9]\d{0,3}[dwy]$")]
"""Such as 90d, 8w or 2y."""

Span = Annotated[str, Field(pattern=r"^[1-9]\d{0,3}[hdwy]\.\.[1-9]\d{0,3}[hdwy]$")]
"""A least and a most time, such as 1h..30d."""


def in_bytes(size: str) -> int:
    """Of a `Size`."""
    number, unit = _parts(size)
    return number * _BYTES[unit]


def as_timedelta(age: str) -> timedelta:
    """Of an `Age`."""
    number, unit = _parts(age)
    return timedelta(days=number * _DAYS[unit])


def as_bounds(span: str) -> tuple[timedelta, timedelta]:
    """Of a `Span`, the shorter first."""
    least, most = map(as_timedelta, span.split(".."))
    return min(least, most), max(least, most)


def _parts(text: str) -> tuple[int, str]:
    number = re.match(r"\d+", text)
    if number is None:
        raise ValueError(text)
    return int(number[0]), text[number.end() :]

"""YAML front matter that every reader takes for what was written: texts always in double quotes,
with whatever could end a line or mean something as an escape."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_RESERVED = frozenset("y n yes no on off true false null".split())


def front_matter(values: Mapping[str, Any]) -> str:
    """From `---` to `---`, both with their line ends.  Values are texts, numbers, truths, moments,
    None, and lists and mappings of such."""
    lines = "".join(_entry(key, value, "") for key, value in values.items())
    return f"---\n{lines}---\n"


def quoted(text: str) -> str:
    """A text as YAML's double-quoted scalar."""
    plain = orjson.dumps(text.encode("utf-8", "replace").decode()).decode()
    if plain.isprintable():
        return plain
    return "".join(char if char.isprintable() else _escaped(char) for char in plain)


def _escaped(char: str) -> str:
    return f"\\U{ord(char):08x}" if ord(char) > 0xFFFF else f"\\u{ord(char):04x}"


def _entry(key: str, value: Any, indent: str) -> str:
    name = key if _KEY.match(key) and key.lower() not in _RESERVED else quoted(key)
    if isinstance(value, Mapping) and value:
        below = "".join(_entry(str(k), v, f"{indent}  ") for k, v in value.items())
        return f"{indent}{name}:\n{below}"
    if isinstance(value, list | tuple) and value:
        items = "".join(f"{indent}  - {_flow(item)}\n" for item in value)
        return f"{indent}{name}:\n{items}"
    return f"{indent}{name}: {_flow(value)}\n"


def _flow(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value) if math.isfinite(value) else "null"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted(str(k))}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return quoted(str(value))

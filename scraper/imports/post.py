"""A post's front matter, as lenient as the archives that exist: an empty line or a byte order mark
before it, quotes that do not match, JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from scraper.errors import UsageError
from scraper.view.front_matter import quoted
from scraper.yaml_file import parse_yaml

_FENCED = re.compile(r"\s*-{3,}[ \t]*\n(.*?)\n-{3,}[ \t]*(?:\n|\Z)(.*)\Z", re.DOTALL)
_JSON = re.compile(r"\s*(?:;{3,}[ \t]*\n)?(.*?)\n;{3,}[ \t]*(?:\n|\Z)(.*)\Z", re.DOTALL)
_TEXT_LINE = re.compile(r"^(title|headimg|thumbnail|author): *(['\"])(.*)\2[ \t]*$", re.MULTILINE)
_DATE_LINE = re.compile(r"^(date|updated): *(['\"]?)(.*?)\2[ \t]*$", re.MULTILINE)
_BRACES = {"&#123;": "{", "&#125;": "}"}


@dataclass(frozen=True, slots=True)
class Post:
    """`moments` are the front matter's dates as they stand there."""

    front: Mapping[str, Any]
    moments: Mapping[str, str]
    body: str

    def text(self, key: str) -> str | None:
        """A text that says something; braces that an old generator wrote as entities are braces."""
        value = self.front.get(key)
        if value is None or isinstance(value, Mapping | list | bool):
            return None
        text = str(value)
        for entity, brace in _BRACES.items():
            text = text.replace(entity, brace)
        return (text.strip() and text) or None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list, a list of lists in one, or a single text."""
        return tuple(_flat(self.front.get(key)))

    def part(self, *keys: str) -> Mapping[str, Any]:
        """A mapping inside; empty where there is none."""
        found: Any = self.front
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else {}


def parse_post(text: str, name: str) -> Post:
    """Raises UsageError when there is no front matter that can be read."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if match := _FENCED.match(text):
        return Post(_yaml(match[1], name), _moments(match[1]), match[2])
    if match := _JSON.match(text):
        inner = match[1].strip()
        try:
            front = orjson.loads(inner if inner.startswith("{") else f"{{{inner}}}")
        except orjson.JSONDecodeError as error:
            raise UsageError(f"{name}: its front matter is no JSON: {error}") from error
        dates = {key: str(front[key]) for key in ("date", "updated") if key in front}
        return Post(front, dates, match[2])
    raise UsageError(f"{name}: no front matter")


def moment(text: str | None) -> tuple[datetime, bool] | None:
    """ISO 8601 or RFC 822, and whether it says its zone; without one it is UTC."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
    return (at, True) if at.tzinfo else (at.replace(tzinfo=UTC), False)


def _moments(yaml: str) -> dict[str, str]:
    return {match[1]: match[3] for match in _DATE_LINE.finditer(yaml)}


def _yaml(yaml: str, name: str) -> Mapping[str, Any]:
    try:
        front = parse_yaml(yaml, name)
    except UsageError:
        # A title with quotes of both kinds, between quotes of one.
        mended = _TEXT_LINE.sub(lambda m: f"{m[1]}: {quoted(m[3])}", yaml)
        front = parse_yaml(mended, name)
    if not isinstance(front, Mapping):
        raise UsageError(f"{name}: no front matter")
    return front


def _flat(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in _flat(item)]
    if value is None or isinstance(value, Mapping | date):
        return [] if not isinstance(value, date) else [value.isoformat()]
    return [str(value)]

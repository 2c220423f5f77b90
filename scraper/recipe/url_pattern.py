"""Addresses with placeholders: `{name}`, `{name:int}`, `{name:03}`.

`{name}` takes one part of a path, `{name:int}` digits, `{name:03}` at least three digits.  In a
template `{name}` is written as it was found, `{name:int}` without leading zeros, `{name:03}` with
them.  http and https are the same to a pattern; a query matters when the pattern has one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from scraper.recipe.selectors import Regex, regex

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_INSIDE: Final = re.compile(r"([a-z_][a-z0-9_]*)(?::(int|0[1-9]\d?))?")
_FORM: Final = re.compile(r"https?://[^/?#\s]+/[^\s#]*")


@dataclass(frozen=True, slots=True)
class UrlPattern:
    """`names` are the placeholders, `pattern` matches an address without its scheme."""

    text: str
    names: frozenset[str]
    pattern: Regex

    def match(self, url: str) -> dict[str, str] | None:
        """What stands in the placeholders; None when the (canonical) address is another."""
        rest = url.partition("://")[2]
        if "?" not in self.text:
            rest = rest.partition("?")[0]
        found = self.pattern.fullmatch(rest)
        return dict(found.groupdict()) if found else None


@lru_cache(maxsize=4096)
def url_pattern(text: str) -> UrlPattern:
    """Raises ValueError for anything but an absolute http(s) address with sound placeholders."""
    if not _FORM.fullmatch(text):
        raise ValueError(f"not an address such as https://example.com/{{n:int}}.html: {text!r}")
    _refuse_braces(text)
    names: list[str] = []
    pieces: list[str] = []
    at = 0
    rest = text.partition("://")[2]
    for found in _PLACEHOLDER.finditer(rest):
        pieces.append(re.escape(rest[at : found.start()]))
        name, form = _placeholder(found)
        if name in names:
            raise ValueError(f"placeholder {name!r} stands twice in {text!r}")
        names.append(name)
        pieces.append(f"(?P<{name}>{_of_form(form)})")
        at = found.end()
    pieces.append(re.escape(rest[at:]))
    return UrlPattern(text, frozenset(names), regex("".join(pieces)))


def template_names(text: str) -> frozenset[str]:
    """The placeholders of a template.  Raises ValueError."""
    _refuse_braces(text)
    return frozenset(_placeholder(found)[0] for found in _PLACEHOLDER.finditer(text))


def fill(template: str, values: dict[str, str]) -> str:
    """The template with its values, which must be there."""

    def value(found: re.Match[str]) -> str:
        name, form = _placeholder(found)
        if not form:
            return values[name]
        number = int(values[name])
        return str(number) if form == "int" else f"{number:{form}d}"

    return _PLACEHOLDER.sub(value, template)


def _placeholder(found: re.Match[str]) -> tuple[str, str]:
    inside = _INSIDE.fullmatch(found[1])
    if not inside:
        raise ValueError(
            f"placeholder {found[0]!r} is none of {{name}}, {{name:int}} and {{name:03}}"
        )
    return inside[1], inside[2] or ""


def _of_form(form: str) -> str:
    if not form:
        return r"[^/?#&]+"
    return r"[0-9]{1,18}" if form == "int" else rf"[0-9]{{{int(form)},18}}"


def _refuse_braces(text: str) -> None:
    left = _PLACEHOLDER.sub("", text)
    if "{" in left or "}" in left:
        raise ValueError(f"a brace without its partner in {text!r}")

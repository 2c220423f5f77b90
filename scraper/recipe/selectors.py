"""The small languages of a recipe, compiled: CSS, XPath, regular expressions, dates, zones.

Nothing here can leave the page: XPath has its core functions only, and regular expressions run in
linear time (RE2).  A fault is a ValueError in one clause; the reader of the file adds the place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import re2
import webencodings
from cssselect import SelectorError
from lxml import etree
from lxml.html import HtmlElement
from parsel.csstranslator import HTMLTranslator

_CSS: Final = HTMLTranslator()
"""Parsel's: CSS with its `::text` and `::attr(name)`."""

MAX_LENGTH: Final = 1000
"""Of an expression, in characters."""

_PROBE: Final = etree.fromstring("<html><body><p/></body></html>")
_STRINGS: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_CALLS: Final = re.compile(r"([A-Za-z_][\w.:-]*)\s*\(")
_CORE_FUNCTIONS: Final = frozenset(
    "last position count id local-name namespace-uri name string concat starts-with contains "
    "substring-before substring-after substring string-length normalize-space translate boolean "
    "not true false lang number sum floor ceiling round node text comment processing-instruction "
    "and or div mod".split()
)
_DATE_CODES: Final = frozenset("aAwdbBmyYHIpMSfzZjUWcxX%GuV")


class Selector(Protocol):
    """What CSS and XPath compile to: called with a root, it gives nodes, or strings and numbers."""

    def __call__(self, root: HtmlElement, /) -> Any: ...


class Regex(Protocol):
    """The part of RE2's pattern that is used."""

    def search(self, text: str) -> Any: ...

    def fullmatch(self, text: str) -> Any: ...

    def finditer(self, text: str) -> Iterator[Any]: ...


@lru_cache(maxsize=4096)
def css(expression: str) -> Selector:
    _check_length(expression)
    try:
        selector = etree.XPath(_CSS.css_to_xpath(expression), regexp=False)
        selector(_PROBE)
    except (SelectorError, etree.XPathError) as error:
        raise ValueError(f"not a CSS selector: {expression!r} ({error})") from error
    return selector


@lru_cache(maxsize=4096)
def xpath(expression: str) -> Selector:
    _check_length(expression)
    for name in _CALLS.findall(_STRINGS.sub("''", expression)):
        if name.rpartition("::")[2] not in _CORE_FUNCTIONS:
            raise ValueError(f"XPath function {name}() is not one of XPath 1.0's own")
    try:
        path = etree.XPath(expression, regexp=False, smart_strings=True)
        path(_PROBE)
    except etree.XPathError as error:
        raise ValueError(f"not an XPath: {expression!r} ({error})") from error
    return path


@lru_cache(maxsize=4096)
def regex(expression: str) -> Regex:
    _check_length(expression)
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 22
    try:
        compiled: Regex = re2.compile(expression, options)
    except re2.error as error:
        cause = error.args[0] if error.args else error
        problem = cause.decode("utf-8", "replace") if isinstance(cause, bytes) else cause
        raise ValueError(f"not a regular expression of RE2: {expression!r} ({problem})") from error
    return compiled


def date_format(text: str) -> str:
    """`iso`, or a pattern of strptime."""
    if text == "iso":
        return text
    codes = re.findall(r"%(.?)", text)
    unknown = [code for code in codes if code not in _DATE_CODES or not code]
    if unknown or not codes:
        raise ValueError(
            f"not a date pattern: {text!r} (iso, or strptime codes such as %Y-%m-%d %H:%M)"
        )
    return text


def zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no time zone {name!r}; write it as Asia/Shanghai") from error
    return name


def charset(label: str) -> str:
    if webencodings.lookup(label) is None:
        raise ValueError(f"no encoding {label!r}")
    return label


def _check_length(expression: str) -> None:
    if not expression.strip():
        raise ValueError("an empty expression")
    if len(expression) > MAX_LENGTH:
        raise ValueError(f"longer than {MAX_LENGTH} characters")

"""Seeds: text lines in, requests out.  A line that means nothing still becomes a request, so that
it gets its own failure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from scraper import url as urls
from scraper.errors import PageError, UsageError
from scraper.request import Request

LONGEST_INVALID = 500
"""Characters kept of a text that is no URL."""

_HINT = ' (a line of JSON is an object with the address as text in "url")'

_UTF16_MARKS = ("\ufffd\ufffd", "\udcff\udcfe", "\udcfe\udcff")
"""A byte order mark that was read as UTF-8, as decoders write what they cannot read."""


def read_seeds(lines: Iterable[str], origin: str) -> Iterator[Request]:
    """One URL a line; blank lines and lines that begin with `#` are skipped.  A line that begins
    with `{` is a JSON object with `url`; its other keys become the request's `meta`.  `origin`
    names the source, for the failures of bad lines.  Raises UsageError for a source that is no
    UTF-8 at all; a bad line never raises."""
    for number, line in enumerate(_decoded(lines, origin), start=1):
        text = line.lstrip("\ufeff").strip()
        if not text or text.startswith("#"):
            continue
        url, meta = _from_json(text) if text.startswith("{") else (text, {})
        request = make_request(url, meta=meta)
        if not request.host:
            hint = _HINT if url.startswith(("{", "[", '"')) else ""
            request = make_request(url, meta={**meta, "line": f"{_plain(origin)}:{number}{hint}"})
        yield request


def make_request(
    url: str,
    *,
    depth: int = 0,
    found_on: str | None = None,
    meta: dict[str, Any] | None = None,
    within: tuple[str, ...] = (),
) -> Request:
    """A request for `url`, user name and password left out.  For a text that is no http(s) URL the
    host is empty, the key begins with `invalid:`, and `url` is no URL either.  Never raises."""
    try:
        address = urls.clean(url)
        key, host = urls.canonical(address), urls.host(address)
    except (PageError, UnicodeError):
        digest = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        address, key, host = _unusable(url), f"invalid:{digest}", ""
    return Request(address, key, host, depth, found_on, 0, meta or {}, within)


def _decoded(lines: Iterable[str], origin: str) -> Iterator[str]:
    """UTF-16 is told apart here: line for line, nothing in it would make sense."""
    try:
        for number, line in enumerate(lines):
            if number == 0 and line.startswith(_UTF16_MARKS) and "\0" in line:
                raise UsageError(f"{origin} is UTF-16 text: save it as UTF-8")
            yield line
    except UnicodeDecodeError as error:
        raise UsageError(f"{origin} is not UTF-8 text: save it as UTF-8") from error


def _from_json(text: str) -> tuple[str, dict[str, Any]]:
    """The line itself stands for the URL when it has none."""
    try:
        value = orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeError):
        return text, {}
    url = value.pop("url", None)
    return (url, value) if isinstance(url, str) else (text, {})


def _unusable(text: str) -> str:
    """The text, fit to be written down.  A shortened one must not turn into a URL."""
    plain = _plain(urls.without_user_info(text))
    if len(plain) <= LONGEST_INVALID:
        return plain
    return f"({len(plain)} characters) {plain[:LONGEST_INVALID]}…"


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()

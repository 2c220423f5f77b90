"""What a page asks of robots that read it: robots meta elements, the X-Robots-Tag header (both as
Google documents them), noai and noimageai, and the TDM Reservation Protocol (W3C community report,
its header and meta element)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scraper.extraction.page import Page
from scraper.opt_out import KNOWN
from scraper.settings import ROBOTS_TOKEN

_WITH_VALUE: Final = (
    "unavailable_after", "max-snippet", "max-image-preview", "max-video-preview",
)  # fmt: skip
_RELEASED: Final = "tdm-released"
_TDM: Final = {"1": "tdm-reservation", "0": _RELEASED}
"""A page's own word counts more than that of its site's file."""
_OURS: Final = ("robots", ROBOTS_TOKEN.lower())


def read_opt_out(page: Page) -> tuple[str, ...]:
    """The directives that are for us, sorted; `none` is both noindex and nofollow.  What the site's
    file has for the page came with the snapshot."""
    found = {word for word in _directives(page) if word in KNOWN or word == _RELEASED}
    if _RELEASED not in found:
        found |= KNOWN.intersection(page.snapshot.asked)
    return tuple(sorted(found - {_RELEASED}))


def _directives(page: Page) -> Iterator[str]:
    for name, value in page.snapshot.headers:
        if name.lower() == "x-robots-tag":
            yield from _of_header(value)
        elif name.lower() == "tdm-reservation":
            yield _TDM.get(value.strip(), "")
    for node in page.tree.iter("meta"):
        meta, content = (node.get("name") or "").strip().lower(), node.get("content") or ""
        if meta in _OURS:
            yield from _words(content)
        elif meta == "tdm-reservation":
            yield _TDM.get(content.strip(), "")


def _of_header(value: str) -> Iterator[str]:
    """`noindex, somebot: noarchive`: from a name on, the directives are that robot's."""
    for_us = True
    for part in value.lower().split(","):
        name, colon, rest = part.strip().partition(":")
        named = bool(colon) and name not in _WITH_VALUE
        for_us = name.strip() in _OURS if named else for_us
        if for_us:
            yield from _words(rest if named else part)


def _words(text: str) -> Iterator[str]:
    for part in text.lower().split(","):
        word = part.strip()
        yield from ("noindex", "nofollow") if word == "none" else (word,)

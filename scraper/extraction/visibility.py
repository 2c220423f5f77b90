"""What a page's markup says about being seen, and what the browser that rendered it does."""

from __future__ import annotations

import re
from typing import Final

from lxml.html import HtmlElement

from scraper.snapshot import UNSEEN_MARK

UNSEEN: Final = frozenset(
    "script style template head title meta link base noframes noembed datalist object applet "
    "param area map colgroup col progress meter canvas textarea select option input button "
    "rt rp rtc dialog frameset frame".split()
)
"""Elements whose content is no running text (`button` in a heading and `script` with TeX apart).
`source` and `track` are not among them: the parser takes what follows them for their content."""

MUCH: Final = 400
"""Characters."""

TELLING: Final = frozenset({"style", "hidden", "aria-hidden", UNSEEN_MARK})
"""Attributes without which nothing is unseen: most elements need no further look."""

_HIDING: Final = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE
)
_OPENING: Final = re.compile(
    r"(?<![a-z])(?:collaps|accordion|tab-?(?:pan|content)|expand|expanse|toggle|spoiler|faq|answer"
    r"|read-?more|(?:more|full|rest)-?(?:text|content|body)|(?:text|content)-?(?:more|full|rest))",
    re.IGNORECASE,
)
"""Classes, ids and roles of what is opened with a click."""


def is_hidden(node: HtmlElement, attributes: list[str]) -> bool:
    """`hidden`, an inline style or `aria-hidden` says so.  `attributes` are the node's names.

    Mathematics hidden beside its picture is not hidden, nor is a picture that only screen readers
    shall skip, nor a whole article that an open dialog has taken from them.
    """
    if "style" in attributes and _HIDING.search(node.get("style") or ""):
        return not any(True for _ in node.iterchildren("math"))
    if "hidden" in attributes:
        return str(node.get("hidden")) != "until-found"
    if "aria-hidden" in attributes and node.get("aria-hidden") == "true":
        return not any(True for _ in node.iter("img", "picture", "video")) and not says_much(node)
    return False


def is_unseen(node: HtmlElement, attributes: list[str]) -> bool:
    """Also what the browser could not show, except what a reader opens with a click: other tabs,
    the closed parts of an accordion, the rest behind "read more"."""
    if is_hidden(node, attributes):
        return True
    mark = node.get(UNSEEN_MARK)
    if mark in ("display", "collapsed"):
        return not (_opens(node) or any(True for _ in node.iterchildren("math")))
    return mark is not None


def _opens(node: HtmlElement) -> bool:
    if _OPENING.search(f"{node.get('class')} {node.get('id')} {node.get('role')}"):
        return True
    before = node.getprevious()
    return before is not None and any(one.get("aria-expanded") for one in before.iter())


def says_much(node: HtmlElement) -> bool:
    """More text than a control or an ornament has: a `button` that was never closed swallows the
    article after it."""
    size = 0
    for text in node.itertext():
        size += len(text.strip())
        if size > MUCH:
            return True
    return False

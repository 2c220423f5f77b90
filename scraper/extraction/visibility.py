"""What the markup itself says about being seen; no layout is known here."""

from __future__ import annotations

import re
from typing import Final

from lxml.html import HtmlElement

UNSEEN: Final = frozenset(
    "script style template head title meta link base noframes noembed datalist object applet "
    "param area map colgroup col progress meter canvas textarea select option input button "
    "rt rp rtc dialog frameset frame".split()
)
"""Elements whose content is no running text (`button` in a heading and `script` with TeX apart).
`source` and `track` are not among them: the parser takes what follows them for their content."""

MUCH: Final = 400
"""Characters."""

_HIDING: Final = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE
)


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


def says_much(node: HtmlElement) -> bool:
    """More text than a control or an ornament has: a `button` that was never closed swallows the
    article after it."""
    size = 0
    for text in node.itertext():
        size += len(text.strip())
        if size > MUCH:
            return True
    return False

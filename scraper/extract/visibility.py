"""What the markup itself says about being seen; no layout is known here."""

from __future__ import annotations

import re
from typing import Final

from lxml.html import HtmlElement

UNSEEN: Final = frozenset(
    "script style template head title meta link base noframes noembed datalist object applet "
    "param area map colgroup col progress meter canvas textarea select option input button "
    "source track rt rp rtc dialog frameset frame".split()
)
"""Elements whose content is no running text (`button` in a heading and `script` with TeX apart)."""

_HIDING: Final = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE
)


def is_hidden(node: HtmlElement, attributes: list[str]) -> bool:
    """`hidden`, an inline style or `aria-hidden` says so.  `attributes` are the node's names.

    Mathematics hidden beside its picture is not hidden, nor is a picture that only screen readers
    shall skip.
    """
    if "style" in attributes and _HIDING.search(node.get("style") or ""):
        return not any(True for _ in node.iterchildren("math"))
    if "hidden" in attributes:
        return str(node.get("hidden")) != "until-found"
    if "aria-hidden" in attributes and node.get("aria-hidden") == "true":
        return not any(True for _ in node.iter("img", "picture", "video"))
    return False

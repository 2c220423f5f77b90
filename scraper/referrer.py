"""The Referer a browser would send, by the W3C's Referrer Policy (section 8.3)."""

from __future__ import annotations

import re

import ada_url

from scraper.errors import PageError
from scraper.url import clean, origin

DEFAULT_POLICY = "strict-origin-when-cross-origin"
POLICIES = {
    "no-referrer",
    "no-referrer-when-downgrade",
    "same-origin",
    "origin",
    "strict-origin",
    "origin-when-cross-origin",
    DEFAULT_POLICY,
    "unsafe-url",
}
_HEAD = 65536
_META = re.compile(r"<meta\s([^>]{0,300})>", re.IGNORECASE)
_NAME = re.compile(r"\bname\s{0,5}=\s{0,5}[\"']?referrer\b", re.IGNORECASE)
_CONTENT = re.compile(r"\bcontent\s{0,5}=\s{0,5}[\"']?([a-z-]{4,40})", re.IGNORECASE)


def policy(declared: str | None, markup: str = "") -> str:
    """The policy a page declares: in a `meta name=referrer` of its head, else the last known word
    of its header, else the default."""
    words = [word.strip().lower() for word in (declared or "").split(",")]
    for tag in _META.finditer(markup[:_HEAD]):
        content = _CONTENT.search(tag[1]) if _NAME.search(tag[1]) else None
        words += [content[1].lower()] if content else []
    return next((word for word in reversed(words) if word in POLICIES), DEFAULT_POLICY)


def referrer(page: str, target: str, policy: str = DEFAULT_POLICY) -> str | None:
    """What a request from `page` for `target` names as its Referer; None for nothing."""
    try:
        full, own, other = clean(page), origin(page) + "/", origin(target) + "/"
    except PageError:
        return None
    downgrade = page.startswith("https:") and ada_url.URL(target).protocol == "http:"
    same = own == other
    choices = {
        "no-referrer": None,
        "no-referrer-when-downgrade": None if downgrade else full,
        "same-origin": full if same else None,
        "origin": own,
        "strict-origin": None if downgrade else own,
        "origin-when-cross-origin": full if same else own,
        DEFAULT_POLICY: full if same else (None if downgrade else own),
        "unsafe-url": full,
    }
    return choices[policy]

"""What is no article though its server sent a page: a challenge to robots, a login form, a "not
found" with status 200.

For pages that no recipe judges.  It takes two signs of different kinds, one of which is always that
there is hardly any text and no date: an article about captchas is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from scraper.errors import VerdictFailed
from scraper.extraction.generic.segments import weigh
from scraper.extraction.page import Page, Reading
from scraper.extraction.refusal_words import BLOCKED, GONE, LOGIN, ROBOTS
from scraper.extraction.text import collapse
from scraper.snapshot import header

LONGEST: Final = 1_000.0
"""Of a text, in Latin letters; more is an article, whatever its title is."""
_LONGEST_TITLE: Final = 80
_DENIED: Final = frozenset({403, 405, 406})
"""Statuses of pages that tell robots to go; what may pass (429, 503) is asked for again instead."""

_SEPARATORS: Final = re.compile(r"\s+[|·•»:_–—-]+\s+|\s*[|｜_]\s*|[:：]\s+")
_ROBOTS: Final = re.compile("|".join(ROBOTS), re.IGNORECASE)
_LOGIN_PATH: Final = re.compile(
    r"/(?:log[-_]?in|sign[-_]?in|sso|oauth2?|saml2?|passport|auth(?:enticate|orize)?|logon)\b"
    r"|/wp-login\.php|^https?://(?:login|signin|sso|passport|accounts?|auth|idp)\.",
    re.IGNORECASE,
)


_TITLES: Final = {
    verdict: re.compile(rf"\W*(?:{'|'.join(phrases)})\W*\Z", re.IGNORECASE)
    for verdict, phrases in (("blocked", BLOCKED), ("login", LOGIN), ("gone", GONE))
}

_CHALLENGE_IDS: Final = frozenset(
    "challenge-form challenge-running challenge-stage cf-challenge-running cf-error-details "
    "cf-wrapper px-captcha captcha-form sec-if-cpt-container".split()
)
"""Of what stands on the pages of those who keep robots away, and nowhere else."""
_CHALLENGE_FRAMES: Final = re.compile(r"captcha-delivery\.com|_Incapsula_Resource|/_Incapsula")
_CHALLENGE_CODE: Final = re.compile(r"\bgokuProps\b|\b_cf_chl_opt\b")
_CHALLENGE_HEADERS: Final = (
    ("cf-mitigated", frozenset({"challenge"})),
    ("x-amzn-waf-action", frozenset({"challenge", "captcha"})),
)
_CAPTCHA: Final = re.compile(
    r"(?:^|[\s/._-])(?:g-recaptcha|h-captcha|cf-turnstile|recaptcha|hcaptcha|geetest\w*|nc-container"
    r"|challenges\.cloudflare\.com|friendlycaptcha)(?:$|[\s/._-])"
)


@dataclass(frozen=True, slots=True)
class _Look:
    """What of a page is looked at: its heading and the parts of its title, its text."""

    page: Page
    headings: tuple[str, ...]
    text: str

    def says(self, verdict: str) -> str | None:
        """The heading that says so, and nothing else."""
        return next((text for text in self.headings if _TITLES[verdict].match(text)), None)


def refuse(page: Page, reading: Reading, text: str) -> None:
    """`text` is what was read of it.  Raises VerdictFailed: `blocked`, `login` or `gone`.  A page
    whose status nobody knows is at hand, and taken as it is."""
    status = page.snapshot.status
    fine = 200 <= status < 300
    if not fine and status not in _DENIED:
        return
    if weigh(text) > LONGEST or not {"published", "authors"}.isdisjoint(reading.fields):
        return
    look = _Look(page, tuple(_headings(page)), text)
    if why := _blocked(look, denied=not fine):
        raise VerdictFailed("blocked", status, f"a challenge to robots ({why})")
    if fine and (why := _login(look)):
        raise VerdictFailed("login", status, f"a login form ({why})")
    if fine and (why := look.says("gone")):
        raise VerdictFailed("gone", status, f"a page that says it is not there ({why!r})")


def _blocked(look: _Look, *, denied: bool) -> str | None:
    snapshot, tree = look.page.snapshot, look.page.tree
    for name, values in _CHALLENGE_HEADERS:
        if (header(snapshot.headers, name) or "").strip().lower() in values:
            return f"the header {name}"
    for node in tree.iter("div", "form", "main", "section"):
        if (name := node.get("id")) in _CHALLENGE_IDS:
            return f"the element #{name}"
    if any(_CHALLENGE_FRAMES.search(node.get("src") or "") for node in tree.iter("iframe")):
        return "a frame with one"
    scripts = list(tree.iter("script"))
    if any(_CHALLENGE_CODE.search(node.text or "") for node in scripts):
        return "a script with one"
    heading = look.says("blocked")
    if heading and (denied or _has_captcha(tree) or _ROBOTS.search(_seen(look))):
        return repr(heading)
    return None


def _login(look: _Look) -> str | None:
    heading, page = look.says("login"), look.page
    if heading is None:
        return None
    asks = any(
        (node.get("type") or "").strip().lower() == "password" for node in page.tree.iter("input")
    )
    sent = page.url != page.snapshot.request_url and _is_login_page(page.url)
    return repr(heading) if asks or sent else None


def _is_login_page(address: str) -> bool:
    parts = urlsplit(address)
    return bool(_LOGIN_PATH.search(f"{parts.scheme}://{parts.netloc}{parts.path}"))


def _has_captcha(tree: HtmlElement) -> bool:
    named = (node.get("class") or "" for node in tree.iter("div", "form"))
    loaded = (node.get("src") or "" for node in tree.iter("iframe", "script"))
    return any(_CAPTCHA.search(text) for texts in (named, loaded) for text in texts if text)


def _seen(look: _Look) -> str:
    """All text of the page, as far as it matters."""
    body = look.page.tree.find("body")
    return look.text or collapse(" ".join(_texts(look.page.tree if body is None else body)))


def _texts(root: HtmlElement) -> Iterator[str]:
    size = 0
    for node in root.iter():
        if isinstance(node.tag, str) and node.tag not in ("script", "style", "template"):
            for text in (node.text, node.tail):
                if text and not text.isspace():
                    yield text
                    size += len(text)
        if size > LONGEST:
            return


def _headings(page: Page) -> Iterator[str]:
    """The title, its parts, and the first headings of the page."""
    titles: Iterable[HtmlElement] = page.tree.iter("title")
    for node in (*_first(titles, 1), *_first(page.tree.iter("h1"), 2)):
        text = collapse("".join(node.itertext()))
        if text and len(text) <= _LONGEST_TITLE:
            yield text
            if node.tag == "title":
                yield from (part for part in _SEPARATORS.split(text)[:2] if part)


def _first(nodes: Iterable[HtmlElement], most: int) -> list[HtmlElement]:
    return [node for node, _ in zip(nodes, range(most), strict=False)]

"""The body's HTML as it may be shown anywhere: absolute addresses, nothing that runs, no lazy
markup; every other attribute is kept."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from html import escape
from typing import Final, Literal

from lxml import etree
from lxml.html import HtmlElement

from scraper.extraction.images import LAZY, LAZY_CLASS, LAZY_SETS, parse_srcset
from scraper.extraction.page import Body, Page
from scraper.extraction.parse import parse_fragment
from scraper.snapshot import UNSEEN_MARK
from scraper.url import join

_DROPPED: Final = frozenset(
    "script style template noscript noembed noframes link meta base title head textarea input "
    "select option button datalist applet frame frameset dialog animate animatemotion "
    "animatetransform set foreignobject".split()
)
VOID: Final = frozenset("area br col embed hr img param source track wbr".split())
_EMPTY: Final = frozenset({"iframe"})
_RENAMED: Final = {"xmp": "pre", "listing": "pre", "plaintext": "pre"}
_WRAPPERS: Final = frozenset("div article section main body td html".split())

_NO_USE: Final = frozenset({"srcdoc", "loading", UNSEEN_MARK})
_REFERENCES: Final = frozenset(
    "href src cite data poster background longdesc action formaction xlink:href".split()
)
_SETS: Final = frozenset({"srcset", "imagesrcset"})
_LAZY_MARKUP: Final = frozenset((*LAZY, *LAZY_SETS, "data-sizes", "data-loaded", "data-ll-status"))
_LOADED_LATE: Final = frozenset("img source iframe video audio".split())
_TAG: Final = re.compile(r"[a-z][a-z0-9-]*\Z")
_ATTRIBUTE: Final = re.compile(r"[A-Za-z_][\w:.-]*\Z", re.ASCII)
_SCRIPT_URL: Final = re.compile(
    r"[\x00-\x20]*(?:j\s*a\s*v\s*a|v\s*b|l\s*i\s*v\s*e)\s*s\s*c\s*r\s*i\s*p\s*t\s*:|[\x00-\x20]*data:(?!image/)",
    re.IGNORECASE,
)


def clean_html(
    body: Body,
    page: Page,
    addresses: Mapping[HtmlElement, str],
    removed: Collection[HtmlElement],
) -> str:
    """`addresses` and `removed` are what reading the blocks found out.  A single container is
    written without its own tag."""
    writer = _Writer(page.base_url, addresses, removed)
    only = len(body.roots) == 1 and body.roots[0].tag in _WRAPPERS
    for root in body.roots:
        writer.write(root, inner=only)
    return "".join(writer.pieces).strip()


def clean_fragment(html: str, url: str) -> str:
    """The same for HTML that stands alone, from whatever source; `url` is what its references are
    relative to.  Idempotent."""
    root = parse_fragment(html, url)
    writer = _Writer(url, {}, ())
    writer.write(root, inner=True)
    return "".join(writer.pieces).strip()


class _Writer:
    def __init__(
        self,
        base_url: str,
        addresses: Mapping[HtmlElement, str],
        removed: Collection[HtmlElement],
    ) -> None:
        self.base_url, self.addresses, self.removed = base_url, addresses, removed
        self.pieces: list[str] = []

    def write(self, root: HtmlElement, *, inner: bool) -> None:
        pieces = self.pieces
        skipped: HtmlElement | None = None
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, node in walk:
            tag = "img" if node in self.addresses else _RENAMED.get(node.tag, node.tag)
            # Office's `o:p` and the like are not HTML: what stands in them is kept, they are not.
            unwrapped = (inner and node is root) or not _TAG.match(tag)
            if event == "start":
                if node in self.removed or tag in _DROPPED:
                    skipped = node
                    walk.skip_subtree()
                    if tag in ("noscript", "button"):
                        self._pictures_in(node)
                    continue
                if not unwrapped:
                    pieces.append(self._open(node, tag))
                if tag in VOID or tag in _EMPTY:
                    skipped = node
                    walk.skip_subtree()
                    if tag in _EMPTY:
                        pieces.append(f"</{tag}>")
                    continue
                text = node.text
            else:
                if node is skipped:
                    skipped = None
                elif not unwrapped:
                    pieces.append(f"</{tag}>")
                if node is root:
                    return
                text = node.tail
            if text:
                pieces.append(escape(text, quote=False))

    def _pictures_in(self, removed: HtmlElement) -> None:
        for image in removed.iter("img"):
            if image in self.addresses:
                self.pieces.append(self._open(image, "img"))

    def _open(self, node: HtmlElement, tag: str) -> str:
        items = node.items()
        address = self.addresses.get(node)
        if address:
            items = [("src", address), *((name, value) for name, value in items if name != "src")]
        elif not items:
            return f"<{tag}>"
        parts = [tag]
        for name, value in items:
            kept = self._value(tag, name, value)
            if kept is not None:
                parts.append(f'{name}="{escape(kept)}"')
        return f"<{' '.join(parts)}>"

    def _value(self, tag: str, name: str, value: str) -> str | None:
        """None when the attribute is left out."""
        kind = _kind(tag, name)
        if kind == "plain":
            return None if ":" in value and _SCRIPT_URL.match(value) else value
        if kind == "class":
            if not LAZY_CLASS.search(value):
                return value or None  # a script took the last word out
            return " ".join(word for word in value.split() if not LAZY_CLASS.search(word)) or None
        if kind == "reference":
            return self._reference(tag, name.lower(), value)
        return self._set(value) if kind == "set" else None

    def _reference(self, tag: str, name: str, value: str) -> str | None:
        if name == "src" and tag == "img" and value[:11].lower() == "data:image/":
            return value
        if value[:1] == "#" and name in ("href", "xlink:href"):
            return value
        if _SCRIPT_URL.match(value):
            return None
        absolute = join(self.base_url, value)
        if absolute is not None:
            return absolute
        return value if value[:7].lower() == "mailto:" or value[:4].lower() == "tel:" else None

    def _set(self, value: str) -> str | None:
        """Absolute, sizes as they were; nothing when a reference is none."""
        parts = []
        for reference, descriptor in parse_srcset(value):
            absolute = join(self.base_url, reference)
            if absolute is None:
                return None
            parts.append(f"{absolute} {descriptor}".rstrip())
        return ", ".join(parts) or None


@lru_cache(maxsize=4096)
def _kind(tag: str, name: str) -> Literal["plain", "class", "reference", "set", "dropped"]:
    """What an attribute is to us by its name."""
    lower = name.lower()
    if lower.startswith("on") or lower in _NO_USE or not _ATTRIBUTE.match(name):
        return "dropped"
    if lower in _REFERENCES:
        return "reference"
    if lower in _SETS:
        return "set"
    if tag in _LOADED_LATE and (lower in _LAZY_MARKUP or lower.startswith("data-lazy")):
        return "dropped"
    return "class" if lower == "class" else "plain"

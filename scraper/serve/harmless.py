"""A kept page as it may be shown: nothing in it runs, sends or leads away, and what it loads comes
from the archive.  The browser is told to enforce the same (`guard.py`); this is so that the page
looks as it did, not what makes it safe."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import quote

from lxml import etree, html
from lxml.html import HtmlElement

from scraper.extraction.images import parse_srcset
from scraper.extraction.page import Page
from scraper.extraction.parse import parse
from scraper.snapshot import Snapshot
from scraper.url import join

Address = Callable[[str], str | None]
"""Where a part of the page is found, by its own address; None when the archive does not have it."""

MARK: Final = "data-scraper-from"
"""Names the fields of the record that came from an element."""

_DROPPED: Final = "script noscript template base object embed applet frameset portal".split()
_ATTRIBUTES: Final = frozenset(
    "action formaction srcdoc ping target integrity crossorigin nonce autoplay autofocus download "
    "manifest http-equiv".split()
)
_LINKS: Final = frozenset({"a", "area"})
_REFERENCES: Final = frozenset("src href xlink:href poster background data".split())
_SETS: Final = frozenset({"srcset", "imagesrcset"})
_INLINE: Final = re.compile(r"\s*(?:data:(?:image|font)/|#)", re.IGNORECASE)
_IN_CSS: Final = re.compile(
    r"""(?P<url>url\(\s*)(?:"(?P<u1>[^"]*)"|'(?P<u2>[^']*)'|(?P<u3>[^\s"'()]*))\s*\)"""
    r"""|(?P<import>@import\s+)(?:"(?P<i1>[^"]*)"|'(?P<i2>[^']*)')""",
    re.IGNORECASE,
)
_CSS_ESCAPED: Final = str.maketrans({'"': "%22", "\\": "%5C", "\n": "%0A"})
_DOCTYPE: Final = re.compile(r"\s*(<!doctype[^<>]*>)", re.IGNORECASE)
_PLACE: Final = re.compile(r"(?:/[^/\[\]()\s]+(?:\[\d+\])?)+")

_LOOK: Final = (
    f":target[{MARK}]{{outline:3px solid #e8590c!important;outline-offset:4px!important;"
    "background-color:rgba(255,196,0,.35)!important;scroll-margin:30vh!important}"
)


def harmless_page(
    snapshot: Snapshot, address: Address, places: Mapping[str, str] | None = None
) -> tuple[str, dict[str, str]]:
    """The page as HTML, and for each of `places` (XPaths by name) that is shown on it the fragment
    that leads there.  Raises EmptyPage, NotAPage."""
    page = parse(snapshot)
    # Before anything is taken out: the paths were counted on the whole page.
    nodes = dict(_found(page.tree, places or {}))
    etree.strip_elements(page.tree, *_DROPPED, with_tail=False)
    for node in page.tree.iter(etree.Element):
        _disarm(node, page, address)
    fragments = _marked(page.tree, nodes)
    style = etree.SubElement(page.tree, "style")
    style.text = _LOOK
    doctype = _DOCTYPE.match(page.source)
    written = html.tostring(page.tree, encoding="unicode", method="html")
    return f"{doctype[1] if doctype else ''}{written}", fragments


def harmless_css(css: str, base: str, address: Address) -> str:
    """Style sheets and style attributes; what the archive lacks leads nowhere."""

    def replaced(match: re.Match[str]) -> str:
        found = (match[name] for name in ("u1", "u2", "u3", "i1", "i2"))
        reference = next((one for one in found if one is not None), "")
        if _INLINE.match(reference):
            return match[0]
        absolute = join(base, reference)
        local = (address(absolute) if absolute else None) or "about:blank"
        quoted = f'"{local.translate(_CSS_ESCAPED)}"'
        return f"@import {quoted}" if match["import"] else f"url({quoted})"

    return _IN_CSS.sub(replaced, css)


def _disarm(node: HtmlElement, page: Page, address: Address) -> None:
    tag = node.tag
    if tag == "meta" and node.get("http-equiv") is not None:
        node.attrib.clear()
        return
    if tag == "link" and "stylesheet" not in node.get("rel", "").lower().split():
        node.attrib.clear()
        return
    if tag == "style" and node.text:
        node.text = harmless_css(node.text, page.base_url, address)
    for name, value in node.items():
        lower = name.lower()
        if lower.startswith("on") or lower in _ATTRIBUTES:
            del node.attrib[name]
        elif lower == "style":
            node.set(name, harmless_css(value, page.base_url, address))
        elif lower in _SETS:
            _change(node, name, ", ".join(_set(value, page.base_url, address)))
        elif lower in _REFERENCES and not _INLINE.match(value):
            if tag in _LINKS:
                # It still looks like a link, and says where it led.
                node.set("title", join(page.base_url, value) or "")
                node.set(name, "#")
            else:
                absolute = join(page.base_url, value)
                _change(node, name, address(absolute) if absolute else None)


def _change(node: HtmlElement, name: str, value: str | None) -> None:
    if value:
        node.set(name, value)
    else:
        del node.attrib[name]


def _set(value: str, base: str, address: Address) -> Iterator[str]:
    for reference, descriptor in parse_srcset(value):
        absolute = join(base, reference)
        if local := (address(absolute) if absolute else None):
            yield f"{local} {descriptor}".rstrip()


def _found(tree: HtmlElement, places: Mapping[str, str]) -> Iterator[tuple[str, HtmlElement]]:
    for name, place in places.items():
        if not _PLACE.fullmatch(place):
            continue
        try:
            found = tree.getroottree().xpath(place)
        except etree.XPathError:
            continue
        if found and isinstance(found[0], HtmlElement) and not _is_in_head(found[0]):
            yield name, found[0]


def _is_in_head(node: HtmlElement) -> bool:
    return node.tag == "head" or any(one.tag == "head" for one in node.iterancestors())


def _marked(tree: HtmlElement, nodes: Mapping[str, HtmlElement]) -> dict[str, str]:
    """An element is led to by its own id where it is the first that has it."""
    first: dict[str, HtmlElement] = {}
    for node in tree.iter(etree.Element):
        if id := node.get("id"):
            first.setdefault(id, node)
    fragments = {}
    for number, (name, node) in enumerate(nodes.items()):
        if first.get(node.get("id", "")) is not node:
            node.set("id", f"scraper-from-{number}")
            first[node.get("id", "")] = node
        node.set(MARK, f"{node.get(MARK, '')} {name}".strip())
        fragments[name] = quote(node.get("id", ""), safe="")
    return fragments

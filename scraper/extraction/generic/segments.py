"""A page cut into segments (runs of text, pictures) inside boxes (block elements), in one pass.

A segment is the smallest text that is kept or dropped.  A box is an interval of segments, so that
sums over any box cost two look-ups.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from scraper.extraction.images import is_own_picture
from scraper.extraction.visibility import UNSEEN, is_unseen, says_much

SKIPPED: Final = UNSEEN | {"svg"}
INLINE: Final = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb rp "
    "rt ruby s samp small span strike strong sub sup time tt u var wbr output slot source track "
    "math mi mo mn mrow mtext mspace msup msub msubsup mfrac msqrt mroot mstyle mtable mtr mtd "
    "munder mover munderover mpadded semantics annotation".split()
)
PLAYERS: Final = frozenset({"video", "iframe", "audio", "embed"})
_PICTURES: Final = PLAYERS | {"img"}
_BARS: Final = frozenset({"nav", "footer"})
MOST_NODES: Final = 100_000
"""Elements of a page that are looked at; what comes after them is no body."""

MOST_OPENED: Final = 100
"""So many navigations and footers may turn out to hold more than links, at worst each in another;
further ones are not asked."""

MOST_INSIDE: Final = 100
"""Pictures looked for in one `noscript` or button."""

VERBATIM: Final = frozenset({"pre", "xmp", "listing"})

_WIDE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
)
_DIGITS = re.compile(r"\d+")

(NAV, HEADER, FOOTER, ASIDE, ARTICLE, MAIN, FORM, LIST, TABLE, FIGURE, QUOTE, HEADING, BUTTON) = (
    1 << bit for bit in range(13)
)
(MARKED, ARIA_HIDDEN, DIALOG, DETAILS, NOSCRIPT, CAPTION) = (1 << bit for bit in range(13, 19))

_TAG_FLAGS: Final = {
    "nav": NAV, "header": HEADER, "footer": FOOTER, "aside": ASIDE, "article": ARTICLE,
    "main": MAIN, "form": FORM, "fieldset": FORM, "ul": LIST, "ol": LIST, "dl": LIST, "menu": LIST,
    "table": TABLE, "figure": FIGURE, "blockquote": QUOTE, "button": BUTTON, "details": DETAILS,
    "noscript": NOSCRIPT, "figcaption": CAPTION, "dialog": DIALOG,
    "h1": HEADING, "h2": HEADING, "h3": HEADING, "h4": HEADING, "h5": HEADING, "h6": HEADING,
}  # fmt: skip
_ROLE_FLAGS: Final = {
    "navigation": NAV, "menu": NAV, "menubar": NAV, "banner": HEADER, "contentinfo": FOOTER,
    "complementary": ASIDE, "main": MAIN, "article": ARTICLE, "search": FORM, "form": FORM,
    "dialog": DIALOG, "alertdialog": DIALOG, "button": BUTTON, "heading": HEADING, "list": LIST,
    "tablist": NAV, "toolbar": NAV, "tooltip": DIALOG, "figure": FIGURE, "alert": DIALOG,
}  # fmt: skip


class Box:
    """A block element: the segments `start` to `end` stand in it.  `index` is its place among the
    page's boxes; `signature` its shape: what boxes made by one template have in common."""

    __slots__ = (
        "depth", "end", "flags", "index", "node", "parent", "signature", "start", "tag", "words",
    )  # fmt: skip

    def __init__(
        self,
        node: HtmlElement,
        parent: Box | None,
        flags: int,
        words: str,
        start: int,
        index: int,
    ) -> None:
        self.node = node
        self.index = index
        self.parent = parent
        self.tag: str = node.tag
        self.flags = flags
        self.words = words
        self.depth: int = parent.depth + 1 if parent else 0
        self.start = start
        self.end = start
        above: tuple[str, ...] = parent.signature if parent else ("", "")
        self.signature: tuple[str, ...] = (node.tag, _DIGITS.sub("", words), *above[:2])


class Segment:
    """A run of text directly in a box.  `linked` counts its characters inside links; `inside` holds
    the class words of the inline elements around or in it, `loose` those of these elements that
    stand directly in the box."""

    __slots__ = ("bold", "box", "breaks", "inside", "linked", "links", "loose", "size", "text")

    def __init__(
        self,
        box: Box,
        text: str,
        linked: int,
        links: int,
        bold: int,
        breaks: int,
        inside: str,
        loose: tuple[HtmlElement, ...],
    ) -> None:
        self.box = box
        self.text = text
        self.size = len(text)
        self.linked = min(linked, self.size)
        self.links = links
        self.bold = min(bold, self.size)
        self.breaks = breaks
        self.inside = inside
        self.loose = loose


class Picture:
    """A picture or an embedded player; `after` segments stand before it."""

    __slots__ = ("after", "box", "linked", "node")

    def __init__(self, node: HtmlElement, box: Box, after: int, linked: bool) -> None:
        self.node = node
        self.box = box
        self.after = after
        self.linked = linked


class Segments:
    """What a page consists of, in document order."""

    __slots__ = ("bars", "beyond", "boxes", "hidden", "pictures", "segments")

    def __init__(self) -> None:
        self.beyond: list[HtmlElement] = []
        """What a page of more than MOST_NODES holds besides."""
        self.hidden: list[HtmlElement] = []
        self.bars: list[HtmlElement] = []
        """Bars of links, not looked into either."""
        self.boxes: list[Box] = []
        self.segments: list[Segment] = []
        self.pictures: list[Picture] = []


def weigh(text: str) -> float:
    """Length in Latin letters: a character of a script that writes a word in one or two of them
    counts for two and a half."""
    if text.isascii():
        return float(len(text))
    return len(text) + 1.5 * len(_WIDE.findall(text))


def cut(root: HtmlElement, *, see_hidden: bool = False) -> Segments:
    """Cut the page; what the markup hides is left out unless `see_hidden`.  Iterative: pages nest
    deeper than Python's stack."""
    page = Segments()
    boxes, segments, pictures = page.boxes, page.segments, page.pictures
    box = Box(root, None, 0, "", 0, 0)
    boxes.append(box)
    parts: list[str] = []
    inside: list[str] = []
    loose: list[HtmlElement] = []
    linked = links = bold = breaks = 0
    in_link = in_bold = seen = opened = 0
    stack: list[tuple[HtmlElement, Iterator[HtmlElement], int]] = [(root, iter(root), 0)]

    def flush() -> None:
        nonlocal linked, links, bold, breaks
        if parts:
            text = " ".join("".join(parts).split())
            if text:
                ended: tuple[HtmlElement, ...] = ()
                if loose:
                    still_open = []
                    for frame in reversed(stack):
                        if frame[2] == 0:
                            break
                        still_open.append(frame[0])
                    ended = tuple(one for one in loose if one not in still_open)
                words = " ".join(inside)
                segments.append(Segment(box, text, linked, links, bold, breaks, words, ended))
            parts.clear()
        linked = links = bold = breaks = 0
        inside.clear()
        loose.clear()

    def add(text: str | None) -> None:
        nonlocal linked, bold
        if text and (parts or not text.isspace()):
            parts.append(text)
            if in_link or in_bold:
                size = len(text.strip())
                if in_link:
                    linked += size
                if in_bold:
                    bold += size

    def is_bar(node: HtmlElement) -> bool:
        """A navigation or footer without a heading of the page or a paragraph: nothing but links
        and small print.  One that was never closed has swallowed the article, and is none."""
        nonlocal opened
        if opened == MOST_OPENED:
            return False
        is_one = next(node.iter("h1", "p", "article", "main", "pre", "blockquote"), None) is None
        opened += not is_one
        return is_one

    add(root.text)
    while stack:
        node, children, kind = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if kind == 0:
                if parts or loose or inside or links:
                    flush()
                box.end = len(segments)
                if box.parent is None:
                    break
                box = box.parent
            elif kind == 2:
                in_link -= 1
            elif kind == 3:
                in_bold -= 1
            add(node.tail)
            continue
        seen += 1
        if seen > MOST_NODES:
            page.beyond.append(child)
            for _, rest, _ in stack:
                page.beyond.extend(rest)
            continue
        tag = child.tag
        if tag == "br":
            parts.append("\n")
            breaks += 1
            add(child.tail)
        elif not isinstance(tag, str) or (
            tag in SKIPPED and not (tag == "button" and (box.flags & HEADING or says_much(child)))
        ):
            if tag == "button":
                pictures.extend(
                    Picture(one, box, len(segments), False)
                    for one in islice(child.iter("img"), MOST_INSIDE)
                )
            add(child.tail)
        elif tag in _PICTURES or ("-" in tag and is_own_picture(child)):
            pending = 1 if parts and not "".join(parts).isspace() else 0
            if not see_hidden and _hides(child):
                page.hidden.append(child)
            else:
                pictures.append(Picture(child, box, len(segments) + pending, in_link > 0))
            add(child.tail)
        elif tag == "noscript" and not see_hidden:
            pictures.extend(
                Picture(one, box, len(segments), in_link > 0)
                for one in islice(child.iter("img"), MOST_INSIDE)
            )
            add(child.tail)
        elif not see_hidden and (names := child.keys()) and is_unseen(child, names):
            page.hidden.append(child)
            if tag not in INLINE:
                flush()
            add(child.tail)
        elif tag in _BARS and not box.flags & ARTICLE and is_bar(child):
            page.bars.append(child)
            flush()
            add(child.tail)
        elif tag in INLINE:
            kind = 1
            if tag == "a":
                kind = 2
                in_link += 1
                links += 1
            elif tag in ("b", "strong"):
                kind = 3
                in_bold += 1
            words = child.get("class")
            if words:
                inside.append(words)
            if node is box.node:
                loose.append(child)
            add(child.text)
            stack.append((child, iter(child), kind))
        else:
            if parts or loose or inside or links:
                flush()
            box = Box(child, box, *_reading(child, tag, box.flags), len(segments), len(boxes))
            boxes.append(box)
            if tag in VERBATIM:
                parts.append("".join(child.itertext()))
                flush()
                box.end = len(segments)
                box = box.parent or box
                add(child.tail)
                continue
            add(child.text)
            stack.append((child, iter(child), 0))
    for one in boxes:
        one.end = max(one.end, one.start)
    return page


def _hides(node: HtmlElement) -> bool:
    names = node.keys()
    return bool(names) and is_unseen(node, names)


def _reading(node: HtmlElement, tag: str, flags: int) -> tuple[int, str]:
    """The box's flags (its own and its ancestors') and its class and id words."""
    flags |= _TAG_FLAGS.get(tag, 0)
    words = ""
    for name, value in node.items():
        if name == "class":
            words = f"{value} {words}" if words else value
        elif name == "id":
            words = f"{words} {value}" if words else value
        elif name == "role":
            flags |= _ROLE_FLAGS.get(value.strip().lower(), 0)
        elif name == "aria-hidden":
            if value == "true":
                flags |= ARIA_HIDDEN
        elif name == "aria-modal":
            flags |= DIALOG
        elif name == "itemprop" and value.lower() in ("articlebody", "text", "reviewbody"):
            flags |= MARKED
    return flags, words

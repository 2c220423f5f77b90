"""A page cut into segments (runs of text, pictures) inside boxes (block elements), in one pass.

A segment is the smallest text that is kept or dropped.  A box is an interval of segments, so that
sums over any box cost two look-ups.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from scraper.extraction.images import is_own_picture
from scraper.extraction.visibility import TELLING, UNSEEN, is_unseen, says_much

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
_BLOCK, _INLINE, _LINK = range(3)
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

NAV, HEADER, FOOTER, ASIDE, ARTICLE, MAIN, LIST, FIGURE, CAPTION, HEADING, DIALOG = (
    1 << bit for bit in range(11)
)

_TAG_FLAGS: Final = {
    "nav": NAV, "header": HEADER, "footer": FOOTER, "aside": ASIDE, "article": ARTICLE,
    "main": MAIN, "ul": LIST, "ol": LIST, "dl": LIST, "menu": LIST, "figure": FIGURE,
    "figcaption": CAPTION, "dialog": DIALOG,
    "h1": HEADING, "h2": HEADING, "h3": HEADING, "h4": HEADING, "h5": HEADING, "h6": HEADING,
}  # fmt: skip
_ROLE_FLAGS: Final = {
    "navigation": NAV, "menu": NAV, "menubar": NAV, "banner": HEADER, "contentinfo": FOOTER,
    "complementary": ASIDE, "main": MAIN, "article": ARTICLE, "dialog": DIALOG,
    "alertdialog": DIALOG, "heading": HEADING, "list": LIST, "tablist": NAV, "toolbar": NAV,
    "tooltip": DIALOG, "figure": FIGURE, "alert": DIALOG,
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
        tag: str,
        parent: Box | None,
        flags: int,
        words: str,
        start: int,
        index: int,
    ) -> None:
        self.node = node
        self.index = index
        self.parent = parent
        self.tag = tag
        self.flags = flags
        self.words = words
        self.depth: int = parent.depth + 1 if parent else 0
        self.start = start
        self.end = start
        above: tuple[str, ...] = parent.signature if parent else ("", "")
        self.signature: tuple[str, ...] = (tag, _undigited(words), *above[:2])


@lru_cache(maxsize=2048)
def _undigited(words: str) -> str:
    return _DIGITS.sub("", words)


class Segment:
    """A run of text directly in a box.  `linked` counts its characters inside links; `loose` are
    the inline elements in it that stand directly in the box."""

    __slots__ = ("box", "linked", "loose", "size", "text")

    def __init__(self, box: Box, text: str, linked: int, loose: tuple[HtmlElement, ...]) -> None:
        self.box = box
        self.text = text
        self.size = len(text)
        self.linked = min(linked, self.size)
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


def cut(root: HtmlElement) -> Segments:
    """Cut the page; what the markup hides is left out.  Iterative: pages nest deeper than Python's
    stack."""
    page = Segments()
    boxes, segments, pictures = page.boxes, page.segments, page.pictures
    box = Box(root, root.tag, None, 0, "", 0, 0)
    boxes.append(box)
    parts: list[str] = []
    loose: list[HtmlElement] = []
    worded = False
    linked = in_link = seen = opened = 0
    stack: list[tuple[HtmlElement, Iterator[HtmlElement], int]] = [(root, iter(root), 0)]

    def flush() -> None:
        nonlocal linked, worded
        if parts:
            text = " ".join("".join(parts).split())
            if text:
                ended: tuple[HtmlElement, ...] = ()
                if loose:
                    still_open = []
                    for frame in reversed(stack):
                        if frame[2] == _BLOCK:
                            break
                        still_open.append(frame[0])
                    ended = tuple(one for one in loose if one not in still_open)
                segments.append(Segment(box, text, linked, ended))
            parts.clear()
        linked, worded = 0, False
        loose.clear()

    def add(text: str | None) -> None:
        nonlocal linked, worded
        if text and (worded or not text.isspace()):
            parts.append(text)
            worded = True
            if in_link:
                linked += len(text.strip())

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
            if kind == _BLOCK:
                if parts or loose:
                    flush()
                box.end = len(segments)
                if box.parent is None:
                    break
                box = box.parent
            elif kind == _LINK:
                in_link -= 1
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
            if not TELLING.isdisjoint(names := child.keys()) and is_unseen(child, names):
                page.hidden.append(child)
            else:
                pictures.append(Picture(child, box, len(segments) + worded, in_link > 0))
            add(child.tail)
        elif tag == "noscript":
            pictures.extend(
                Picture(one, box, len(segments), in_link > 0)
                for one in islice(child.iter("img"), MOST_INSIDE)
            )
            add(child.tail)
        elif not TELLING.isdisjoint(names := child.keys()) and is_unseen(child, names):
            page.hidden.append(child)
            if tag not in INLINE:
                flush()
            add(child.tail)
        elif tag in _BARS and not box.flags & ARTICLE and is_bar(child):
            page.bars.append(child)
            flush()
            add(child.tail)
        elif tag in INLINE:
            if node is box.node:
                loose.append(child)
            if tag == "a":
                in_link += 1
                stack.append((child, iter(child), _LINK))
            else:
                stack.append((child, iter(child), _INLINE))
            add(child.text)
        else:
            if parts or loose:
                flush()
            flags, words = _reading(child, names, box.flags | _TAG_FLAGS.get(tag, 0))
            box = Box(child, tag, box, flags, words, len(segments), len(boxes))
            boxes.append(box)
            if tag in VERBATIM:
                add("".join(child.itertext()))
                flush()
                box.end = len(segments)
                box = box.parent or box
                add(child.tail)
                continue
            add(child.text)
            stack.append((child, iter(child), _BLOCK))
    for one in boxes:
        one.end = max(one.end, one.start)
    return page


def _reading(node: HtmlElement, names: list[str], flags: int) -> tuple[int, str]:
    """The box's flags, those of its role added, and its class and id words."""
    words = ""
    for name in names:
        if name == "class":
            words = f"{node.get(name)} {words}" if words else node.get(name) or ""
        elif name == "id":
            words = f"{words} {node.get(name)}" if words else node.get(name) or ""
        elif name == "role":
            flags |= _ROLE_FLAGS.get((node.get(name) or "").strip().lower(), 0)
        elif name == "aria-modal":
            flags |= DIALOG
    return flags, words

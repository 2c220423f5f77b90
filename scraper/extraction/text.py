"""White space as people read it, whatever the script."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree
from lxml.html import HtmlElement

BREAK: Final = "\x00"
"""Stands for `<br>` while a text is put together; no parsed page holds this character."""

_CJK: Final = (
    "\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff60"
    "\U00020000-\U0003ffff"
)
_CJK_LINE_END: Final = re.compile(rf"(?<=[{_CJK}])[ \t\r]*\n\s*(?=[{_CJK}])")
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u2060\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


def collapse(text: str) -> str:
    """One line.  A run of white space is one space; a line end between two Chinese or Japanese
    characters is nothing, as browsers have it.  Control and zero-width characters go, joiners
    stay, because scripts need them."""
    if "\n" in text and not text.isascii():
        text = _CJK_LINE_END.sub("", text)
    text = " ".join(text.split())
    if text.isprintable():
        return text
    return " ".join(_INVISIBLE.sub("", text).split())


def passages(text: str) -> list[str]:
    """The paragraphs of a text with BREAKs: one break is a line end inside a paragraph, two or more
    separate paragraphs."""
    if BREAK not in text:
        whole = collapse(text)
        return [whole] if whole else []
    found: list[list[str]] = [[]]
    for line in map(collapse, text.split(BREAK)):
        if line:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return ["\n".join(lines) for lines in found if lines]


def one_line(text: str) -> str:
    """A text with BREAKs as a single line."""
    return collapse(text.replace(BREAK, " ")) if BREAK in text else collapse(text)


_SPACED: Final = frozenset(
    "br p div li dt dd td th tr h1 h2 h3 h4 h5 h6 section article header footer ul ol".split()
)


def node_text(node: HtmlElement) -> str:
    """All text below a node as one line, blocks inside kept apart; scripts and styles count only
    when the node itself is one."""
    if not len(node):
        return collapse(node.text or "")
    pieces: list[str] = []
    skipped: HtmlElement | None = None
    walk = etree.iterwalk(node, events=("start", "end"))
    for event, part in walk:
        spaced = part.tag in _SPACED
        if event == "start":
            if part.tag in ("script", "style", "template") and part is not node:
                skipped = part
                walk.skip_subtree()
                continue
            text = part.text
            if spaced:
                pieces.append(" ")
        else:
            if part is not skipped and spaced:
                pieces.append(" ")
            text = part.tail if part is not node else None
        if text:
            pieces.append(text)
    return collapse("".join(pieces))

"""Preformatted text: white space kept, line-number gutters left out."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import islice, pairwise
from typing import Final

from lxml import etree
from lxml.html import HtmlElement

from scraper.record import Code

_GUTTER: Final = re.compile(
    r"(?:^|\s)(?:line-?nos?|line-?numbers?(?:-rows)?|gutter|rouge-gutter|hljs-ln-numbers|ln-num|lnt?|"
    r"blob-num|code-line-number|token-line-number|linenodiv)(?:\s|$)",
    re.IGNORECASE,
)
_NUMBERS: Final = re.compile(r"\s*\d+(?:\s+\d+)*\s*")
_LANGUAGE: Final = re.compile(
    r"(?:^|\s)(?:language-|lang-|highlight-source-|highlight-|brush:\s*|sourceCode\s+|hljs\s+)"
    r"([A-Za-z][\w+#.-]*)"
)
_NO_LANGUAGE: Final = frozenset({"none", "text", "plain", "plaintext", "nohighlight", "default"})
_LINES: Final = frozenset({"div", "p", "li", "tr", "ol", "ul", "table", "code-line"})


def is_code_table(table: HtmlElement) -> bool:
    """A table that only numbers the lines of a listing."""
    cell = next(table.iter("td"), None)
    return cell is not None and (
        cell.get("data-line-number") is not None
        or (_GUTTER.search(cell.get("class") or "") is not None and table.find(".//pre") is None)
    )


def read_code(node: HtmlElement, dropped: Collection[HtmlElement]) -> Code | None:
    """None when nothing is left, or when it holds line numbers only."""
    pieces: list[str] = []

    def end_line() -> None:
        if pieces and not pieces[-1].endswith("\n"):
            pieces.append("\n")

    skipped: HtmlElement | None = None
    walk = etree.iterwalk(node, events=("start", "end"))
    for event, part in walk:
        if event == "start":
            if part in dropped or _is_gutter(part, node):
                skipped = part
                walk.skip_subtree()
                continue
            if part.tag == "br":
                pieces.append("\n")
            elif part.tag in _LINES and part is not node:
                end_line()
            if part.text:
                pieces.append(part.text)
            continue
        if part is skipped:
            skipped = None
        elif part.tag in _LINES and part is not node:
            end_line()
        if part.tail and part is not node:
            pieces.append(part.tail)
    text = "".join(pieces).replace("\xa0", " ").replace("\r", "")
    text = "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")
    if not text.strip() or ("\n" in text and _counts(text)):
        return None
    return Code(text=text, language=_language(node))


def _is_gutter(part: HtmlElement, root: HtmlElement) -> bool:
    if part.tag in ("script", "style", "button", "template", "textarea"):
        return True
    if part is root:
        return False
    if part.get("data-line-number") is not None and not len(part):
        return not (part.text or "").strip(" \n0123456789")
    classes = part.get("class")
    if classes and _GUTTER.search(classes):
        text = "".join(islice(part.itertext(), 5000))
        return not text.strip() or _NUMBERS.fullmatch(text) is not None
    return bool(part.get("aria-hidden") == "true")


def _counts(text: str) -> bool:
    """1, 2, 3 … and nothing else."""
    if not _NUMBERS.fullmatch(text):
        return False
    numbers = [int(word) for word in text.split() if len(word) < 8]
    return all(after == before + 1 for before, after in pairwise(numbers))


def _language(node: HtmlElement) -> str | None:
    near = [node, *node.iterchildren("code")]
    parent = node.getparent()
    if parent is not None:
        near.append(parent)
        above = parent.getparent()
        if above is not None and len(above) <= 2:
            near.append(above)
    for place in near:
        found = _LANGUAGE.search(place.get("class") or "")
        name = found[1] if found else place.get("data-lang") or place.get("data-language")
        if name:
            name = name.strip().lower()[:40]
            return None if name in _NO_LANGUAGE else name
    return None

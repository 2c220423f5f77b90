"""Text that the visible page does not show: in `noscript`, in hidden elements, in JSON-LD, in the
data that scripts would have rendered.  Looked at only when the visible page has (almost) no body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final

import orjson
from lxml import etree
from lxml.html import HtmlElement, HTMLParser

from scraper.extraction.generic.segments import Segments, weigh

MOST_DATA: Final = 4_000_000
"""Characters of one script; a longer one is not read."""

LEAST_DATA: Final = 200
"""Characters: a shorter value holds no body."""

LEAST_TEXT: Final = 80
"""A shorter string is no passage."""

_DEEPEST: Final = 30
_MOST_STRINGS: Final = 20_000
_MOST_GIVEN: Final = 50
_DECODER: Final = json.JSONDecoder()
_GIVEN: Final = re.compile(r"(?:(?:=|\.push\()\s*(?=[\[{])|\bJSON\.parse\(\s*(?=\"))")
"""Where a script assigns its data, pushes it to what will read it, or has it parsed."""
_ROW: Final = re.compile(r"[0-9a-f]{1,4}:(?:T[0-9a-f]+,)?")
"""What opens a row of streamed data: its number, and of plain text the length."""
_TAG: Final = re.compile(
    r"</?(?:p|div|br|h[1-6]|ul|ol|li|blockquote|section|figure|img|a|strong)\b"
)
_MARKUP: Final = re.compile(r"<[^>]{0,500}>")
_PROSE: Final = re.compile(
    r"[^\W\d_]{2,}[,;:]?\s[^\W\d_]+\s[^\W\d_]+"
    r"|[\u0e00-\u0eff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{8}"
)
_CODE: Final = re.compile(
    r"[{};]\s*(?:var|function|return|const)\b|^\s*(?:https?:|/|data:)|\bfunction\s?\("
)


def hidden_roots(page: Segments, tree: HtmlElement) -> list[HtmlElement]:
    """`noscript` and hidden elements with much text, the longest first."""
    sizes: list[tuple[float, int, HtmlElement]] = []
    for node in (*tree.iter("noscript"), *page.hidden):
        size = weigh(" ".join("".join(node.itertext()).split()))
        if size >= LEAST_TEXT:
            sizes.append((-size, len(sizes), node))
    return [node for _, _, node in sorted(sizes, key=lambda one: one[:2])[:3]]


def described_body(text: str) -> HtmlElement | None:
    """JSON-LD's articleBody as a tree."""
    return as_tree([unescape(text) if "&lt;" in text else text])


def scripted_body(tree: HtmlElement) -> HtmlElement | None:
    """The passages in the data that scripts render from: of all keys of the page's JSON the one
    whose strings hold most prose."""
    groups: dict[str, list[str]] = {}
    for key, text in _passages(tree):
        groups.setdefault(key, []).append(text)
    if not groups:
        return None
    best = max(groups.values(), key=lambda texts: sum(map(_prose_size, texts)))
    return as_tree(best)


def passages(tree: HtmlElement) -> Iterator[str]:
    """Those in the data that scripts render from, each once, without markup."""
    for _, text in _passages(tree):
        yield _MARKUP.sub(" ", text)


def _passages(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for data in _data(tree):
        for key, text in _strings(data):
            if text not in seen:
                seen.add(text)
                yield key, text


def _prose_size(text: str) -> float:
    plain = _MARKUP.sub(" ", text)
    return weigh(plain) * min(1.0, 12 * len(_PROSE.findall(plain)) / (len(plain) / 40 + 1))


def _data(tree: HtmlElement) -> Iterator[Any]:
    for node in tree.iter("script"):
        text = node.text or ""
        kind = (node.get("type") or "").lower()
        if not LEAST_DATA < len(text) < MOST_DATA or "ld+json" in kind:
            continue
        if "json" in kind:
            yield _decode(text)
        else:
            yield from _given(text)
    for node in tree.iter("div", "main", "section", "article"):
        for name, text in node.items():
            if name.startswith("data-") and LEAST_DATA < len(text) < MOST_DATA and text[0] in "[{":
                yield _decode(text)


def _given(script: str) -> Iterator[Any]:
    """The values that a script assigns, pushes or parses, as far as they are JSON."""
    at = 0
    for _ in range(_MOST_GIVEN):
        place = _GIVEN.search(script, at)
        if place is None:
            return
        value, at = _first(script, place.end())
        if at - place.end() > LEAST_DATA:
            yield _decode(value) if isinstance(value, str) else value


def _decode(text: str) -> Any:
    """None when it does not begin with JSON."""
    text = text.strip()
    try:
        return orjson.loads(text)
    except ValueError:
        return _first(text, 0)[0]


def _first(text: str, start: int) -> tuple[Any, int]:
    """The value that begins at `start`, whatever follows it, and where it ends."""
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, start
    return value, end


def _strings(data: Any) -> Iterator[tuple[str, str]]:
    """Passages with the key they stand under, in order; JSON inside strings is opened."""
    stack: list[tuple[str, Any, int]] = [("", data, 0)]
    count = 0
    while stack and count < _MOST_STRINGS:
        key, value, depth = stack.pop()
        count += 1
        if isinstance(value, str):
            if len(value) < LEAST_TEXT:
                continue
            if (row := _ROW.match(value)) is not None:
                value = value[row.end() :].strip() or " "
            if value[0] in "[{" and value[-1] in "]}":
                inner = _decode(value)
                if inner is not None and depth < _DEEPEST:
                    stack.append((key, inner, depth + 1))
                continue
            if _PROSE.search(value) and not _CODE.search(value[:400]):
                yield key, value
        elif depth < _DEEPEST:
            if isinstance(value, dict):
                stack.extend((str(name), one, depth + 1) for name, one in reversed(value.items()))
            elif isinstance(value, list):
                stack.extend((key, one, depth + 1) for one in reversed(value))


def as_tree(texts: list[str]) -> HtmlElement | None:
    """A `div` with the texts: their own markup where they have it, else a paragraph a line."""
    root: HtmlElement = HTMLParser(encoding="utf-8").makeelement("div")
    for text in texts:
        if _TAG.search(text):
            parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
            try:
                part = etree.fromstring(f"<div>{text}</div>".encode("utf-8", "replace"), parser)
            except etree.XMLSyntaxError:
                continue
            body = part.find("body") if part is not None else None
            root.extend(list(body) if body is not None else [])
            continue
        for line in re.split(r"\s*\n\s*", text.strip()):
            if line:
                paragraph = etree.SubElement(root, "p")
                try:
                    paragraph.text = line
                except ValueError:
                    root.remove(paragraph)
    return root if len(root) else None

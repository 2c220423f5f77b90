"""What is known about each picture when the text is judged: numbers for the picture model.

The surest sign is the text around it; its own address, size and box tell the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from math import log1p
from typing import Final

from scraper.extract.generic.features import FLAGS, Weights, mark_words
from scraper.extract.generic.head import Head
from scraper.extract.generic.segments import Box, Picture, Segments, weigh
from scraper.extract.images import LAZY, declared_size

_FLAGS: Final = ("nav", "header", "footer", "aside", "article", "main", "list", "figure", "quote")
LEVELS: Final = 4
PICTURE_NAMES: Final = [
    "near1", "near3", "before", "after", "first_gap", "last_gap", "lead", "past", "linked",
    "link_to_file", "width", "height", "small", "known_size", "ornament", "vector", "meta_image",
    "repeated", "alike", "pictures", "order", "mark", "mark_up1", "mark_min", "mark_max",
    "own_words", "caption", "alt", "in_noscript", "in_button",
    *(f"level{level}_{name}" for level in range(1, LEVELS + 1) for name in
      ("chance", "size", "pictures", "mass")),
    *(f"in_{name}" for name in _FLAGS),
]  # fmt: skip

_ORNAMENT: Final = re.compile(
    r"logo|icon|avatar|sprite|emoji|badge|button|profile|author|gravatar|banner|[/_.-]ads?[/_.-]|"
    r"pixel|share|social|facebook|twitter|whatsapp|placeholder|spacer|loading|star|arrow|flag|"
    r"thumb|teaser|related|promo|signature",
    re.IGNORECASE,
)
_STEM: Final = re.compile(r"([^/?#]{6,})\.(?:jpe?g|png|webp|gif|avif)", re.IGNORECASE)
_FILE: Final = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)\Z", re.IGNORECASE)


def addresses(picture: Picture) -> str:
    """All that may be an address in the element's markup, for looking at its words."""
    node = picture.node
    names = ("src", "srcset", "data-srcset", *LAZY)
    return " ".join(value for name in names if (value := node.get(name)))[:2000]


def picture_rows(
    page: Segments, head: Head, chances: Sequence[float], weights: Weights
) -> list[list[float]]:
    """One row of `PICTURE_NAMES` for each of the page's pictures."""
    pictures = page.pictures
    if not pictures:
        return []
    sizes = [weigh(one.text) for one in page.segments]
    mass = [0.0, *accumulate(p * size for p, size in zip(chances, sizes, strict=True))]
    size = [0.0, *accumulate(sizes)]
    count = len(sizes)
    strong = [at for at, p in enumerate(chances) if p > 0.5 and sizes[at] > 60]
    first, last = (strong[0], strong[-1]) if strong else (count, -1)
    below = _pictures_below(page)
    texts = [addresses(one) for one in pictures]
    keys = [_stem(text) for text in texts]
    meta = _stem(head.image) if head.image else ""
    shapes: dict[tuple[str, ...], int] = {}
    for one in pictures:
        shapes[one.box.signature] = shapes.get(one.box.signature, 0) + 1
    out = []
    for order, one in enumerate(pictures):
        at, node, box, text = one.after, one.node, one.box, texts[order]
        parent = node.getparent()
        link = parent.get("href") if parent is not None and parent.tag == "a" else None
        attributes: dict[str, str] = dict(node.attrib)
        width, height = declared_size(attributes)
        marks, lowest, highest = _marks(box, weights)
        own = _score(node.get("class") or "", weights)
        row = [
            _mean(mass, size, at - 1, at + 1), _mean(mass, size, at - 3, at + 3),
            chances[at - 1] if 0 < at <= count else -0.1,
            chances[at] if at < count else -0.1,
            float(max(-20, min(20, at - first))), float(max(-20, min(20, at - last - 1))),
            float(at <= first), float(at > last), float(one.linked),
            float(bool(link and _FILE.search(link))),
            log1p(width or 0), log1p(height or 0),
            float((width or 999) < 120 or (height or 999) < 80), float(width is not None),
            float(len(_ORNAMENT.findall(f"{text} {node.get('class') or ''} {box.words}"))),
            float(".svg" in text or text.startswith("data:")),
            float(bool(meta) and keys[order] == meta),
            float(keys[order] in keys[:order]), float(min(shapes[box.signature], 30)),
            log1p(len(pictures)), order / len(pictures), marks[0], marks[-1], lowest, highest,
            own, float(_captioned(one)), float(min(len(node.get("alt") or ""), 200)),
            float(parent is not None and parent.tag == "noscript"),
            float(any(True for _ in node.iterancestors("button"))),
        ]  # fmt: skip
        row.extend(_levels(box, mass, size, below))
        row.extend(float(bool(box.flags & FLAGS[name])) for name in _FLAGS)
        out.append(row)
    return out


def _stem(text: str) -> str:
    found = _STEM.search(text)
    return found[1].lower() if found else text[-80:]


def _mean(mass: list[float], size: list[float], start: int, end: int) -> float:
    start, end = max(0, start), min(len(size) - 1, end)
    total = size[end] - size[start] if end > start else 0.0
    return (mass[end] - mass[start]) / total if total else -0.1


def _score(words: str, weights: Weights) -> float:
    found = [weights.marks[word] for word in mark_words(words) if word in weights.marks]
    return max(found, key=abs) if found else 0.0


def _marks(box: Box, weights: Weights) -> tuple[tuple[float, float], float, float]:
    """Scores of the box and its parent, and the lowest and highest on the way up."""
    scores: list[float] = []
    one: Box | None = box
    while one is not None and len(scores) < 8:
        scores.append(_score(one.words, weights))
        one = one.parent
    return (scores[0], scores[1] if len(scores) > 1 else 0.0), min(scores), max(scores)


def _captioned(picture: Picture) -> bool:
    """Whether its figure has a caption."""
    figure = next(picture.node.iterancestors("figure"), None)
    return figure is not None and next(figure.iter("figcaption"), None) is not None


def _pictures_below(page: Segments) -> dict[int, int]:
    below: dict[int, int] = {}
    for picture in page.pictures:
        one: Box | None = picture.box
        while one is not None:
            below[id(one)] = below.get(id(one), 0) + 1
            one = one.parent
    return below


def _levels(box: Box, mass: list[float], size: list[float], below: dict[int, int]) -> list[float]:
    """Of the next boxes above with (more) text: mean chance, size, pictures, share of the mass."""
    row: list[float] = []
    one: Box | None = box
    span = (-1, -1)
    total = mass[-1] or 1.0
    for _ in range(LEVELS):
        while one is not None and ((one.start, one.end) == span or one.end == one.start):
            one = one.parent
        if one is None:
            row.extend(row[-4:] if row else [0.0] * 4)
            continue
        span = (one.start, one.end)
        held = mass[span[1]] - mass[span[0]]
        text = size[span[1]] - size[span[0]]
        row.extend((held / text if text else 0.0, log1p(text), float(below.get(id(one), 0)),
                    held / total))  # fmt: skip
    return row

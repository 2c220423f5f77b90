"""What is known about each picture when the text is judged: numbers for the picture model.

The surest sign is the text around it; its own address, size and box tell the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import log1p
from typing import Final

from scraper.extraction.generic.features import Weights
from scraper.extraction.generic.head import Head
from scraper.extraction.generic.layout import LEVELS, Layout
from scraper.extraction.generic.segments import (
    ARTICLE,
    ASIDE,
    FIGURE,
    FOOTER,
    HEADER,
    LIST,
    MAIN,
    NAV,
    Box,
    Picture,
    Segments,
)  # fmt: skip
from scraper.extraction.images import ADDRESSES, declared_size

PICTURE_NAMES: Final = [
    "near1", "near3", "before", "after", "first_gap", "last_gap", "past", "linked", "link_to_file",
    "width", "height", "small", "ornament", "vector", "meta_image", "repeated", "alike",
    "pictures", "order", "caption", "alt", "in_noscript", "own_words",
    "mark_own", "mark_up1", "mark_up2", "mark_min",
    *(f"level{level}_{name}" for level in range(1, LEVELS + 1)
      for name in ("chance", "size", "pictures", "mass")),
    "in_header", "in_aside", "in_article", "in_main", "in_list", "in_figure",
]  # fmt: skip

UNLIKELY: Final = 0.03
"""A picture with no likelier text around it, at any level, is chrome without being looked at."""

_CHROME: Final = NAV | FOOTER
_ORNAMENTS: Final = (
    "logo", "icon", "avatar", "sprite", "emoji", "badge", "button", "profile", "author", "banner",
    "/ad/", "/ads/", "-ad-", "_ad_", "pixel", "share", "social", "facebook", "twitter", "whatsapp",
    "placeholder", "spacer", "loading", "star", "arrow", "flag", "thumb", "teaser", "related",
    "promo", "signature",
)  # fmt: skip
_PARTS: Final = re.compile(r"[/?#]")
_STEM: Final = re.compile(r"(.{6,})\.(?:jpe?g|png|webp|gif|avif)", re.IGNORECASE | re.DOTALL)
_FILE: Final = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)\Z", re.IGNORECASE)


def picture_rows(
    page: Segments, head: Head, layout: Layout, chances: Sequence[float], weights: Weights
) -> list[list[float] | None]:
    """One row of `PICTURE_NAMES` for each of the page's pictures, None for chrome."""
    pictures = page.pictures
    if not pictures:
        return []
    size = layout.sums.size
    sizes = [after - before for before, after in pairwise(size)]
    mass = [0.0, *accumulate(p * one for p, one in zip(chances, sizes, strict=True))]
    count = len(sizes)
    strong = [at for at, p in enumerate(chances) if p > 0.5 and sizes[at] > 60]
    first, last = (strong[0], strong[-1]) if strong else (count, -1)
    below, captioned = _pictures_below(page), _captioned(page)
    meta = _stem(head.image) if head.image else ""
    shapes: dict[tuple[str, ...], int] = {}
    for one in pictures:
        shapes[one.box.signature] = shapes.get(one.box.signature, 0) + 1
    seen: set[str] = set()
    known: dict[int, list[float]] = {}
    out: list[list[float] | None] = []
    for order, one in enumerate(pictures):
        at, node, box = one.after, one.node, one.box
        levels = known.get(box.index)
        if levels is None:
            levels = known[box.index] = _levels(box, mass, size, below)
        near = _mean(mass, size, at - 3, at + 3)
        if box.flags & _CHROME or (near < UNLIKELY and max(levels[::4]) < UNLIKELY):
            out.append(None)
            continue
        attributes: dict[str, str] = dict(node.attrib)
        text = _addresses(attributes)
        words = attributes.get("class", "")
        around = f"{text} {words} {box.words}".lower()
        stem = _stem(text)
        parent = node.getparent()
        link = parent.get("href") if parent is not None and parent.tag == "a" else None
        width, height = declared_size(attributes)
        out.append([
            _mean(mass, size, at - 1, at + 1), near,
            chances[at - 1] if 0 < at <= count else -0.1,
            chances[at] if at < count else -0.1,
            float(max(-20, min(20, at - first))), float(max(-20, min(20, at - last - 1))),
            float(at > last), float(one.linked), float(bool(link and _FILE.search(link))),
            log1p(width or 0), log1p(height or 0),
            float((width or 999) < 120 or (height or 999) < 80),
            float(sum([word in around for word in _ORNAMENTS])),
            float(".svg" in text or text.startswith("data:")), float(bool(meta) and stem == meta),
            float(stem in seen), float(min(shapes[box.signature], 30)), log1p(len(pictures)),
            order / len(pictures), float(box.index in captioned),
            float(min(len(attributes.get("alt", "")), 200)),
            float(parent is not None and parent.tag == "noscript"), weights.mark(words),
            *layout.marks(box), *levels,
            *(float(bool(box.flags & flag)) for flag in
              (HEADER, ASIDE, ARTICLE, MAIN, LIST, FIGURE)),
        ])  # fmt: skip
        seen.add(stem)
    return out


def _addresses(attributes: dict[str, str]) -> str:
    return " ".join(value for name, value in attributes.items() if name in ADDRESSES)[:500]


def drop_previews(page: Segments, shown: list[bool]) -> None:
    """A blurred preview goes when `noscript` beside it has the same file in full."""
    real: dict[tuple[int, str], int] = {}
    for index, one in enumerate(page.pictures):
        parent = one.node.getparent()
        if parent is not None and parent.tag == "noscript":
            real[_place(one)] = index
    if not real:
        return
    for index, one in enumerate(page.pictures):
        twin = real.get(_place(one))
        if twin is not None and twin != index and shown[index]:
            shown[index], shown[twin] = False, True


def _place(picture: Picture) -> tuple[int, str]:
    """The figure (else the box) and the file's name."""
    box: Box | None = picture.box
    while box is not None and box.tag != "figure":
        box = box.parent
    return (box or picture.box).index, _stem(_addresses(dict(picture.node.attrib)))


def _stem(text: str) -> str:
    for part in _PARTS.split(text):
        found = _STEM.match(part)
        if found:
            return found[1].lower()
    return text[-80:]


def _mean(mass: list[float], size: list[float], start: int, end: int) -> float:
    start, end = max(0, start), min(len(size) - 1, end)
    total = size[end] - size[start] if end > start else 0.0
    return (mass[end] - mass[start]) / total if total else -0.1


def _captioned(page: Segments) -> set[int]:
    """The boxes in a figure that has a caption."""
    holding = {box.index for box in page.boxes if box.tag == "figcaption"}
    for box in reversed(page.boxes):
        if box.index in holding and box.parent is not None and box.tag != "figure":
            holding.add(box.parent.index)
    found: set[int] = set()
    for box in page.boxes:
        if box.tag == "figure":
            inside = box.index in holding
        else:
            inside = box.parent is not None and box.parent.index in found
        if inside:
            found.add(box.index)
    return found


def _pictures_below(page: Segments) -> list[int]:
    """Of every box."""
    below = [0] * len(page.boxes)
    for picture in page.pictures:
        below[picture.box.index] += 1
    for box in reversed(page.boxes):
        if box.parent is not None:
            below[box.parent.index] += below[box.index]
    return below


def _levels(box: Box, mass: list[float], size: list[float], below: list[int]) -> list[float]:
    """Of the next boxes above with (more) text: mean chance, size, pictures, share of the mass."""
    row: list[float] = []
    one: Box | None = box
    start = end = -1
    total = mass[-1] or 1.0
    for _ in range(LEVELS):
        while one is not None and (one.start == one.end or (one.start == start and one.end == end)):
            one = one.parent
        if one is None:
            row.extend(row[-4:] if row else [0.0] * 4)
            continue
        start, end = one.start, one.end
        held, text = mass[end] - mass[start], size[end] - size[start]
        row += (
            held / text if text else 0.0, log1p(text), float(below[one.index]), held / total,
        )  # fmt: skip
    return row

"""From probabilities to the body: which segments to keep, and the nodes that hold just them."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Final

from lxml.html import HtmlElement

from scraper.extraction.generic.segments import Box, Segments
from scraper.extraction.page import Body
from scraper.extraction.visibility import is_hidden

TEXT_RANGE: Final = (0.2, 0.6)
PICTURE_RANGE: Final = (0.1, 0.45)
"""A threshold is never lower or higher."""

CLEAR: Final = 0.3645
"""A page is clear, or not, by whether its threshold is higher.  Chosen by cross-validation."""


def threshold(
    probabilities: Sequence[float], sizes: Sequence[float], limits: tuple[float, float]
) -> float:
    """The probability from which on keeping something raises the page's expected F1.

    On a page whose text is plainly an article that is close to a half; on one of which nothing is
    sure (a grid of products) it is lower, because half of the best expected F1 is the optimal
    threshold.
    """
    likely = sum(p * size for p, size in zip(probabilities, sizes, strict=True))
    best = kept = hit = 0.0
    for p, size in sorted(zip(probabilities, sizes, strict=True), reverse=True):
        hit += p * size
        kept += size
        best = max(best, 2 * hit / (kept + likely)) if kept + likely else best
    return min(max(best / 2, limits[0]), limits[1])


def text_threshold(probabilities: Sequence[float], sizes: Sequence[float]) -> float:
    """The same for texts.  Their chances lie nearer to the middle than they should, as trees that
    are kept from fitting too well give them: an article's texts are likelier than they seem and
    what stands between them less likely, so on a clear page more is asked for, on a page of which
    nothing is sure less."""
    best = threshold(probabilities, sizes, (0.0, 1.0))
    return min(max(best * sqrt(best / CLEAR), TEXT_RANGE[0]), TEXT_RANGE[1])


def assemble(
    page: Segments,
    kept_texts: Sequence[bool],
    kept_pictures: Sequence[bool],
    candidate: str,
    reasons: dict[HtmlElement, str],
) -> Body | None:
    """The smallest element that holds all that is kept, without the boxes that hold nothing of it.

    Loose text between kept boxes cannot be dropped by itself, but its links can.
    """
    holding: set[int] = set()
    used: set[int] = set()
    kept_boxes = [one.box for one, keep in zip(page.segments, kept_texts, strict=True) if keep] + [
        one.box for one, keep in zip(page.pictures, kept_pictures, strict=True) if keep
    ]
    for box in [one.box for one in page.segments] + [one.box for one in page.pictures]:
        _mark(box, used)
    for box in kept_boxes:
        _mark(box, holding)
    if not kept_boxes:
        return None
    root = _common(kept_boxes)
    inside = {id(root)}
    dropped: set[HtmlElement] = {*page.hidden, *page.bars, *page.beyond}
    for box in page.boxes:
        parent = box.parent
        if parent is None or id(parent) not in inside:
            continue
        if id(box) in holding:
            inside.add(id(box))
        elif id(box) in used:
            dropped.add(box.node)
    for segment, keep in zip(page.segments, kept_texts, strict=True):
        if not keep and id(segment.box) in inside:
            dropped.update(segment.loose)
    for picture, keep in zip(page.pictures, kept_pictures, strict=True):
        if not keep and id(picture.box) in inside:
            dropped.add(picture.node)
    node = root.node
    names = node.keys()
    unseen = node.tag == "noscript" or bool(names and is_hidden(node, names))
    return Body(
        roots=tuple(one for one in node if one not in dropped) if unseen else (node,),
        candidate=candidate,
        dropped=frozenset(dropped),
        reasons=reasons,
        cut=bool(page.beyond),
    )


def _mark(box: Box, marked: set[int]) -> None:
    one: Box | None = box
    while one is not None and id(one) not in marked:
        marked.add(id(one))
        one = one.parent


def _common(boxes: Sequence[Box]) -> Box:
    root = boxes[0]
    for box in boxes[1:]:
        other = box
        while root is not other:
            if root.depth >= other.depth and root.parent is not None:
                root = root.parent
            elif other.parent is not None:
                other = other.parent
    return root

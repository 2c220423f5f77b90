"""What belongs together stays together: texts of one template, lists, headings, captions.  Segments
are judged one by one; these few rules make their judgements agree."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from scraper.extraction.generic.segments import CAPTION, Box, Segments

SURE: Final = 0.7
"""So likely must a text be to keep its heading."""

POSSIBLE: Final = 0.1
"""A less likely heading is dropped whatever follows."""

TEMPLATE: Final = 3
"""So many boxes of one shape make a template."""

TWIN: Final = 3
"""So many texts or more, of TWIN_SIZE together, must stand on the page twice to be one part."""

TWIN_SIZE: Final = 200.0
"""Latin letters."""

_BASE: Final = 1_000_003
_PRIME: Final = 2**61 - 1
_ITEMS: Final = frozenset({"li", "dt", "dd"})
_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})


def agreed(page: Segments, chances: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Boxes of one shape were made by one template: half of what counts for each of their texts is
    the mean of all of them.  A discussion's replies stay or go together."""
    shapes: dict[tuple[str, ...], list[int]] = {}
    for index, one in enumerate(page.segments):
        shapes.setdefault(one.box.signature, []).append(index)
    found = list(chances)
    for places in shapes.values():
        if len(places) >= TEMPLATE:
            mean = sum(chances[at] * sizes[at] for at in places) / sum(sizes[at] for at in places)
            for at in places:
                found[at] = (chances[at] + mean) / 2
    return found


def keep_lists_whole(
    page: Segments, chances: Sequence[float], sizes: Sequence[float], least: float, kept: list[bool]
) -> None:
    """The items' mean decides for all items of a list."""
    lists: dict[int, list[int]] = {}
    for index, one in enumerate(page.segments):
        if one.box.tag in _ITEMS and one.box.parent is not None:
            lists.setdefault(one.box.parent.index, []).append(index)
    for items in lists.values():
        if len(items) > 1:
            likely = sum(chances[at] * sizes[at] for at in items)
            stays = likely >= least * sum(sizes[at] for at in items)
            for at in items:
                kept[at] = stays


def keep_headings(page: Segments, chances: Sequence[float], kept: list[bool]) -> None:
    """A heading stays with the text it heads."""
    segments = page.segments
    for index in range(len(segments) - 1, -1, -1):
        one = segments[index]
        if kept[index] or one.box.tag not in _HEADINGS or 2 * one.linked >= one.size:
            continue
        after = index + 1
        while after < len(segments) and segments[after].box.tag in _HEADINGS:
            after += 1
        if (
            after < len(segments)
            and kept[after]
            and chances[after] > SURE
            and chances[index] > POSSIBLE
            and segments[after].box.parent is one.box.parent
        ):
            kept[index] = True


def drop_twins(page: Segments, sizes: Sequence[float], kept: list[bool]) -> None:
    """A box with the very texts of another before it is the same part, written once for phones and
    once for desks: the first stays.  Single paragraphs may well be said twice."""
    texts = [one.text for one in page.segments]
    if len(texts) - len(set(texts)) < TWIN:
        return
    before = [0.0, *accumulate(sizes)]
    # A rolling hash, so that comparing boxes does not depend on how much they hold.
    rolled = [0]
    for text in texts:
        rolled.append((rolled[-1] * _BASE + hash(text)) % _PRIME)
    first: dict[tuple[int, int], Box] = {}
    done = 0
    for box in page.boxes:
        start, end = box.start, box.end
        count = end - start
        if start < done or count < TWIN or before[end] - before[start] < TWIN_SIZE:
            continue
        words = (rolled[end] - rolled[start] * pow(_BASE, count, _PRIME)) % _PRIME
        twin = first.setdefault((count, words), box)
        if twin.end <= start and 2 * sum(kept[twin.start : twin.end]) >= count:
            kept[start:end] = [False] * count
            done = end


def drop_captions(page: Segments, kept: list[bool], shown: Sequence[bool]) -> None:
    """A caption goes with its figure's pictures; in a figure without any it is a text like others.
    That a picture stays says nothing of its caption: what is no caption of a picture that can be
    read would become a paragraph."""
    figures: dict[int, bool] = {}
    for picture, stays in zip(page.pictures, shown, strict=True):
        figure = _figure(picture.box)
        if figure is not None:
            figures[figure.index] = figures.get(figure.index, False) or stays
    for index, one in enumerate(page.segments):
        if one.box.flags & CAPTION:
            figure = _figure(one.box)
            if figure is not None and figure.index in figures:
                kept[index] &= figures[figure.index]


def _figure(box: Box) -> Box | None:
    one: Box | None = box
    while one is not None and one.tag != "figure":
        one = one.parent
    return one

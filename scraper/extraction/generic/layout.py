"""How a page's text is spread over its boxes: sums, repeated shapes, the densest block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from math import log1p
from typing import Final

from scraper.extraction.generic.segments import FOOTER, NAV, Box, Segments

LEVELS: Final = 4
"""How many ever larger boxes above a segment are looked at."""

_STEPS: Final = 9
_CHROME: Final = NAV | FOOTER


class Sums:
    """Prefix sums over the segments: a box's totals by subtraction."""

    __slots__ = ("linked", "sentences", "size")

    def __init__(self, page: Segments, sizes: list[float], sentences: list[int]) -> None:
        self.size = [0.0, *accumulate(sizes)]
        linked = (
            size * one.linked / one.size if one.linked else 0.0
            for one, size in zip(page.segments, sizes, strict=True)
        )
        self.linked = [0.0, *accumulate(linked)]
        self.sentences = [0, *accumulate(sentences)]

    def of(self, start: int, end: int) -> tuple[float, float, int]:
        """Size, share of links, sentences."""
        size = self.size[end] - self.size[start]
        linked = self.linked[end] - self.linked[start]
        return size, linked / size if size else 0.0, self.sentences[end] - self.sentences[start]


@dataclass(frozen=True, slots=True)
class Group:
    """The siblings of one shape that hold most text, outside navigation."""

    start: int = 0
    end: int = 0
    count: int = 0


@dataclass(slots=True)
class Layout:
    """`best` is the classic densest block: the box whose own paragraphs weigh most."""

    sums: Sums
    best: Box
    group: Group
    own: list[float]
    low: list[float]
    _siblings: dict[tuple[int, tuple[str, ...]], int]
    _same: dict[tuple[str, ...], tuple[float, float, float, float]]
    _above: dict[int, float]
    _levels: dict[int, list[float]]

    def marks(self, box: Box) -> tuple[float, float, float, float]:
        """Scores of the class words of the box and of two above, and the lowest up to the root."""
        parent = box.parent or box
        above = parent.parent or parent
        own = self.own
        return own[box.index], own[parent.index], own[above.index], self.low[box.index]

    def same(self, box: Box) -> tuple[float, float, float, float]:
        """Of all segments in boxes of this shape: count, mean size, links, mean sentences."""
        return self._same[box.signature]

    def siblings(self, box: Box) -> int:
        """How many of its shape stand under the same parent."""
        return self._siblings.get((box.parent.index, box.signature), 1) if box.parent else 1

    def above(self, box: Box) -> float:
        """How many steps up from the best box one finds an ancestor of this one: 0 inside it."""
        one: Box | None = box
        while one is not None:
            steps = self._above.get(one.index)
            if steps is not None:
                return steps
            one = one.parent
        return float(_STEPS)

    def levels(self, box: Box) -> list[float]:
        """Share of links, share of the page, sentences and mean size of the box and of the next
        larger ones above it."""
        known = self._levels.get(box.index)
        if known is None:
            known = self._levels[box.index] = self._read_levels(box)
        return known

    def _read_levels(self, box: Box) -> list[float]:
        sums = self.sums
        total = sums.size[-1] or 1.0
        row: list[float] = []
        one: Box | None = box
        start = end = -1
        for _ in range(LEVELS):
            while one is not None and one.start == start and one.end == end:
                one = one.parent
            if one is None:
                row.extend(row[-4:])
                continue
            start, end = one.start, one.end
            size, links, sentences = sums.of(start, end)
            row += (links, size / total, float(min(sentences, 200)), size / (end - start or 1))
        return row


def lay_out(
    page: Segments, sizes: list[float], sentences: list[int], mark: Callable[[str], float]
) -> Layout:
    sums = Sums(page, sizes, sentences)
    own, low = _marks(page, mark)
    siblings: dict[tuple[int, tuple[str, ...]], int] = {}
    for box in page.boxes:
        if box.parent is not None and box.end > box.start:
            key = (box.parent.index, box.signature)
            siblings[key] = siblings.get(key, 0) + 1
    best = _densest(page, sums)
    above: dict[int, float] = {}
    one: Box | None = best
    for step in range(_STEPS):
        if one is None:
            break
        above[one.index] = float(step)
        one = one.parent
    return Layout(
        sums, best, _largest_group(page, sums, siblings), own, low, siblings,
        _same_shapes(page, sizes, sentences), above, {},
    )  # fmt: skip


def _marks(page: Segments, mark: Callable[[str], float]) -> tuple[list[float], list[float]]:
    """Of every box: its own words' score, and the lowest on its way to the root."""
    own: list[float] = []
    low: list[float] = []
    known: dict[str, float] = {"": 0.0}
    for box in page.boxes:
        score = known.get(box.words)
        if score is None:
            score = known[box.words] = mark(box.words)
        own.append(score)
        low.append(min(score, low[box.parent.index] if box.parent else 0.0))
    return own, low


def _same_shapes(
    page: Segments, sizes: list[float], sentences: list[int]
) -> dict[tuple[str, ...], tuple[float, float, float, float]]:
    gathered: dict[tuple[str, ...], list[float]] = {}
    for one, size, ends in zip(page.segments, sizes, sentences, strict=True):
        sums = gathered.get(one.box.signature)
        if sums is None:
            sums = gathered[one.box.signature] = [0.0, 0.0, 0.0, 0.0]
        sums[0] += 1
        sums[1] += size
        sums[2] += size * one.linked / one.size
        sums[3] += ends
    return {
        shape: (log1p(count), size / count, links / (size or 1), ends / count)
        for shape, (count, size, links, ends) in gathered.items()
    }


def _largest_group(
    page: Segments, sums: Sums, siblings: dict[tuple[int, tuple[str, ...]], int]
) -> Group:
    spans: dict[tuple[int, tuple[str, ...]], list[float]] = {}
    for box in page.boxes:
        if box.parent is None or box.end == box.start or box.flags & _CHROME or box.tag == "p":
            continue
        key = (box.parent.index, box.signature)
        if siblings[key] < 3:
            continue
        span = spans.get(key)
        if span is None:
            span = spans[key] = [box.start, box.end, 0.0]
        span[1] = box.end
        size, links, _ = sums.of(box.start, box.end)
        span[2] += size * (1.1 - links)
    if not spans:
        return Group()
    largest = max(spans, key=lambda key: spans[key][2])
    start, end, _ = spans[largest]
    return Group(int(start), int(end), siblings[largest])


def _densest(page: Segments, sums: Sums) -> Box:
    scores: dict[int, float] = {}
    for index, one in enumerate(page.segments):
        if one.size < 16 or 2 * one.linked > one.size:
            continue
        size, links, sentences = sums.of(index, index + 1)
        if size < 40:
            continue
        value = (1 + min(sentences, 5) + min(size / 100, 5)) * (1 - links)
        box: Box | None = one.box
        for share in (0.5, 1.0, 0.5, 0.25):
            if box is None:
                break
            scores[box.index] = scores.get(box.index, 0.0) + share * value
            box = box.parent
    return page.boxes[max(scores, key=scores.__getitem__) if scores else 0]

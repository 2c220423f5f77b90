"""From annotated pages to rows with labels, and to the weights of class words and short texts.

A page's own site never takes part in the weights its rows are made with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from lxml.html import HtmlElement

from benchmarks.extraction import labels
from benchmarks.extraction.scorer import html
from benchmarks.extraction.sets import Case, fold
from scraper.extraction.generic.features import (
    NAMES,
    Weights,
    is_chrome,
    mark_words,
    phrase_words,
    rows,
    sizes_of,
)  # fmt: skip
from scraper.extraction.generic.head import Head, read_head
from scraper.extraction.generic.segments import PLAYERS, Segments, cut, weigh
from scraper.extraction.images import read_picture
from scraper.extraction.parse import parse_text
from scraper.snapshot import Snapshot

Array = np.ndarray[Any, np.dtype[np.float64]]
Share = tuple[float, float]
"""How much of a word's text is body, and how much is not; they add up to 1."""

FEWEST_SITES = 4
"""A word must have been seen on as many sites to have a weight."""
LEAST_WEIGHT = 0.25
LEAST_FOUND = 0.6
"""A page that holds less of its reference (an empty shell, another page's text) teaches nothing."""
LONGEST = 300
"""Words of a segment that count for its importance; each has a little more, so that short ones
are not forgotten."""
EXTRA = 1.5


@dataclass
class Lesson:
    """A page ready to learn from.  `truth` is a share for each segment, `weight` its importance (0
    where nothing is known); a page's weights add up to about 1."""

    case: Case
    page: Segments
    head: Head
    truth: Array
    weight: Array
    fold: int
    shown: Array | None = None
    """Of each picture: whether it is one of the annotated ones; None where none are."""
    marks: dict[str, Share] = field(default_factory=dict)
    phrases: dict[str, Share] = field(default_factory=dict)

    @property
    def site(self) -> str:
        return str(self.case["site"])


def lessons(data: Path, cases: Iterable[Case], score: Any) -> list[Lesson]:
    """Pages that have a body or snippets to learn from."""
    return [_lesson(data, case, score) for case in cases if "text" in case or "must" in case]


def parse(text: str, url: str) -> HtmlElement:
    """As the extractor parses."""
    return parse_text(text, Snapshot(url, url, 0, (), None, None, None, "file")).tree


def _lesson(data: Path, case: Case, score: Any) -> Lesson:
    tree = parse(html(data, case), case["url"])
    page = cut(tree)
    truth, weight = _by_text(page, case, score) if "text" in case else _by_snippets(page, case)
    weight[[at for at, one in enumerate(page.segments) if is_chrome(one)]] = 0.0
    lesson = Lesson(case, page, read_head(tree, case["url"]), truth, weight, fold(case))
    if "text" in case:
        lesson.marks, lesson.phrases = _mark_shares(lesson), _phrase_shares(lesson)
    if case.get("images"):
        lesson.shown = _by_images(page, case, score)
    return lesson


def _by_images(page: Segments, case: Case, score: Any) -> Array:
    url = case["url"]
    wanted = {score.image_key(one, url) for group in case["images"] for one in group}
    found = []
    for one in page.pictures:
        picture = read_picture(one.node, url) if one.node.tag not in PLAYERS else None
        found.append(picture is not None and score.image_key(picture.url, url) in wanted)
    return np.array(found, dtype=float)


def _by_text(page: Segments, case: Case, score: Any) -> tuple[Array, Array]:
    found = labels.shares(page.segments, case["text"], _tokens(score, case))
    truth = np.array([share for share, _ in found])
    there = sum(share * size for share, size in found)
    wanted = len(_tokens(score, case)(case["text"]))
    if there < LEAST_FOUND * wanted:
        return truth, np.zeros(len(truth))
    weight = np.minimum(np.array([float(size) for _, size in found]), LONGEST) + EXTRA
    return truth, weight / max(weight.sum(), 1.0)


def _tokens(score: Any, case: Case) -> labels.Tokens:
    cjk = not case.get("words") and score.is_cjk(case["text"])
    tokens: labels.Tokens = (score.CHAR if cjk else score.WORD).findall
    return tokens


def _by_snippets(page: Segments, case: Case) -> tuple[Array, Array]:
    found = labels.snippets(page.segments, case)
    truth = np.array([0.0 if one is None else one for one in found])
    weight = np.array([0.0 if one is None else 1.0 for one in found])
    return truth, weight / max(2.0 * weight.sum(), 1.0)


def _mark_shares(lesson: Lesson) -> dict[str, Share]:
    """Of each class word: how much of the text below it is body."""
    below: dict[str, set[int]] = defaultdict(set)
    for box in lesson.page.boxes:
        if box.words and box.end > box.start:
            for word in mark_words(box.words):
                below[word].update(range(box.start, box.end))
    sizes = [min(one.size, 200) + 10 for one in lesson.page.segments]
    found = {}
    for word, places in below.items():
        total = sum(sizes[at] for at in places)
        good = sum(sizes[at] for at in places if lesson.truth[at] > 0.5) / total
        found[word] = (good, 1.0 - good)
    return found


def _phrase_shares(lesson: Lesson) -> dict[str, Share]:
    seen: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one, share in zip(lesson.page.segments, lesson.truth, strict=True):
        for word in set(phrase_words(one.text, weigh(one.text))):
            seen[word][int(share <= 0.5)] += 1
    return {word: (good / (good + bad), bad / (good + bad)) for word, (good, bad) in seen.items()}


class _Table:
    """The shares of each word, site by site."""

    def __init__(self, pages: list[tuple[str, dict[str, Share]]]) -> None:
        gathered: dict[str, dict[str, list[Share]]] = defaultdict(lambda: defaultdict(list))
        for site, shares in pages:
            for word, share in shares.items():
                gathered[site][word].append(share)
        self.sites: dict[str, dict[str, Share]] = {
            site: {word: _mean(shares) for word, shares in words.items()}
            for site, words in gathered.items()
        }
        self.totals: dict[str, tuple[float, float, int]] = {}
        for words in self.sites.values():
            for word, (good, bad) in words.items():
                before = self.totals.get(word, (0.0, 0.0, 0))
                self.totals[word] = (before[0] + good, before[1] + bad, before[2] + 1)

    def without(self, site: str | None) -> dict[str, float]:
        """Log odds of the words seen on enough other sites."""
        own = self.sites.get(site, {}) if site else {}
        found = {}
        for word, (good, bad, count) in self.totals.items():
            minus = own.get(word, (0.0, 0.0))
            if count - (word in own) < FEWEST_SITES:
                continue
            weight = log((good - minus[0] + 0.6) / (bad - minus[1] + 0.6))
            if abs(weight) > LEAST_WEIGHT:
                found[word] = round(weight, 2)
        return dict(sorted(found.items()))


def _mean(shares: list[Share]) -> Share:
    good = sum(one for one, _ in shares) / len(shares)
    return good, 1.0 - good


def weights_of(learned_from: list[Lesson]) -> Callable[[str | None], Weights]:
    """site -> the weights that all other sites teach."""
    marks = _Table([(one.site, one.marks) for one in learned_from])
    phrases = _Table([(one.site, one.phrases) for one in learned_from])

    @lru_cache(maxsize=4)
    def without(site: str | None) -> Weights:
        return Weights(marks=marks.without(site), phrases=phrases.without(site))

    return without


def matrix(lesson: Lesson, weights: Weights) -> Array:
    """A row a segment; of zeros for chrome, which needs no judgement."""
    found, _ = rows(lesson.page, lesson.head, weights, sizes_of(lesson.page))
    return filled(found, len(NAMES))


def filled(found: list[list[float] | None], width: int) -> Array:
    nothing = [0.0] * width
    return np.array([row or nothing for row in found], dtype=np.float64).reshape(-1, width)

"""What is known about each segment before anything is decided: numbers for the model.

`NAMES` names them in order.  None of them knows a site; words of class names, ids and short texts
enter through weights that were learned over many sites.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log1p
from typing import Final

from scraper.extraction.generic.head import Head, squeeze
from scraper.extraction.generic.layout import LEVELS, Layout, lay_out
from scraper.extraction.generic.segments import (
    ASIDE,
    DIALOG,
    FIGURE,
    FOOTER,
    HEADER,
    HEADING,
    NAV,
    Segment,
    Segments,
    weigh,
)  # fmt: skip

KINDS: Final = {
    "p": 1, "li": 2, "h1": 3, "h2": 4, "h3": 4, "h4": 4, "h5": 4, "h6": 4, "td": 5, "th": 5,
    "pre": 6, "blockquote": 7, "figcaption": 8, "dd": 9, "dt": 9, "button": 10, "label": 10,
    "summary": 10, "address": 11, "section": 12, "article": 12, "body": 13,
}  # fmt: skip

NAMES: Final = [
    "size", "link_share", "sentences", "sentence_rate", "ends", "upper_rate", "kind", "phrase",
    "phrase_min", "title", "described", "position", "share_before", "repeated_text",
    "section_phrase", "section_distance", "mark_own", "mark_up1", "mark_up2", "mark_min",
    "same_count", "same_size", "same_links", "same_sentences", "group_in", "group_place",
    "siblings",
    *(f"level{level}_{name}" for level in range(1, LEVELS + 1)
      for name in ("link_share", "share", "sentences", "mean_size")),
    "around_links", "before_size", "after_size", "best_in", "best_above",
    "in_aside", "in_figure", "in_dialog", "in_footer", "in_header",
    "page_size", "page_link_share", "page_sentences", "page_segments", "page_headings",
    "page_mean_size", "page_long_share", "page_article_share", "page_comment_share", "page_kind",
    "page_best_share", "page_group_share", "page_group_count", "page_group_links",
    "url_digits", "url_hyphens", "url_depth",
]  # fmt: skip

SHORT: Final = 60
"""Characters: a shorter text in a navigation or footer is chrome without being looked at."""

LOOKED_AT: Final = 150
"""So many characters of a text tell whether it is a title and how many capitals it has."""

REMEMBERED: Final = 4096
LONGEST_REMEMBERED: Final = 300
"""Values of `class` and `id`, and their characters: what pages say must not fill the memory."""

_CHROME: Final = NAV | FOOTER
_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}(?![a-z])")
_LETTER_RUNS: Final = re.compile(r"[^\W\d_]+")
_ENDS: Final = frozenset(".!?。！？…؟।։።”»")
_SENTENCE: Final = re.compile(r"[.!?。！？…؟।։።۔](?:(?=\s|$|[\"'”»)])|(?<![.!?]))")
_DIGIT: Final = re.compile(r"\d")
_UPPER: Final = re.compile(r"[A-ZÀ-ÞА-Я]")


@dataclass(frozen=True)
class Weights:
    """Log odds of being body, of class words (`marks`) and of words in short texts (`phrases`)."""

    marks: Mapping[str, float]
    phrases: Mapping[str, float]

    def mark(self, words: str) -> float:
        """Of a `class` or `id` value: half its strongest word, half the mean of all.  The pages of
        a site have the same ones again and again, so they are remembered."""
        return self._known(words) if len(words) <= LONGEST_REMEMBERED else self._mark(words)

    @cached_property
    def _known(self) -> Callable[[str], float]:
        return lru_cache(maxsize=REMEMBERED)(self._mark)

    def _mark(self, words: str) -> float:
        found = [self.marks[word] for word in mark_words(words) if word in self.marks]
        if not found:
            return 0.0
        return 0.5 * (max(found, key=abs) + sum(found) / len(found))

    def phrase(self, text: str, size: float) -> tuple[float, float]:
        """Of a short text: the mean and the lowest of its words' weights."""
        if size > SHORT:
            return 0.0, 0.0
        found = [self.phrases[word] for word in phrase_words(text, size) if word in self.phrases]
        return (sum(found) / len(found), min(found)) if found else (0.0, 0.0)


def mark_words(words: str) -> list[str]:
    """`articleBody-text_2` -> article, body, text."""
    return [word.lower() for word in _WORDS.findall(words) if 2 < len(word) < 24]


def phrase_words(text: str, size: float) -> list[str]:
    """The words of a short text, and the text itself; nothing for a longer one."""
    if size > SHORT:
        return []
    folded = text.lower()
    return [*_LETTER_RUNS.findall(folded)[:8], "=" + _DIGIT.sub("0", folded)]


def is_chrome(segment: Segment) -> bool:
    return segment.size < SHORT and segment.box.flags & _CHROME != 0


def count_sentences(text: str) -> int:
    return len(_SENTENCE.findall(text)) if len(text) > 20 else 0


def rows(
    page: Segments, head: Head, weights: Weights, sizes: list[float]
) -> tuple[list[list[float] | None], Layout]:
    """One row of `NAMES` a segment, None for chrome; and the page's layout."""
    segments = page.segments
    count = len(segments)
    sentences = [count_sentences(one.text) for one in segments]
    layout = lay_out(page, sizes, sentences, weights.mark)
    sums, best, group = layout.sums, layout.best, layout.group
    total = sums.size[count] or 1.0
    texts: dict[str, int] = {}
    for one in segments:
        texts[one.text] = texts.get(one.text, 0) + 1
    kinds = [KINDS.get(one.box.tag, 0) for one in segments]
    tail = _page(page, head, layout, sentences)
    section_phrase, section_at = 0.0, -1
    out: list[list[float] | None] = []
    for index, one in enumerate(segments):
        box, text, size, length = one.box, one.text, sizes[index], one.size
        flags = box.flags
        if length < SHORT and flags & _CHROME:
            out.append(None)
            continue
        phrase, phrase_min = weights.phrase(text, size)
        if flags & HEADING:
            section_phrase, section_at = phrase, index
        opening = text[:LOOKED_AT]
        squeezed = squeeze(opening)
        start, end = max(0, index - 4), min(count, index + 5)
        around = sums.size[end] - sums.size[start]
        ends = sentences[index]
        out.append([
            log1p(size), one.linked / length, float(ends), ends / size * 100,
            1.0 if text[-1] in _ENDS else 0.0, len(_UPPER.findall(opening)) / len(opening),
            float(kinds[index]), phrase, phrase_min, head.title_share(squeezed),
            1.0 if len(squeezed) > 30 and squeezed[:60] in head.description else 0.0,
            index / count, sums.size[index] / total, float(texts[text]), section_phrase,
            float(min(index - section_at, 40)),
            *layout.marks(box), *layout.same(box),
            1.0 if group.start <= index < group.end else 0.0,
            -1.0 if index < group.start else 1.0 if index >= group.end else 0.0,
            float(min(layout.siblings(box), 50)), *layout.levels(box),
            (sums.linked[end] - sums.linked[start]) / around if around else 0.0,
            log1p(sizes[index - 1]) if index else 0.0,
            log1p(sizes[index + 1]) if index + 1 < count else 0.0,
            1.0 if best.start <= index < best.end else 0.0, layout.above(box),
            1.0 if flags & ASIDE else 0.0, 1.0 if flags & FIGURE else 0.0,
            1.0 if flags & DIALOG else 0.0, 1.0 if flags & FOOTER else 0.0,
            1.0 if flags & HEADER else 0.0, *tail,
        ])  # fmt: skip
    return out, layout


def _page(page: Segments, head: Head, layout: Layout, sentences: list[int]) -> tuple[float, ...]:
    """What tells an article from a list of them, a product or a discussion."""
    segments, sums, group = page.segments, layout.sums, layout.group
    size, links, ended = sums.of(0, len(segments))
    headings = sum(1 for one in segments if one.box.flags & HEADING)
    long = sum(one.size for one, ends in zip(segments, sentences, strict=True) if ends > 1)
    articles = [box for box in page.boxes if box.tag == "article" and box.end > box.start]
    largest = max((sums.of(box.start, box.end)[0] for box in articles), default=0.0)
    comments, last = 0.0, 0
    for box in page.boxes:
        if box.start >= last and box.end > box.start and "comment" in box.words.lower():
            comments += sums.of(box.start, box.end)[0]
            last = box.end
    grouped, group_links, _ = sums.of(group.start, group.end)
    total = size or 1.0
    return (
        log1p(size), links, log1p(ended), log1p(len(segments)), float(min(headings, 60)),
        size / (len(segments) or 1), long / total, largest / total, comments / total,
        float(head.kind), sums.of(layout.best.start, layout.best.end)[0] / total, grouped / total,
        float(min(group.count, 60)), group_links, head.url.digits, head.url.hyphens,
        head.url.depth,
    )  # fmt: skip


def sizes_of(page: Segments) -> list[float]:
    return [weigh(one.text) for one in page.segments]

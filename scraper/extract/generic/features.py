"""What is known about each segment before anything is decided: numbers for the model.

`NAMES` names them in order.  None of them knows a site; words of class names, ids and short texts
enter through weights that were learned over many sites.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import log1p
from typing import Final

from scraper.extract.generic.head import URL_NAMES, Head, squeeze
from scraper.extract.generic.segments import (
    ARIA_HIDDEN,
    ARTICLE,
    ASIDE,
    BUTTON,
    CAPTION,
    DETAILS,
    DIALOG,
    FIGURE,
    FOOTER,
    FORM,
    HEADER,
    HEADING,
    LIST,
    MAIN,
    MARKED,
    NAV,
    QUOTE,
    TABLE,
    Box,
    Segment,
    Segments,
    weigh,
)  # fmt: skip

FLAGS: Final = {
    "nav": NAV, "header": HEADER, "footer": FOOTER, "aside": ASIDE, "article": ARTICLE,
    "main": MAIN, "form": FORM, "list": LIST, "table": TABLE, "figure": FIGURE, "quote": QUOTE,
    "heading": HEADING, "button": BUTTON, "marked": MARKED, "aria_hidden": ARIA_HIDDEN,
    "dialog": DIALOG, "details": DETAILS, "caption": CAPTION,
}  # fmt: skip
KINDS: Final = {
    "p": 1, "li": 2, "h1": 3, "h2": 4, "h3": 4, "h4": 4, "h5": 4, "h6": 4, "td": 5, "th": 5,
    "pre": 6, "blockquote": 7, "figcaption": 8, "dd": 9, "dt": 9, "button": 10, "label": 10,
    "summary": 10, "address": 11, "section": 12, "article": 12, "body": 13,
}  # fmt: skip

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}(?![a-z])")
_LETTER_RUNS = re.compile(r"[^\W\d_]+")
_ENDS: Final = ".!?。！？…؟।։።\u0589\u06d4”»"
_SENTENCE = re.compile(r"[.!?](?=\s|$|[\"'”»)])|[。！？…؟।։።۔]")
_COMMA = re.compile(r"[,;:，、；：،؛]")
_DIGIT = re.compile(r"\d")
_PRICE = re.compile(r"[$€£¥￥₹₽]\s?\d|\d\s?(?:[€£₽]|USD|EUR|GBP|kr\b|zł|lei|元|円)")
_DATE = re.compile(
    r"(?:19|20)\d\d\s?[-/.年]\s?\d|\b\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d|\b(?:jan|feb|m[aä]r|apr|"
    r"ma[yi]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-zé]*\.?\s\d|\d{1,2}\.?\s(?:jan|feb|m[aä]r|apr|ma[yi]|"
    r"jun|jul|aug|sep|o[ck]t|nov|de[cz])",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"\b(?:ago|min read|hours?|days?|views?|likes?|repl(?:y|ies)|posts?|votes?|joined|uhr|vor \d)\b"
    r"|前|发表|回复|楼",
    re.IGNORECASE,
)
_UPPER = re.compile(r"[A-ZÀ-ÞА-Я]")


@dataclass(frozen=True)
class Weights:
    """Log odds of being body, of class words (`marks`) and of words in short texts (`phrases`)."""

    marks: Mapping[str, float]
    phrases: Mapping[str, float]


def mark_words(words: str) -> list[str]:
    """`articleBody-text_2` -> article, body, text."""
    return [word.lower() for word in _WORDS.findall(words) if 2 < len(word) < 24]


def phrase_words(text: str) -> list[str]:
    """The words of a short text, and the text itself."""
    if weigh(text) > 60:
        return []
    folded = text.lower()
    return [*_LETTER_RUNS.findall(folded)[:8], "=" + _DIGIT.sub("0", folded)]


def _span(box: Box) -> tuple[int, int]:
    return box.start, box.end


BASE: Final = [
    "size", "link_share", "links", "sentences", "sentence_rate", "comma_rate", "ends", "digit_rate",
    "upper_rate", "bold_share", "breaks", "kind", "depth", "mark_own", "mark_up1", "mark_up2",
    "mark_min", "mark_max", "mark_inside", "phrase", "phrase_min", "title", "described",
    "heading_level", "price", "date", "time_words", "section_phrase", "section_distance",
    "group_in", "group_place", "repeat_count", "repeat_size", "repeat_depth",
    "in_article_body", "position", "share_before", "same_count", "same_size", "same_links",
    "same_sentences", "repeated_text", "after_h1",
]  # fmt: skip
LEVEL: Final = ["size", "link_share", "sentences", "share", "count", "mean_size", "siblings"]
AROUND: Final = ["size", "link_share", "ends", "kind", "same_box", "heading"]
PAGE: Final = [
    "page_size", "page_link_share", "page_sentences", "page_segments", "page_articles",
    "page_article_share", "page_article_body", "page_kind", "page_comment_share",
    "page_prices", "page_h1", "page_headings", "page_mean_size", "page_long_share", "page_main",
    "page_group_share", "page_group_count", "page_group_links", "page_group_sentences",
    "page_group_size", "ld_article", "ld_product", "ld_list", "ld_forum", "ld_faq", "ld_site",
    *("url_" + name for name in URL_NAMES),
]  # fmt: skip
NAMES: Final = (
    BASE
    + [f"in_{name}" for name in FLAGS]
    + [f"level{level}_{name}" for level in (1, 2, 3, 4) for name in LEVEL]
    + [f"{side}_{name}" for side in ("before", "after") for name in AROUND]
    + ["around_size", "around_links", "around_sentences", "best_in", "best_share", "best_above"]
    + PAGE
)


class Sums:
    """Prefix sums over the segments: a box's totals by subtraction."""

    def __init__(self, segments: list[Segment], sizes: list[float], sentences: list[int]) -> None:
        self.size = [0.0, *accumulate(sizes)]
        self.linked = [
            0.0,
            *accumulate(
                size * one.linked / (one.size or 1)
                for one, size in zip(segments, sizes, strict=True)
            ),
        ]
        self.sentences = [0, *accumulate(sentences)]

    def of(self, start: int, end: int) -> tuple[float, float, int]:
        size = self.size[end] - self.size[start]
        linked = self.linked[end] - self.linked[start]
        return size, linked / size if size else 0.0, self.sentences[end] - self.sentences[start]


def _mark_scores(page: Segments, weights: Weights) -> tuple[list[float], list[float], list[float]]:
    """Of every box: its own words' score, the lowest and the highest on its way to the root."""
    own: list[float] = []
    low: list[float] = []
    high: list[float] = []
    place: dict[int, int] = {}
    known: dict[str, float] = {}
    marks = weights.marks
    for index, box in enumerate(page.boxes):
        place[id(box)] = index
        score = known.get(box.words)
        if score is None:
            found = [marks[word] for word in mark_words(box.words) if word in marks]
            score = max(found, key=abs) if found else 0.0
            if len(found) > 1:
                score = 0.5 * (score + sum(found) / len(found))
            known[box.words] = score
        own.append(score)
        if box.parent is None:
            low.append(min(score, 0.0))
            high.append(max(score, 0.0))
        else:
            above = place[id(box.parent)]
            low.append(min(score, low[above]))
            high.append(max(score, high[above]))
    return own, low, high


def rows(page: Segments, head: Head, weights: Weights) -> list[list[float]]:
    """One row of `NAMES` a segment."""
    segments, boxes = page.segments, page.boxes
    count = len(segments)
    if not count:
        return []
    sizes = [weigh(one.text) for one in segments]
    sentences = [len(_SENTENCE.findall(one.text)) if one.size > 20 else 0 for one in segments]
    sums = Sums(segments, sizes, sentences)
    total = sums.size[-1] or 1.0
    own, low, high = _mark_scores(page, weights)
    place = {id(box): index for index, box in enumerate(boxes)}

    same: dict[object, list[float]] = {}
    texts: dict[str, int] = {}
    for one, size, ends in zip(segments, sizes, sentences, strict=True):
        group = same.setdefault(one.box.signature, [0.0, 0.0, 0.0, 0.0])
        group[0] += 1
        group[1] += size
        group[2] += size * one.linked / one.size
        group[3] += ends
        texts[one.text] = texts.get(one.text, 0) + 1

    siblings: dict[tuple[int, object], int] = {}
    for box in boxes:
        if box.parent is not None and box.end > box.start:
            key = (id(box.parent), box.signature)
            siblings[key] = siblings.get(key, 0) + 1

    top, tops = _groups(page, sums, siblings)
    top_span = (top[0], top[1])
    repeats: dict[int, tuple[float, float, float]] = {}
    section_phrase, section_at = 0.0, -1
    best = _best(page, sums)
    best_span = _span(best)
    page_row = _page_row(page, head, sums, top, sentences)
    levels: dict[int, list[float]] = {}
    titles = head.titles
    h1_seen = 0
    marks = weights.marks
    phrases = weights.phrases
    inside_known: dict[str, float] = {"": 0.0}
    out: list[list[float]] = []
    kinds = [KINDS.get(one.box.tag, 0) for one in segments]
    for index, one in enumerate(segments):
        box = one.box
        text = one.text
        size = sizes[index]
        length = one.size
        at = place[id(box)]
        parent = box.parent or box
        above = parent.parent or parent
        inside = inside_known.get(one.inside)
        if inside is None:
            found = [marks[word] for word in mark_words(one.inside) if word in marks]
            inside = max(found, key=abs) if found else 0.0
            inside_known[one.inside] = inside
        phrase = phrase_min = 0.0
        if size <= 60:
            scores = [phrases[word] for word in phrase_words(text) if word in phrases]
            if scores:
                phrase = sum(scores) / len(scores)
                phrase_min = min(scores)
        if kinds[index] == 3:
            h1_seen = 1
        if box.flags & HEADING:
            section_phrase, section_at = phrase, index
        repeat = repeats.get(id(box))
        if repeat is None:
            repeat = repeats[id(box)] = _repeat(box, tops, sums)
        short = size < 200
        squeezed = squeeze(text)
        group = same[box.signature]
        row = [
            log1p(size), one.linked / length, float(one.links), float(sentences[index]),
            sentences[index] / size * 100, len(_COMMA.findall(text)) / size * 100,
            1.0 if text[-1] in _ENDS else 0.0, len(_DIGIT.findall(text)) / length,
            len(_UPPER.findall(text)) / length, one.bold / length, float(one.breaks),
            float(kinds[index]), float(box.depth), own[at], own[place[id(parent)]],
            own[place[id(above)]], low[at], high[at], inside, phrase, phrase_min,
            _title(squeezed, titles),
            1.0 if len(squeezed) > 30 and squeezed[:60] in head.description else 0.0,
            float(int(box.tag[1])) if kinds[index] in (3, 4) else 0.0,
            1.0 if short and _PRICE.search(text) else 0.0,
            1.0 if short and _DATE.search(text) else 0.0,
            1.0 if short and _AGO.search(text) else 0.0,
            section_phrase, float(min(index - section_at, 40)),
            1.0 if top_span[0] <= index < top_span[1] else 0.0,
            -1.0 if index < top_span[0] else 1.0 if index >= top_span[1] else 0.0,
            *repeat,
            head.in_body(squeezed),
            index / count, sums.size[index] / total, log1p(group[0]), group[1] / group[0],
            group[2] / (group[1] or 1), group[3] / group[0], float(texts[text]), float(h1_seen),
        ]  # fmt: skip
        flags = box.flags
        row.extend(1.0 if flags & bit else 0.0 for bit in FLAGS.values())
        known = levels.get(id(box))
        if known is None:
            known = levels[id(box)] = _levels(box, sums, total, siblings)
        row.extend(known)
        for other in (index - 1, index + 1):
            if 0 <= other < count:
                near = segments[other]
                row.extend((
                    log1p(sizes[other]), near.linked / near.size,
                    1.0 if near.text[-1] in _ENDS else 0.0, float(kinds[other]),
                    1.0 if near.box.parent is box.parent else 0.0,
                    1.0 if near.box.flags & HEADING else 0.0,
                ))  # fmt: skip
            else:
                row.extend((0.0, 0.0, 0.0, -1.0, 0.0, 0.0))
        start, end = max(0, index - 4), min(count, index + 5)
        around = sums.of(start, end)
        row.extend((log1p(around[0] / (end - start)), around[1], float(around[2])))
        row.append(1.0 if best_span[0] <= index < best_span[1] else 0.0)
        row.append((sums.size[best_span[1]] - sums.size[best_span[0]]) / total)
        row.append(_above(box, best))
        row.extend(page_row)
        out.append(row)
    return out


def _title(text: str, titles: tuple[str, ...]) -> float:
    """1 for the page's title, a fraction for a text that is a part of one."""
    if len(text) < 6:
        return 0.0
    best = 0.0
    for title in titles:
        if text == title:
            return 1.0
        if text in title or title in text:
            best = max(best, min(len(text), len(title)) / max(len(text), len(title)))
    return best


def _levels(
    box: Box, sums: Sums, total: float, siblings: dict[tuple[int, object], int]
) -> list[float]:
    """Totals of the box and of the next larger intervals above it."""
    row: list[float] = []
    one: Box | None = box
    span = (-1, -1)
    for _ in range(4):
        while one is not None and _span(one) == span:
            one = one.parent
        if one is None:
            row.extend(row[-len(LEVEL) :])
            continue
        span = _span(one)
        size, links, sentences = sums.of(*span)
        count = span[1] - span[0]
        alike = siblings.get((id(one.parent), one.signature), 1) if one.parent else 1
        row.extend((
            log1p(size), links, float(min(sentences, 200)), size / total, log1p(count),
            size / (count or 1), float(min(alike, 50)),
        ))  # fmt: skip
    return row


def _best(page: Segments, sums: Sums) -> Box:
    """The box whose own paragraphs weigh most: the classic densest block."""
    scores: dict[int, float] = {}
    where: dict[int, Box] = {}
    for index, one in enumerate(page.segments):
        size, links, sentences = sums.of(index, index + 1)
        if size < 40 or links > 0.5:
            continue
        value = (1 + min(sentences, 5) + min(size / 100, 5)) * (1 - links)
        box: Box | None = one.box
        for share in (0.5, 1.0, 0.5, 0.25):
            if box is None:
                break
            scores[id(box)] = scores.get(id(box), 0.0) + share * value
            where[id(box)] = box
            box = box.parent
    if not scores:
        return page.boxes[0]
    return where[max(scores, key=scores.__getitem__)]


def _above(box: Box, best: Box) -> float:
    """How many steps up from the best box one finds an ancestor of this one: 0 inside, up to 9."""
    one: Box | None = best
    for step in range(9):
        if one is None:
            break
        if one.start <= box.start and box.end <= one.end:
            return float(step)
        one = one.parent
    return 9.0


def _groups(
    page: Segments, sums: Sums, siblings: dict[tuple[int, object], int]
) -> tuple[tuple[int, int, int, float], dict[int, int]]:
    """The siblings of one shape that hold most text (outside navigation): first and last segment,
    how many, their text; and how many of its shape each repeated box has beside it."""
    spans: dict[tuple[int, object], list[float]] = {}
    tops: dict[int, int] = {}
    for box in page.boxes:
        if box.parent is None or box.end == box.start:
            continue
        key = (id(box.parent), box.signature)
        alike = siblings[key]
        if alike < 3:
            continue
        tops[id(box)] = alike
        if box.flags & (NAV | FOOTER):
            continue
        span = spans.setdefault(key, [box.start, box.end, 0.0])
        span[1] = box.end
        size, links, _ = sums.of(box.start, box.end)
        span[2] += size * (1.1 - links) if box.tag != "p" else 0.0
    if not spans:
        return (0, 0, 0, 0.0), tops
    largest = max(spans, key=lambda one: spans[one][2])
    start, end, _ = spans[largest]
    return (int(start), int(end), siblings[largest], sums.of(int(start), int(end))[0]), tops


def _repeat(box: Box, tops: dict[int, int], sums: Sums) -> tuple[float, float, float]:
    """Of the outermost repeated ancestor with several segments: count, size, steps to it."""
    one: Box | None = box
    found = (0.0, 0.0, -1.0)
    for step in range(8):
        if one is None:
            break
        alike = tops.get(id(one))
        if alike and one.end - one.start > 1:
            found = (float(min(alike, 60)), log1p(sums.of(*_span(one))[0]), float(step))
        one = one.parent
    return found


def _page_row(
    page: Segments,
    head: Head,
    sums: Sums,
    top: tuple[int, int, int, float],
    sentences: list[int],
) -> list[float]:
    size, links, ended = sums.of(0, len(page.segments))
    articles = [box for box in page.boxes if box.tag == "article" and box.end > box.start]
    largest = max((sums.of(*_span(box))[0] for box in articles), default=0.0)
    comments = 0.0
    last = 0
    for box in page.boxes:
        if box.start >= last and "comment" in box.words.lower():
            comments += sums.of(*_span(box))[0]
            last = box.end
    return [
        log1p(size), links, log1p(ended), log1p(len(page.segments)),
        float(min(len(articles), 20)), largest / (size or 1), 1.0 if head.body else 0.0,
        float(head.kind), comments / (size or 1),
        *_page_kind(page, head, sums, top, sentences),
    ]  # fmt: skip


def _page_kind(
    page: Segments, head: Head, sums: Sums, top: tuple[int, int, int, float], sentences: list[int]
) -> list[float]:
    """What tells an article from a list of them, a product or a discussion."""
    segments = page.segments
    total = sums.size[-1] or 1.0
    prices = sum(1 for one in segments if one.size < 60 and _PRICE.search(one.text))
    h1 = sum(1 for one in segments if one.box.tag == "h1")
    headings = sum(1 for one in segments if one.box.flags & HEADING)
    long = sum(one.size for one, ends in zip(segments, sentences, strict=True) if ends > 1)
    group = sums.of(top[0], top[1])
    kinds = head.kinds
    return [
        float(min(prices, 40)), float(min(h1, 5)), float(min(headings, 60)),
        total / len(segments), long / total, float(any(box.tag == "main" for box in page.boxes)),
        top[3] / total, float(min(top[2], 60)), group[1], float(min(group[2], 300)),
        group[0] / (top[2] or 1),
        float(head.kind == 1), float("product" in kinds or "productgroup" in kinds),
        float(bool(kinds & {"itemlist", "collectionpage", "searchresultspage"})),
        float(bool(kinds & {"discussionforumposting", "qapage", "question", "answer"})),
        float("faqpage" in kinds), float("website" in kinds), *head.url,
    ]  # fmt: skip

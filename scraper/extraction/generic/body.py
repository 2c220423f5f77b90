"""Find the body: cut the page into segments, judge each, keep what belongs to the content."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lxml.html import HtmlElement

from scraper.extraction.generic.cohesion import (
    agreed,
    drop_captions,
    drop_twins,
    keep_headings,
    keep_lists_whole,
)
from scraper.extraction.generic.features import is_chrome, rows, sizes_of
from scraper.extraction.generic.head import Head, read_head
from scraper.extraction.generic.layout import Layout
from scraper.extraction.generic.model import model
from scraper.extraction.generic.pictures import drop_previews, picture_rows
from scraper.extraction.generic.segments import PLAYERS, Segments, cut
from scraper.extraction.generic.selection import (
    PICTURE_RANGE,
    assemble,
    text_threshold,
    threshold,
)
from scraper.extraction.generic.trees import probability
from scraper.extraction.generic.unseen import described_body, hidden_roots, scripted_body
from scraper.extraction.page import Body, Page

if TYPE_CHECKING:
    from scraper.extraction.metadata import Metadata

SHELL: Final = 100.0
"""A page with less visible body (in Latin letters) may be a shell that scripts would fill."""

ENOUGH: Final = 250.0
"""So much more must be hidden in a shell to be taken for its body: a cookie notice has less."""

TEASER: Final = 1500.0
MORE: Final = 3.0
"""A visible body up to TEASER is a teaser when JSON-LD's articleBody is so many times longer."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    body: Body | None
    size: float
    described: float
    """Share of the kept text that stands in JSON-LD's articleBody."""


def find_body(page: Page, metadata: Metadata | None = None) -> Body | None:  # noqa: ARG001
    """None when the page has no text that could be a body."""
    head = read_head(page.tree, page.url)
    segments = cut(page.tree)
    visible = _judge(segments, head, "generic:model")
    if (
        visible.size < TEASER
        and head.body_size > MORE * visible.size + ENOUGH
        and (visible.described > 0.5 or visible.size < SHELL)
    ):
        root = described_body(head.body_text)
        if root is not None:
            return Body(roots=(root,), candidate="jsonld:articleBody")
    if visible.size >= SHELL:
        return visible.body
    best = visible
    for root in hidden_roots(segments, page.tree):
        name = "generic:noscript" if root.tag == "noscript" else "generic:hidden"
        other = _judge(cut(root), head, name)
        if other.size > 2 * best.size + ENOUGH:
            best = other
    if best.size < SHELL:
        root = scripted_body(page.tree)
        if root is not None:
            other = _judge(cut(root), head, "generic:script")
            if other.size > 2 * best.size + ENOUGH:
                best = other
    return best.body


def _judge(segments: Segments, head: Head, candidate: str) -> _Candidate:
    if not segments.segments:
        return _Candidate(None, 0.0, 0.0)
    known = model()
    sizes = sizes_of(segments)
    found, layout = rows(segments, head, known.weights, sizes)
    chances = [probability(known.keep(row)) if row else 0.0 for row in found]
    shared = agreed(segments, chances, sizes)
    least = text_threshold(shared, sizes)
    kept = [chance >= least for chance in shared]
    keep_lists_whole(segments, shared, sizes, least, kept)
    keep_headings(segments, shared, kept)
    drop_twins(segments, sizes, kept)
    shown = _shown(segments, head, layout, chances, kept)
    drop_previews(segments, shown)
    drop_captions(segments, kept, shown)
    size = described = 0.0
    for one, weight, keep in zip(segments.segments, sizes, kept, strict=True):
        if keep:
            size += weight
            if head.body and head.has(one.text):
                described += weight
    reasons = _reasons(segments, shared, least, kept)
    body = assemble(segments, kept, shown, candidate, reasons)
    return _Candidate(body, size, described / (size or 1.0))


def _shown(
    page: Segments, head: Head, layout: Layout, chances: list[float], kept: list[bool]
) -> list[bool]:
    """Which pictures belong to the body: images by the model, players where the text stays."""
    known = model()
    found = [
        probability(known.show(row)) if row else 0.0
        for row in picture_rows(page, head, layout, chances, known.weights)
    ]
    _agree(page, found)
    images = [one.node.tag not in PLAYERS for one in page.pictures]
    judged = [chance for chance, image in zip(found, images, strict=True) if image]
    least = threshold(judged, [1.0] * len(judged), PICTURE_RANGE)
    around = _around(page, kept)
    return [
        chance >= least if image else near
        for chance, image, near in zip(found, images, around, strict=True)
    ]


def _agree(page: Segments, chances: list[float]) -> None:
    """Pictures of one form in a row, without a text between them, are judged alike."""
    runs: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, one in enumerate(page.pictures):
        if chances[index]:
            runs[one.after, one.box.signature, one.node.tag].append(index)
    for run in runs.values():
        mean = sum(chances[index] for index in run) / len(run)
        for index in run:
            chances[index] = mean


def _around(page: Segments, kept: list[bool]) -> list[bool]:
    """Of each picture or player: whether most of the text around it is kept."""
    out = []
    for picture in page.pictures:
        box = picture.box
        while box.parent is not None and box.end == box.start:
            box = box.parent
        span = kept[box.start : box.end]
        out.append(2 * sum(span) > len(span))
    return out


def _reasons(
    page: Segments, chances: list[float], least: float, kept: list[bool]
) -> dict[HtmlElement, str]:
    reasons: dict[HtmlElement, str] = dict.fromkeys(page.hidden, "dropped: hidden by its markup")
    reasons.update(dict.fromkeys(page.beyond, "dropped: beyond what is looked at of a long page"))
    reasons.update(dict.fromkeys(page.bars, "dropped: a navigation or footer without paragraphs"))
    for one, chance, stays in zip(page.segments, chances, kept, strict=True):
        if is_chrome(one) and not stays:
            why = "short text in a navigation or footer"
        else:
            why = f"likely body {chance:.2f}, needed {least:.2f}"
            if stays != (chance >= least):
                why += ", but goes with what it belongs to"
                if not stays:
                    why += " or stands here twice"
        reasons[one.box.node] = f"{'kept' if stays else 'dropped'}: {why}"
    return reasons

"""Find the body: cut the page into segments, judge each, keep what belongs to the content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml.html import HtmlElement

from scraper.extract.generic.features import rows
from scraper.extract.generic.head import read_head
from scraper.extract.generic.model import model
from scraper.extract.generic.segments import Segments, cut, weigh
from scraper.extract.generic.selection import assemble, threshold
from scraper.extract.generic.trees import probability
from scraper.extract.page import Body, Page

if TYPE_CHECKING:
    from scraper.extract.metadata import Metadata


def find_body(page: Page, metadata: Metadata | None = None) -> Body | None:  # noqa: ARG001
    """None when the page has no text that could be a body."""
    segments = cut(page.tree)
    if not segments.segments:
        return None
    known = model()
    found = rows(segments, read_head(page.tree, page.url), known.weights)
    chances = [probability(known.keep(row)) for row in found]
    sizes = [weigh(one.text) for one in segments.segments]
    least = threshold(chances, sizes)
    kept = [chance >= least for chance in chances]
    return assemble(
        segments,
        kept,
        _pictures(segments, kept),
        "generic:model",
        _reasons(segments, chances, least),
    )


def _pictures(page: Segments, kept: list[bool]) -> list[bool]:
    """A picture stays where the text around it stays."""
    out = []
    for picture in page.pictures:
        box = picture.box
        while box.parent is not None and box.end == box.start:
            box = box.parent
        span = kept[box.start : box.end]
        out.append(2 * sum(span) > len(span))
    return out


def _reasons(page: Segments, chances: list[float], least: float) -> dict[HtmlElement, str]:
    reasons: dict[HtmlElement, str] = {}
    for one, chance in zip(page.segments, chances, strict=True):
        verdict = "kept" if chance >= least else "dropped"
        reasons[one.box.node] = f"{verdict}: {chance:.2f} against {least:.2f}"
    return reasons

"""Headings and captions: texts of one line, and what they belong to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from lxml.html import HtmlElement

from scraper.extraction.flow import BodyRule, Flow
from scraper.extraction.text import one_line
from scraper.record import ImageBlock

LEVELS: Final = {f"h{level}": level for level in range(1, 7)}

LONGEST_CAPTION: Final = 600
"""A longer text that is only named a caption is a paragraph."""


@dataclass(slots=True)
class _Figure:
    """`images` were there before it, the first `captioned` are done with."""

    images: int
    captioned: int
    captions: list[str] = field(default_factory=list)


class Lines(Flow):
    """The flow, told where a line begins and ends.  A start handler returns True when the element's
    content shall not be walked."""

    def __init__(self, rule: BodyRule) -> None:
        super().__init__(rule)
        self.figures: list[_Figure] = []

    def start_line(self, node: HtmlElement) -> bool:
        self.boundary()
        if self.line is None:
            self.line = node
        return False

    def end_line(self, node: HtmlElement) -> None:
        if self.line is None or node is not self.line:
            self.pieces.append(" ")
            return
        self.line = None
        text = one_line("".join(self.pieces))
        self.pieces.clear()
        self.plain = False
        if text:
            level = LEVELS.get(str(node.tag))
            if level:
                self.put_heading(level, text)
            else:
                self._end_caption(text)
        self.flush()

    def _end_caption(self, text: str) -> None:
        images = len(self.out.images)
        if self.figures:
            figure = self.figures[-1]
            if images == figure.images:
                figure.captions.append(text)
            self.put_caption(text, figure.captioned)
            figure.captioned = images
        elif images and len(text) <= LONGEST_CAPTION:
            self.put_caption(text, images - 1)
        else:
            self.put_text(text, plain=True)

    def is_caption(self, node: HtmlElement) -> bool:
        """Something named a caption, right after a picture."""
        if self.line is not None or not self.out.blocks:
            return False
        if not isinstance(self.out.blocks[-1], ImageBlock):
            return False
        return "caption" in (node.get("class") or "").lower() and self.is_blank()

    def start_figure(self, _: HtmlElement) -> bool:
        self.boundary()
        images = len(self.out.images)
        self.figures.append(_Figure(images, images))
        return False

    def end_figure(self, _: HtmlElement) -> None:
        self.boundary()
        figure = self.figures.pop()
        for text in figure.captions:
            if len(self.out.images) > figure.images:
                self.put_caption(text, figure.captioned)
            else:
                self.put_text(text, plain=True)

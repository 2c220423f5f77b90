"""Pictures, players and formulas, told to the flow."""

from __future__ import annotations

from typing import Final

from lxml.html import HtmlElement

from scraper.extraction.embeds import read_embed
from scraper.extraction.flow import BodyRule
from scraper.extraction.images import read_picture
from scraper.extraction.lines import Lines
from scraper.extraction.mathematics import math_text, picture_text
from scraper.extraction.page import Body
from scraper.extraction.text import BREAK
from scraper.record import Embed
from scraper.url import join

_EMOJI: Final = frozenset({"emoji", "wp-smiley", "smiley", "twemoji", "emojione"})


class Media(Lines):
    """The flow, told what is seen and heard besides text."""

    def __init__(self, base_url: str, rule: BodyRule, body: Body) -> None:
        super().__init__(rule)
        self.base_url, self.body = base_url, body

    def start_image(self, node: HtmlElement) -> bool:
        classes = (node.get("class") or "").split()
        formula = picture_text(node, classes)
        if formula is not None:
            self.add(formula)
        elif not _EMOJI.isdisjoint(classes):
            self.add(node.get("alt") or "")
        else:
            self.read_image(node)
        return True

    def read_image(self, node: HtmlElement) -> None:
        picture = read_picture(node, self.base_url, self.rule.media)
        if picture is None:
            self.out.removed.add(node)
            return
        if self.line is not None or not (self.is_blank() or self.pieces[-1] == BREAK):
            self.waiting.append((picture, node))
        else:
            self.flush()
            self.put_picture(picture, node)
        # A paragraph with a picture is no heading, however bold its text.
        self.plain = True

    def start_noscript(self, node: HtmlElement) -> bool:
        """The picture for readers without scripts, unless the one it stands for was found."""
        for image in node.iter("img"):
            if image in self.body.dropped:
                continue
            picture = read_picture(image, self.base_url, self.rule.media)
            if picture and not self._was_just_found(node):
                self.waiting.append((picture, image))
        self.out.removed.add(node)
        if self.is_blank() and self.line is None:
            self.flush()
        return True

    def _was_just_found(self, node: HtmlElement) -> bool:
        before = node.getprevious()
        if before is None or before.tag == "noscript":
            return False
        image = next(before.iter("img"), None)
        return image is not None and (
            image in self.out.addresses or any(image is other for _, other in self.waiting)
        )

    def start_embed(self, node: HtmlElement) -> bool:
        block = read_embed(node, self.base_url)
        if block is None:
            self.out.removed.add(node)
        elif self.line is None:
            self.flush()
            self.put(block)
        return True

    def put_player(self, node: HtmlElement) -> None:
        """A link that a recipe says stands for a video; its picture follows."""
        url = join(self.base_url, node.get("href") or "")
        if url and self.line is None:
            self.flush()
            self.put(Embed(kind="video", url=url))

    def start_math(self, node: HtmlElement) -> bool:
        self.add(math_text(node))
        return True

    def start_drawing(self, _: HtmlElement) -> bool:
        """Text inside a drawing is part of the drawing."""
        return True

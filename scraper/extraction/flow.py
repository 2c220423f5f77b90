"""The body while it is written: a running text that becomes paragraphs, items or quotations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from lxml.html import HtmlElement

from scraper.extraction.images import Picture
from scraper.extraction.text import BREAK, passages
from scraper.recipe import MediaRule
from scraper.record import (
    Block,
    Heading,
    Image,
    ImageBlock,
    ListBlock,
    ListItem,
    Paragraph,
    Quote,
)

BLOCK_KINDS: Final = frozenset(
    {"heading", "paragraph", "list", "quote", "code", "table", "image", "embed"}
)


@dataclass(frozen=True, slots=True)
class BodyRule:
    """`kinds` are the blocks wanted; `media` says where pictures' addresses are."""

    kinds: frozenset[str] = BLOCK_KINDS
    bold_headings: bool = True
    media: MediaRule | None = None


@dataclass(slots=True)
class BodyContent:
    """`anchors` are the links' nodes, `addresses` what each picture's node stands for, `removed`
    the nodes left out with all below them: what the body's links and HTML are written from."""

    blocks: list[Block] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    anchors: list[HtmlElement] = field(default_factory=list)
    addresses: dict[HtmlElement, str] = field(default_factory=dict)
    removed: set[HtmlElement] = field(default_factory=set)


@dataclass(slots=True)
class _Item:
    """An open list item.  `at` is its place in the open list once it has text; `flow` is set when
    a heading inside shows that the list only lays out sections."""

    depth: int
    at: int | None = None
    flow: bool = False


class Flow:
    """Text is added piece by piece; `flush` makes blocks of it.  A list or quotation stays open,
    item by item, until it ends or another block breaks it."""

    def __init__(self, rule: BodyRule) -> None:
        self.rule = rule
        self.out = BodyContent()
        self.pieces: list[str] = []
        self.plain = False
        """Some of the text is not bold."""
        self.waiting: list[tuple[Picture, HtmlElement]] = []
        self.bold = 0
        self.in_paragraph = 0
        self.line: HtmlElement | None = None
        """The heading or caption being read: blocks inside do not end its text."""
        self._numbers: dict[str, int] = {}
        self._lists: list[bool] = []
        self._items: list[_Item] = []
        self._open_items: list[ListItem] = []
        self._quotes = 0
        self._open_quote: list[str] = []

    # Text ---------------------------------------------------------------------

    def add(self, text: str) -> None:
        """Running text that counts as not bold."""
        if text:
            self.pieces.append(text)
            self.plain = True

    def is_blank(self) -> bool:
        return all(piece.isspace() or piece == BREAK for piece in self.pieces)

    def boundary(self) -> None:
        """A block begins or ends here."""
        if self.line is None:
            self.flush()
        else:
            self.pieces.append(" ")

    def flush(self) -> None:
        if self.pieces:
            text = "".join(self.pieces)
            self.pieces.clear()
            for passage in passages(text):
                self.put_text(passage, plain=self.plain)
        self.plain = False
        if self.waiting:
            waiting, self.waiting = self.waiting, []
            for picture, node in waiting:
                self.put_picture(picture, node)

    def put_text(self, text: str, *, plain: bool) -> None:
        if self._quotes:
            self._open_quote.append(text)
        elif self._lists and not (self._items and self._items[-1].flow):
            self._put_item(text)
        elif self.in_paragraph and not plain and self.rule.bold_headings:
            self.put(Heading(level=3, text=text.replace("\n", " "), inferred=True))
        else:
            self.put(Paragraph(text=text))

    def put_heading(self, level: int, text: str) -> None:
        if self._quotes:
            self._open_quote.append(text)
            return
        if self._items:
            self._items[-1].flow = True
        self.put(Heading(level=level, text=text))

    def put(self, block: Block) -> None:
        self.close_open()
        if block.type in self.rule.kinds:
            self.out.blocks.append(block)

    # Lists and quotations -----------------------------------------------------

    def open_list(self, *, ordered: bool) -> None:
        if not self._lists and not self._quotes:
            self.close_open()
        self._lists.append(ordered)

    def close_list(self) -> None:
        if len(self._lists) == 1 and not self._quotes:
            self.close_open()
        if self._lists:
            self._lists.pop()

    def open_item(self, *, deeper: bool) -> None:
        self._items.append(_Item(max(len(self._lists) - 1, 0) + deeper))

    def close_item(self) -> None:
        self._items.pop()

    def open_quote(self) -> None:
        if not self._quotes:
            self.close_open()
        self._quotes += 1

    def close_quote(self) -> None:
        self._quotes -= 1
        if not self._quotes:
            self.close_open()

    def close_open(self) -> None:
        """Write down the list or quotation so far; what follows of it opens a new block."""
        if self._open_items:
            items, self._open_items = tuple(self._open_items), []
            for item in self._items:
                item.at = None
            if "list" in self.rule.kinds:
                ordered = bool(self._lists and self._lists[0])
                self.out.blocks.append(ListBlock(ordered=ordered, items=items))
        if self._open_quote:
            paragraphs, self._open_quote = tuple(self._open_quote), []
            if "quote" in self.rule.kinds:
                self.out.blocks.append(Quote(paragraphs=paragraphs))

    def _put_item(self, text: str) -> None:
        item = self._items[-1] if self._items else _Item(len(self._lists) - 1)
        if item.at is not None and item.at == len(self._open_items) - 1:
            text = f"{self._open_items[item.at].text}\n{text}"
            self._open_items[item.at] = ListItem(text=text, depth=item.depth)
            return
        item.at = len(self._open_items)
        self._open_items.append(ListItem(text=text, depth=item.depth))

    # Pictures -----------------------------------------------------------------

    def put_picture(self, picture: Picture, node: HtmlElement) -> None:
        """A picture that the body shows twice has two blocks and one entry in `images`."""
        self.out.addresses[node] = picture.url
        if "image" not in self.rule.kinds:
            return
        self.close_open()
        position = len(self.out.blocks)
        number = self._numbers.get(picture.url)
        if number is None:
            number = self._numbers[picture.url] = len(self.out.images)
            self.out.images.append(
                Image(
                    url=picture.url,
                    alt=picture.alt,
                    title=picture.title,
                    width=picture.width,
                    height=picture.height,
                    position=position,
                )
            )
        elif position and self.out.blocks[-1] == ImageBlock(image=number):
            return
        self.out.blocks.append(ImageBlock(image=number))

    def put_caption(self, text: str, first: int) -> None:
        """The caption of the pictures from number `first` on that have none yet."""
        for number in range(first, len(self.out.images)):
            image = self.out.images[number]
            if image.caption is None:
                self.out.images[number] = image.model_copy(update={"caption": text})

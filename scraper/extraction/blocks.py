"""A body as blocks in reading order, its pictures, and the texts that follow from them.

Rules that markup alone does not settle: one `<br>` is a line end inside a paragraph, two separate
paragraphs; text directly in a `div` is a paragraph; a list item's paragraphs are its lines; nested
lists are flattened with their depth, definitions are one deeper than their terms; a picture inside
running text follows its paragraph; what breaks a list or a quotation (a heading, a picture, a
table) splits it in two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scraper.extraction.flow import BLOCK_KINDS, BodyContent, BodyRule
from scraper.extraction.page import Body, Page
from scraper.extraction.reader import Reader
from scraper.record import (
    Block,
    Code,
    Heading,
    Image,
    ImageBlock,
    ListBlock,
    Paragraph,
    Quote,
    Table,
)

__all__ = ["BLOCK_KINDS", "BodyContent", "BodyRule", "blocks", "paragraphs_of", "text_of"]


def blocks(body: Body, page: Page, rule: BodyRule | None = None) -> BodyContent:
    """Read the body once.  `paragraphs_of` and `text_of` give its texts."""
    reader = Reader(page.base_url, rule or BodyRule(), body)
    for root in body.roots:
        reader.read(root)
    return reader.finish()


def joined(contents: Sequence[BodyContent]) -> BodyContent:
    """The blocks and pictures of several pages as one body's; what belongs to a page's own tree
    (anchors, addresses, what was removed) is the first one's."""
    whole, *others = contents
    for other in others:
        at, shift = len(whole.blocks), len(whole.images)
        whole.images += [
            image.model_copy(
                update={"position": None if image.position is None else image.position + at}
            )
            for image in other.images
        ]
        whole.blocks += [
            ImageBlock(image=block.image + shift) if isinstance(block, ImageBlock) else block
            for block in other.blocks
        ]
    return whole


def paragraphs_of(found: Iterable[Block]) -> list[str]:
    """Texts of paragraphs, list items, quotes and inferred headings, in order."""
    texts: list[str] = []
    for block in found:
        if isinstance(block, Paragraph) or (isinstance(block, Heading) and block.inferred):
            texts.append(block.text)
        elif isinstance(block, ListBlock):
            texts.extend(item.text for item in block.items)
        elif isinstance(block, Quote):
            texts.extend(block.paragraphs)
    return texts


def text_of(found: Iterable[Block], images: Sequence[Image] = ()) -> str:
    """Plain text: an empty line between blocks, one line an item or a table's row, and of pictures
    their captions; one that several pictures share stands once."""
    texts: list[str] = []
    for block in found:
        if not isinstance(block, ImageBlock):
            texts.append(block_text(block))
            continue
        caption = images[block.image].caption if images else None
        if caption and texts[-1:] != [caption]:
            texts.append(caption)
    return "\n\n".join(filter(None, texts))


def block_text(block: Block) -> str:
    """Empty for pictures and embedded pages."""
    if isinstance(block, (Heading, Paragraph, Code)):
        return block.text
    if isinstance(block, ListBlock):
        return "\n".join(item.text for item in block.items)
    if isinstance(block, Quote):
        return "\n".join(block.paragraphs)
    if isinstance(block, Table):
        rows = ["\t".join(row).rstrip() for row in block.rows]
        return "\n".join([block.caption, *rows] if block.caption else rows)
    return ""

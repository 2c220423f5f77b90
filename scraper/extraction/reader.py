"""One walk over a body's nodes, each element told to the flow by its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from lxml import etree
from lxml.html import HtmlElement

from scraper.extraction.code import is_code_table, read_code
from scraper.extraction.flow import BLOCK_KINDS, BodyContent, BodyRule
from scraper.extraction.images import Picture, is_own_picture
from scraper.extraction.lines import LEVELS
from scraper.extraction.mathematics import is_rendering, script_text
from scraper.extraction.media import Media
from scraper.extraction.page import Body
from scraper.extraction.tables import is_layout, read_table
from scraper.extraction.text import BREAK, one_line
from scraper.extraction.visibility import UNSEEN, is_hidden, says_much

_SIGNS: Final = frozenset("¶ # § 🔗 ↩ ↩︎ ↩️ ⤴ ^ ↑".split())
"""Links of one sign lead to the place itself or back from a footnote."""


class Reader(Media):
    """`read` may be called for several roots; `finish` gives what was read.

    A start handler returns True when the element's content shall not be walked.
    """

    def __init__(self, base_url: str, rule: BodyRule, body: Body) -> None:
        super().__init__(base_url, rule, body)
        self.dropped, self.players = body.dropped, body.players

    def read(self, root: HtmlElement) -> None:
        self._walk(root)
        self.flush()

    def _walk(self, root: HtmlElement) -> None:
        dropped, removed, pieces = self.dropped, self.out.removed, self.pieces
        skipped: HtmlElement | None = None
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, node in walk:
            if event == "start":
                names = node.keys()
                if node in dropped or (names and is_hidden(node, names)):
                    removed.add(node)
                    skip = True
                else:
                    start = _STARTS.get(node.tag)
                    if start is None and "-" in node.tag:
                        start = Reader.start_own
                    skip = start(self, node) if start else False
                if skip:
                    skipped = node
                    walk.skip_subtree()
                    continue
                text = node.text
            else:
                if node is skipped:
                    skipped = None
                else:
                    end = _ENDS.get(node.tag)
                    if end:
                        end(self, node)
                if node is root:
                    break
                text = node.tail
            if text:
                pieces.append(text)
                if not self.bold and not self.plain and not text.isspace():
                    self.plain = True

    def finish(self) -> BodyContent:
        self.flush()
        self.close_open()
        return self.out

    # Blocks -------------------------------------------------------------------

    def start_block(self, node: HtmlElement) -> bool:
        if self.is_caption(node):
            return self.start_line(node)
        self.boundary()
        return False

    def end_block(self, node: HtmlElement) -> None:
        if node is self.line:
            self.end_line(node)
        else:
            self.boundary()

    def start_paragraph(self, node: HtmlElement) -> bool:
        self.in_paragraph += 1
        return self.start_block(node)

    def end_paragraph(self, node: HtmlElement) -> None:
        self.end_block(node)
        self.in_paragraph -= 1

    def start_break(self, _: HtmlElement) -> bool:
        if self.line is None and self.waiting:
            self.flush()
        else:
            self.pieces.append(BREAK)
        return False

    def start_list(self, node: HtmlElement) -> bool:
        self.boundary()
        if self.line is None:
            self.open_list(ordered=node.tag == "ol")
        return False

    def end_list(self, _: HtmlElement) -> None:
        self.boundary()
        if self.line is None:
            self.close_list()

    def start_item(self, node: HtmlElement) -> bool:
        self.boundary()
        self.open_item(deeper=node.tag == "dd")
        return False

    def end_item(self, _: HtmlElement) -> None:
        self.boundary()
        self.close_item()

    def start_quote(self, _: HtmlElement) -> bool:
        self.boundary()
        if self.line is None:
            self.open_quote()
        return False

    def end_quote(self, _: HtmlElement) -> None:
        self.boundary()
        if self.line is None:
            self.close_quote()

    def start_code(self, node: HtmlElement) -> bool:
        if self.line is not None:
            return False
        block = read_code(node, self.dropped)
        self.flush()
        if block:
            self.put(block)
        else:
            self.out.removed.add(node)
        return True

    def start_inline_code(self, node: HtmlElement) -> bool:
        """A `code` element of several lines that names its language is a listing."""
        classes = node.get("class")
        if (
            classes
            and "\n" in (node.text or "").strip()
            and ("lang" in classes or "hljs" in classes)
        ):
            return self.start_code(node)
        return False

    def start_table(self, node: HtmlElement) -> bool:
        self.boundary()
        if self.line is not None:
            return False
        if is_code_table(node):
            return self.start_code(node)
        if is_layout(node):
            return False
        inner = Reader(self.base_url, replace(self.rule, kinds=BLOCK_KINDS), self.body)
        block = read_table(node, self.dropped, inner.cell_text)
        if block:
            self.put(block)
        self._take_over(inner.out)
        return True

    def cell_text(self, cell: HtmlElement) -> str:
        """The text below a node as one line; its pictures and links are kept in `out`."""
        self.line = cell.getparent()
        self._walk(cell)
        self.line = None
        text = one_line("".join(self.pieces))
        self.pieces.clear()
        self.flush()
        return text

    def _take_over(self, inner: BodyContent) -> None:
        self.out.anchors += inner.anchors
        self.out.removed |= inner.removed
        nodes = {url: node for node, url in inner.addresses.items()}
        self.out.addresses.update(inner.addresses)
        for image in inner.images:
            picture = Picture(image.url, image.alt, image.title, image.width, image.height)
            self.put_picture(picture, nodes[image.url])

    # Inline elements ----------------------------------------------------------

    def start_bold(self, _: HtmlElement) -> bool:
        self.bold += 1
        return False

    def end_bold(self, _: HtmlElement) -> None:
        self.bold -= 1

    def start_anchor(self, node: HtmlElement) -> bool:
        reference = node.get("href")
        if reference:
            if not len(node) and (node.text or "").strip() in _SIGNS and reference.startswith("#"):
                self.out.removed.add(node)
                return True
            self.out.anchors.append(node)
            if node in self.players:
                self.put_player(node)
        return False

    def start_span(self, node: HtmlElement) -> bool:
        names = node.get("class")
        if names:
            if "MathJax" in names and is_rendering(node, names.split()):
                self.out.removed.add(node)
                return True
            if self.is_caption(node):
                return self.start_line(node)
        return False

    def end_span(self, node: HtmlElement) -> None:
        if node is self.line:
            self.end_line(node)

    def start_script(self, node: HtmlElement) -> bool:
        self.out.removed.add(node)
        self.add(script_text(node) or "")
        return True

    def start_button(self, node: HtmlElement) -> bool:
        """An accordion's heading is a button inside the heading; other buttons are no text, unless
        they swallowed some.  A picture in one can be enlarged."""
        if self.line is not None and self.is_blank():
            return False
        if says_much(node):
            self.boundary()
            return False
        for image in node.iter("img"):
            if image not in self.dropped:
                self.read_image(image)
        self.out.removed.add(node)
        return True

    def start_own(self, node: HtmlElement) -> bool:
        """An element of the site's own kind."""
        return is_own_picture(node) and self.start_image(node)

    def start_unseen(self, node: HtmlElement) -> bool:
        self.out.removed.add(node)
        return True


_BLOCKS: Final = (
    "div section article main header footer nav aside address center form fieldset legend details "
    "summary hgroup tbody thead tfoot tr td th caption body html hr search"
).split()
_PLAYERS: Final = "iframe video audio embed object amp-video amp-audio amp-iframe".split()

_STARTS: Final[dict[str, Callable[[Reader, HtmlElement], bool]]] = {
    **dict.fromkeys(UNSEEN, Reader.start_unseen),
    **dict.fromkeys(_BLOCKS, Reader.start_block),
    **dict.fromkeys(LEVELS, Reader.start_line),
    **dict.fromkeys(("ul", "ol", "dl", "menu", "dir"), Reader.start_list),
    **dict.fromkeys(("li", "dt", "dd"), Reader.start_item),
    **dict.fromkeys(("b", "strong"), Reader.start_bold),
    **dict.fromkeys(("pre", "xmp", "listing", "plaintext"), Reader.start_code),
    "img": Reader.start_image,
    **dict.fromkeys(_PLAYERS, Reader.start_embed),
    **dict.fromkeys(("span", "small"), Reader.start_span),
    "p": Reader.start_paragraph,
    "br": Reader.start_break,
    "a": Reader.start_anchor,
    "blockquote": Reader.start_quote,
    "code": Reader.start_inline_code,
    "table": Reader.start_table,
    "figure": Reader.start_figure,
    "figcaption": Reader.start_line,
    "noscript": Reader.start_noscript,
    "math": Reader.start_math,
    "script": Reader.start_script,
    "button": Reader.start_button,
    "svg": Reader.start_drawing,
}
_ENDS: Final[dict[str, Callable[[Reader, HtmlElement], None]]] = {
    **dict.fromkeys(_BLOCKS, Reader.end_block),
    **dict.fromkeys(LEVELS, Reader.end_line),
    **dict.fromkeys(("ul", "ol", "dl", "menu", "dir"), Reader.end_list),
    **dict.fromkeys(("li", "dt", "dd"), Reader.end_item),
    **dict.fromkeys(("b", "strong"), Reader.end_bold),
    **dict.fromkeys(("span", "small"), Reader.end_span),
    "p": Reader.end_paragraph,
    "blockquote": Reader.end_quote,
    "figure": Reader.end_figure,
    "figcaption": Reader.end_line,
}

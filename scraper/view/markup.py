"""The body's HTML for another site: cleaned anew, its pictures where the export keeps them, and in
a form that Markdown leaves alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape

from lxml import etree
from lxml.html import HtmlElement

from scraper.extraction.clean import VOID, clean_fragment
from scraper.extraction.parse import parse_fragment
from scraper.record import Article, Image

_LINE_END = re.compile(r"\s*[\r\n\x0b\x0c\x85\u2028\u2029]\s*")
_PREFORMATTED = frozenset({"pre", "textarea"})
_ELSEWHERE = ("srcset", "sizes")


def body_html(article: Article, picture: Callable[[Image], str | None]) -> str:
    """One line.  `picture` says where a picture is kept: None leaves it where it was on the web,
    an empty text leaves it out.  A browser asks other sites for pictures without telling where."""
    images = {image.url: image for image in article.images}
    root = parse_fragment(clean_fragment(article.html, article.final_url), article.final_url)
    for node in list(root.iter("img", "source", "iframe")):
        if node.tag != "iframe":
            kept = _kept(node, images, picture)
            if kept == "":
                _drop(node)
                continue
            if kept:
                for name in _ELSEWHERE:
                    node.attrib.pop(name, None)
                if node.tag == "source":
                    _drop(node)
                    continue
                node.set("src", kept)
                continue
        if node.tag != "source":
            node.set("referrerpolicy", "no-referrer")
    return one_line(root)


def _kept(
    node: HtmlElement, images: Mapping[str, Image], picture: Callable[[Image], str | None]
) -> str | None:
    """A `source` goes the way of the picture it stands before."""
    parent = node.getparent()
    if node.tag == "source":
        if parent is None or parent.tag != "picture":
            return None
        node = next(parent.iter("img"), node)
    address = node.get("src", "")
    return picture(images.get(address) or Image(url=address)) if address else None


def _drop(node: HtmlElement) -> None:
    """What follows it stays."""
    node.drop_tree()


def one_line(root: HtmlElement) -> str:
    """What stands inside, without a line end: an empty line would end the HTML for Markdown.  Where
    line ends count they are written as references."""
    pieces: list[str] = []
    kept = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            if node is not root:
                values = (f' {k}="{_reference(escape(v))}"' for k, v in node.items())
                pieces.append(f"<{node.tag}{''.join(values)}>")
            kept += node.tag in _PREFORMATTED
            text = node.text
        else:
            kept -= node.tag in _PREFORMATTED
            if node is root:
                break
            if node.tag not in VOID:
                pieces.append(f"</{node.tag}>")
            text = node.tail
        if text:
            text = escape(text, quote=False)
            pieces.append(_reference(text) if kept else _LINE_END.sub(" ", text))
    return "".join(pieces).strip()


def _reference(text: str) -> str:
    return re.sub(r"[\r\n\x0b\x0c\x85\u2028\u2029]", lambda m: f"&#{ord(m[0])};", text)

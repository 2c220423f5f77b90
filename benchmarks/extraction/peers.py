"""Other extractors behind the scorer's interface: (html, url) -> the flat fields it scores.

Each is called as its own documentation calls it for the best result, and imported only when used:
a comparison runs with those that are installed (`pip install -e .[bench]`).
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

Flat = dict[str, Any]


def trafilatura(html: str, url: str) -> Flat:
    """Its text and metadata.  Asked for pictures as well it writes them into the text, which would
    count against it: see `trafilatura_pictures`."""
    fields = _trafilatura(html, url)
    text = fields.get("text") or ""
    return {
        "title": fields.get("title"),
        "published": fields.get("date"),
        "authors": [fields["author"]] if fields.get("author") else [],
        "text": text,
        "paragraphs": text.split("\n"),
        "lead_image": fields.get("image"),
    }


def trafilatura_pictures(html: str, url: str) -> Flat:
    """The pictures of its body, after the one its metadata names."""
    fields = _trafilatura(html, url, include_images=True)
    body = fields.get("body")
    pictures = [] if body is None else [node.get("src") for node in body.iter("graphic")]
    return {"images": [src for src in (fields.get("image"), *pictures) if src]}


def _trafilatura(html: str, url: str, **options: bool) -> Flat:
    import trafilatura as peer  # noqa: PLC0415 - see the module's first lines

    document = peer.bare_extraction(
        html, url=url, include_comments=False, with_metadata=True, **options
    )
    if document is None:
        return {}
    return document if isinstance(document, dict) else document.as_dict()


def readability(html: str, url: str) -> Flat:
    from lxml.html import document_fromstring  # noqa: PLC0415
    from readability import Document  # noqa: PLC0415

    document = Document(html, url=url)
    tree = document_fromstring(document.summary() or "<p></p>")
    paragraphs = [
        node.text_content() for node in tree.iter("p", "li", "blockquote", "h2", "h3", "pre")
    ]
    return {
        "title": document.short_title(),
        "text": tree.text_content(),
        "paragraphs": paragraphs,
        "images": [node.get("src") for node in tree.iter("img") if node.get("src")],
    }


def resiliparse(html: str, url: str) -> Flat:  # noqa: ARG001 - the scorer's signature
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415

    text = extract_plain_text(html, main_content=True, alt_texts=False)
    return {"text": text, "paragraphs": text.split("\n")}


def newspaper(html: str, url: str) -> Flat:
    import newspaper as peer  # noqa: PLC0415

    article = peer.Article(url)
    article.download(input_html=html)
    article.parse()
    return {
        "title": article.title,
        "published": article.publish_date.isoformat() if article.publish_date else None,
        "authors": article.authors,
        "text": article.text,
        "paragraphs": article.text.split("\n"),
        "images": sorted(article.images),
        "lead_image": article.top_image,
    }


NAMES = {
    "trafilatura": "trafilatura",
    "trafilatura_pictures": "trafilatura",
    "readability": "readability",
    "resiliparse": "resiliparse",
    "newspaper": "newspaper",
}
"""Adapter here -> the module that has to be installed."""


def installed() -> list[str]:
    return [name for name, module in NAMES.items() if find_spec(module) is not None]

"""Other extractors behind the scorer's interface: (html, url) -> the flat fields it scores.

Each is called as its own documentation calls it for the best result, and imported only when used:
a comparison runs with those that are installed (`pip install -e .[bench]`).
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

Flat = dict[str, Any]


def trafilatura(html: str, url: str) -> Flat:
    import trafilatura as peer  # noqa: PLC0415 - see the module's first lines

    document = peer.bare_extraction(
        html, url=url, include_comments=False, include_images=True, with_metadata=True
    )
    if document is None:
        return {}
    fields = document if isinstance(document, dict) else document.as_dict()
    text = fields.get("text") or ""
    pictures = (
        [
            node.get("src")
            for node in (fields.get("body") if fields.get("body") is not None else []).iter(
                "graphic"
            )
        ]
        if fields.get("body") is not None
        else []
    )
    return {
        "title": fields.get("title"),
        "published": fields.get("date"),
        "authors": [fields["author"]] if fields.get("author") else [],
        "text": text,
        "paragraphs": text.split("\n"),
        "images": [src for src in pictures if src],
        "lead_image": fields.get("image"),
    }


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
    "readability": "readability",
    "resiliparse": "resiliparse",
    "newspaper": "newspaper",
}
"""Adapter here -> the module that has to be installed."""


def installed() -> list[str]:
    return [name for name, module in NAMES.items() if find_spec(module) is not None]

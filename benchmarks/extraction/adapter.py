"""This project's extractor behind the scorer's interface: (html, url) -> the flat fields.

score.py DATA --adapter benchmarks.extraction.adapter:ours
"""

from __future__ import annotations

from typing import Any

from scraper import extract
from scraper.errors import ScraperError


def ours(html: str, url: str) -> dict[str, Any]:
    """The whole record, flattened; empty for a page that has none."""
    try:
        article = extract(html, url)
    except ScraperError:
        return {}
    return {
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "authors": list(article.authors),
        "text": article.text,
        "paragraphs": list(article.paragraphs),
        "images": [image.url for image in article.images],
        "lead_image": article.lead_image.url if article.lead_image else None,
    }

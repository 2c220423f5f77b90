"""Pages that a crawl which follows links passes through: they lead to articles and are none."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from scraper.record import Article

LEAST_LINKS: Final = 10
LINKED: Final = 0.5
"""Share of the text that is links."""


def is_hub(article: Article) -> bool:
    """Half of its text or more is links, ten of them or more, and nothing says that it is an
    article: no recipe, no word in its metadata, no author, no date, where a site's front page may
    have that of what it leads to."""
    declared = "kind" in article.provenance and article.kind == "article"
    if article.recipe or declared or len(article.links) < LEAST_LINKS:
        return False
    is_front = urlsplit(article.final_url).path in ("", "/")
    if not is_front and (article.published or article.authors):
        return False
    return sum(len(link.text) for link in article.links) >= LINKED * len(article.text)

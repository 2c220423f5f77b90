"""The picture a page shows for itself when it is shared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml.html import HtmlElement

from scraper.extraction.clues import Clues
from scraper.extraction.page import Found
from scraper.extraction.structured import ARTICLE_TYPES, strings, types
from scraper.url import join

_METAS: Final = (
    "og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src",
    "thumbnail", "sailthru.image.full", "parsely-image-url", "image",
)  # fmt: skip
_NO_PICTURE: Final = re.compile(
    r"(?:^|[/_.-])(?:logo\w*|placeholder|default|blank|spacer|pixel|1x1|favicon|apple-touch-icon"
    r"|no-?image|site-?icon|social-?share|og-?default)(?:[/_.-]|$)",
    re.IGNORECASE,
)


def read_lead_image(clues: Clues) -> Found[str] | None:
    """An absolute address; a picture of the article before the site's logo."""
    spare = None
    for place, text, element in _offers(clues):
        address = join(clues.page.base_url, text) if len(text) < 4000 else None
        if address is None or address.partition("#")[0] == clues.page.url:
            continue
        found = Found(address, place, node=element, raw=text)
        if not _NO_PICTURE.search(address.partition("?")[0]):
            return found
        spare = spare or found
    return spare


def _offers(clues: Clues) -> Iterator[tuple[str, str, HtmlElement | None]]:
    for meta in clues.meta(*_METAS):
        yield f"meta:{meta.name}", meta.content, meta.element
    for thing in clues.things[:60]:
        kinds = types(thing)
        if any(kind in ARTICLE_TYPES or kind in ("webpage", "product") for kind in kinds):
            for key in ("image", "thumbnailUrl", "primaryImageOfPage"):
                for text in strings(thing.get(key), key="url")[:1]:
                    yield f"jsonld:{key}", text, None
    for element in clues.links.get("image_src", ()):
        yield "link:image_src", element.get("href") or "", element

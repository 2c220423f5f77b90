"""What the page's head and its JSON-LD tell about the body: titles, description, kind, text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml.html import HtmlElement

from scraper.extraction.generic.segments import weigh
from scraper.extraction.structured import read_jsonld

_NOT_LETTERS = re.compile(r"[\W_]+")
_SQUEEZED: Final = {code: None for code in range(128) if not chr(code).isalnum()} | {
    code: chr(code).lower() for code in range(128) if chr(code).isupper()
}
_RUNS = re.compile(r"\d+")
_TYPE = re.compile(r'"@type"\s*:\s*\[?\s*"([A-Za-z]{1,40})"')

ARTICLE, PRODUCT, FORUM, LISTING, OTHER = 1, 2, 3, 4, 0
_KINDS: Final = {
    "article": ARTICLE, "newsarticle": ARTICLE, "blogposting": ARTICLE, "techarticle": ARTICLE,
    "reportagenewsarticle": ARTICLE, "product": PRODUCT, "productgroup": PRODUCT,
    "discussionforumposting": FORUM, "qapage": FORUM, "question": FORUM,
    "collectionpage": LISTING, "itemlist": LISTING, "searchresultspage": LISTING,
}  # fmt: skip


def squeeze(text: str) -> str:
    """Letters and digits only, lower case: for comparing texts."""
    if text.isascii():
        return text.translate(_SQUEEZED)
    return _NOT_LETTERS.sub("", text).lower()


@dataclass(frozen=True, slots=True)
class Address:
    """What an address tells about its page: the longest run of digits in its path, the hyphens of
    the last part, how many parts."""

    digits: float = 0.0
    hyphens: float = 0.0
    depth: float = 0.0


def read_address(url: str) -> Address:
    path = url.partition("://")[2].partition("#")[0].partition("?")[0].partition("/")[2]
    parts = [part for part in path.split("/") if part]
    return Address(
        digits=float(max((len(run) for run in _RUNS.findall(path)), default=0)),
        hyphens=float(min(parts[-1].count("-"), 12)) if parts else 0.0,
        depth=float(len(parts)),
    )


@dataclass(frozen=True, slots=True)
class Head:
    """`titles`, `description` and `body` (JSON-LD's articleBody) are squeezed; `body_text` is as
    the page has it, `body_size` its length in Latin letters."""

    titles: tuple[str, ...] = ()
    description: str = ""
    body: str = ""
    body_text: str = ""
    body_size: float = 0.0
    kind: int = OTHER
    image: str = ""
    url: Address = Address()

    def title_share(self, squeezed: str) -> float:
        """1 for the page's title, a fraction for a text that is a part of one or has it."""
        size = len(squeezed)
        best = 0.0
        if size >= 6:
            for title in self.titles:
                if squeezed in title or title in squeezed:
                    best = max(best, min(size, len(title)) / max(size, len(title)))
        return best

    def has(self, text: str) -> bool:
        """Whether articleBody has the text."""
        return squeeze(text)[:80] in self.body


def read_head(tree: HtmlElement, url: str = "") -> Head:
    titles: list[str] = []
    description = image = og_type = ""
    for node in tree.iter("meta"):
        name = (node.get("property") or node.get("name") or "").lower()
        content = node.get("content") or ""
        if name in ("og:title", "twitter:title"):
            titles.append(squeeze(content))
        elif name in ("og:description", "description") and not description:
            description = squeeze(content)
        elif name == "og:image" and not image:
            image = content
        elif name == "og:type":
            og_type = content.lower()
    for node in tree.iter("title"):
        titles.append(squeeze(node.text or ""))
        break
    kind, body, body_text = OTHER, "", ""
    for node in tree.iter("script"):
        if "ld+json" not in (node.get("type") or ""):
            continue
        text = node.text or ""
        for found in _TYPE.findall(text):
            kind = kind or _KINDS.get(found.lower(), OTHER)
        if '"articleBody"' in text and not body:
            bodies = (thing.get("articleBody") for thing in read_jsonld([text]))
            texts = [one for one in bodies if isinstance(one, str)]
            body_text = max(texts, default="", key=len)
            body = squeeze(body_text)
    if not kind and og_type.startswith(("article", "product")):
        kind = ARTICLE if og_type[0] == "a" else PRODUCT
    return Head(
        titles=tuple({title for title in titles if len(title) > 5}),
        description=description,
        body=body,
        body_text=body_text,
        body_size=weigh(body_text),
        kind=kind,
        image=image,
        url=read_address(url),
    )

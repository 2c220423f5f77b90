"""What the page's head and its JSON-LD tell about the body: titles, description, kind, text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml.html import HtmlElement

from scraper.extract.generic.segments import weigh
from scraper.extract.structured import read_jsonld

_NOT_LETTERS = re.compile(r"[\W_]+")
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
    return _NOT_LETTERS.sub("", text).lower()


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
    kinds: frozenset[str] = frozenset()
    image: str = ""
    url: tuple[float, ...] = ()

    def in_body(self, squeezed: str) -> float:
        """1 when articleBody has the text, 0 when not, -1 when there is no articleBody."""
        if not self.body:
            return -1.0
        return 1.0 if squeezed[:80] in self.body else 0.0

    def has(self, text: str) -> bool:
        """Whether articleBody has the text."""
        return squeeze(text)[:80] in self.body


_SLUGS: Final = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        r"forum|thread|topic|viewtopic|/t/|question|discuss|community|bbs|comment|/post/|answers",
        r"product|/p/|/dp/|/itm|item|sku|/app/|/buy",
        r"categor|collection|/tags?/|archive|search|/c/|genre|sections?/|listing|/list|browse|jobs|shop|store",
        r"docs?[./]|documentation|/api|reference|guide|manual|wiki|help|tutorial|learn",
        r"service|solution|pricing|features|platform|about|/vs",
        r"blog|news|article|story|magazine|post|/20[012]\d",
    )
)
URL_NAMES: Final = (
    "root", "depth", "hyphens", "digits", "query", "ending", "forum", "product", "listing", "docs",
    "service", "article",
)  # fmt: skip


def read_url(url: str) -> tuple[float, ...]:
    """What an address tells about the kind of its page."""
    path, _, query = url.partition("://")[2].partition("#")[0].partition("?")
    host, _, path = path.partition("/")
    parts = [part for part in path.split("/") if part]
    last = parts[-1] if parts else ""
    row = [
        float(not parts and not query),
        float(len(parts)),
        float(min(last.count("-"), 12)),
        float(max((len(run) for run in re.findall(r"\d+", path)), default=0)),
        float(bool(query)),
        float("." in last),
    ]
    row.extend(float(bool(words.search(f"{host}/{path}"))) for words in _SLUGS)
    return tuple(row)


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
    kinds: set[str] = set()
    for node in tree.iter("script"):
        if "ld+json" not in (node.get("type") or ""):
            continue
        text = node.text or ""
        for found in _TYPE.findall(text):
            kinds.add(found.lower())
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
        kinds=frozenset(kinds),
        image=image,
        url=read_url(url),
    )

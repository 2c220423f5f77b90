"""What a page is about and what it is: its kind, the sections it stands in, its keywords."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from scraper.extraction.clues import Clues, text_of
from scraper.extraction.page import Found
from scraper.extraction.site_names import SiteNames, squeeze
from scraper.extraction.structured import strings, types

MOST: Final = 40
MAX_LENGTH: Final = 80

_KINDS: Final = {
    "product": "product", "productgroup": "product", "recipe": "recipe", "videoobject": "video",
    "discussionforumposting": "forum", "qapage": "forum", "question": "forum",
    "jobposting": "job", "event": "event", "book": "book", "movie": "movie",
    "collectionpage": "listing", "itemlist": "listing", "searchresultspage": "listing",
    "profilepage": "profile", "podcastepisode": "audio", "course": "course",
}  # fmt: skip
_GRAPH_KINDS: Final = {
    "article": "article", "news": "article", "blog": "article", "product": "product",
    "product.item": "product", "og:product": "product", "video": "video", "video.other": "video",
    "video.movie": "video", "video.episode": "video", "book": "book", "profile": "profile",
    "music.song": "audio",
}  # fmt: skip
_HOME: Final = frozenset(
    "home homepage startseite start accueil inicio início hjem hem etusivu domov főoldal 首页 首頁"
    " ホーム トップ 홈 главная головна strona główna anasayfa beranda trang chủ"
    " الرئيسية ראשי".split()
)


def read_kind(clues: Clues) -> Found[str] | None:
    """article, product, forum, video, recipe, listing …; None when the markup does not say."""
    graph = next(clues.meta("og:type"), None)
    said = _GRAPH_KINDS.get(graph.content.lower()) if graph else None
    kinds = [kind for thing in clues.things[:40] for kind in types(thing)]
    for kind in kinds:
        if kind.endswith(("article", "blogposting")) or kind == "report":
            return Found("article", f"jsonld:{kind}", raw=kind)
    for kind in kinds:
        known = _KINDS.get(kind)
        if known and not (said == "article" and known in ("video", "listing", "profile")):
            return Found(known, f"jsonld:{kind}", raw=kind)
    if graph and said:
        return Found(said, "meta:og:type", node=graph.element, raw=graph.content)
    return None


def read_categories(clues: Clues, names: SiteNames, title: str) -> Found[tuple[str, ...]] | None:
    """The sections from the outermost to the innermost, by breadcrumb, else as the markup names
    them."""
    for thing in clues.things:
        if "breadcrumblist" in types(thing):
            trail = list(_trail(thing.get("itemListElement")))
            trail = [name for name in trail if _is_section(name, names, title)]
            if trail:
                return Found(tuple(trail), "jsonld:BreadcrumbList", raw=" › ".join(trail))
    sections = [meta.content for meta in clues.meta("article:section")]
    place = "meta:article:section"
    if not sections:
        place = "jsonld:articleSection"
        sections = [text for thing in clues.things for text in strings(thing.get("articleSection"))]
    found = _distinct(sections)
    return Found(tuple(found), place, raw=", ".join(found)) if found else None


def read_tags(clues: Clues) -> Found[tuple[str, ...]] | None:
    """Keywords: those given one by one before those in a list."""
    offers: list[tuple[str, list[str]]] = [
        ("meta:article:tag", [meta.content for meta in clues.meta("article:tag")]),
        ("jsonld:keywords", [t for thing in clues.things for t in strings(thing.get("keywords"))]),
        ("meta:news_keywords", [meta.content for meta in clues.meta("news_keywords")]),
        ("meta:keywords", [meta.content for meta in clues.meta("keywords", "parsely-tags")]),
        ("rel:tag", [text_of(e) for e in clues.tag_links[:MOST]]),
    ]
    for place, texts in offers:
        if len(texts) == 1 or "keywords" in place:
            found = _distinct(part for text in texts for part in re.split(r"[,;，、|]", text))
        else:
            found = _distinct(texts)
        if found:
            return Found(tuple(found), place, raw=", ".join(found))
    return None


def _trail(items: Any) -> Iterator[str]:
    for item in items[:20] if isinstance(items, list) else []:
        if isinstance(item, dict):
            yield from (strings(item.get("name")) or strings(item.get("item")))[:1]


def _is_section(name: str, names: SiteNames, title: str) -> bool:
    key = squeeze(name)
    if not key or len(name) > MAX_LENGTH or name.casefold() in _HOME or names.holds(name):
        return False
    return key != squeeze(title) and "://" not in name


def _distinct(texts: Iterable[str]) -> list[str]:
    found: dict[str, str] = {}
    for text in texts:
        cleaned = " ".join(text.split()).strip(" ,;")
        if 1 < len(cleaned) <= MAX_LENGTH and "://" not in cleaned and "=" not in cleaned:
            found.setdefault(cleaned.casefold(), cleaned)
        if len(found) >= MOST:
            break
    return list(found.values())

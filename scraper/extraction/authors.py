"""Who wrote it: what the markup states and what the byline shows, weighed against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from lxml.html import HtmlElement

from scraper.extraction.bylines import (
    MAX_BYLINE,
    MAX_NAME,
    all_names,
    looks_like_person,
    names_of,
    strip_by,
)
from scraper.extraction.clues import (
    Asides,
    Clues,
    Spot,
    in_comments,
    is_author_link,
    lines,
    text_of,
)
from scraper.extraction.date_search import find_written, plain
from scraper.extraction.page import Found
from scraper.extraction.site_names import SiteNames, squeeze
from scraper.extraction.structured import ARTICLE_TYPES, resolve, strings, types

_METAS: Final = {
    "author": 2.0, "article:author": 1.8, "article:author_name": 2.2, "dc.creator": 2.2,
    "dc:creator": 2.2, "dcterms.creator": 2.2, "parsely-author": 2.3, "sailthru.author": 2.3,
    "citation_author": 2.5, "byl": 2.3, "byline": 2.0, "cxenseparse:author": 2.2, "authors": 2.2,
    "bt:author": 2.2, "og:article:author": 1.6, "og:author": 1.6, "twitter:data1": 1.2,
    "shareaholic:article_author_name": 1.5, "creator": 1.5, "article.author": 1.8,
    "rnews:author": 2.0, "vr:author": 1.8, "mediator_author": 2.0, "dc.contributor": 1.2,
}  # fmt: skip
_MADE_BY: Final = frozenset(
    {"imageobject", "videoobject", "audioobject", "organization", "person", "website", "product",
     "breadcrumblist", "offer", "comment"}
)  # fmt: skip
_AUTHOR_MARKS: Final = re.compile(
    r"(?:^|[\s-])(?:author|autor|auteur|byline|fn|username|user-name|writer|reporter|hnuser)"
    r"(?:-(?:name|link|url|title))?(?:\s|$)"
)
_PICTURE_MARKS: Final = re.compile(r"photo|image|caption|copyright|credit|picture|bild|foto|avatar")


@dataclass(frozen=True)
class Byline:
    """One place's authors."""

    names: tuple[str, ...]
    weight: float
    place: str
    element: HtmlElement | None = None
    raw: str = ""

    @cached_property
    def keys(self) -> frozenset[str]:
        """The names for comparing."""
        return frozenset(squeeze(name) for name in self.names)


def read_authors(
    clues: Clues,
    site: SiteNames,
    headline: Spot | None,
    published: HtmlElement | None = None,
) -> Found[tuple[str, ...]] | None:
    """The names of the best byline; people before the site or an agency.  `published` is the
    element that shows the date."""
    bylines = list_bylines(clues, site, headline, published)
    best: tuple[float, Byline] | None = None
    for byline in bylines:
        score = _score(byline, bylines, site)
        if best is None or score > best[0]:
            best = (score, byline)
    if best is None:
        return None
    byline = best[1]
    names = byline.names
    if _people(byline, site):
        names = tuple(name for name in names if not site.holds(name) and name[:1] != "@")
    return Found(names, byline.place, node=byline.element, raw=byline.raw)


def list_bylines(
    clues: Clues, site: SiteNames, headline: Spot | None, published: HtmlElement | None = None
) -> list[Byline]:
    """Every place that names an author; the text itself only where none of the others does."""
    bylines = [*_things(clues), *_metas(clues), *_seen(clues, headline)]
    if not any(_people(byline, site) for byline in bylines):
        bylines += [*_said(clues, headline), *_dated(clues, headline, published)]
    return bylines


def _score(byline: Byline, bylines: list[Byline], site: SiteNames) -> float:
    if all(site.holds(name) for name in byline.names):
        return byline.weight / 2
    agreeing = {other.place for other in bylines if _agree(byline, other, bylines)}
    agreeing -= {byline.place}
    agreement = 0.6 * len(agreeing)
    if not _people(byline, site):
        return 0.7 * byline.weight + agreement
    return byline.weight + min(1.3, 0.65 * byline.weight) + agreement


def _people(byline: Byline, site: SiteNames) -> int:
    return sum(looks_like_person(name) and not site.holds(name) for name in byline.names)


def _agree(one: Byline, other: Byline, bylines: list[Byline]) -> bool:
    """The same names; or some of those the markup lists, when each stands somewhere alone."""
    if one.keys == other.keys:
        return True
    if one.place.startswith("visible") or not other.keys < one.keys:
        return False
    return all(any(byline.keys == {key} for byline in bylines) for key in one.keys)


def _things(clues: Clues) -> Iterator[Byline]:
    for thing in clues.things:
        kinds = types(thing)
        if not _MADE_BY.isdisjoint(kinds):
            continue
        weight = 3.0 if any(kind in ARTICLE_TYPES for kind in kinds) else 1.5
        for key in ("author", "creator"):
            texts = list(_authors_of(thing.get(key), clues))
            names = all_names(texts)
            if names:
                factor = 1.0 if key == "author" else 0.8
                yield Byline(tuple(names), weight * factor, f"jsonld:{key}", raw=", ".join(texts))


def _authors_of(value: Any, clues: Clues) -> Iterator[str]:
    """Names of authors, those given by @id looked up."""
    for item in value[:40] if isinstance(value, list) else [value]:
        yield from strings(resolve(item, clues.things))[:20]


def _metas(clues: Clues) -> Iterator[Byline]:
    for name, weight in _METAS.items():
        metas = list(clues.meta(name))
        if name == "twitter:data1":
            label = next((meta.content.lower() for meta in clues.meta("twitter:label1")), "")
            if not any(
                word in label for word in ("written", "author", "verfasst", "escrit", "écrit")
            ):
                continue
        texts = [meta.content for meta in metas if "://" not in meta.content]
        names = all_names(texts)
        if names:
            yield Byline(tuple(names), weight, f"meta:{name}", metas[0].element, ", ".join(texts))


def _seen(clues: Clues, headline: Spot | None) -> Iterator[Byline]:
    """Elements called author or byline, and links to authors' pages, nearest to the headline."""
    asides = Asides(headline.element if headline else None)
    start = headline.place if headline else 0

    def distance(spot: Spot) -> int:
        gap = spot.place - start
        return gap if gap >= 0 else -3 * gap

    seen = 0
    for spot in sorted(clues.authors, key=distance)[:60]:
        element = spot.element
        if element.tag in ("body", "html", "form", "input", "img", "figcaption", "figure"):
            continue
        near = distance(spot)
        told = bool(_TOLD.search(spot.marks))
        if _PICTURE_MARKS.search(spot.marks):
            continue
        if element in asides and (not told or near >= 60 or in_comments(element)):
            continue
        names, raw, sure = _names_in(spot)
        if not names:
            continue
        weight = 2.0 if near < 80 else 1.4 if near < 250 else 0.8
        weight += 0.3 * told - 0.8 * (not sure)
        yield Byline(tuple(names), weight - 0.15 * seen, f"visible:{element.tag}", element, raw)
        seen += 1
        if seen >= 8:
            return


_TOLD: Final = re.compile(r"(?:^|\s)author(?:s?$|s?\s|--?(?:name|link))")


def _names_in(spot: Spot) -> tuple[list[str], str, bool]:
    """Names, the text they were read from, and whether the page says that they are authors."""
    element = spot.element
    called = bool(_AUTHOR_MARKS.search(spot.marks)) or is_author_link(element)
    children = [child for child in element.iter(*_NAME_TAGS) if child is not element]
    own = [child for child in children if _is_name(child)]
    found = lines(element, 60)
    raw = " ".join(found)
    if not own and called and len(raw) <= MAX_BYLINE:
        own = [child for child in children if child.tag == "a" and child.get("href")]
        own = own if any(looks_like_person(text_of(child)) for child in own[:4]) else []
    if own:
        texts = [" ".join(lines(child, 20)) for child in own[:10]]
        names = all_names(text for text in texts if 1 < len(text) <= MAX_NAME)
        if names:
            return names, ", ".join(text for text in texts if text), True
    if not found or len(raw) > MAX_BYLINE:
        return [], "", False
    for number, line in enumerate(found[:6]):
        prefixed = strip_by(line)[1]
        names = names_of(line, stated=called and number == 0)
        if names:
            return names, raw, called or prefixed
        if prefixed and number + 1 < len(found):
            return names_of(found[number + 1], stated=True), raw, True
    return [], raw, False


_NAME_TAGS: Final = ("a", "span", "strong", "b", "cite", "div", "p", "h3", "h4")


def _is_name(element: HtmlElement) -> bool:
    named = element.get("rel") == "author" or element.get("itemprop") == "name"
    return named or is_author_link(element)


def _dated(clues: Clues, headline: Spot | None, published: HtmlElement | None) -> Iterator[Byline]:
    """Names that stand beside a date under the headline: "1 May 2024 - Jane Doe"."""
    start = headline.place if headline else 0
    near = [
        spot.element for spot in (*clues.dates, *clues.times) if start <= spot.place < start + 60
    ]
    if headline:
        near += [
            e for e in clues.page.elements[start : start + 20] if e.text and _DIGIT.search(e.text)
        ]
    if published is not None and published.tag != "meta":
        near.insert(0, published)
    for element in near:
        text = text_of(element)
        if 8 < len(text) <= 120 and any(find_written(plain(text))):
            names = [name for name in names_of(text) if _is_surely_person(name)]
            if names:
                yield Byline(tuple(names), 1.1, "visible:dateline", element, text)
                return


def _is_surely_person(name: str) -> bool:
    """Where nothing says that it is a name, a word without capitals needs a family name."""
    plain = name.isascii() or any(char.isupper() for char in name)
    return looks_like_person(name) and (plain or name[0] in _SURNAMES)


_SURNAMES: Final = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮"
    "邓鄧曹彭曾萧蕭田董袁潘于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范金石"
    "廖贾賈夏韦韋付方白邹鄒孟熊秦邱江尹薛闫阎段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴"
    "覃武戴莫孔向汤湯김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민"
)


_DIGIT: Final = re.compile(r"\d")
_TEXT_TAGS: Final = frozenset(
    {"p", "div", "span", "em", "i", "strong", "b", "h4", "h5", "h6", "li", "a", "td", "br"}
)


def _said(clues: Clues, headline: Spot | None) -> Iterator[Byline]:
    """Lines of the text that begin with "By", "Von", "Autor:" and go on with a name."""
    asides = Asides(headline.element if headline else None)
    seen = 0
    for element in clues.page.elements:
        if element.tag not in _TEXT_TAGS:
            continue
        after = element.tag == "br"
        text = ((element.tail if after else element.text) or "").strip()
        if not text or len(text) > 120 or not strip_by(text)[1]:
            continue
        owner = element.getparent() if after else element
        if owner is None or owner in asides:
            continue
        raw = _rest_of_line(element) if after else " ".join(lines(element, 20))
        names = [name for name in names_of(raw[:120]) if looks_like_person(name)]
        if not names and strip_by(text)[0] == "":
            names = [name for name in names_of(element.tail or "") if looks_like_person(name)]
        elif not names and len(raw.split()) <= 3:
            names = [name for name in names_of(raw) if name[:1].isupper() and " " not in name]
        if names:
            yield Byline(tuple(names), 1.3 - 0.2 * seen, "visible:text", owner, raw)
            seen += 1
            if seen >= 3:
                return


def _rest_of_line(element: HtmlElement) -> str:
    """What follows a <br> up to the next."""
    parts = [element.tail or ""]
    for step in element.itersiblings():
        if step.tag == "br" or len(parts) > 20:
            break
        parts += [text_of(step), step.tail or ""]
    return " ".join(" ".join(parts).split())

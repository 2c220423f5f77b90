"""Where a page shows a title, and the texts a shown title may hold once its outer parts are cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from lxml.html import HtmlElement

from scraper.extraction.clues import Asides, Clues, Spot, text_of
from scraper.extraction.site_names import SiteNames, squeeze
from scraper.extraction.structured import ARTICLE_TYPES, OTHER_TYPES, strings, types

MAX_LENGTH: Final = 400
_SIGNS: Final = re.compile(r"[¶#§\ue000-\uf8ff\s]+\Z")
"""Links of a heading to itself; icon fonts use the private characters."""

SEPARATOR: Final = re.compile(
    r"\s(?:[|–—―·•»›:/~⋅»«‹*-]|::|--|//|>|<|\|\|)\s|\s?[|｜：]\s?|:\s|\s»|\s?_\s?|\s{2,8}|\s[-–—]|[-–—]\s"
    r"|(?<=[\u3040-\u9fff\uac00-\ud7af？！”》）])-{1,2}(?=[\u3040-\u9fff\uac00-\ud7af])"
)
_KICKER: Final = re.compile(
    r"kicker|over-?(?:line|title)|top-?line|eyebrow|dachzeile|spitzmarke|label|tag-?line|sur-?titre"
    r"|ante-?titulo|occhiello|(?:sub|pre|super)-?(?:title|head|line)"
)
_COLONS: Final = frozenset(":：")
_ORDER: Final = (
    "h1", "og", "jsonld", "twitter", "meta", "heading", "item", "thing", "h1-other",
)  # fmt: skip
"""Of two spellings of one text the earlier place's is taken."""


@dataclass(slots=True)
class Offer:
    """A place's text.  `name` is the feature that speaks for it."""

    name: str
    place: str
    text: str
    element: HtmlElement | None = None
    spot: Spot | None = None


def list_offers(clues: Clues, names: SiteNames) -> list[Offer]:
    """Those in the page's head and body, the place whose spelling is best first."""
    shown = list(_headings(clues, names))
    offers = [*shown, *_lesser_headings(clues, names, shown), *_metas(clues), *_things(clues)]
    offers += [
        Offer("item", "itemprop:headline", _heading(spot), spot.element, spot)
        for spot in clues.properties
        if "headline" in spot.marks.split()
    ]
    order = {name: number for number, name in enumerate(_ORDER)}
    offers.sort(key=lambda offer: order.get(offer.name, 99))
    if clues.title is not None:
        text = " ".join((clues.title.text or "").split())
        offers.append(Offer("title", "tag:title", text, clues.title))
    return offers


def _metas(clues: Clues) -> Iterator[Offer]:
    for name, metas in (
        ("og", ("og:title",)),
        ("twitter", ("twitter:title",)),
        (
            "meta",
            (
                "title",
                "dc.title",
                "dcterms.title",
                "headline",
                "parsely-title",
                "sailthru.title",
                "cxenseparse:title",
                "dc:title",
                "weibo:article:title",
            ),
        ),
    ):
        for meta in list(clues.meta(*metas))[:2]:
            yield Offer(name, f"meta:{meta.name}", meta.content, meta.element)


def _things(clues: Clues) -> Iterator[Offer]:
    main = True
    for thing in clues.things[:40]:
        kinds = types(thing)
        if any(kind in ARTICLE_TYPES for kind in kinds):
            for key in ("headline", "name"):
                for text in strings(thing.get(key))[:1]:
                    yield Offer("jsonld" if main else "jsonld-2", f"jsonld:{key}", text)
            main = False
        elif any(kind in OTHER_TYPES for kind in kinds):
            for text in strings(thing.get("name"))[:1]:
                yield Offer("thing", "jsonld:name", text)


def _headings(clues: Clues, names: SiteNames) -> Iterator[Offer]:
    """The h1s, but for those that are the site's logo."""
    asides = Asides(None)
    number = 0
    for spot in clues.headings:
        if spot.element.tag == "h1" and number < 8:
            text = _heading(spot)
            logo = squeeze(text) in names.squeezed or _links_home(spot.element, clues.page.url)
            if text and not logo:
                number += spot.element not in asides
                name = "h1" if number == 1 else "h1-other"
                yield Offer(name, "tag:h1", text, spot.element, spot)


def _lesser_headings(clues: Clues, names: SiteNames, shown: list[Offer]) -> Iterator[Offer]:
    """Other headings that say what the head says, on pages none of whose h1s does."""
    stated = [squeeze(meta.content) for meta in clues.meta("og:title")]
    if clues.title is not None:
        stated.append(squeeze(clues.title.text or ""))
    if any(_within(squeeze(offer.text), one) for offer in shown for one in stated):
        return
    asides = Asides(None)
    number = 0
    for spot in clues.headings[:80]:
        if spot.element.tag not in ("h2", "h3") or spot.element in asides:
            continue
        text = _heading(spot)
        key = squeeze(text)
        if key not in names.squeezed and any(_within(key, one) for one in stated):
            yield Offer("heading", f"tag:{spot.element.tag}", text, spot.element, spot)
            number += 1
            if number > 3:
                return


def _within(one: str, other: str) -> bool:
    """Whether one of two squeezed texts holds the other."""
    return min(len(one), len(other)) > 5 and (one in other or other in one)


def _links_home(element: HtmlElement, url: str) -> bool:
    """A heading that leads to the front page is the site's logo."""
    root = "/".join(url.split("/", 3)[:3])
    link = next(element.iter("a"), None)
    if link is None:
        link = next(element.iterancestors("a"), None)
    target = (link.get("href") or "x").rstrip("/") if link is not None else "x"
    return target in ("", root, "/index.html")


def _heading(spot: Spot) -> str:
    """Its text, without the sign of the link to itself.  A kicker and a headline that only their
    style keeps apart get a space between them."""
    text = text_of(spot.element)
    for one, other in pairwise(_parts(spot.element)):
        words = " " in one and " " in other and (one[-1] + other[0]).strip('"„“«').isalnum()
        if words and one + other in text:
            text = text.replace(one + other, f"{one} {other}", 1)
    return _SIGNS.sub("", text)


def cuts(offer: Offer, names: SiteNames) -> Iterator[tuple[str, str]]:
    """The text whole, and what is left of it without its outer segments."""
    text = offer.text
    yield "", text
    if offer.name.startswith("h1"):
        parts = _parts(offer.element)
        if len(parts) > 1:
            yield "last-part", parts[-1]
            yield "first-part", parts[0]
            if _begins_with_kicker(offer.element):
                yield "below-kicker", parts[-1]
    if offer.name in ("item", "thing", "heading"):
        return
    cuts = list(SEPARATOR.finditer(text))
    if not cuts:
        return
    first, last = text[: cuts[0].start()], text[cuts[-1].end() :]
    yield f"cut-last{'-site' if names.holds(last) else ''}", _trim(text[: cuts[-1].start()])
    yield f"cut-first{'-site' if names.holds(first) else ''}", _trim(text[cuts[0].end() :])
    if cuts[0].group().strip() in _COLONS and not names.holds(first):
        yield "at-colon", _trim(text[cuts[0].end() :])
    if cuts[-1].group().strip() in _COLONS and not names.holds(last):
        yield "at-colon", _trim(text[: cuts[-1].start()])
    if len(cuts) > 1:
        # Before the first sign of the last one's kind: "Rates: what now | Economy | The Post".
        sign = cuts[-1].group().strip()
        same = next(cut for cut in cuts if cut.group().strip() == sign)
        yield "only-first", _trim(text[: (cuts[0] if same is cuts[-1] else same).start()])
        yield "only-middle", _trim(text[cuts[0].end() : cuts[-1].start()])


def _trim(text: str) -> str:
    return text.strip(" |-–—·»›:/_")


def _begins_with_kicker(heading: HtmlElement | None) -> bool:
    """Whether its first words stand in an element that is called so, or in small print."""
    first = next(iter(heading), None) if heading is not None else None
    if heading is None or first is None or (heading.text or "").strip():
        return False
    return first.tag == "small" or bool(_KICKER.search((first.get("class") or "").lower()))


def _parts(element: HtmlElement | None) -> list[str]:
    """A heading's text by child elements: a kicker, the headline, a subtitle."""
    if element is None:
        return []
    parts = [element.text or ""]
    for child in element:
        parts += [text_of(child) if isinstance(child.tag, str) else "", child.tail or ""]
    return [part for part in (" ".join(part.split()) for part in parts) if len(part) > 3]

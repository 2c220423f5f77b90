"""Which text is the title: the page's offers compared with each other.

A title stands in many places, here with the site's name after it, there with a section before it,
sometimes rewritten for search engines.  Every offer, and every offer with outer segments cut, is a
candidate; the places that offer it and how it agrees with the others are its features, and the sum
of their weights decides.  `benchmarks/extraction/titles.py` fits the weights.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from scraper.extraction.clues import Clues, Spot, text_of
from scraper.extraction.page import Found
from scraper.extraction.site_names import SiteNames, squeeze
from scraper.extraction.structured import types
from scraper.extraction.title_offers import MAX_LENGTH, SEPARATOR, Offer, cuts, list_offers
from scraper.extraction.title_weights import WEIGHTS

LITTLE: Final = 0.5
"""A cut that takes more of a text leaves little."""

_WORDS: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}|\w{3,}")
_TIGHT: Final = re.compile(r"[\u3040-\u9fff？！”》）](?:_|--)[\u3040-\u9fff]")
"""How Chinese pages set sections and site behind a title."""
_SLUG_WORDS: Final = re.compile(r"[a-z0-9]{2,}")
_SPELLED: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "’": "", "æ": "ae", "ø": "o"}
)


@dataclass(slots=True)
class Candidate:
    """A text with what speaks for it; `offer` is the first place that has it."""

    text: str
    offer: Offer
    features: set[str] = field(default_factory=set)

    @property
    def score(self) -> float:
        return sum(WEIGHTS.get(name, 0.0) for name in self.features)


def read_title(clues: Clues, names: SiteNames) -> tuple[Found[str] | None, Spot | None]:
    """The title, and the heading that shows it in the page (or the first, for want of it)."""
    candidates = list_candidates(clues, names)
    if not candidates:
        return None, _shown(clues, "")
    best = max(candidates, key=lambda one: one.score)
    offer = best.offer
    found = Found(best.text, offer.place, node=offer.element, raw=offer.text)
    return found, offer.spot or _shown(clues, best.text)


def list_candidates(clues: Clues, names: SiteNames) -> list[Candidate]:
    """Every distinct text with its features, in the order of the places."""
    offers = [offer for offer in list_offers(clues, names) if 0 < len(offer.text) <= MAX_LENGTH]
    found: dict[str, Candidate] = {}
    for offer in offers:
        for cut, text in cuts(offer, names):
            key = squeeze(text)
            if key:
                candidate = found.setdefault(key, Candidate(text, offer))
                candidate.features |= _place(offer.name, cut)
                if cut and len(key) < LITTLE * len(squeeze(offer.text)):
                    candidate.features.add("little-left")
    context = Context(clues, names, offers)
    for key, candidate in found.items():
        candidate.features |= context.features(key, candidate)
    return list(found.values())


def _place(name: str, cut: str) -> set[str]:
    """Where a text stands, apart for what stands there whole, without the site's name, and
    otherwise cut; and how it was cut, wherever that was."""
    if not cut:
        return {name} & _TELLING
    how = "named" if cut.endswith("-site") else "cut"
    return {cut, f"{name}-{how}"} if name in _TELLING else {cut}


_TELLING: Final = frozenset({"h1", "h1-other", "heading", "og", "jsonld", "item", "thing", "title"})
"""Places whose word counts.  The others repeat them, or offer a text that none of them has."""


class Context:
    """What the candidates of one page are compared with."""

    def __init__(self, clues: Clues, names: SiteNames, offers: list[Offer]) -> None:
        self.names = names
        self.others: dict[str, str] = {}
        for offer in offers:
            if offer.name in ("h1", "title", "og"):
                self.others.setdefault(offer.name, squeeze(offer.text))
        title = next((offer.text for offer in offers if offer.name == "title"), "")
        if squeeze(title) in names.squeezed:
            title = ""  # which says nothing of the page
        self.title_words = _words(title)
        self.plain_title = bool(title) and "og" not in self.others and not SEPARATOR.search(title)
        self.slug = _slug(clues.page.url)
        self.best = max((self._slug_share(offer.text) for offer in offers), default=0.0)
        kinds = {kind for thing in clues.things[:40] for kind in types(thing)}
        self.news = bool(kinds & {"newsarticle", "reportagenewsarticle", "newsmediaorganization"})

    def features(self, key: str, candidate: Candidate) -> set[str]:
        """Those that come from the text and from the other texts."""
        features = set()
        for name in ("h1", "title", "og"):
            other = self.others.get(name)
            if other is not None and key != other:
                if other in key:
                    features.add(f"holds-{name}")
                elif other.startswith(key):
                    features.add(f"starts-{name}")
        words = _words(candidate.text)
        if words and self.title_words:
            share = len(words & self.title_words) / len(words)
            if share < 0.7:
                features.add("half-title" if share else "not-title")
        if self.best > 0.5:
            share = self._slug_share(candidate.text)
            if share >= self.best - 0.01:
                features.add("slug-best")
            elif share < self.best / 2:
                features.add("slug-poor")
        if self.news:
            features |= {f"{name}+news" for name in candidate.features & _MAIN}
        if self.plain_title:
            features |= {f"{name}+plain" for name in candidate.features & {"h1", "title"}}
        parts = SEPARATOR.split(candidate.text)
        if len(parts) > 1 and self.names.holds(parts[-1]):
            features.add("ends-with-site")
        if "last-part" in candidate.features and not candidate.features <= _OF_PARTS:
            features.add("last-elsewhere")
        if _TIGHT.search(candidate.text):
            features.add("tight-sign")
        if len(key) < 8:
            features.add("short")
        return features

    def _slug_share(self, text: str) -> float:
        if len(self.slug) < 3:
            return 0.0
        return len(self.slug & _plain_words(text)) / len(self.slug)


_OF_PARTS: Final = frozenset({"last-part", "below-kicker", "h1-cut", "little-left"})
"""What a heading's last part has though no other place offers it."""
_MAIN: Final = frozenset({"h1", "og", "og-named", "jsonld", "title-named"})


def _words(text: str) -> set[str]:
    return set(_WORDS.findall(text.casefold()))


def _plain_words(text: str) -> set[str]:
    """Words as they stand in addresses: without accents, in ASCII."""
    text = text.casefold().translate(_SPELLED)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return set(_SLUG_WORDS.findall(plain.replace("'", "")))


def _slug(url: str) -> set[str]:
    """The words of the address's last telling part."""
    parts = [part for part in url.partition("?")[0].split("/")[3:] if part]
    part = max(parts[-2:], key=len, default="")
    return {word for word in _plain_words(part) if not word.isdigit()}


def _shown(clues: Clues, title: str) -> Spot | None:
    """The heading that shows the title: the same words, else most of them, else the first h1 if
    it shares a word."""
    first = near = None
    wanted = squeeze(title)
    for spot in clues.headings:
        if first is None and spot.element.tag == "h1":
            first = spot
        if not wanted or near:
            continue
        text = squeeze(text_of(spot.element)[:MAX_LENGTH])
        if text == wanted:
            return spot
        if len(text) > 10 and (text in wanted or wanted in text) and len(text) < 2 * len(wanted):
            near = spot
    if first is not None and near is None and wanted:
        words = set(_WORDS.findall(text_of(first.element).casefold()))
        return first if words & set(_WORDS.findall(title.casefold())) else None
    return near or first

"""Every place of a page that names its date, with the weight of its word.

What the markup states outright (JSON-LD, meta) counts most; the address, <time> elements and dates
in sight near the headline count less.  Dates in comments, sidebars and lists of other articles are
not read.  Who wins is decided in `published.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import unquote

import re2
from lxml.html import HtmlElement

from scraper.extraction.clues import Asides, Clues, Spot, in_comments, lines, text_of
from scraper.extraction.dates import ParsedDate, parse_date
from scraper.extraction.page import Found
from scraper.extraction.structured import ARTICLE_TYPES, strings, types

EARLIEST: Final = datetime(1994, 1, 1, tzinfo=UTC)
"""No page of the web is older; a museum's date in a text is no publication."""

_PUBLISHED_METAS: Final = {
    "article:published_time": 3.0, "og:article:published_time": 2.5, "article:published": 2.5,
    "og:published_time": 2.5, "datepublished": 3.0, "date": 3.0, "dc.date.issued": 3.5,
    "dcterms.issued": 3.0, "dc.date.created": 2.5, "dcterms.created": 2.5, "dc.created": 2.5,
    "dc.date": 2.5, "dcterms.date": 2.5, "pubdate": 3.0, "pub_date": 3.0, "publishdate": 3.0,
    "publish-date": 3.0, "publish_date": 3.0, "publication_date": 3.0, "publication-date": 3.0,
    "publicationdate": 3.0, "published": 3.0, "publisheddate": 3.0, "published-date": 3.0,
    "published_time": 3.0, "published_at": 3.0, "parsely-pub-date": 3.0, "sailthru.date": 3.0,
    "cxenseparse:recs:publishtime": 3.0, "cxenseparse:publishtime": 3.0, "bt:pubdate": 3.0,
    "prism.publicationdate": 3.0, "citation_publication_date": 3.0, "citation_date": 2.5,
    "citation_online_date": 3.0, "article_date_original": 3.0, "article.published": 3.0,
    "article:post_date": 2.5, "article_published_time": 3.0, "article:published:time": 2.5,
    "rnews:datepublished": 3.0, "og:pubdate": 2.5, "og:release_date": 2.5, "release_date": 2.0,
    "originalpublicationdate": 3.0, "displaydate": 2.5, "created": 2.0, "date_published": 3.0,
    "dcsext.articlefirstpublished": 2.5, "weibo:article:create_at": 2.5, "timestamp": 1.5,
    "shareaholic:article_published_time": 2.5, "vr:published_time": 2.5, "datecreated": 2.0,
    "lastmodifieddate": 0.3, "blog_date": 2.5, "firstpublishedtime": 3.0, "uploaddate": 1.0,
}  # fmt: skip
_META: Final = 0.7
"""Meta elements against the other voices: templates fill them with the date of the last change
more often than they do JSON-LD."""
_MODIFIED_METAS: Final = (
    "article:modified_time", "og:article:modified_time", "datemodified", "og:updated_time",
    "article:updated_time", "dcterms.modified", "dc.date.modified", "dc.modified", "last-modified",
    "lastmod", "last_modified", "modified", "modified_time", "bt:moddate", "updated", "revised",
    "last_updated_date", "article:modified", "article_date_updated", "article.updated",
)  # fmt: skip
MOST_SEEN: Final = 3.3
"""What the dates in sight can weigh together."""
_URL_DAY: Final = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<s>[/_.-]?)(?P<m>0[1-9]|1[0-2])(?P=s)(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"
    r"|/(?P<y2>(?:19|20)\d\d)/(?P<n>[a-z]{3,9})/(?P<d2>\d{1,2})/"
    r"|/(?P<y3>20\d\d)/(?P<m3>\d{1,2})/(?P<d3>\d{1,2})/"
)
_URL_MONTH: Final = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])(?=[/-])")
_DIGIT: Final = re.compile(r"\d")
_NO_TEXT: Final = frozenset({"script", "style", "option", "title", "textarea", "noscript"})
MAX_SCRIPT: Final = 3_000_000
_SCRIPT_DATE: Final = re2.compile(
    r"""(?i)\b_?(?:date_?published|published_?(?:at|on|date|time)|publish_?(?:date|time)|pub_?date"""
    r"""|publication_?date|first_?published(?:_?(?:at|date))?|date_?publish|display_?date)"""
    r"""\\?['"]?\s?[:=]\s?\\?['"]([0-9][0-9T:/ .+Z-]{7,40})"""
)
_SHOWN_DATE: Final = re2.compile(
    r"""(?i)\b(?:document\.write(?:ln)?|(?:show|print|write|format|display)_?(?:date|time))\w{0,12}"""
    r"""\s?\(\s?['"]([0-9][0-9T:/ .+Z-]{7,40})"""
)
"""A script whose place in the page is where the date is seen."""
_LONG_YEAR: Final = re.compile(r"(?<!\d)\d{4}(?!\d)|年")
_SAYS_PUBLISHED: Final = re.compile(
    r"publi|posted|veröffentlicht|erschienen|erstellt|geschrieben|mis en ligne|pubblicat|geplaatst"
    r"|opublik|опубликован|发布|發布|公開|掲載|등록|입력|نشر|yayın|pubdate|created|entry-date|post-date"
)
_SAYS_MODIFIED: Final = re.compile(
    r"updat|modif|aktualisier|geändert|stand:|mis à jour|mise à jour|aggiornat|actualiz|atualiz"
    r"|bijgewerkt|обновлен|更新|수정|güncelle|zaktualiz|revised|edited|oppdatert|uppdaterad"
    r"|opdateret|تحديث|lastmod"
)


@dataclass(frozen=True, slots=True)
class Vote:
    """One place's date.  Votes of one `voice` are not independent of each other."""

    date: ParsedDate
    weight: float
    voice: str
    found: Found[str]


class DateVotes:
    """Reads the dates of one page."""

    def __init__(self, clues: Clues, language: str | None, headline: Spot | None) -> None:
        self.clues = clues
        self.language = language
        self.headline = headline
        fetched = clues.page.snapshot.fetched_at
        self.latest = (fetched or datetime(2100, 1, 1, tzinfo=UTC)) + timedelta(days=2)
        self.day_first = _day_first(clues)
        self.asides = Asides(headline.element if headline else None)
        self.title = text_of(headline.element)[:300] if headline else ""
        title = " ".join((clues.title.text or "").split()) if clues.title is not None else ""
        self._seen: dict[str, ParsedDate | None] = {}
        self.in_titles = {vote.date.at.date() for vote in self._in(title, "tag:title", clues.title)}

    def parse(self, text: str, *, from_fetch: bool = False) -> ParsedDate | None:
        date = parse_date(
            text,
            language=self.language,
            day_first=self.day_first,
            fetched_at=self.clues.page.snapshot.fetched_at if from_fetch else None,
        )
        try:
            return date if date and EARLIEST <= date.at <= self.latest else None
        except OverflowError:
            return None

    def parse_seen(self, text: str) -> ParsedDate | None:
        """A date in a visible text, where a number alone is no time, nor is one in the title."""
        if text not in self._seen:
            self._seen[text] = self._parse_seen(text)
        return self._seen[text]

    def _parse_seen(self, text: str) -> ParsedDate | None:
        if not _DIGIT.search(text) or text.strip().isdigit() or "://" in text:
            return None
        if len(text) > 40 and not _LONG_YEAR.search(text):
            return None
        return self.parse(text.replace(self.title, " ") if self.title else text, from_fetch=True)

    def own_words(self, element: HtmlElement) -> str:
        stamp = element.get("title")
        if stamp and len(stamp) < 40 and _DIGIT.search(stamp) and self.parse_seen(stamp):
            return str(stamp)
        return _short_text(element)

    def vote(
        self, text: str, weight: float, voice: str, candidate: str, element: HtmlElement | None
    ) -> Iterator[Vote]:
        date = self.parse(text)
        if date:
            yield Vote(date, weight, voice, Found(text, candidate, node=element, raw=text))

    def stated(self) -> Iterator[Vote]:
        """What JSON-LD, meta elements and properties say outright."""
        for thing in self.clues.things:
            kinds = types(thing)
            if any(kind in ARTICLE_TYPES for kind in kinds):
                weight = 3.0
            else:
                weight = 2.6 if "webpage" in kinds else 0.8 if "imageobject" not in kinds else 0.2
            for key, factor in (("datePublished", 1.0), ("dateCreated", 0.6), ("uploadDate", 0.4)):
                for text in strings(thing.get(key))[:1]:
                    yield from self.vote(text, weight * factor, "jsonld", f"jsonld:{key}", None)
        for name, weight in _PUBLISHED_METAS.items():
            for meta in self.clues.meta(name):
                yield from self.vote(
                    meta.content, _META * weight, "meta", f"meta:{name}", meta.element
                )
        for spot in self.clues.properties:
            if "datepublished" in spot.marks or "datecreated" in spot.marks:
                weight = 2.6 if "datepublished" in spot.marks else 1.5
                text = _stated_text(spot.element)
                if not in_comments(spot.element):
                    yield from self.vote(
                        text, weight, "item", "itemprop:datePublished", spot.element
                    )
        for place, text, element in self.modifications():
            yield from self.vote(text, 0.3, "modified", place, element)

    def modifications(self) -> Iterator[tuple[str, str, HtmlElement | None]]:
        for thing in self.clues.things:
            if any(kind in ARTICLE_TYPES or kind == "webpage" for kind in types(thing)):
                for text in strings(thing.get("dateModified"))[:1]:
                    yield "jsonld:dateModified", text, None
        for meta in self.clues.meta(*_MODIFIED_METAS):
            yield f"meta:{meta.name}", meta.content, meta.element
        for spot in self.clues.properties:
            if "datemodified" in spot.marks:
                yield "itemprop:dateModified", _stated_text(spot.element), spot.element

    def address(self) -> Iterator[Vote]:
        """A day in the page's address."""
        match = _URL_DAY.search(unquote(self.clues.page.url.partition("?")[0]))
        if match:
            parts = (
                match["y"] or match["y2"] or match["y3"],
                match["m"] or match["n"] or match["m3"],
            )
            day = match["d"] or match["d2"] or match["d3"]
            yield from self.vote(f"{parts[0]}-{parts[1]}-{day}", 1.6, "url", "url", None)

    def marked(self) -> Iterator[Vote]:
        """<time> elements and elements whose class speaks of dates, nearest to the headline."""
        seen = 0
        spots = {spot.place: spot for spot in (*self.clues.times, *self.clues.dates)}
        ordered = sorted(spots.values(), key=lambda spot: self.distance(spot.place))
        for spot in ordered[:60]:
            element = spot.element
            if element.tag in ("body", "html", "main", "article", "h1", "h2", "form", "img"):
                continue
            text = _stated_text(element) if element.tag == "time" else self.own_words(element)
            date = self.parse_seen(text)
            if not date or element in self.asides:
                continue
            seen += 1
            weight = 1.8 if element.tag == "time" else 1.45
            near = self.distance(spot.place)
            weight *= 1.0 if near < 60 else 0.7 if near < 200 else 0.4
            said = f"{spot.marks} {_label(element)}".lower()
            if _SAYS_MODIFIED.search(said):
                weight *= 0.4
            elif _SAYS_PUBLISHED.search(said) or element.get("pubdate") is not None:
                weight *= 1.3
            weight *= 1.0 if seen == 1 else 0.7
            if date.at.date() in self.in_titles and element.tag != "time":
                weight *= 0.5  # what the page is about, perhaps
            name = f"visible:{element.tag}"
            yield Vote(date, weight, "visible", Found(text, name, node=element, raw=text))
            if seen >= 8:
                return

    def in_sight(self) -> Iterator[Vote]:
        """Dates in short lines of the visible text, nearest to the headline."""
        found = 0
        start = max(0, self.headline.place - 40) if self.headline else 0
        for element in self.clues.page.elements[start:]:
            for text, owner in ((element.text, element), (element.tail, element.getparent())):
                if not text or not 6 <= len(text) < 200 or not _DIGIT.search(text):
                    continue
                if owner is None or owner.tag in _NO_TEXT or owner in self.asides:
                    continue
                date = self.parse_seen(text)
                if date:
                    found += 1
                    raw = " ".join(text.split())
                    weight = 0.9 / found * (0.5 if date.at.date() in self.in_titles else 1.0)
                    weight *= 0.5 if _SAYS_MODIFIED.search(text.lower()) else 1.0
                    at = Found(raw, "visible:text", node=owner, raw=raw)
                    yield Vote(date, weight, "text", at)
            if found >= 5:
                return

    def in_title(self) -> Iterator[Vote]:
        title = self.clues.title
        if title is not None:
            yield from self._in(" ".join((title.text or "").split()), "tag:title", title)

    def _in(self, text: str, place: str, element: HtmlElement | None) -> Iterator[Vote]:
        if _DIGIT.search(text) and _LONG_YEAR.search(text):
            yield from self.vote(text, 0.6, "title", place, element)

    def in_scripts(self) -> Iterator[Vote]:
        """A publication date among the data of a script."""
        for element in self.clues.page.elements:
            if element.tag == "script" and element.text and len(element.text) < MAX_SCRIPT:
                match = _SCRIPT_DATE.search(element.text) or _SHOWN_DATE.search(element.text)
                if match:
                    yield from self.vote(match[1], 0.5, "script", "script:data", element)

    def distance(self, place: int) -> int:
        """From the headline, in elements; what stands before it is farther away."""
        if self.headline is None:
            return place
        gap = place - self.headline.place
        return gap if gap >= 0 else -3 * gap


def _stated_text(element: HtmlElement) -> str:
    for attribute in ("datetime", "content", "title" if element.tag == "abbr" else "datetime"):
        value = element.get(attribute)
        if value and _DIGIT.search(value):
            return str(value)
    return _short_text(element)


def _short_text(element: HtmlElement) -> str:
    text = " ".join(lines(element, limit=40))
    return text if len(text) <= 200 else ""


def _label(element: HtmlElement) -> str:
    """The words around a date that say what it is the date of."""
    parent = element.getparent()
    words = [_short_text(element)]
    before = element.getprevious()
    if before is not None:
        words += [(before.tail or "")[-60:], _short_text(before)[-60:]]
    elif parent is not None:
        words += [(parent.text or "")[-60:], parent.get("class") or ""]
    return " ".join(words)


def _day_first(clues: Clues) -> bool | None:
    """Which way 03/04/2024 reads here: as the page's other dates do, else as the country's; None
    leaves it to the language."""
    first = second = 0
    for spot in (*clues.times[:40], *clues.dates[:80]):
        for match in _NUMERIC.finditer((spot.element.text or "")[:200]):
            first += int(match[1]) > 12
            second += int(match[2]) > 12
    if first != second:
        return first > second
    host = clues.page.url.partition("://")[2].partition("/")[0].partition(":")[0]
    ending = host.rpartition(".")[2]
    return True if len(ending) == 2 and ending not in _EVERYWHERE else None


_NUMERIC: Final = re.compile(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}(?![\d/.-])")
_EVERYWHERE: Final = frozenset({"us", "co", "io", "tv", "ai", "me", "ph", "to", "fm", "cc"})

"""What a page's markup offers as metadata, gathered in one walk over the tree.

Nothing is judged here: the modules that choose a title, a date or the authors read these lists.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, cast

from lxml import etree
from lxml.html import HtmlElement

from scraper.extract.page import Page
from scraper.extract.structured import Thing, read_jsonld

MAX_CANDIDATES: Final = 300
"""Elements kept in each list; what comes later in the page is no loss."""

_AUTHOR: Final = re.compile(
    r"author|autor|byline|by-line|by_line|writer|contributor|creator|verfasser|redakt|journalist"
    r"|reporter|auteur|posted-?by|written-?by|user-?_?name|poster\b|blogger-name|firma|forfatter"
    r"|skribent|credit|signature"
)
_DATE: Final = re.compile(
    r"date|datum|fecha|time|publi|posted|created|modified|updat|stamp|byline|meta\b|info\b|entry-|\bage\b"
)
_TITLE: Final = re.compile(r"title|headline|heading|titel|titre|titulo|subject")
_ASIDE: Final = re.compile(
    r"\b(?:comments?|related|recommend\w*|sidebar|side-bar|widget|footer|teasers?|promo|more-?news"
    r"|popular|trending|most-?read|latest|nav|menu|newsletter|disqus|responses?|replies)\b"
)
_SEPARATORS: Final = str.maketrans("_", "-")
_AUTHOR_PAGE: Final = re.compile(
    r"/(?:authors?|autor(?:en|es)?|auteurs?|autori|people|profiles?|writers?|journalists?|members"
    r"|contributors?|redaktion)/[^/]|/~\w|viewprofile|//[a-z.]{0,5}linkedin\.com/in/"
)
_MARKED: Final = etree.XPath("//*[@itemprop or @rel or @property or @id]")
_SILENT: Final = frozenset({"script", "style", "template", "svg", "noscript", "head", "select"})
_INLINE: Final = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "em", "font", "i", "mark", "q",
     "s", "small", "span", "strong", "sub", "sup", "time", "u", "wbr", "strike", "data", "ins"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """An element that may hold metadata.  `place` is its number among the page's elements, `marks`
    its class, id, rel, itemprop and property in lower case."""

    element: HtmlElement
    place: int
    marks: str


@dataclass(frozen=True, slots=True)
class Meta:
    """A <meta> with its content, white space collapsed; `name` in lower case."""

    name: str
    content: str
    element: HtmlElement


@dataclass(slots=True)
class Clues:
    """Everything in page order."""

    page: Page
    metas: dict[str, list[Meta]] = field(default_factory=lambda: defaultdict(list))
    links: dict[str, list[HtmlElement]] = field(default_factory=lambda: defaultdict(list))
    things: list[Thing] = field(default_factory=list)
    title: HtmlElement | None = None
    headings: list[Spot] = field(default_factory=list)
    times: list[Spot] = field(default_factory=list)
    authors: list[Spot] = field(default_factory=list)
    dates: list[Spot] = field(default_factory=list)
    properties: list[Spot] = field(default_factory=list)
    tag_links: list[HtmlElement] = field(default_factory=list)
    places: int = 0

    def meta(self, *names: str) -> Iterator[Meta]:
        """Those of the first name, then of the second, and so on."""
        for name in names:
            yield from self.metas.get(name, ())


def gather(page: Page) -> Clues:
    """Read once; the answer shares the page's elements."""
    clues = Clues(page)
    scripts: list[str] = []
    marked = _marks(page.tree)
    kinds: dict[str, int] = {}
    for place, element in enumerate(page.tree.iter("*")):
        tag = element.tag
        if tag == "meta":
            _add_meta(clues, element)
        elif tag == "link":
            for rel in (element.get("rel") or "").lower().split():
                clues.links[rel].append(element)
        elif tag == "script":
            if "ld+json" in (element.get("type") or "").lower() and element.text:
                scripts.append(element.text)
        elif tag == "title":
            if clues.title is None and (element.text or "").strip():
                clues.title = element
        else:
            own = element.get("class") or ""
            other = marked.get(element)
            if tag == "a" and len(clues.authors) < MAX_CANDIDATES and is_author_link(element):
                other = f"{other or ''} author-link"
            if other is None and not own and tag not in _TAGS:
                continue
            marks = f"{own} {other}" if other else own
            kind = kinds.get(marks)
            if kind is None:
                kind = kinds[marks] = _kind(marks.lower())
            if kind or other or tag in _TAGS:
                _add(clues, Spot(element, place, marks.lower().translate(_SEPARATORS)), kind, tag)
    clues.places = place
    clues.things = read_jsonld(scripts)
    return clues


_TAGS: Final = frozenset({"h1", "h2", "h3", "time", "address"})
_IS_AUTHOR, _IS_DATE, _IS_TITLE = 1, 2, 4


def _kind(marks: str) -> int:
    author = _IS_AUTHOR if _AUTHOR.search(marks) else 0
    date = _IS_DATE if _DATE.search(marks) else 0
    return author | date | (_IS_TITLE if _TITLE.search(marks) else 0)


def _marks(tree: HtmlElement) -> dict[HtmlElement, str]:
    """The marks beside the class, of the elements that have any."""
    marked = {}
    for element in cast(list[HtmlElement], _MARKED(tree)):
        if element.tag in ("meta", "link", "script"):
            continue
        get = element.get
        parts = (get("itemprop"), get("rel"), get("property"), get("id"))
        marked[element] = " ".join(part for part in parts if part)[:300]
    return marked


def _add_meta(clues: Clues, element: HtmlElement) -> None:
    content = " ".join((element.get("content") or "").split())
    if not content:
        return
    for key in ("property", "name", "itemprop", "http-equiv"):
        for name in (element.get(key) or "").lower().split()[:4]:
            held = clues.metas[name]
            if len(held) < MAX_CANDIDATES:
                held.append(Meta(name, content, element))


def _add(clues: Clues, spot: Spot, kind: int, tag: str) -> None:
    if (tag in ("h1", "h2", "h3") or kind & _IS_TITLE) and len(clues.headings) < MAX_CANDIDATES:
        clues.headings.append(spot)
    if tag == "a" and "tag" in (spot.element.get("rel") or "").split():
        clues.tag_links.append(spot.element)
    if tag == "time" and len(clues.times) < MAX_CANDIDATES:
        clues.times.append(spot)
    if (kind & _IS_AUTHOR or tag == "address") and len(clues.authors) < MAX_CANDIDATES:
        clues.authors.append(spot)
    if kind & _IS_DATE and len(clues.dates) < MAX_CANDIDATES:
        clues.dates.append(spot)
    is_property = spot.element.get("itemprop") or spot.element.get("property")
    if is_property and len(clues.properties) < MAX_CANDIDATES:
        clues.properties.append(spot)


class Asides:
    """Whether an element stands in comments, a sidebar, a list of other articles, a footer.

    What holds the headline is no aside, whatever it is called.
    """

    def __init__(self, headline: HtmlElement | None) -> None:
        self._known: dict[HtmlElement, bool] = {}
        if headline is not None:
            self._known = dict.fromkeys((headline, *headline.iterancestors()), False)

    def __contains__(self, element: HtmlElement) -> bool:
        path = []
        answer = False
        step: HtmlElement | None = element
        while step is not None:
            known = self._known.get(step)
            if known is not None:
                answer = known
                break
            path.append(step)
            if _is_called_aside(step):
                answer = True
                break
            step = step.getparent()
        self._known.update(dict.fromkeys(path, answer))
        return answer


def _is_called_aside(element: HtmlElement) -> bool:
    if element.tag in ("nav", "aside"):
        return True
    if element.tag in ("body", "html", "article", "main"):
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    found = _ASIDE.search(names.lower().translate(_SEPARATORS)) if len(names) > 1 else None
    if element.tag == "footer" or (found and found[0] == "footer"):
        return next(element.iterancestors("article"), None) is None  # an article has its own
    return found is not None


def is_author_link(element: HtmlElement) -> bool:
    """Whether it is a link to a person's page."""
    if element.tag != "a":
        return False
    target = element.get("href")
    return target is not None and _AUTHOR_PAGE.search(target[:300]) is not None


def lines(element: HtmlElement, limit: int = 200) -> list[str]:
    """The element's visible text, a line for each block; `limit` bounds the elements read."""
    parts: list[str] = []
    stack: list[HtmlElement | str] = [element]
    root = True
    while stack and limit:
        item = stack.pop()
        if isinstance(item, str):
            parts.append(item)
            continue
        limit -= 1
        block = item.tag not in _INLINE or _is_next_link(item)
        if not root and item.tail:
            stack.append(item.tail.replace("\n", " "))
        root = False
        if block:
            stack.append("\n")
            parts.append("\n")
        if item.tag in _SILENT or _is_hidden(item):
            continue
        stack.extend(reversed(list(item)))
        if item.text:
            parts.append(item.text.replace("\n", " "))
    text = "".join(parts)
    return [line for line in (" ".join(part.split()) for part in text.split("\n")) if line]


def _is_next_link(element: HtmlElement) -> bool:
    """A link right behind another one is a thing of its own."""
    before = element.getprevious() if element.tag == "a" else None
    return before is not None and before.tag == "a" and not before.tail


def _is_hidden(element: HtmlElement) -> bool:
    style = element.get("style")
    hidden = style is not None and "display:none" in style.replace(" ", "").lower()
    return hidden or element.get("hidden") is not None


def text_of(element: HtmlElement) -> str:
    """Its visible text as one line."""
    return " ".join(lines(element))

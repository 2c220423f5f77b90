"""What a page's markup offers as metadata, gathered in one walk over the tree.

Nothing is judged here: the modules that choose a title, a date or the authors read these lists.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, TypeVar

import re2
from lxml.html import HtmlElement

from scraper.extraction.page import Page
from scraper.extraction.structured import Thing, read_jsonld

T = TypeVar("T")

MAX_CANDIDATES: Final = 300
"""Elements kept in each list; what comes later in the page is no loss."""

_AUTHOR: Final = re2.compile(
    r"(?i)author|autor|byline|by-line|by_line|writer|contributor|creator|verfasser|redakt|journalist"
    r"|reporter|auteur|posted-?by|written-?by|user-?_?name|poster\b|blogger-name|firma|forfatter"
    r"|skribent|credit|signature"
)
_DATE: Final = re2.compile(
    r"(?i)date|datum|fecha|time|publi|posted|created|modified|updat|stamp|byline|meta\b|info\b|entry-|\bage\b"
)
_PROPERTY: Final = re2.compile(r"(?:itemprop|property|rel)=")
_TITLE: Final = re2.compile(r"(?i)title|headline|heading|titel|titre|titulo|subject")
_ASIDE: Final = re.compile(
    r"\b(?:comments?|related|recommend\w*|widget|footer|teasers?|promo|more-?news|popular|trending"
    r"|most-?read|latest|nav|menu|newsletter|disqus|responses?|replies"
    r"|(?<!has-)(?<!with-)(?<!without-)(?<!no-)(?<!content-)side-?bar(?!-(?:left|right|none|content)))\b"
)
_COMMENTS: Final = re.compile(r"comment|respon[ds]|repl(?:y|ies)|disqus|kommentar")
_SEPARATORS: Final = str.maketrans("_", "-")
_PREFIX: Final = "schema:"
"""RDFa may name the vocabulary that microdata leave out."""
_AUTHOR_PAGE: Final = re.compile(
    r"/(?:authors?|autor(?:en|es)?|auteurs?|autori|people|profiles?|writers?|journalists?|members"
    r"|contributors?|redaktion)/[^/]|/~\w+/?$|viewprofile|//[a-z.]{0,5}linkedin\.com/in/"
)
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

    def meta(self, *names: str) -> Iterator[Meta]:
        """Those of the first name, then of the second, and so on."""
        for name in names:
            yield from self.metas.get(name, ())


def gather(page: Page) -> Clues:
    """Read once; the answer shares the page's elements."""
    clues = Clues(page)
    scripts: list[str] = []
    for element in page.tree.iter("meta", "link", "script", "title"):
        _add_head(clues, element, scripts)
    marked: list[tuple[HtmlElement, int, str]] = []
    for place, element in enumerate(page.elements):
        tag = element.tag
        if tag in _DULL:
            continue
        names = element.keys()
        marks = element.get("class", "")[:400] if names else ""
        if not marks or len(names) > 1:
            for name in names:
                if name in _NAMED:
                    marks += f" {name}= {element.get(name)[:200]}"
                elif name == "href" and tag == "a" and _AUTHOR_PAGE.search(element.get(name)[:300]):
                    marks += " author-link"
        if marks or tag in _TAGS:
            marked.append((element, place, marks))
    kinds = _kinds({marks for _, _, marks in marked})
    for element, place, marks in marked:
        kind = kinds.get(marks, 0)
        if kind or element.tag in _TAGS:
            plain = marks.lower().translate(_SEPARATORS).replace(_PREFIX, "")
            _add(clues, Spot(element, place, plain), kind)
    clues.things = read_jsonld(scripts)
    return clues


_DULL: Final = frozenset(
    {"path", "svg", "g", "use", "rect", "circle", "polygon", "br", "hr", "img", "source", "picture",
     "input", "button", "option", "select", "style", "noscript", "iframe", "html", "head", "body",
     "meta", "link", "script", "title"}
)  # fmt: skip
_NAMED: Final = frozenset({"id", "itemprop", "property", "rel"})
_TAGS: Final = frozenset({"h1", "h2", "h3", "time", "address"})
_IS_AUTHOR, _IS_DATE, _IS_TITLE, _IS_PROPERTY = 1, 2, 4, 8
_KINDS: Final = (
    (_IS_AUTHOR, _AUTHOR), (_IS_DATE, _DATE), (_IS_TITLE, _TITLE), (_IS_PROPERTY, _PROPERTY),
)  # fmt: skip


def _add_head(clues: Clues, element: HtmlElement, scripts: list[str]) -> None:
    tag = element.tag
    if tag == "meta":
        _add_meta(clues, element)
    elif tag == "link":
        for rel in (element.get("rel") or "").lower().split():
            clues.links[rel].append(element)
    elif tag == "script":
        if "ld+json" in (element.get("type") or "").lower() and element.text:
            scripts.append(element.text)
    elif clues.title is None and (element.text or "").strip():
        clues.title = element


def _kinds(distinct: Iterable[str]) -> dict[str, int]:
    """What each of the marks speaks of.  One search over all of them together is much faster than
    one for each."""
    marks = list(distinct)
    starts = list(accumulate((len(mark) + 1 for mark in marks), initial=0))
    text = "\n".join(marks)
    kinds: dict[str, int] = {}
    for kind, pattern in _KINDS:
        for match in pattern.finditer(text):
            mark = marks[bisect_right(starts, match.start()) - 1]
            kinds[mark] = kinds.get(mark, 0) | kind
    return kinds


def _add_meta(clues: Clues, element: HtmlElement) -> None:
    content = " ".join((element.get("content") or "").split())
    if not content:
        return
    for key in ("property", "name", "itemprop", "http-equiv"):
        for name in (element.get(key) or "").lower().replace(_PREFIX, "").split()[:4]:
            held = clues.metas[name]
            if len(held) < MAX_CANDIDATES:
                held.append(Meta(name, content, element))


def _add(clues: Clues, spot: Spot, kind: int) -> None:
    element, tag = spot.element, spot.element.tag
    if tag in ("h1", "h2", "h3") or kind & _IS_TITLE:
        _append(clues.headings, spot)
    if tag == "time":
        _append(clues.times, spot)
    if kind & _IS_AUTHOR or tag == "address":
        _append(clues.authors, spot)
    if kind & _IS_DATE:
        _append(clues.dates, spot)
    if kind & _IS_PROPERTY:
        if tag == "a" and "tag" in (element.get("rel") or "").split():
            _append(clues.tag_links, element)
        elif element.get("itemprop") or element.get("property"):
            _append(clues.properties, spot)


def _append(found: list[T], item: T) -> None:
    if len(found) < MAX_CANDIDATES:
        found.append(item)


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


def in_comments(element: HtmlElement) -> bool:
    """Whether somebody else's words stand here, wherever that is."""
    for step in (element, *element.iterancestors()):
        names = f"{step.get('class') or ''} {step.get('id') or ''}".lower()
        if step.tag not in ("body", "html") and _COMMENTS.search(names):
            return True
    return False


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
    if not len(element):
        seen = element.text and element.tag not in _SILENT and not _is_hidden(element)
        text = " ".join(element.text.split()) if seen else ""
        return [text] if text else []
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

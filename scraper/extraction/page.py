"""A page parsed once, and what every extractor hands on: a field's value with its place, the body
as nodes of the tree, and both together as a reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from lxml.html import HtmlElement

from scraper.snapshot import Snapshot

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """`tree` is the root element of the parsed page and is never changed by an extractor.  `url` is
    where the page was found (after redirects), `base_url` what its references are relative to,
    `source` the text that was parsed.  `elements` are all of the tree's in page order: lxml makes
    the Python object of an element that nobody holds anew for every walk."""

    tree: HtmlElement
    url: str
    base_url: str
    snapshot: Snapshot
    source: str = field(default="", repr=False)
    elements: list[HtmlElement] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "elements", list(self.tree.iter("*")))


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A field's value and where it came from.

    `candidate` names the place (`css:#dt h1`, `meta:og:title`, `jsonld:headline`), `index` which of
    a recipe's candidates it was, `node` the element if there is one, `raw` the uncleaned text.
    """

    value: T
    candidate: str
    index: int | None = None
    node: HtmlElement | None = None
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """Where the body is: the subtrees of `roots` in document order, without the subtrees of
    `dropped`.  No root stands inside another.  `candidate` says who found it (`css:#paragraph`,
    `generic:density`); `players` are links that stand for videos; `reasons` say why a node was
    dropped or kept; `cut` says that the page was too long to be looked at whole."""

    roots: tuple[HtmlElement, ...]
    candidate: str
    dropped: frozenset[HtmlElement] = frozenset()
    players: frozenset[HtmlElement] = frozenset()
    index: int | None = None
    reasons: dict[HtmlElement, str] = field(default_factory=dict)
    cut: bool = False


@dataclass(slots=True)
class Reading:
    """What was read of a page, by a recipe or by evidence.  `fields` has the record's names; dates
    are ParsedDate, lists tuples, the lead image an address.  `further` are the article's other
    pages with their parts of the body."""

    fields: dict[str, Found[Any]] = field(default_factory=dict)
    extra: dict[str, Found[Any]] = field(default_factory=dict)
    body: Body | None = None
    further: list[tuple[Page, Body]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

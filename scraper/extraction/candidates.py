"""A recipe's candidates on a page: the texts at a place, transformed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

from lxml.html import HtmlElement

from scraper.extraction.page import Page
from scraper.extraction.structured import read_jsonld, strings, types
from scraper.extraction.text import collapse, node_text
from scraper.recipe.fields import Candidate, Transform
from scraper.recipe.selectors import css, regex, xpath
from scraper.url import join

MAX_HITS: Final = 1000


@dataclass(frozen=True, slots=True)
class Hit:
    """One text, the node it stands in, and how it was before the transforms."""

    text: str
    raw: str
    node: HtmlElement | None = None


def hits(page: Page, candidate: Candidate) -> list[Hit]:
    """Every match in page order, white space collapsed, empty ones left out."""
    return [hit for hit in islice(_matches(page, candidate), MAX_HITS) if hit.text]


def transformed(page: Page, found: list[Hit], steps: Sequence[Transform]) -> list[Hit]:
    """What is left of the hits after all steps; empty texts go after each."""
    for step in steps:
        name, argument = step.step
        found = [hit for hit in _STEPS[name](page, found, argument) if hit.text]
    return found


def _matches(page: Page, candidate: Candidate) -> Iterable[Hit]:
    if candidate.css is not None:
        return _of_nodes(css(candidate.css)(page.tree), candidate.attr)
    if candidate.xpath is not None:
        return _of_nodes(xpath(candidate.xpath)(page.tree), candidate.attr)
    if candidate.meta is not None:
        return _of_meta(page, candidate.meta.lower())
    if candidate.jsonld is not None:
        return (Hit(collapse(text), text) for text in _of_jsonld(page, candidate.jsonld))
    return _of_source(page, candidate.regex or "")


def _of_nodes(result: Any, attribute: str | None) -> Iterable[Hit]:
    """CSS gives nodes; XPath gives nodes, strings, or one number, string or truth."""
    for item in result if isinstance(result, list) else [result]:
        if isinstance(item, HtmlElement):
            text = item.get(attribute) if attribute else None
            if attribute is None:
                whole = node_text(item)
                yield Hit(whole, whole, item)
            elif text is not None:
                yield Hit(collapse(text), text, item)
        elif isinstance(item, str) and attribute is None:
            parent = item.getparent() if hasattr(item, "getparent") else None
            yield Hit(
                collapse(item), str(item), parent if isinstance(parent, HtmlElement) else None
            )
        elif isinstance(item, bool | float) and attribute is None:
            text = str(item).lower() if isinstance(item, bool) else f"{item:g}"
            yield Hit(text, text)


def _of_meta(page: Page, name: str) -> Iterable[Hit]:
    for node in page.tree.iter("meta"):
        names = (node.get(key) for key in ("name", "property", "itemprop", "http-equiv"))
        if any(other and other.strip().lower() == name for other in names):
            content = node.get("content") or ""
            yield Hit(collapse(content), content, node)


def _of_jsonld(page: Page, path: str) -> list[str]:
    """`author.name`, or `NewsArticle:author.name` for objects of one type; the first object of the
    page that has it counts."""
    kind, _, rest = path.rpartition(":")
    *outer, last = rest.split(".")
    scripts = (
        node.text or ""
        for node in page.tree.iter("script")
        if "ld+json" in (node.get("type") or "").lower()
    )
    for thing in read_jsonld(scripts):
        if kind and kind.lower() not in types(thing):
            continue
        values: list[Any] = [thing]
        for key in outer:
            values = [inner for value in values for inner in _inside(value, key)]
        texts = [
            text
            for value in values
            if isinstance(value, dict)
            for text in strings(_plain(value.get(last)))
        ]
        if texts:
            return texts
    return []


def _inside(value: Any, key: str) -> list[Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else [found]


def _plain(value: Any) -> Any:
    """Numbers as JSON writes them."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _of_source(page: Page, expression: str) -> Iterable[Hit]:
    for found in regex(expression).finditer(page.source):
        text = found.group(1 if found.re.groups else 0) or ""
        yield Hit(collapse(text), text)


_Step = Callable[[Page, list[Hit], Any], Iterable[Hit]]


def _each(change: Callable[[Page, str, Any], str]) -> _Step:
    def step(page: Page, found: list[Hit], argument: Any) -> Iterable[Hit]:
        return (replace(hit, text=change(page, hit.text, argument).strip()) for hit in found)

    return step


def _match(_: Page, text: str, expression: str) -> str:
    found = regex(expression).search(text)
    return (found.group(1 if found.re.groups else 0) or "") if found else ""


def _split(_: Page, found: list[Hit], separator: str) -> Iterable[Hit]:
    return (
        replace(hit, text=part.strip())
        for hit in found
        for part in hit.text.split(separator, MAX_HITS)
    )


def _join(_: Page, found: list[Hit], separator: str) -> Iterable[Hit]:
    return [replace(found[0], text=separator.join(hit.text for hit in found))] if found else []


_STEPS: Final[dict[str, _Step]] = {
    "strip_prefix": _each(lambda _, text, prefix: text.removeprefix(prefix)),
    "strip_suffix": _each(lambda _, text, suffix: text.removesuffix(suffix)),
    "lower": _each(lambda _, text, __: text.lower()),
    "absolute_url": _each(lambda page, text, _: join(page.base_url, text) or ""),
    "regex": _each(_match),
    "split": _split,
    "drop_first": lambda _, found, count: found[count:],
    "join": _join,
}

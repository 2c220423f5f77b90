"""Which candidates of a recipe find something on a page, and which of them gave the field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scraper.extraction.by_recipe import choose_version, find_body, kind_of, nodes, read_field
from scraper.extraction.candidates import hits
from scraper.extraction.page import Page
from scraper.extraction.parse import parse
from scraper.recipe import Recipe
from scraper.recipe.fields import FieldRule
from scraper.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Tried:
    """`matches` counts what stands at the candidate's place, before transforms and parsing; `used`
    is 1 when the field's value came from there.  Over several pages: how many of them have it."""

    field: str
    candidate: str
    matches: int
    used: int


def tried(snapshot: Snapshot, recipe: Recipe) -> tuple[Tried, ...]:
    """All candidates of the version that reads the page, in the recipe's order, whatever the
    verdict on the page is."""
    page = parse(snapshot, recipe.site.charset)
    version, _ = choose_version(page, recipe)
    found: list[Tried] = []
    for name, rule in version.fields.declared().items():
        found += _of_field(page, name, rule, kind_of(name), recipe)
    for name, extra in version.extra.items():
        found += _of_field(page, f"extra.{name}", extra, extra.type, recipe)
    if version.body:
        body = find_body(page, version.body)
        for index, root in enumerate(version.body.root):
            used = body is not None and body.index == index
            found.append(Tried("body", root.name, len(nodes(page, root)), int(used)))
    return tuple(found)


def over_pages(pages: Iterable[Iterable[Tried]]) -> list[Tried]:
    """Each candidate once, in the order in which they come up."""
    matches: Counter[tuple[str, str]] = Counter()
    used: Counter[tuple[str, str]] = Counter()
    for page in pages:
        for one in page:
            matches[one.field, one.candidate] += one.matches > 0
            used[one.field, one.candidate] += one.used
    return [Tried(*key, count, used[key]) for key, count in matches.items()]


def _of_field(page: Page, name: str, rule: FieldRule, kind: str, recipe: Recipe) -> Iterator[Tried]:
    value = read_field(page, rule, kind, recipe)
    for index, candidate in enumerate(rule.from_):
        used = value is not None and value.index == index
        yield Tried(name, candidate.name, len(hits(page, candidate)), int(used))

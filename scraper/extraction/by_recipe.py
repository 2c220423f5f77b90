"""A page read by its site's recipe: verdict, version, fields, body, expectations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date
from fnmatch import fnmatchcase
from typing import Any, Final
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from scraper.errors import FieldMissing, VerdictFailed
from scraper.extraction.candidates import Hit, hits, transformed
from scraper.extraction.dates import ParsedDate, parse_date
from scraper.extraction.flow import BLOCK_KINDS, BodyRule
from scraper.extraction.page import Body, Found, Page, Reading
from scraper.extraction.parse import parse
from scraper.recipe import Recipe
from scraper.recipe.fields import Candidate, FieldExpectation, FieldRule, NodeCandidate
from scraper.recipe.model import BodyPart, Probe, Verdict, Version
from scraper.recipe.selectors import Selector, css, regex, xpath
from scraper.url import host, join, site

LISTS: Final = frozenset({"authors", "editors", "categories", "tags"})
DATES: Final = frozenset({"published", "modified"})


def read_by_recipe(page: Page, recipe: Recipe) -> tuple[Reading, Version, BodyRule]:
    """Raises VerdictFailed when the page is no article, FieldMissing for a required field."""
    judge(page, recipe)
    version, surprised = choose_version(page, recipe)
    reading = Reading(warnings=["layout_surprise"] if surprised else [])
    for name, rule in version.fields.declared().items():
        found = read_field(page, rule, kind_of(name), recipe)
        if found is not None:
            reading.fields[name] = found
            reading.warnings += _unexpected(name, found.value, rule.expect)
        elif rule.required:
            raise FieldMissing(name, recipe.site.id, version.id)
    for name, extra in version.extra.items():
        found = read_field(page, extra, extra.type, recipe)
        if found is not None:
            reading.extra[name] = found
            reading.warnings += _unexpected(f"extra.{name}", found.value, extra.expect)
        elif extra.required:
            raise FieldMissing(f"extra.{name}", recipe.site.id, version.id)
    if version.body is not None:
        reading.body = find_body(page, version.body)
        if reading.body is None and version.body.required:
            raise FieldMissing("body", recipe.site.id, version.id)
        for other in page.snapshot.further if reading.body else ():
            further = parse(other, recipe.site.charset)
            body = find_body(further, version.body)
            if body is None:
                raise FieldMissing("body", recipe.site.id, version.id)
            reading.further.append((further, body))
    return reading, version, _body_rule(recipe, version.body)


def next_page(page: Page, recipe: Recipe) -> str | None:
    """Where the article goes on, on its own site."""
    rule = recipe.pages.next if recipe.pages else None
    found = transformed(page, hits(page, rule), rule.then) if rule else ()
    addresses = (join(page.base_url, hit.text) for hit in found)
    own = site(host(page.url))
    return next((url for url in addresses if url and site(host(url)) == own), None)


def kind_of(name: str) -> str:
    """Of a field of the record, in the words of `extra`."""
    if name == "lead_image":
        return "url"
    return "datetime" if name in DATES else "list" if name in LISTS else "text"


# Verdict and version ------------------------------------------------------------


def judge(page: Page, recipe: Recipe) -> None:
    """The first verdict that holds wins; raises VerdictFailed unless it is `article`."""
    if not recipe.verdicts:
        return
    status = page.snapshot.status
    verdict = next((v.is_ for v in recipe.verdicts if _holds(v, page, status)), "unknown")
    if verdict != "article":
        raise VerdictFailed(verdict, status)


def _holds(verdict: Verdict, page: Page, status: int) -> bool:
    return (
        (not verdict.status or status in verdict.status)
        and (not verdict.url or any(fnmatchcase(page.url, glob) for glob in verdict.url))
        and all(_matches(page, selector) for selector in verdict.has)
        and not any(_matches(page, selector) for selector in verdict.lacks)
    )


def _matches(page: Page, selector: str) -> bool:
    return bool(css(selector)(page.tree))


def choose_version(page: Page, recipe: Recipe) -> tuple[Version, bool]:
    """By date window and probe; True when the page looks like none that its date allows."""
    versions = recipe.whole_versions
    day = _publication_day(page, recipe, versions)
    in_window = [v for v in versions if day is None or v.holds(day)]
    for version in in_window:
        if _probe(page, version.when):
            return version, False
    others = [v for v in versions if _probe(page, v.when)]
    return (others or in_window or list(versions))[0], True


def _publication_day(page: Page, recipe: Recipe, versions: Iterable[Version]) -> date | None:
    """As any version's candidates read it, in the site's time zone."""
    tried: list[FieldRule] = []
    for version in versions:
        rule = version.fields.published
        if rule is None or rule in tried:
            continue
        tried.append(rule)
        found = read_field(page, rule, "datetime", recipe)
        if found is not None:
            zone = ZoneInfo(recipe.site.timezone) if recipe.site.timezone else UTC
            day: date = found.value.at.astimezone(zone).date()
            return day
    return None


def _probe(page: Page, probe: Probe | None) -> bool:
    if probe is None:
        return True
    return (probe.has is None or _matches(page, probe.has)) and (
        probe.lacks is None or not _matches(page, probe.lacks)
    )


# Fields -------------------------------------------------------------------------


def read_field(page: Page, rule: FieldRule, kind: str, recipe: Recipe) -> Found[Any] | None:
    """The first candidate that is non-empty after its transforms and parsing."""
    for index, candidate in enumerate(rule.from_):
        found = transformed(page, hits(page, candidate), (*candidate.then, *rule.then))
        value = _value(page, found, kind, candidate, rule, recipe) if found else None
        if value is None:
            continue
        # A text that was split is still one.
        raws = dict.fromkeys(hit.raw for hit in found)
        raw = " | ".join(raws) if kind == "list" else found[0].raw
        return Found(value, candidate.name, index, found[0].node, raw)
    return None


def _value(
    page: Page, found: list[Hit], kind: str, candidate: Candidate, rule: FieldRule, recipe: Recipe
) -> Any:
    """Of the field's kind; None when the texts hold no such value."""
    first = found[0].text
    if kind == "list":
        return tuple(dict.fromkeys(hit.text for hit in found))
    if kind == "datetime":
        return _date(page, [hit.text for hit in found], candidate, rule, recipe)
    if kind == "url":
        return join(page.base_url, first)
    if kind == "boolean":
        return {"true": True, "1": True, "yes": True}.get(first.lower(), False)
    if kind in ("integer", "number"):
        return _number(first, whole=kind == "integer")
    return first


def _date(
    page: Page, texts: list[str], candidate: Candidate, rule: FieldRule, recipe: Recipe
) -> ParsedDate | None:
    parse = candidate.parse or rule.parse
    for text in texts:
        parsed = parse_date(
            text,
            formats=parse.datetime if parse else None,
            timezone=recipe.site.timezone,
            language=recipe.site.language,
            fetched_at=page.snapshot.fetched_at,
        )
        if parsed:
            return parsed
    return None


def _number(text: str, *, whole: bool) -> int | float | None:
    plain = text.replace(",", "").replace(" ", "")
    try:
        return int(plain[:30]) if whole else float(plain[:30])
    except ValueError:
        return None


def _unexpected(name: str, value: Any, expected: FieldExpectation) -> Iterable[str]:
    texts = value if isinstance(value, tuple) else (value.raw if name in DATES else str(value),)
    size = len(value) if isinstance(value, tuple) else len(texts[0])
    if expected.min_length is not None and size < expected.min_length:
        yield f"expect.{name}.min_length"
    if expected.pattern and not all(regex(expected.pattern).search(text) for text in texts):
        yield f"expect.{name}.pattern"


# Body ---------------------------------------------------------------------------


def find_body(page: Page, part: BodyPart) -> Body | None:
    """The first root with text or a picture in it."""
    for index, candidate in enumerate(part.root):
        roots = [root for root in nodes(page, candidate) if _has_content(root)]
        if roots:
            return Body(
                _outermost(roots),
                candidate.name,
                dropped=_all(page, part.strip),
                players=_all(page, part.videos),
                index=index,
            )
    return None


def _all(page: Page, selectors: Iterable[str]) -> frozenset[HtmlElement]:
    return frozenset(node for selector in selectors for node in css(selector)(page.tree))


def nodes(page: Page, candidate: NodeCandidate) -> list[HtmlElement]:
    """What the place holds, content or not."""
    select: Selector = css(candidate.css) if candidate.css else xpath(candidate.xpath or "")
    result = select(page.tree)
    nodes = result if isinstance(result, list) else []
    return [node for node in nodes if isinstance(node, HtmlElement)]


def _has_content(root: HtmlElement) -> bool:
    return any(not text.isspace() for text in root.itertext()) or any(
        True for _ in root.iter("img", "video", "iframe")
    )


def _outermost(roots: list[HtmlElement]) -> tuple[HtmlElement, ...]:
    inside: set[HtmlElement] = set()
    known = set(roots)
    for root in roots:
        if any(ancestor in known for ancestor in root.iterancestors()):
            inside.add(root)
    return tuple(root for root in roots if root not in inside)


def _body_rule(recipe: Recipe, part: BodyPart | None) -> BodyRule:
    kinds = BLOCK_KINDS
    if part is not None and part.blocks is not None:
        kinds = frozenset("embed" if kind == "video" else kind for kind in part.blocks)
    bold = part is None or part.bold_only_paragraph_is_heading
    return BodyRule(kinds=kinds, bold_headings=bold, media=recipe.fetch.media)

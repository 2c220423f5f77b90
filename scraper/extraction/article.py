"""A reading to a validated record: one path for recipes and generic extraction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from scraper.errors import EmptyPage
from scraper.extraction.blocks import blocks, joined, paragraphs_of, text_of
from scraper.extraction.clean import clean_html
from scraper.extraction.dates import ParsedDate
from scraper.extraction.flow import BodyContent, BodyRule
from scraper.extraction.links import read_links
from scraper.extraction.mentioned import add_mentions
from scraper.extraction.opt_out import read_opt_out
from scraper.extraction.page import Found, Page, Reading
from scraper.extraction.text import collapse
from scraper.recipe import Match
from scraper.recipe.model import Version
from scraper.record import Article, Image, Link, Mentioned, Provenance, RecipeRef, content_hash
from scraper.url import canonical, digest, host, join, site

LONGEST_TEXT: Final = 10_000
"""Characters of one field; a longer one is cut, with a warning."""

MOST_ITEMS: Final = 500
RAW_LENGTH: Final = 500


@dataclass(frozen=True, slots=True)
class ByRecipe:
    """The match that chose the recipe, and the version that read the page."""

    match: Match
    version: Version


def make_article(
    page: Page,
    reading: Reading,
    rule: BodyRule,
    *,
    recipe: ByRecipe | None = None,
    requested_url: str | None = None,
) -> Article:
    """Raises EmptyPage when there is neither a body nor the evidence of an article without one."""
    bodies = [(page, reading.body), *reading.further] if reading.body else []
    contents = [blocks(body, one, rule) for one, body in bodies]
    links: dict[tuple[str, str], Link] = {}
    html = []
    for (one, body), read in zip(bodies, contents, strict=True):
        html.append(clean_html(body, one, read.addresses, read.removed))
        for link in read_links(read.anchors, one.base_url):
            links.setdefault((link.url, link.text), link)
    content = joined(contents) if contents else BodyContent()
    if not content.blocks and not _is_article_without_body(reading):
        raise EmptyPage
    snapshot = page.snapshot
    zone = recipe.match.recipe.recipe.site.timezone if recipe else None
    also = add_mentions(reading, snapshot.mentions, zone)
    values = _Values(reading)
    address = _canonical(page, reading, recipe.match if recipe else None)
    published: ParsedDate | None = values.get("published")
    modified: ParsedDate | None = values.get("modified")
    warnings = [*snapshot.warnings, *reading.warnings, *values.warnings]
    if published is not None and published.zone == "assumed":
        warnings.append("published.zone_assumed")
    if not content.blocks:
        warnings.append("body.empty")
    text = text_of(content.blocks, content.images)
    if recipe and len("".join(text.split())) < (recipe.version.expect.body_chars_min or 0):
        warnings.append("expect.body_chars_min")
    title, authors = values.text("title"), values.texts("authors")
    pictures = list(dict.fromkeys(image.url for image in content.images))
    return Article(
        id=_id(address, recipe.match if recipe else None),
        url=requested_url or snapshot.request_url,
        final_url=page.url,
        canonical_url=address,
        site=recipe.match.recipe.id if recipe else site(host(address)),
        kind=recipe.match.kind if recipe else values.text("kind") or "article",
        title=title,
        published=published.at if published else None,
        published_raw=collapse(published.raw)[:RAW_LENGTH] if published else None,
        published_precision=published.precision if published else None,
        published_zone=published.zone if published else None,
        modified=modified.at if modified else None,
        authors=authors,
        editors=values.texts("editors"),
        source=values.text("source"),
        language=values.text("language"),
        categories=values.texts("categories"),
        tags=values.texts("tags"),
        description=values.text("description"),
        lead_image=_lead_image(values.get("lead_image"), content),
        blocks=tuple(content.blocks),
        paragraphs=tuple(paragraphs_of(content.blocks)),
        text=text,
        html="\n".join(html),
        images=tuple(content.images),
        links=tuple(links.values()),
        extra={name: _plain(found.value) for name, found in reading.extra.items()},
        fetched_at=snapshot.fetched_at,
        status=snapshot.status,
        rendered_with=snapshot.rendered_with,
        content_hash=content_hash(
            title, published.at if published else None, authors, content.blocks, pictures
        ),
        opt_out=read_opt_out(page),
        recipe=reference(recipe.match, recipe.version.id) if recipe else None,
        provenance=_provenance(reading, content, also),
        warnings=tuple(dict.fromkeys(warnings)),
    )


class _Values:
    """The reading's values, bounded."""

    def __init__(self, reading: Reading) -> None:
        self._fields: Mapping[str, Found[Any]] = reading.fields
        self.warnings: list[str] = []

    def get(self, name: str) -> Any:
        found = self._fields.get(name)
        return found.value if found else None

    def text(self, name: str) -> str | None:
        value = self.get(name)
        return self._cut(name, value) or None if isinstance(value, str) else None

    def texts(self, name: str) -> tuple[str, ...]:
        values = self.get(name) or ()
        if len(values) > MOST_ITEMS:
            self.warnings.append(f"cut.{name}")
        cut = (self._cut(name, value) for value in values[:MOST_ITEMS])
        return tuple(value for value in cut if value)

    def _cut(self, name: str, text: str) -> str:
        if len(text) > LONGEST_TEXT:
            self.warnings.append(f"cut.{name}")
        return collapse(text[:LONGEST_TEXT])


def _is_article_without_body(reading: Reading) -> bool:
    """A page that is all picture or film says at least what it is."""
    return "title" in reading.fields and not {"published", "lead_image"}.isdisjoint(reading.fields)


def _canonical(page: Page, reading: Reading, match: Match | None) -> str:
    """The recipe's form, else the page's own word within its site, else where it was found."""
    if match and match.canonical:
        return match.canonical
    own = canonical(page.url)
    found = reading.fields.get("canonical_url")
    if found is None:
        return own
    stated = join(page.base_url, found.value)
    if stated is None or site(host(stated)) != site(host(own)):
        return own
    if urlsplit(stated).path in ("", "/") and urlsplit(own).path not in ("", "/"):
        # A template that calls the front page the canonical form of every article.
        return own
    return canonical(stated)


def _id(address: str, match: Match | None) -> str:
    if match and match.id is not None:
        return f"{match.recipe.id}:{match.id}"
    return f"{host(address)}:{digest(address)}"


def _lead_image(url: str | None, content: BodyContent) -> Image | None:
    """With what the body says of it when it stands there too."""
    if not url:
        return content.images[0] if content.images else None
    return next((image for image in content.images if image.url == url), Image(url=url))


def reference(match: Match, version: str) -> RecipeRef:
    """The recipe of a record, or of a page that it refused."""
    loaded = match.recipe
    return RecipeRef(
        id=loaded.id, revision=loaded.recipe.revision, version=version, hash=loaded.hash
    )


def _plain(value: Any) -> Any:
    """As JSON has it: dates in ISO 8601, lists for tuples."""
    if isinstance(value, ParsedDate):
        return value.at.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _provenance(
    reading: Reading, content: BodyContent, also: Mapping[str, Sequence[Found[Any]]]
) -> dict[str, Provenance]:
    places = {name: _place(found, also.get(name, ())) for name, found in reading.fields.items()}
    places |= {f"extra.{name}": _place(found) for name, found in reading.extra.items()}
    if "lead_image" not in places and content.images:
        places["lead_image"] = Provenance(candidate="body:first-image")
    body = reading.body
    if body is not None and body.roots:
        places["blocks"] = _place(Found(None, body.candidate, body.index, body.roots[0]))
    return places


def _place(found: Found[Any], also: Sequence[Found[Any]] = ()) -> Provenance:
    node = found.node
    path = node.getroottree().getpath(node) if node is not None else None
    return Provenance(
        candidate=found.candidate,
        index=found.index,
        xpath=path,
        raw=_raw(found.raw) if found.raw is not None else None,
        also=tuple(Mentioned(candidate=one.candidate, raw=_raw(one.raw or "")) for one in also),
    )


def _raw(text: str) -> str:
    return collapse(text[: 4 * RAW_LENGTH])[:RAW_LENGTH]

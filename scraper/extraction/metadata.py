"""What a page says about itself: title, dates, authors, source and the rest, without a recipe.

One value per field, chosen among what the markup and the visible text offer; `Found.candidate`
names the winner.  Where the body is, is another module's question.
"""

from __future__ import annotations

from dataclasses import dataclass

from scraper.extraction.authors import read_authors
from scraper.extraction.clues import Clues, gather
from scraper.extraction.dates import ParsedDate
from scraper.extraction.language import read_language
from scraper.extraction.lead_image import read_lead_image
from scraper.extraction.page import Found, Page
from scraper.extraction.published import read_modified, read_published
from scraper.extraction.site_names import SiteNames, squeeze
from scraper.extraction.structured import resolve, strings, types
from scraper.extraction.titles import read_title
from scraper.extraction.topics import read_categories, read_kind, read_tags
from scraper.url import join


@dataclass(frozen=True, slots=True)
class Metadata:
    """None where the page says nothing believable.  Addresses are absolute."""

    title: Found[str] | None = None
    published: Found[ParsedDate] | None = None
    modified: Found[ParsedDate] | None = None
    authors: Found[tuple[str, ...]] | None = None
    source: Found[str] | None = None
    language: Found[str] | None = None
    categories: Found[tuple[str, ...]] | None = None
    tags: Found[tuple[str, ...]] | None = None
    description: Found[str] | None = None
    lead_image: Found[str] | None = None
    canonical_url: Found[str] | None = None
    kind: Found[str] | None = None


def read_metadata(page: Page) -> Metadata:
    """Never raises: what cannot be read is left out, field by field."""
    clues = gather(page)
    names = SiteNames(clues)
    language = read_language(clues)
    title, headline = read_title(clues, names)
    spoken = language.value if language else None
    text = title.value if title else ""
    published = read_published(clues, spoken, headline)
    return Metadata(
        title=title,
        published=published,
        modified=read_modified(clues, spoken),
        authors=read_authors(clues, names, headline, published.node if published else None),
        source=_source(clues),
        language=language,
        categories=read_categories(clues, names, text),
        tags=read_tags(clues),
        description=_description(clues, text),
        lead_image=read_lead_image(clues),
        canonical_url=_canonical_url(clues),
        kind=read_kind(clues),
    )


def _source(clues: Clues) -> Found[str] | None:
    """The publisher the page names."""
    for meta in clues.meta("og:site_name"):
        if len(meta.content) <= 80 and "://" not in meta.content:
            return Found(meta.content, "meta:og:site_name", node=meta.element, raw=meta.content)
    for key, wanted in (("publisher", None), ("name", "website")):
        for thing in clues.things:
            if wanted is None or wanted in types(thing):
                for text in strings(resolve(thing.get(key), clues.things))[:1]:
                    return Found(text, f"jsonld:{key}", raw=text)
    for meta in clues.meta("application-name", "dc.publisher", "publisher"):
        if len(meta.content) <= 80 and "://" not in meta.content:
            return Found(meta.content, f"meta:{meta.name}", node=meta.element, raw=meta.content)
    return None


def _description(clues: Clues, title: str) -> Found[str] | None:
    """The first that says more than the title."""
    own = squeeze(title)
    for meta in clues.meta(
        "og:description", "description", "twitter:description", "dc.description",
        "dcterms.description", "dc:description", "sailthru.description",
    ):  # fmt: skip
        if squeeze(meta.content) not in ("", own):
            return Found(meta.content, f"meta:{meta.name}", node=meta.element, raw=meta.content)
    for thing in clues.things:
        if not {"organization", "website", "person", "imageobject"}.intersection(types(thing)):
            for text in strings(thing.get("description"))[:1]:
                return Found(text, "jsonld:description", raw=text)
    return None


def _canonical_url(clues: Clues) -> Found[str] | None:
    for element in clues.links.get("canonical", ()):
        text = (element.get("href") or "").strip()
        address = join(clues.page.base_url, text) if text else None
        if address:
            return Found(address, "link:canonical", node=element, raw=text)
    for meta in clues.meta("og:url"):
        address = join(clues.page.base_url, meta.content)
        if address:
            return Found(address, "meta:og:url", node=meta.element, raw=meta.content)
    return None

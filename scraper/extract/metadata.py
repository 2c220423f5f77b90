"""What a page says about itself: title, dates, authors, source and the rest, without a recipe.

One value per field, chosen among what the markup offers; `Found.candidate` names the winner.
Where the body is, is another module's question.
"""

from __future__ import annotations

from dataclasses import dataclass

from scraper.extract.dates import ParsedDate, parse_date
from scraper.extract.page import Found, Page
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
    metas = _metas(page)
    published = _date(metas, "article:published_time", "date")
    image = _text(metas, "og:image")
    lead = join(page.base_url, image.value) if image else None
    return Metadata(
        title=_text(metas, "og:title", "twitter:title") or _title(page),
        published=published,
        modified=_date(metas, "article:modified_time"),
        source=_text(metas, "og:site_name"),
        description=_text(metas, "og:description", "description"),
        lead_image=Found(lead, image.candidate, node=image.node, raw=image.raw)
        if image and lead
        else None,
    )


def _metas(page: Page) -> dict[str, Found[str]]:
    found: dict[str, Found[str]] = {}
    for node in page.tree.iter("meta"):
        name = (node.get("property") or node.get("name") or "").strip().lower()
        content = " ".join((node.get("content") or "").split())
        if name and content:
            found.setdefault(name, Found(content, f"meta:{name}", node=node, raw=content))
    return found


def _text(metas: dict[str, Found[str]], *names: str) -> Found[str] | None:
    return next((metas[name] for name in names if name in metas), None)


def _date(metas: dict[str, Found[str]], *names: str) -> Found[ParsedDate] | None:
    for name in names:
        found = metas.get(name)
        parsed = parse_date(found.value) if found else None
        if found and parsed:
            return Found(parsed, found.candidate, node=found.node, raw=found.raw)
    return None


def _title(page: Page) -> Found[str] | None:
    for node in page.tree.iter("title", "h1"):
        text = " ".join("".join(node.itertext()).split())
        if text:
            return Found(text, f"tag:{node.tag}", node=node, raw=text)
    return None

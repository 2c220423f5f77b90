"""How a site's pages are fetched: what the recipe tells the fetcher and the frontier."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scraper.recipe.part import Css, Part, Texts


class Scroll(Part):
    """Scroll the page until a node appears or nothing grows any more."""

    until: Css | None = Field(default=None, description="CSS selector")
    max_steps: int = Field(default=40, ge=1, le=200)
    settle: float = Field(default=0.25, ge=0, le=5, description="seconds after each step")


class MediaRule(Part):
    """How the site's pictures are found and fetched."""

    referer: Literal["page", "origin", "none"] = "page"
    attrs: Texts = Field(default=(), description="attributes that hold the address, best first")
    placeholder: Texts = Field(default=(), description="globs of addresses that are no pictures")


class Rate(Part):
    """Politeness, in the command line's names and units."""

    delay: float | None = Field(default=None, ge=0, le=3600)
    per_host: int | None = Field(default=None, ge=1, le=64)


class FetchRule(Part):
    """How a site's pages are fetched."""

    render: Literal["browser", "http", "auto"] = "browser"
    ready: Css | None = Field(
        default=None, description="CSS selector; read the page when it matches"
    )
    scroll: Scroll | None = None
    media: MediaRule = MediaRule()
    rate: Rate = Rate()
    session: Literal["clear", "keep"] = "clear"
    validator: Literal["document"] | None = Field(
        default=None,
        description="document: a page whose document is still the same, as ETag or Last-Modified "
        "say, has not changed, though it is rendered",
    )

"""How a site's pages are fetched: what the recipe tells the fetcher and the frontier."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, model_validator

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


class Action(Part):
    """One step on the page before it is read, once it is there."""

    click: Css | None = None
    wait: Css | Annotated[float, Field(ge=0, le=60)] | None = Field(
        default=None, description="seconds, or until this is there"
    )
    scroll: Css | Annotated[int, Field(ge=1, le=200)] | None = Field(
        default=None, description="so many screens, or until this is on the screen"
    )
    fill: Css | None = Field(default=None, description="a field that gets the text of `env`")
    env: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None

    @model_validator(mode="after")
    def _one_step(self) -> Action:
        steps = [self.click, self.wait, self.scroll, self.fill]
        if sum(step is not None for step in steps) != 1:
            raise ValueError("an action is one of click, wait, scroll and fill")
        if (self.fill is None) != (self.env is None):
            raise ValueError("fill needs env, the environment variable that holds the text")
        return self


class FetchRule(Part):
    """How a site's pages are fetched."""

    render: Literal["browser", "http", "auto"] = "auto"
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
    _actions: tuple[Action, ...] = PrivateAttr(default=())

    @property
    def actions(self) -> tuple[Action, ...]:
        """What the recipe does on the page; they are no part of its `fetch`."""
        return self._actions

    def acting(self, actions: tuple[Action, ...]) -> FetchRule:
        """The same, with these actions; only a browser can do them."""
        if not actions:
            return self
        rule = self.model_copy(update={"render": "browser"})
        rule._actions = actions  # noqa: SLF001 - its own class
        return rule

"""Where a site's articles are found: feeds, sitemaps, list pages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from scraper.recipe.fetching import Scroll
from scraper.recipe.fields import Candidate
from scraper.recipe.part import Css, Part, Template, Texts, UrlText
from scraper.recipe.url_pattern import fill, template_names, url_pattern

OF_THE_PAGE: Final = frozenset({"page", "last_time_ms", "last_time_s", "last_time", "last_url"})
"""What a next page may be asked for by, beside the list's own `params`: its number (the first is
1), the time of the last entry (as Unix time, or ISO 8601) and its address."""


class NextPage(Part):
    """How a list goes on; exactly one of `link`, `click`, `scroll` and `post`."""

    link: Candidate | None = Field(default=None, description="the address of the next page")
    click: Css | None = Field(default=None, description="a button that makes the list longer")
    scroll: Scroll | None = Field(default=None, description="the list grows with scrolling")
    post: Template | None = Field(default=None, description="an address to post `form` to")
    form: dict[str, Template] = Field(default={})
    html_at: str | None = Field(
        default=None, description="where in a JSON answer the HTML is, such as content.html"
    )
    max_pages: int = Field(default=10, ge=1, le=1000)
    known: int = Field(
        default=20, ge=1, description="stop after so many entries in a row that are here already"
    )

    @model_validator(mode="after")
    def _one_way(self) -> NextPage:
        ways = (self.link, self.click, self.scroll, self.post)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("the next page is one of link, click, scroll and post")
        if (self.form or self.html_at) and self.post is None:
            raise ValueError("form and html_at belong to post")
        return self

    def names(self) -> set[str]:
        """The placeholders it uses."""
        templates = [self.post or "", *self.form.values()]
        return {name for template in templates for name in template_names(template)}


class Discovery(Part):
    """Where more articles are found: a feed, a sitemap, or list pages."""

    feed: UrlText | None = None
    sitemap: UrlText | None = None
    list_: UrlText | None = Field(default=None, alias="list")
    params: dict[str, Annotated[Texts, Field(min_length=1)]] = Field(
        default={}, description="what stands in the address's placeholders, each in turn"
    )
    item: Css | None = Field(default=None, description="one entry of a list page")
    link: Candidate = Field(
        default=Candidate(css="a", attr="href"), description="in the item: the article's address"
    )
    title: Candidate | None = Field(
        default=None, description="in the item; the link's text when not given"
    )
    time: Candidate | None = Field(default=None, description="in the item")
    categories: Candidate | None = Field(default=None, description="in the item")
    skip: dict[Literal["url", "title_any"], Texts] = Field(
        default={},
        description="entries that are none: globs of addresses, words that titles hold",
    )
    next: NextPage | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Discovery:
        if sum(kind is not None for kind in (self.feed, self.sitemap, self.list_)) != 1:
            raise ValueError("a discovery is one of feed, sitemap and list")
        if (self.list_ is None) != (self.item is None):
            raise ValueError("a list needs item, and only a list has it")
        for name in sorted(url_pattern(self.address).names - self.params.keys()):
            raise ValueError(f"params lacks {name!r}")
        if self.next:
            for name in sorted(self.next.names() - self.params.keys() - OF_THE_PAGE):
                raise ValueError(
                    f"{{{name}}} is none of params and {', '.join(sorted(OF_THE_PAGE))}"
                )
        return self

    @property
    def address(self) -> str:
        """With its placeholders."""
        return self.feed or self.sitemap or self.list_ or ""

    def addresses(self) -> Iterator[str]:
        """One for each combination of the params."""
        for values in product(*self.params.values()):
            yield fill(self.address, dict(zip(self.params, values, strict=True)))

    def match(self, url: str) -> dict[str, str] | None:
        """The params of a (canonical) address of this list; None for any other address."""
        values = url_pattern(self.address).match(url) if self.list_ else None
        if values is None or any(value not in self.params[name] for name, value in values.items()):
            return None
        return {name: texts[0] for name, texts in self.params.items()} | values

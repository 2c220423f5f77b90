"""List pages, read by a site's recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from scraper.discovery.entries import MOST, Entry, Listing
from scraper.errors import EmptyList, PageError
from scraper.extraction.candidates import hits, transformed
from scraper.extraction.dates import parse_date
from scraper.extraction.page import Page
from scraper.extraction.parse import parse, parse_text
from scraper.extraction.text import node_text
from scraper.frontier.seeds import make_request
from scraper.mention import Mention
from scraper.recipe import LoadedRecipe, Recipes
from scraper.recipe.discovery import Discovery, NextPage
from scraper.recipe.fields import Candidate
from scraper.recipe.selectors import css
from scraper.recipe.url_pattern import fill
from scraper.request import Request
from scraper.snapshot import Snapshot
from scraper.url import join

_META: Final = "list"
"""In a request's `meta`: which list it is a further page of."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """Which page of which list; the first has the number 1."""

    recipe: LoadedRecipe
    index: int
    params: Mapping[str, str]
    number: int = 1

    @property
    def discovery(self) -> Discovery:
        return self.recipe.recipe.discover[self.index]

    @classmethod
    def of(cls, request: Request, recipes: Recipes) -> ListPage | None:
        """None when the request is for something else."""
        place = request.meta.get(_META)
        if not isinstance(place, dict):
            first = recipes.listing(request.url)
            return cls(*first) if first else None
        try:
            recipe = recipes.get(place["recipe"])
            page = cls(recipe, place["index"], place["params"], place["number"]) if recipe else None
            return page if page and page.discovery.list_ else None
        except (KeyError, IndexError, TypeError):
            return None  # the recipe was changed meanwhile, or a line of seeds has such a key

    def read(self, snapshot: Snapshot) -> Listing:
        """Raises EmptyList for a first page without any entry; a further one may be the end."""
        try:
            page = self._parsed(snapshot)
            items = css(self.discovery.item or "")(page.tree)
            found = [self._entry(replace(page, tree=item)) for item in items[:MOST]]
        except PageError:
            found = []
        entries = tuple(entry for entry in found if entry)
        if not entries and self.number == 1:
            raise EmptyList(self.recipe.id)
        return Listing("list", entries)

    def is_skipped(self, entry: Entry) -> bool:
        """The recipe says that it is none."""
        skip, title = self.discovery.skip, entry.mention.title or ""
        return any(fnmatchcase(entry.url, glob) for glob in skip.get("url", ())) or any(
            word in title for word in skip.get("title_any", ())
        )

    def following(self, listing: Listing, request: Request, snapshot: Snapshot) -> Request | None:
        """The request for the next page; None when there is none."""
        rule = self.discovery.next
        if rule is None or self.number >= rule.max_pages or not listing.entries:
            return None
        place: dict[str, Any] = {
            "recipe": self.recipe.id,
            "index": self.index,
            "params": dict(self.params),
            "number": self.number + 1,
        }
        if rule.link:
            page = self._parsed(snapshot)
            found = transformed(page, hits(page, rule.link), rule.link.then)
            address = join(page.base_url, found[0].text) if found else None
        else:
            values = dict(self.params) | _of_the_last(listing) | {"page": str(self.number + 1)}
            if rule.post is None or not rule.names() <= values.keys():
                return None  # it grew in the browser, or no entry has a time to go on from
            address = join(snapshot.url, fill(rule.post, values))
            place["form"] = {name: fill(text, values) for name, text in rule.form.items()}
        if address is None:
            return None
        further = make_request(
            address,
            depth=request.depth,
            found_on=request.found_on if request.form is not None else snapshot.url,
            meta={_META: place},
            within=request.within or tuple(dict.fromkeys((request.url, snapshot.url))),
        )
        if rule.post is None:
            return further
        # Posts to one address differ by what is posted.
        return replace(further, key=f"{further.key} {urlencode(place['form'])}")

    def _parsed(self, snapshot: Snapshot) -> Page:
        rule = self.discovery.next
        if self.number == 1 or rule is None or rule.post is None:
            return parse(snapshot, self.recipe.recipe.site.charset)
        return parse_text(_html(snapshot, rule), snapshot)

    def _entry(self, item: Page) -> Entry | None:
        rule = self.discovery
        links = transformed(item, hits(item, rule.link), rule.link.then)
        address = next((url for link in links if (url := join(item.base_url, link.text))), None)
        if address is None:
            return None
        texts = (node_text(link.node) for link in links if link.node is not None)
        title = _first(item, rule.title) if rule.title else next(filter(None, texts), None)
        categories = rule.categories and transformed(
            item, hits(item, rule.categories), rule.categories.then
        )
        mention = Mention(
            by="list",
            on=item.url,
            title=title,
            published=self._time(item),
            categories=tuple(dict.fromkeys(hit.text for hit in categories or ())),
        )
        return Entry(address, mention)

    def _time(self, item: Page) -> str | None:
        """In ISO 8601, by the recipe's forms and in the site's time zone."""
        rule, site = self.discovery.time, self.recipe.recipe.site
        text = _first(item, rule) if rule else None
        parsed = text and parse_date(
            text,
            formats=rule.parse.datetime if rule and rule.parse else None,
            timezone=site.timezone,
            language=site.language,
            fetched_at=item.snapshot.fetched_at,
        )
        return parsed.at.isoformat() if parsed else None


def _first(item: Page, candidate: Candidate) -> str | None:
    found = transformed(item, hits(item, candidate), candidate.then)
    return found[0].text if found else None


def _of_the_last(listing: Listing) -> dict[str, str]:
    """What the last entry says, for the page after it."""
    last = listing.entries[-1]
    values = {"last_url": last.url}
    if last.mention.published:
        at = datetime.fromisoformat(last.mention.published)
        milliseconds = round(at.timestamp() * 1000)
        values |= {
            "last_time": last.mention.published,
            "last_time_ms": str(milliseconds),
            "last_time_s": str(milliseconds // 1000),
        }
    return values


def _html(snapshot: Snapshot, rule: NextPage) -> str:
    """The answer to a post, or the part of its JSON that is HTML; empty when it has none."""
    body = snapshot.document or b""
    if rule.html_at is None:
        return body.decode("utf-8", "replace")
    try:
        value = orjson.loads(body)
        for key in rule.html_at.split("."):
            value = value[key]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ""
    return value if isinstance(value, str) else ""

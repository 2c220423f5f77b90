"""Which further requests a page leads to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from scraper.discovery.entries import Entry, Listing
from scraper.discovery.links import page_links
from scraper.discovery.lists import ListPage
from scraper.discovery.read import read_listing
from scraper.errors import PageError
from scraper.extraction.opt_out import read_opt_out
from scraper.extraction.parse import parse
from scraper.frontier.scope import Scope
from scraper.frontier.seeds import make_request
from scraper.frontier.traps import Traps
from scraper.job import Job
from scraper.mention import KEY
from scraper.opt_out import NO_LINKS
from scraper.protocols import Allowance, Found
from scraper.recipe import Recipes
from scraper.request import Request
from scraper.snapshot import Snapshot

MOST_LEVELS: Final = 3
"""Sitemaps that lead to sitemaps; their standard has one."""

_LEVEL: Final = "level"
"""In the `meta` of a request for a sitemap: how many led to it."""


class Follower:
    """For one run of a job, begun at `started_at`.  Raises UsageError for a scope that is none."""

    def __init__(self, job: Job, started_at: datetime, recipes: Recipes | None = None) -> None:
        self._recipes = recipes or Recipes()
        self._obeys = not job.ignore_opt_out
        self._depth, self._most = job.depth, job.max_pages_per_host
        self._since = job.not_before(started_at)
        self._scope, self._traps = Scope(job.scope), Traps(started_at.date())

    def found(self, request: Request, snapshot: Snapshot) -> Found:
        """The entries of a list, a feed or a sitemap, or the links of a page.  Raises EmptyList."""
        if not 200 <= snapshot.status < 300:
            return Found()
        within = request.within or tuple(dict.fromkeys((request.url, snapshot.url)))
        if page := ListPage.of(request, self._recipes):
            return self._of_list(page, request, snapshot, within)
        listing = read_listing(snapshot)
        if listing is not None:
            return self._listed(listing, request, snapshot, within)
        return Found(self._linked(request, snapshot, within))

    def is_list(self, request: Request) -> bool:
        """Whether a recipe says so, before the page is there."""
        return ListPage.of(request, self._recipes) is not None

    def _of_list(
        self, page: ListPage, request: Request, snapshot: Snapshot, within: tuple[str, ...]
    ) -> Found:
        listing = page.read(snapshot)
        kept = tuple(entry for entry in listing.entries if not page.is_skipped(entry))
        found = self._listed(replace(listing, entries=kept), request, snapshot, within)
        rule = page.discovery.next
        if rule is None or (kept and not found.requests) or self._ends(listing):
            return found
        following = page.following(listing, request, snapshot)
        return replace(found, following=following, patience=rule.known)

    def _ends(self, listing: Listing) -> bool:
        """Lists are newest first: what follows is older still."""
        dates = [at for entry in listing.entries if (at := entry.at)]
        return bool(self._since and dates and dates[-1] < self._since)

    def allowances(self, request: Request) -> Iterator[Allowance]:
        """What limits the number of such requests.  A list that names a page means it: only links
        are traps."""
        if not request.meta.keys() & {KEY, _LEVEL}:
            yield from self._traps.allowances(request.key)
        if self._most is not None:
            yield Allowance("max_pages_per_host", request.host, self._most)

    def _listed(
        self, listing: Listing, request: Request, snapshot: Snapshot, within: tuple[str, ...]
    ) -> Found:
        """An entry is as deep as what lists it."""
        level = request.meta.get(_LEVEL, 0) + 1
        requests = [
            make_request(
                self._recipes.address(entry.url),
                depth=request.depth,
                found_on=snapshot.url,
                meta={_LEVEL: level} if entry.child else {KEY: [entry.mention.as_meta()]},
                within=within,
            )
            for entry in listing.entries
            if self._is_wanted(entry, within) and not (entry.child and level > MOST_LEVELS)
        ]
        return Found(tuple(requests), listing.kind, len(listing.entries))

    def _is_wanted(self, entry: Entry, within: tuple[str, ...]) -> bool:
        if self._since and (at := entry.at) and at < self._since:
            return False
        return entry.child or self._scope.is_page or self._scope.holds(entry.url, within)

    def _linked(
        self, request: Request, snapshot: Snapshot, within: tuple[str, ...]
    ) -> tuple[Request, ...]:
        """One step deeper."""
        if request.depth >= self._depth or self._scope.is_page:
            return ()
        if request.within and not self._scope.holds(snapshot.url, within):
            return ()  # it was led out of the scope
        try:
            page = parse(snapshot)
        except PageError:
            return ()
        if self._obeys and NO_LINKS in read_opt_out(page):
            return ()
        return tuple(
            make_request(
                self._recipes.address(link),
                depth=request.depth + 1,
                found_on=snapshot.url,
                within=within,
            )
            for link in page_links(page)
            if self._scope.holds(link, within)
        )

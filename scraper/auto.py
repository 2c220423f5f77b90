"""`--render auto`: a page is fetched without the browser, and rendered where that may not be
all."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from scraper import url
from scraper.errors import HttpStatus, NotAPage, PageError, RedirectRefused
from scraper.listing import listing_kind
from scraper.protocols import Admit
from scraper.recipe import FetchRule
from scraper.record import Article, Rendering
from scraper.rendering import Evidence, Layout, Observation, Reason, decide, differing
from scraper.request import Request
from scraper.snapshot import Exchange, Snapshot

MOST_LAYOUTS: Final = 500
"""Kept in memory; what is known of others is read again."""

Examined = tuple[Article | PageError, Evidence]


class Fetch(Protocol):
    """As a Fetcher's, without the browser."""

    async def __call__(self, request: Request, rule: FetchRule, admit: Admit) -> Snapshot: ...


class Render(Protocol):
    """A page in the browser, and what it gave."""

    async def __call__(
        self,
        request: Request,
        rule: FetchRule,
        admit: Admit,
        at_hand: Sequence[Exchange] = (),
    ) -> tuple[Snapshot, Article | PageError]: ...


@dataclass(frozen=True, slots=True)
class Page:
    """A page and what it gave.  `learned` is what it taught about rendering its like."""

    snapshot: Snapshot
    got: Article | PageError
    learned: Observation | None = None

    def because(self, reason: Reason, evidence: Evidence | None = None) -> Page:
        """The same; the record says why it was rendered, or was not."""
        if isinstance(self.got, PageError):
            return self
        layout, doubts = (evidence.layout, evidence.doubts) if evidence else (None, ())
        why = Rendering(reason=reason, doubts=doubts, layout=layout)
        return replace(self, got=self.got.model_copy(update={"rendering": why}))


class Auto:
    """`examine` makes a record of a page that was not rendered, and says what that is worth;
    `recall` gives what is known of a site's layout."""

    def __init__(
        self,
        fetch: Fetch,
        examine: Callable[[Snapshot], Awaitable[Examined]],
        render: Render,
        recall: Callable[[str, str], Awaitable[Layout]],
    ) -> None:
        self._fetch, self._examine, self._render, self._recall = fetch, examine, render, recall
        self._layouts: OrderedDict[tuple[str, str], Layout] = OrderedDict()

    async def page(
        self, request: Request, rule: FetchRule, admit: Admit, static: Snapshot | None = None
    ) -> Page:
        """`static` is the page when it was fetched without the browser just now.  Raises PageError
        when the page cannot be had, and what ends a run."""
        in_browser = rule.model_copy(update={"render": "browser"})
        if rule.session == "keep" or rule.actions:
            return Page(*await self._render(request, in_browser, admit)).because("recipe")
        plain = rule.model_copy(update={"render": "http"})
        try:
            static = static or await self._fetch(request, plain, admit)
        except RedirectRefused:  # with cookies they may come to an end
            failed = Evidence(layout="", doubts=("failed",))
            rendered, better = await self._render(request, in_browser, admit)
            return Page(rendered, better).because("doubts", failed)
        if listing_kind(static.document or b""):
            return Page(static, NotAPage("a feed or a sitemap"))
        got, evidence = await self._examine(static)
        if isinstance(got, HttpStatus) and (got.retryable or not evidence.scripted):
            return Page(static, got)
        site = url.host(static.url)
        known = await self._known(site, evidence.layout)
        way, reason = decide(evidence, known, request.fingerprint)
        seen = Observation(site, evidence.layout, evidence.all_marks, None)
        if way == "http":
            page = Page(static, got, seen)
        else:
            rendered, better = await self._render(request, in_browser, admit, static.exchanges)
            page = Page(rendered, better, replace(seen, differing=_differing(got, better)))
        assert page.learned
        await self._learn(page.learned)
        return page.because(reason, evidence)

    async def _known(self, site: str, layout: str) -> Layout:
        key = site, layout
        if key not in self._layouts:
            recalled = await self._recall(site, layout)
            self._layouts.setdefault(key, recalled)  # another page may have been faster
        self._layouts.move_to_end(key)
        known = self._layouts[key]
        while len(self._layouts) > MOST_LAYOUTS:
            self._layouts.popitem(last=False)
        return known

    async def _learn(self, seen: Observation) -> None:
        """At once: the pages that come meanwhile shall know."""
        known = await self._known(seen.site, seen.layout)
        self._layouts[seen.site, seen.layout] = known.after(seen)


def _differing(static: Article | PageError, rendered: Article | PageError) -> tuple[str, ...]:
    if isinstance(static, Article) and isinstance(rendered, Article):
        return differing(static, rendered)
    codes = {None if isinstance(one, Article) else one.code for one in (static, rendered)}
    return ("record",) if len(codes) > 1 else ()

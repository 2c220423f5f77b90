"""One page of a crawl: may we, fetch it, make its record, fetch its pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from scraper import url
from scraper.auto import Auto, Examined, Page
from scraper.backoff import retry_after
from scraper.errors import (
    ActionFailed,
    EmptyList,
    EmptyPage,
    ExtractionFailed,
    HostUnreachable,
    HttpStatus,
    OptedOut,
    PageError,
    ValueWithheld,
    VerdictFailed,
)
from scraper.hub import is_hub
from scraper.job import Job, Render
from scraper.listing import listing_kind
from scraper.manners import Manners
from scraper.mention import mentions_in
from scraper.opt_out import NO_PICTURES, NO_RECORD
from scraper.parameters import Parameters
from scraper.pictures import Pictures
from scraper.protocols import (
    Admit,
    Allowances,
    Clock,
    Fetcher,
    Found,
    Frontier,
    InWriter,
    Judge,
    Reporter,
    Store,
)
from scraper.recipe import FetchRule
from scraper.record import Article, MediaFailure
from scraper.rendering import Evidence, Layout, Observation
from scraper.request import Request
from scraper.reservations import Reservations
from scraper.revisits import Validators
from scraper.robots import Robots
from scraper.settings import DEFAULT_DELAY, DEFAULT_PER_HOST
from scraper.snapshot import Exchange, Snapshot
from scraper.witness import Showing, Witness

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a crawl is put together from.  `rule`, `extract`, `examine` and `found` are pure; the
    latter three run in `threads`.  `token` is our name in robots.txt.  `addresses` are, by a
    request's key, the true ones of requests whose `url` lacks a value (see `Parameters`).  `found`
    tells what a page leads to, which is taken in as far as the `allowances` go; `is_list`, that
    it is one of a recipe's list pages; `made_with`, the `Known.rules` of an address.  `width` says
    how many pages may be in flight when so many are, where the job does not."""

    fetcher: Fetcher
    frontier: Frontier
    store: Store
    clock: Clock
    reporter: Reporter
    in_writer: InWriter
    threads: Executor
    rule: Callable[[str], FetchRule]
    extract: Callable[[Snapshot], Article]
    examine: Callable[[Snapshot], Examined]
    token: str
    addresses: Mapping[str, str] = field(default_factory=dict)
    found: Callable[[Request, Snapshot], Found] = lambda *_: Found()
    following: Callable[[Snapshot, Snapshot], tuple[str, int] | None] = lambda *_: None
    is_list: Callable[[Request], bool] = lambda _: False
    allowances: Allowances | None = None
    width: Callable[[int], int] = lambda _: 4
    made_with: Callable[[str], str] = lambda _: ""


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that was read: its record, or why there is none, or neither where it only lists
    others; and what it leads to.  The `same` page as before was not sent again."""

    snapshot: Snapshot
    found: Found
    article: Article | None = None
    error: PageError | None = None
    learned: Observation | None = None
    same: bool = False


def merged(rule: FetchRule, job: Job) -> FetchRule:
    """The job's word over the recipe's over the default; full archives are always rendered."""
    rate = rule.rate
    delay = job.delay if job.delay is not None else rate.delay
    rate = rate.model_copy(
        update={
            "delay": delay if delay is not None else DEFAULT_DELAY,
            "per_host": job.per_host or rate.per_host or DEFAULT_PER_HOST,
        }
    )
    render = "browser" if job.archive == "full" else job.render or rule.render
    return rule.model_copy(update={"render": render, "rate": rate})


class Visitor:
    """Turns requests into records.  `paced(host, delay)` is called as soon as a host's pace is
    known; a delay of None says that it could not be learned."""

    def __init__(self, job: Job, parts: Parts, paced: Callable[[str, float | None], None]) -> None:
        self._job, self._parts, self._paced = job, parts, paced
        self._secret = Parameters(job.redact)
        self._addresses = dict(parts.addresses)
        self._rules: dict[FetchRule, FetchRule] = {}  # by the recipe's or the default one
        self._follows_links = job.scope != "page" and job.depth > 0
        self.troubled: set[str] = set()
        """Hosts to which a connection has failed; of all others the frontier knows no failure."""
        robots = Robots(parts.fetcher, parts.frontier, parts.clock, parts.token, parts.in_writer)
        self.manners = Manners(None if job.ignore_robots else robots, parts.clock, paced)
        self._reservations = Reservations(
            parts.fetcher, parts.frontier, parts.clock, parts.in_writer, self.manners.admit
        )
        self._auto = Auto(self._fetch, self._examine, self._rendered, self._layout)
        self._witness = Witness(job.retries)
        self._pictures = Pictures(
            parts.fetcher,
            lambda body: parts.in_writer(lambda: parts.store.put_media(body)),
            self.manners.admit,
            parts.clock,
            job.retries,
        )

    async def visit(self, request: Request) -> Visit:
        """The page and its record, as they may be written down.  Raises PageError when the page
        cannot be had, and what ends a run."""
        given = self._addresses.get(request.key, request.url)
        try:
            visit = await self._visit(request, url.clean(given))
        except PageError as error:
            self._withhold(error, given)
            raise
        if visit.error:
            self._withhold(visit.error, given)
        return visit

    def _withhold(self, error: PageError, given: str) -> None:
        if self._secret:
            hide = self._secret.text
            error.final_url = error.final_url and hide(error.final_url, [given])
            error.args = (hide(str(error), [given]),)

    async def _visit(self, request: Request, address: str) -> Visit:
        parts = self._parts
        if self._secret.lacks_value(address):
            self._paced(request.host, None)
            raise ValueWithheld(address)
        troubled = request.host in self.troubled
        if troubled and await parts.in_writer(lambda: parts.frontier.given_up(request.host)):
            raise HostUnreachable(request.host)
        rule = self._rule(address)
        self._check_way(request, rule)
        await self.manners.learn_pace(request.host, address, rule.rate.delay or 0.0)
        await self.manners.admit(address)
        own = replace(request, url=address)
        admit = self.manners.at_its_turn(request.host)
        listed = await self._listed(request)
        if parts.is_list(request):
            return await self._list(own, rule, admit, listed)
        static = None
        if unless := await self._validators(request, address, rule, listed):
            plain = rule.model_copy(update={"render": "http"})
            static = await self._fetch(own, plain, admit, unless=unless)
            if static.status == 304 and listed:
                return await self._listed_still(request, listed, static)
            if static.status == 304:
                return Visit(self._secret.snapshot(static), Found(), same=True)
        page = await self._page(own, rule, admit, static)
        if isinstance(page.got, HttpStatus) and page.got.retryable:
            raise page.got
        snapshot = self._secret.snapshot(page.snapshot)
        true = self._secret.true_addresses(page.snapshot) if self._secret else {}
        found = await self._found(request, snapshot, true)
        if isinstance(page.got, EmptyPage) and found.requests and not found.listing:
            found = replace(found, listing="page", entries=len(found.requests))
        if isinstance(page.got, Article) and self._follows_links and is_hub(page.got):
            found = replace(found, listing="page", entries=len(page.got.links))
        if found.listing:
            return Visit(snapshot, found, learned=page.learned)
        if isinstance(page.got, PageError):
            return Visit(snapshot, found, error=page.got, learned=page.learned)
        article = page.got
        if further := await self._further(own, rule, page.snapshot):
            whole = replace(page.snapshot, further=further)
            got = await self._read(whole)
            if isinstance(got, PageError):
                return Visit(snapshot, found, error=got, learned=page.learned)
            article = got.model_copy(update={"rendering": article.rendering})
            snapshot = self._secret.snapshot(whole)
        asked = () if self._job.ignore_opt_out else article.opt_out
        if refusals := NO_RECORD.intersection(asked):
            error = OptedOut(min(refusals))
            error.status, error.final_url = snapshot.status, snapshot.url
            return Visit(snapshot, found, error=error, learned=page.learned)
        if self._job.media and await parts.in_writer(lambda: parts.store.is_known(article)):
            # It adds no line, so its pictures were fetched before.
            return Visit(snapshot, found, article, learned=page.learned)
        if NO_PICTURES.intersection(asked):
            off = MediaFailure(
                code="media.opt_out", message="the page asks not to take its pictures"
            )
            article = article.with_media(dict.fromkeys(article.picture_urls(), off))
        elif self._job.media:
            article, snapshot = await self._pictures.complete(
                article, snapshot, rule.media.referer, true
            )
            snapshot = self._secret.snapshot(snapshot)
        else:
            off = MediaFailure(code="media.disabled", message="pictures were not asked for")
            article = article.with_media(dict.fromkeys(article.picture_urls(), off))
        return Visit(snapshot, found, article, learned=page.learned)

    def _rule(self, address: str) -> FetchRule:
        rule = self._parts.rule(address)
        if rule not in self._rules:
            self._rules[rule] = merged(rule, self._job)
        return self._rules[rule]

    def _check_way(self, request: Request, rule: FetchRule) -> None:
        """Raises ActionFailed where a recipe does something on the page and no browser is to."""
        if self._job.render != "http" or request.form is not None:
            return
        if self._parts.is_list(request):
            acts = bool(rule.actions or rule.scroll)
        else:
            acts = bool(rule.actions) and rule.render == "http"
        if acts:
            self._paced(request.host, None)
            raise ActionFailed(
                "the recipe clicks, fills or scrolls on this page, which takes the browser: leave "
                "out --render http"
            )

    async def _found(self, request: Request, snapshot: Snapshot, true: Mapping[str, str]) -> Found:
        found = await self._in_threads(partial(self._parts.found, request), snapshot)
        further = self._shown([found.following] if found.following else [], true)
        return replace(
            found,
            requests=self._shown(found.requests, true),
            following=further[0] if further else None,
        )

    def _shown(self, found: Sequence[Request], true: Mapping[str, str]) -> tuple[Request, ...]:
        """The requests as they may be written down; their true addresses are remembered."""
        if not self._secret:
            return tuple(found)
        by_key = {url.canonical(shown): address for shown, address in true.items()}
        shown = []
        for one in found:
            hidden = self._secret.hidden(one.url)
            key = url.canonical(hidden) if hidden != one.url else one.key
            address = by_key.get(key, one.url)
            if address != hidden:
                self._addresses.setdefault(key, address)
            shown.append(replace(one, url=hidden, key=key))
        return tuple(shown)

    async def _further(
        self, request: Request, rule: FetchRule, first: Snapshot
    ) -> tuple[Snapshot, ...]:
        """An article's other pages.  One that cannot be had fails the whole: half an article is
        none."""
        chosen = rule.model_copy(update={"render": "browser" if first.dom is not None else "http"})
        pages: list[Snapshot] = []
        met = {url.canonical(first.request_url), url.canonical(first.url)}
        last = first
        while following := await self._in_threads(partial(self._parts.following, first), last):
            address, most = following
            if url.canonical(address) in met or len(pages) + 1 >= most:
                break
            met.add(url.canonical(address))
            await self.manners.admit(address)
            other = replace(request, url=address, meta={})
            last = await self._fetch(other, chosen, self.manners.at_its_turn(request.host))
            refusal = self._judged(last, None)
            if isinstance(refusal, HttpStatus) and last.status != 200:
                raise refusal
            pages.append(self._secret.snapshot(last))
        return tuple(pages)

    async def _listed(self, request: Request) -> Snapshot | None:
        """What an unchanged list would say; None where it has to be sent."""
        if request.form is not None or self._secret:
            return None
        return await self._parts.in_writer(lambda: self._parts.store.listed(request))

    async def _listed_still(self, request: Request, listed: Snapshot, same: Snapshot) -> Visit:
        """The list as it was kept: what of it was not wanted then, or failed, may be wanted now."""
        snapshot = replace(
            listed, url=same.url, exchanges=same.exchanges, fetched_at=same.fetched_at
        )
        return Visit(snapshot, await self._found(request, snapshot, {}))

    async def _list(
        self, request: Request, rule: FetchRule, admit: Admit, listed: Snapshot | None
    ) -> Visit:
        """A list page, rendered where its entries are not there without; it is not archived.
        Raises EmptyList."""
        render = self._job.render or self._parts.rule(request.url).render
        ways: tuple[Render, ...] = ("http", "browser") if render == "auto" else (render,)
        at_hand: Sequence[Exchange] = ()
        for way in ways[:1] if request.form is not None else ways:
            chosen = rule.model_copy(update={"render": way})
            known = Validators.of(listed.headers) if listed else None
            # What is not archived need not be loaded in full.
            unless = known or Validators() if way == "http" else None
            showing = Showing(self._witness, request, partial(self._entries, request))
            fetched = await self._fetch(request, chosen, admit, at_hand, unless, showing.judge)
            if fetched.status == 304 and listed:
                return await self._listed_still(request, listed, fetched)
            at_hand = fetched.exchanges
            got = showing.got or await self._entries(request, fetched)
            if isinstance(got, Found):
                return Visit(self._secret.snapshot(fetched), got)
            if not isinstance(got, EmptyList):
                raise got
            empty = got
        raise empty

    async def _entries(self, request: Request, fetched: Snapshot) -> Found | PageError:
        """What a list page leads to."""
        snapshot = self._secret.snapshot(fetched)
        true = self._secret.true_addresses(fetched) if self._secret else {}
        refusal = self._judged(snapshot, None)
        if isinstance(refusal, HttpStatus) and not 200 <= snapshot.status < 300:
            return refusal
        try:
            return await self._found(request, snapshot, true)
        except EmptyList as error:
            return error

    async def _validators(
        self, request: Request, address: str, rule: FetchRule, listed: Snapshot | None
    ) -> Validators | None:
        """By which the server may say that the page is still the same; None when it has to be sent,
        because more than its document makes the record, because its links are wanted, or because
        other rules would make another record of it."""
        job, parts = self._job, self._parts
        if listed:
            return Validators.of(listed.headers)
        links = self._follows_links and request.depth < job.depth
        if job.archive == "full" or rule.session == "keep" or links:
            return None
        known = await parts.in_writer(lambda: parts.store.recall(request))
        if known is None or known.gone or known.rules != parts.made_with(address):
            return None
        alone = known.alone and rule.render != "browser"
        return known.validators if alone or rule.validator == "document" else None

    async def _page(
        self, request: Request, rule: FetchRule, admit: Admit, static: Snapshot | None
    ) -> Page:
        """As the servers sent it; nothing is withheld yet.  `static` came just now, without the
        browser."""
        if rule.render == "auto":
            return await self._auto.page(request, rule, admit, static)
        if static is None or rule.render == "browser":
            at_hand = static.exchanges if static else ()
            return Page(*await self._rendered(request, rule, admit, at_hand)).because("asked")
        return Page(static, await self._read(static)).because("asked")

    async def _rendered(
        self,
        request: Request,
        rule: FetchRule,
        admit: Admit,
        at_hand: Sequence[Exchange] = (),
    ) -> tuple[Snapshot, Article | PageError]:
        """The page and what it gave; it is read while the browser still shows it."""
        showing = Showing(self._witness, request, self._read)
        snapshot = await self._fetch(request, rule, admit, at_hand, judge=showing.judge)
        return snapshot, showing.got or await self._read(snapshot)

    async def _fetch(
        self,
        request: Request,
        rule: FetchRule,
        admit: Admit,
        at_hand: Sequence[Exchange] = (),
        unless: Validators | None = None,
        judge: Judge | None = None,
    ) -> Snapshot:
        parts = self._parts
        snapshot = await parts.fetcher.fetch(request, rule, admit, at_hand, unless, judge)
        if request.host in self.troubled:
            await parts.in_writer(lambda: parts.frontier.reached(request.host))
        asked: tuple[str, ...] = ()
        if 200 <= snapshot.status < 300 and not listing_kind(snapshot.document or b""):
            asked = await self._reservations.of(snapshot.url)
        return replace(snapshot, mentions=mentions_in(request.meta), asked=asked)

    async def _layout(self, site: str, name: str) -> Layout:
        return await self._parts.in_writer(lambda: self._parts.store.layout(site, name))

    async def _read(self, fetched: Snapshot) -> Article | PageError:
        snapshot = self._secret.snapshot(fetched)
        if HttpStatus(snapshot.status).retryable:
            return self._judged(snapshot, None)
        try:
            return self._judged(snapshot, await self._in_threads(self._parts.extract, snapshot))
        except PageError as error:
            return self._judged(snapshot, error)

    async def _examine(self, fetched: Snapshot) -> Examined:
        snapshot = self._secret.snapshot(fetched)
        try:
            got, evidence = await self._in_threads(self._parts.examine, snapshot)
        except PageError as error:
            got, evidence = error, Evidence(layout="", doubts=("failed",))
        return self._judged(snapshot, got), evidence

    def _judged(self, snapshot: Snapshot, got: Article | PageError | None) -> Article | PageError:
        """A recipe's verdict speaks before the bare status, and that before everything else."""
        if got is not None and (200 <= snapshot.status < 204 or isinstance(got, VerdictFailed)):
            return got
        now = self._parts.clock.now()
        refusal = HttpStatus(snapshot.status, retry_after(snapshot.headers, now))
        refusal.final_url = snapshot.url
        refusal.__cause__ = got if isinstance(got, PageError) else None
        return refusal

    async def _in_threads(self, call: Callable[[Snapshot], T], snapshot: Snapshot) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._parts.threads, call, snapshot)
        except PageError as error:
            error.status, error.final_url = snapshot.status, snapshot.url
            raise
        except Exception as error:
            raise ExtractionFailed(f"{type(error).__name__}: {error}"[:300]) from error

"""The `Fetcher` of the product: plain HTTP or the browser, both behind one gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from scraper import url
from scraper.errors import NotAPage, PageError
from scraper.fetch.content import other_type
from scraper.fetch.deadline import Deadline
from scraper.fetch.driver import Looks
from scraper.fetch.find_browser import FoundBrowser, find_browser
from scraper.fetch.gateway import Endpoint, Gateway
from scraper.fetch.http import HttpClient, navigation
from scraper.fetch.logins import Logins
from scraper.fetch.relay import Relay
from scraper.job import Job
from scraper.listing import listing_kind
from scraper.protocols import Admit, Judge
from scraper.recipe import FetchRule
from scraper.request import Request
from scraper.revisits import Validators
from scraper.settings import DEFAULT_LANGUAGE, MOST_PAGES, default_user_agent
from scraper.snapshot import Exchange, Snapshot

if TYPE_CHECKING:
    from scraper.fetch.browser import Renderer
    from scraper.fetch.launch import Chromium
    from scraper.fetch.pool import TabPool

ACCEPT_PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class WebFetcher:
    """Fetches what one job asks for; usable in one event loop.

    `seeds` are the addresses the user named (see `Gateway`).  `note` is told once what concerns the
    whole run; `on_temp` which folder to remove should this process be killed.  The browser is
    launched when the first page needs it.
    """

    def __init__(
        self,
        job: Job,
        *,
        seeds: Iterable[str],
        note: Callable[[str], None],
        on_temp: Callable[[Path], None],
        now: Callable[[], datetime],
    ) -> None:
        self._job, self._note, self._on_temp = job, note, on_temp
        self._user_agent = job.user_agent or default_user_agent()
        self._language = job.locale or DEFAULT_LANGUAGE
        self._now = now
        self._noted: set[str] = set()
        self._found: FoundBrowser | None = None
        seeds = tuple(seeds)
        self._logins = Logins.of(job, seeds)
        self._gateway = Gateway(job, _endpoints(seeds))
        if self._gateway.proxy:
            note(
                f"names are resolved by the proxy {self._gateway.proxy.address}: whether they lead "
                "to private addresses is not checked here"
            )
        self._client = HttpClient(
            self._gateway,
            headers={"User-Agent": self._user_agent, "Accept-Language": self._language},
            max_bytes=job.max_bytes,
            insecure=job.insecure,
            now=now,
        )

    @property
    def received(self) -> int:
        """Bytes so far: decoded ones of documents and pictures, those on the wire of what pages
        load for themselves."""
        return self._client.received + self._gateway.relayed

    @property
    def browser(self) -> str | None:
        """Kind and version of the browser; None while none was needed."""
        return f"{self._found.kind} {self._found.version}" if self._found else None

    async def fetch(
        self,
        request: Request,
        rule: FetchRule,
        admit: Admit,
        at_hand: Sequence[Exchange] = (),
        unless: Validators | None = None,
        judge: Judge | None = None,
    ) -> Snapshot:
        """See `Fetcher`."""
        if rule.rate.per_host:
            self._gateway.limit(url.host_and_port(request.url)[0], rule.rate.per_host)
        if request.form is not None:
            return await self._posted(request, request.form, admit)
        if rule.render == "http" and (self._job.archive != "full" or unless is not None):
            return await self._plain(request, admit, unless)
        return await self._renderer.render(request, rule, admit, at_hand, judge)

    async def get(
        self,
        url: str,
        *,
        admit: Admit,
        page: str | None = None,
        referer: str | None = None,
        accept: str = "*/*",
    ) -> Exchange:
        """See `Fetcher`."""
        headers = {"Accept": accept} | ({"Referer": referer} if referer else {})
        logins = self._logins.within(page)
        *hops, answer = await self._follow("the answer", url, headers, logins, admit)
        return replace(answer, redirects=tuple(hops))

    async def close(self) -> None:
        """See `Fetcher`."""
        if "_pool" in vars(self):
            await self._pool.close()
        await self._client.close()
        self._gateway.close()

    async def _posted(self, request: Request, form: Mapping[str, str], admit: Admit) -> Snapshot:
        """As a script of the page that led here would ask for more of its list."""
        await admit(request.url)
        headers = {
            "Accept": "*/*",
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Requested-With": "XMLHttpRequest",
        }
        if request.found_on:
            headers["Referer"] = request.found_on
        deadline = Deadline("the answer", self._job.timeout)
        async with deadline:
            answer = await self._client.exchange(
                request.url,
                headers=headers,
                method="POST",
                body=urlencode(form).encode(),
                logins=self._logins,
                pause=deadline.paused,
            )
        return self._snapshot(request, [answer])

    async def _plain(self, request: Request, admit: Admit, unless: Validators | None) -> Snapshot:
        await admit(request.url)
        headers = {"Accept": ACCEPT_PAGE, "Upgrade-Insecure-Requests": "1", **navigation()}
        headers |= unless.headers if unless else {}
        exchanges = await self._follow("the page", request.url, headers, self._logins, admit)
        answer = exchanges[-1]
        other = not listing_kind(answer.body) and other_type(answer.headers, answer.body)
        if other and 200 <= answer.status < 300 and answer.status not in (204, 205):
            error = NotAPage(other)
            error.status, error.final_url = answer.status, answer.url
            raise error
        return self._snapshot(request, exchanges)

    def _snapshot(self, request: Request, exchanges: Sequence[Exchange]) -> Snapshot:
        answer = exchanges[-1]
        return Snapshot(
            request_url=request.url,
            url=answer.url,
            status=answer.status,
            headers=answer.headers,
            document=answer.body,
            dom=None,
            fetched_at=self._now(),
            rendered_with="http",
            exchanges=tuple(exchanges),
        )

    async def _follow(
        self, what: str, address: str, headers: dict[str, str], logins: Logins, admit: Admit
    ) -> list[Exchange]:
        deadline = Deadline(what, self._job.timeout)
        async with deadline:
            return await self._client.follow(
                url.clean(address),
                admit=admit,
                headers=headers,
                logins=logins,
                pause=deadline.paused,
            )

    # Playwright and what stands on it are imported when the first page needs a browser.

    @cached_property
    def _pool(self) -> TabPool:
        from scraper.fetch.pool import TabPool  # noqa: PLC0415

        job = self._job
        width, _, height = job.viewport.partition("x")
        looks = Looks(
            user_agent=self._user_agent,
            language=self._language,
            timezone=job.timezone,
            viewport=(int(width), int(height)),
            insecure=job.insecure,
        )
        return TabPool(
            self._launch,
            self._relay,
            looks,
            MOST_PAGES if job.concurrency == "auto" else job.concurrency,
            self._logins,
            full=job.archive == "full",
        )

    @cached_property
    def _renderer(self) -> Renderer:
        from scraper.fetch.browser import Renderer  # noqa: PLC0415
        from scraper.fetch.drawing import drawn  # noqa: PLC0415

        job = self._job
        return Renderer(
            self._pool,
            self._client,
            logins=self._logins,
            full=job.archive == "full",
            look=partial(drawn, kind="webp") if job.screenshot else None,
            timeout=job.timeout,
            max_bytes=job.max_bytes,
            now=self._now,
        )

    async def _launch(self) -> Chromium:
        from scraper.fetch.launch import Chromium  # noqa: PLC0415

        if self._found is None:
            self._found = await asyncio.to_thread(find_browser, self._job.browser)
        return await Chromium.launch(
            self._found, self._user_agent, note=self._once, on_temp=self._on_temp
        )

    def _relay(self) -> Relay:
        return Relay(self._gateway, self._job.max_bytes)

    def _once(self, message: str) -> None:
        if message not in self._noted:
            self._noted.add(message)
            self._note(message)


def _endpoints(seeds: Iterable[str]) -> Iterable[Endpoint]:
    """Seeds that are no addresses fail on their own later."""
    for seed in seeds:
        try:
            yield url.host_and_port(seed)
        except PageError:
            continue

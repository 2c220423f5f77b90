"""One page in the browser: call it up, wait until it is ready, read it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from scraper import url
from scraper.errors import (
    BrowserCrashed,
    ConnectFailed,
    PageError,
    PageTimeout,
    RedirectRefused,
)
from scraper.fetch.acting import act
from scraper.fetch.budget import Budget
from scraper.fetch.deadline import Deadline
from scraper.fetch.documents import LARGEST_SHOWN, Client, Documents
from scraper.fetch.drawing import glimpsed
from scraper.fetch.logins import NO_LOGINS, Logins
from scraper.fetch.pool import TabPool
from scraper.fetch.ready import all_here, scrolled, until_ready
from scraper.fetch.tabs import Tab
from scraper.protocols import Admit, Judge
from scraper.recipe import FetchRule
from scraper.request import Request
from scraper.snapshot import Exchange, Snapshot

READ_SECONDS = 5.0
"""To read the DOM of a page whose time is up."""

_NO_LIMIT = 24 * 3600.0  # the deadline is the limit
_PAUSE = 0.05


class Renderer:
    """`timeout` counts from the navigation to the DOM read; waiting for a connection of a busy
    host, and for leave to follow a redirect, does not count.  `look` is given each rendered page
    after it was read, and returns its screenshot, if any."""

    def __init__(
        self,
        pool: TabPool,
        client: Client,
        *,
        logins: Logins = NO_LOGINS,
        full: bool = False,
        look: Callable[[Tab], Awaitable[bytes | None]] | None = None,
        timeout: float,
        max_bytes: int,
        now: Callable[[], datetime],
    ) -> None:
        self._full, self._look = full, look
        self._pool, self._client, self._logins = pool, client, logins
        self._timeout, self._max_bytes, self._now = timeout, max_bytes, now
        self._suspects: set[str] = set()
        """Pages that were there when a tab or a browser died."""

    async def render(
        self,
        request: Request,
        rule: FetchRule,
        admit: Admit,
        at_hand: Sequence[Exchange] = (),
        judge: Judge | None = None,
    ) -> Snapshot:
        """Raises PageError and BrowserUnavailable."""
        address = url.clean(request.url)
        if address in self._suspects:
            self._suspects.remove(address)
            place = self._pool.tab_of_its_own()
        else:
            place = self._pool.tab(request.host, keep=rule.session == "keep")
        async with place as tab:
            deadline = Deadline("the page", self._timeout)
            budget = tab.session.relay.budget = Budget(self._max_bytes)
            documents = Documents(
                tab.frame,
                self._client,
                address,
                logins=self._logins,
                full=self._full,
                budget=budget,
                admit=admit,
                deadline=deadline,
                at_hand=at_hand,
            )
            tab.documents = documents
            try:
                async with deadline:
                    dom, warnings = await self._watched(tab, documents, address, rule, deadline)
            except PageError as error:
                if isinstance(error, BrowserCrashed):
                    self._suspects.add(address)
                error.final_url = error.final_url or documents.where
                if documents.origins and not isinstance(error, BrowserCrashed | PageTimeout):
                    await _witnessed(tab, judge, error)
                raise
            screenshot = await self._look(tab) if self._look and dom is not None else None
            documents.end()
            assert documents.answer is not None
            answer = documents.answer
            snapshot = Snapshot(
                request_url=request.url,
                url=answer.url,
                status=answer.status,
                headers=answer.headers,
                document=answer.body,
                dom=dom,
                fetched_at=self._now(),
                rendered_with="http" if dom is None else "browser",
                exchanges=tuple(documents.exchanges),
                warnings=(*warnings, "load_limited") if budget.spent else warnings,
                parts=tuple(documents.parts) if self._full else None,
                missed=tuple(documents.missed) if self._full else (),
                screenshot=screenshot,
            )
            if dom is not None:
                await _witnessed(tab, judge, snapshot)
            return snapshot

    async def _watched(
        self, tab: Tab, documents: Documents, address: str, rule: FetchRule, deadline: Deadline
    ) -> tuple[str | None, tuple[str, ...]]:
        """What `_read` returns, unless the page cannot be had or its tab dies."""
        reading = asyncio.ensure_future(self._read(tab, documents, address, rule, deadline))
        ends: set[asyncio.Future[Any]] = {reading, documents.failed, tab.dead}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if documents.failed.done():
                raise documents.failed.result()
            if reading.done():
                return reading.result()
            raise BrowserCrashed("process" if await tab.chromium.died() else "tab")
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _read(
        self, tab: Tab, documents: Documents, address: str, rule: FetchRule, deadline: Deadline
    ) -> tuple[str | None, tuple[str, ...]]:
        """The DOM, None for an answer that is no page; and warnings."""
        reply = await tab.devtools.send("Page.navigate", _NO_LIMIT, url=address)
        if not documents.origins:
            if documents.answer:
                large = len(documents.answer.body) > LARGEST_SHOWN
                return None, ("not_rendered",) if large else ()
            raise _unseen(reply.get("errorText", ""), address, documents)
        acted: tuple[str, ...] = ()
        if rule.actions:
            await until_ready(tab, rule.model_copy(update={"ready": None}), deadline)
            acted = await act(tab, rule.actions, address, deadline)
        while True:
            answer = documents.answer
            warning = await until_ready(tab, rule, deadline)
            if rule.scroll and warning != "load_timeout":
                await scrolled(tab, rule.scroll, deadline)
            if self._full:
                await all_here(tab, deadline)
            with deadline.extended(READ_SECONDS):
                html = await tab.dom.html(self._max_bytes)
            if html is not None and documents.answer is answer:
                return html, (*acted, warning) if warning else acted
            await asyncio.sleep(_PAUSE)  # the page has moved on meanwhile


async def _witnessed(tab: Tab, judge: Judge | None, came: Snapshot | PageError) -> None:
    """A page that cannot be drawn any more fails without a picture; one that is too busy to be read
    is too busy to be drawn."""
    if judge and (error := await judge(came)):
        with suppress(BrowserCrashed):
            error.picture = await glimpsed(tab)


def _unseen(problem: str, address: str, documents: Documents) -> PageError:
    """The browser gave up before a document came."""
    if "TOO_MANY_REDIRECTS" in problem:
        return RedirectRefused("too_many", documents.exchanges[-1].url)
    return ConnectFailed(url.host(address), problem or "no document came")

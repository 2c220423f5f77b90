"""Shows kept pages again: the browser gets every answer from an archive, and has no way out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from scraper import url
from scraper.errors import ConnectFailed
from scraper.fetch.browser import Renderer
from scraper.fetch.drawing import drawn
from scraper.fetch.driver import Looks
from scraper.fetch.find_browser import FoundBrowser, find_browser
from scraper.fetch.gateway import Gateway
from scraper.fetch.launch import Chromium
from scraper.fetch.logins import NO_LOGINS, Logins
from scraper.fetch.pool import TabPool
from scraper.fetch.relay import Relay
from scraper.fetch.tabs import Tab
from scraper.job import Job
from scraper.recipe import FetchRule
from scraper.request import Request
from scraper.settings import DEFAULT_LANGUAGE, default_user_agent
from scraper.snapshot import Exchange, Snapshot


class Answers(Protocol):
    """What an archive holds."""

    def find(self, method: str, address: str, body: bytes = b"") -> Exchange | None: ...


class Replayer:
    """Renders pages one after the other; usable in one event loop.  `job` says how the browser
    looks; with a `window` each page stays until it is closed."""

    def __init__(
        self,
        job: Job,
        *,
        note: Callable[[str], None],
        window: bool = False,
    ) -> None:
        self._job, self._note, self._window = job, note, window
        self._draws = False
        self._found: FoundBrowser | None = None
        self._gateway = _NoWayOut(job)
        self._client = _Archive()
        width, _, height = job.viewport.partition("x")
        looks = Looks(
            user_agent=job.user_agent or default_user_agent(),
            language=job.locale or DEFAULT_LANGUAGE,
            timezone=job.timezone,
            viewport=(int(width), int(height)),
            insecure=True,  # nothing is connected to
        )
        self._pool = TabPool(self._launch, self._relay, looks, 1, full=True)
        self._renderer = Renderer(
            self._pool,
            self._client,
            full=True,
            look=self._look,
            timeout=job.timeout,
            max_bytes=job.max_bytes,
            now=lambda: datetime.now(UTC),
        )

    async def render(self, address: str, answers: Answers, rule: FetchRule) -> Snapshot:
        """The page as the archive shows it; `missed` are the answers that it does not have.  Raises
        PageError, BrowserUnavailable."""
        self._client.answers = answers
        return await self._renderer.render(
            Request(address, address, url.host(address)), rule, _admitted
        )

    async def draw(self, address: str, answers: Answers, rule: FetchRule) -> Snapshot:
        """The same, with a PNG of the whole page as its screenshot."""
        self._draws = True
        try:
            return await self.render(address, answers, rule)
        finally:
            self._draws = False

    async def _look(self, tab: Tab) -> bytes | None:
        if self._window:
            await tab.dead
        return await drawn(tab, "png") if self._draws else None

    async def close(self) -> None:
        """Leave no process."""
        await self._pool.close()
        self._gateway.close()

    async def _launch(self) -> Chromium:
        if self._found is None:
            find = partial(find_browser, self._job.browser, window=self._window)
            self._found = await asyncio.to_thread(find)
        return await Chromium.launch(
            self._found,
            default_user_agent(),
            note=self._note,
            on_temp=lambda _: None,  # its guard removes it
            window=self._window,
        )

    def _relay(self) -> Relay:
        return Relay(self._gateway, self._job.max_bytes)


class _NoWayOut(Gateway):
    """Whatever the browser tries by itself ends here."""

    async def connect(
        self,
        host: str,
        port: int,
        *,
        tunnel: bool = True,  # noqa: ARG002
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        raise ConnectFailed(host, f"port {port}: a replay connects to nothing")


class _Archive:
    """Stands where else the HTTP client is."""

    answers: Answers

    async def exchange(
        self,
        address: str,
        *,
        headers: dict[str, str],  # noqa: ARG002 - what was asked then is what is answered
        method: str = "GET",
        body: bytes | None = None,
        logins: Logins = NO_LOGINS,  # noqa: ARG002
        pause: Callable[[], AbstractContextManager[None]] = nullcontext,  # noqa: ARG002
    ) -> Exchange:
        found = self.answers.find(method, address, body or b"")
        if found is None:
            raise ConnectFailed(url.host(address), "the archive has no answer to it")
        return found


async def _admitted(_: str) -> None:
    """Whatever stands in the archive was admitted when it was fetched."""

"""The tabs at hand, and the browser they are in: launched when first needed, launched again when
it died, replaced after many pages."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from scraper.errors import BrowserCrashed, BrowserUnavailable, PageError, PageTimeout
from scraper.fetch.devtools import CommandRefused
from scraper.fetch.driver import Looks
from scraper.fetch.launch import Chromium
from scraper.fetch.logins import NO_LOGINS, Logins
from scraper.fetch.relay import Relay
from scraper.fetch.tabs import Session, Tab, open_session

PAGES_OF_A_BROWSER = 500
BYTES_OF_A_BROWSER = 2**30
"""Its pages' own processes not counted."""
BYTES_OF_A_TAB = 384 * 2**20
"""A tab whose process has more after its page is not used again."""
FAILURES_IN_A_ROW = 3
"""Pages without an end; after so many one of the browser's processes may hang."""
DEATHS_IN_A_ROW = 4
KEPT_OPEN = 8
"""Twice as many tabs are kept, idle ones included, where fewer are in use."""


@dataclass(frozen=True, slots=True)
class _Seat:
    """What an idle tab may be used for again."""

    host: str
    keep: bool


class TabPool:
    """`size` tabs in use at once.  `launch` starts a browser, `relay` makes a way out."""

    def __init__(
        self,
        launch: Callable[[], Awaitable[Chromium]],
        relay: Callable[[], Relay],
        looks: Looks,
        size: int,
        logins: Logins = NO_LOGINS,
        *,
        full: bool = False,
    ) -> None:
        self._launch, self._relay, self._looks = launch, relay, looks
        self._size, self._logins, self._full = size, logins, full
        self._free = asyncio.Semaphore(size)
        self._lock = asyncio.Lock()
        self._trial = asyncio.Lock()
        self._chromium: Chromium | None = None
        self._retired: set[Chromium] = set()
        self._busy: Counter[Chromium] = Counter()
        self._idle: list[tuple[_Seat, Tab]] = []  # the one used last at the end
        self._sessions: set[Session] = set()
        self._kept: dict[str, Session] = {}  # by host
        self._turns: dict[str, asyncio.Semaphore] = {}  # of kept sessions
        self._deaths = 0
        self._chores: set[asyncio.Task[None]] = set()
        self._closed = False

    @contextlib.asynccontextmanager
    async def tab(self, host: str, *, keep: bool) -> AsyncIterator[Tab]:
        """A tab for one page of the host: without anything its earlier pages left, or with `keep`
        in the session that they share, one page at a time.  Raises BrowserUnavailable."""
        seat = _Seat(host, keep)
        turn = self._turns.setdefault(host, asyncio.Semaphore()) if keep else self._free
        await turn.acquire()
        try:
            tab = await self._take(seat)
        except BaseException:
            turn.release()
            raise
        harmed = True
        try:
            yield tab
            harmed = False
        except PageError as error:
            harmed = isinstance(error, (BrowserCrashed, PageTimeout))
            raise
        finally:
            self._chore(self._put_back(seat, tab, harmed, turn))

    @contextlib.asynccontextmanager
    async def tab_of_its_own(self) -> AsyncIterator[Tab]:
        """For a page that was there when a browser died: in a browser of its own it cannot harm
        another, nor another it.  One at a time.  Raises BrowserCrashed and BrowserUnavailable."""
        async with self._trial:
            if self._chromium and not self._chromium.alive:
                self._retire(self._chromium)
            chromium = await self._launched()
            self._retired.add(chromium)
            session = None
            try:
                session = await open_session(chromium, self._relay(), self._looks)
                tab = await Tab.open(chromium, session, self._looks, self._logins, full=self._full)
                try:
                    yield tab
                finally:
                    await tab.stop()
                self._deaths = 0
            except (BrowserCrashed, CommandRefused) as error:
                self._deaths += await chromium.died()
                if isinstance(error, CommandRefused):
                    raise BrowserCrashed("tab") from error
                raise
            finally:
                self._chore(self._buried(chromium, session))

    async def close(self) -> None:
        """Leave no process."""
        self._closed = True
        for chore in list(self._chores):
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        self._idle.clear()
        browsers = {*self._retired, *([self._chromium] if self._chromium else [])}
        await asyncio.gather(*(browser.close() for browser in browsers))
        await asyncio.gather(*(session.relay.close() for session in self._sessions))

    async def _take(self, seat: _Seat) -> Tab:
        """A browser that dies before the page is called up is no fault of the page."""
        while True:
            chromium = await self._running()
            self._busy[chromium] += 1
            try:
                tab = await self._again(seat, chromium) or await self._opened(seat, chromium)
            except (BrowserCrashed, CommandRefused):
                chromium.kill()
                self._left(chromium)
            except BaseException:
                self._left(chromium)
                raise
            else:
                return tab

    async def _again(self, seat: _Seat, chromium: Chromium) -> Tab | None:
        for known, tab in reversed(self._idle):
            if known == seat and tab.chromium is chromium and not tab.dead.done():
                self._idle.remove((known, tab))
                if await tab.answers():
                    return tab
                self._chore(self._discard(seat, tab))
                return None
        return None

    async def _opened(self, seat: _Seat, chromium: Chromium) -> Tab:
        enough = 2 * min(self._size, max(self._busy.total(), KEPT_OPEN))
        while self._idle and len(self._idle) + self._busy.total() > enough:
            await self._discard(*self._idle.pop(0))
        session = self._kept.get(seat.host) if seat.keep else None
        if session is None or session.chromium is not chromium:
            session = await open_session(chromium, self._relay(), self._looks)
            self._sessions.add(session)
            if seat.keep:
                self._kept[seat.host] = session
        return await Tab.open(chromium, session, self._looks, self._logins, full=self._full)

    async def _put_back(self, seat: _Seat, tab: Tab, harmed: bool, turn: asyncio.Semaphore) -> None:
        try:
            await tab.stop()
            if harmed:
                tab.chromium.failures += 1
                await tab.end_process()
            else:
                self._deaths = tab.chromium.failures = 0
                tab.chromium.pages += 1
            reusable = not harmed and await tab.leave(keep=seat.keep)
            if not self._weighed(tab.chromium) and not seat.keep:
                reusable = False
            if reusable and tab.chromium is self._chromium and not self._closed:
                self._idle.append((seat, tab))
            else:
                await self._discard(seat, tab)
        finally:
            self._left(tab.chromium)
            turn.release()

    def _weighed(self, chromium: Chromium) -> bool:
        """Whether its tabs are small enough; it is tired when itself has grown or done enough."""
        use = chromium.memory()
        chromium.tired = (
            chromium.pages >= PAGES_OF_A_BROWSER
            or chromium.failures >= FAILURES_IN_A_ROW
            or use.base > BYTES_OF_A_BROWSER
        )
        return use.largest <= BYTES_OF_A_TAB

    async def _discard(self, seat: _Seat, tab: Tab) -> None:
        """A browser that cannot even close a tab is killed."""
        try:
            if seat.keep and tab.chromium is self._chromium:
                await tab.close()
                tab.session.relay.drop_busy()
            else:
                self._sessions.discard(tab.session)
                await tab.session.close()
        except CommandRefused:
            pass
        except BrowserCrashed:
            tab.chromium.kill()

    def _left(self, chromium: Chromium) -> None:
        """One page fewer in this browser; a retired one goes with its last."""
        self._busy[chromium] -= 1
        if not self._busy[chromium]:
            del self._busy[chromium]
            if chromium in self._retired:
                self._chore(self._buried(chromium))

    async def _buried(self, chromium: Chromium, session: Session | None = None) -> None:
        await chromium.close()
        self._retired.discard(chromium)
        if session:
            await session.relay.close()

    async def _running(self) -> Chromium:
        async with self._lock:
            current = self._chromium
            if current and current.alive and not current.tired:
                return current
            if current:
                self._retire(current)
            self._chromium = await self._launched()
            return self._chromium

    async def _launched(self) -> Chromium:
        if self._deaths >= DEATHS_IN_A_ROW:
            raise BrowserUnavailable(
                f"the browser died {self._deaths} times in a row without showing a page: "
                "try another with --browser PATH, or fewer pages at once with --concurrency"
            )
        return await self._launch()

    def _retire(self, chromium: Chromium) -> None:
        """No new pages for it."""
        self._chromium = None
        if not chromium.alive:
            self._deaths += 1
        self._retired.add(chromium)
        for seat, tab in [one for one in self._idle if one[1].chromium is chromium]:
            self._idle.remove((seat, tab))
            self._chore(self._discard(seat, tab))
        if not self._busy[chromium]:
            self._chore(self._buried(chromium))

    def _chore(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)

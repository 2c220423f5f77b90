"""Tabs: each in a browser context of its host, with nothing left in it from the page before, except
what the browser's cache holds: pages of one host share their styles and scripts."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import ada_url

from scraper.errors import BrowserCrashed
from scraper.fetch.devtools import CommandRefused, Devtools, bounded
from scraper.fetch.documents import SOCKET, Documents
from scraper.fetch.dom import Dom
from scraper.fetch.driver import Context, Looks, Page, Signals
from scraper.fetch.held import HeldRequest
from scraper.fetch.launch import Chromium
from scraper.fetch.logins import NO_LOGINS, Logins
from scraper.fetch.relay import Relay

MOST_ORIGINS = 20
"""More origins in frames than this, and a new context is cheaper than clearing them all."""
HISTORY_TRIES = 20
ANSWER_SECONDS = 5.0
"""A tab at hand that needs longer to say anything is not used again."""
LEAVE_SECONDS = 5.0
"""A page that cannot be left in this time costs the session."""
WORKER_SECONDS = 1.0
"""A worker needs a moment until its first request; so long it counts as busy."""

# A page's pictures are not loaded: each gets this dot, so that scripts waiting for them go on.
_DOT = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;"
)
_DOT_HEADERS = (("Content-Type", "image/gif"), ("Access-Control-Allow-Origin", "*"))
_CRASH_SECONDS = 1.0
_PLATFORMS = {"darwin": "macOS", "win32": "Windows"}
_NOT_LOADED = ("Media", "Font", "Ping")
_HELD_UP = [{"resourceType": kind} for kind in ("Document", "Image", "Other", *_NOT_LOADED)]


@dataclass(eq=False, slots=True)
class Session:
    """A browser context with its way out."""

    chromium: Chromium
    context: Context
    relay: Relay

    async def close(self) -> None:
        """Raises BrowserCrashed when the browser does not do it in time."""
        try:
            await bounded(self.context.close())
        finally:
            await self.relay.close()


async def open_session(chromium: Chromium, relay: Relay, looks: Looks) -> Session:
    """A context without any state."""
    context = await bounded(chromium.driver.context(await relay.open(), looks))
    return Session(chromium, context, relay)


class Tab:
    """One tab of a session, used for one page at a time."""

    def __init__(self, chromium: Chromium, session: Session) -> None:
        self.chromium, self.session = chromium, session
        self.documents: Documents | None = None
        """Of the page in it; set before the page is called up."""
        self.dead: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the tab or its browser crashed."""
        self._page: Page
        self.devtools: Devtools
        self.frame: str
        self.dom: Dom
        self._frames: set[str] = set()  # origins
        self._tasks: set[asyncio.Task[None]] = set()
        self._spoilt = False
        self._worker_at = 0.0

    @property
    def idle_seconds(self) -> float:
        """For how long the page has asked for nothing; 0 while it waits for an answer."""
        if self.documents and self.documents.under_way:
            return 0.0
        started = asyncio.get_running_loop().time() - self._worker_at - WORKER_SECONDS
        return max(0.0, min(self.session.relay.idle_seconds, started))

    @classmethod
    async def open(
        cls,
        chromium: Chromium,
        session: Session,
        looks: Looks,
        logins: Logins = NO_LOGINS,
        *,
        full: bool = False,
    ) -> Tab:
        """Raises BrowserCrashed."""
        self = cls(chromium, session)
        signals = Signals(self._die, self._worker_started, self._popup_opened, self._missed)
        self._page = page = await bounded(session.context.page(signals, sockets=full))
        self.devtools = devtools = Devtools(page.channel)
        tree = await devtools.send("Page.getFrameTree")
        self.frame = tree["frameTree"]["frame"]["id"]
        self.dom = Dom(devtools, self.frame)
        devtools.on("Fetch.requestPaused", self._paused)
        chromium.gone.add_done_callback(lambda _: self._die())
        if full:
            patterns = [{"urlPattern": "*"}]
        else:
            known = [{"urlPattern": f"{origin}/*"} for origin in logins.by_origin]
            patterns = [*_HELD_UP, *known]
        await asyncio.gather(
            devtools.send("Fetch.enable", patterns=patterns),
            devtools.send("Emulation.setUserAgentOverride", **_identity(chromium, looks)),
        )
        if logins.storage:
            await self.dom.remember(logins.storage)
        return self

    async def stop(self) -> None:
        """Nothing more is done for the page in it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def leave(self, *, keep: bool) -> bool:
        """Leave the page; without `keep`, forget it.  False when that cannot be done for sure:
        then the session must not be used again."""
        documents, self.documents = self.documents, None
        spoilt = self._spoilt or len(self._frames) > MOST_ORIGINS
        if self.dead.done() or documents is None or (spoilt and not keep):
            return False
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                if not (documents.origins and documents.answer):
                    if not keep:
                        await self.devtools.send("Network.clearBrowserCookies")
                    return True
                return await self._left(documents.origins, keep)
        except (BrowserCrashed, CommandRefused, TimeoutError):
            return False
        finally:
            self._frames.clear()

    async def _left(self, shown: set[str], keep: bool) -> bool:
        send = self.devtools.send
        # No script of the page may run any more while its traces are removed.
        await send("Emulation.setScriptExecutionDisabled", value=True)
        await send("Page.navigate", url="about:blank")
        self.dom.renewed()
        self.session.relay.drop_busy()
        if not keep:
            if not (await self.dom.unname() or await self.dom.unname()):
                return False
            await asyncio.gather(
                self._history_forgotten(),
                send("Network.clearBrowserCookies"),
                *(
                    send("Storage.clearDataForOrigin", origin=one, storageTypes="all")
                    for one in {*shown, *self._frames}
                ),
            )
        await send("Emulation.setScriptExecutionDisabled", value=False)
        return keep or not self._spoilt

    async def answers(self) -> bool:
        """Whether its process is alive and free."""
        try:
            await self.devtools.send("Runtime.evaluate", ANSWER_SECONDS, expression="1")
        except (BrowserCrashed, CommandRefused):
            return False
        return True

    async def end_process(self) -> None:
        """Of a page that may be busy for ever.  It is no process that answers."""
        with contextlib.suppress(BrowserCrashed, CommandRefused):
            await self.devtools.send("Page.crash", _CRASH_SECONDS)

    async def close(self) -> None:
        """Only the tab, not its session.  Raises BrowserCrashed."""
        with contextlib.suppress(CommandRefused):
            await bounded(self._page.close())

    async def _history_forgotten(self) -> None:
        """Refused for a moment after a navigation, while the old document is still being left."""
        for _ in range(HISTORY_TRIES - 1):
            with contextlib.suppress(CommandRefused):
                await self.devtools.send("Page.resetNavigationHistory")
                return
            await asyncio.sleep(0.01)
        await self.devtools.send("Page.resetNavigationHistory")

    def _paused(self, event: dict[str, Any]) -> None:
        task = asyncio.ensure_future(self._answer(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, event: dict[str, Any]) -> None:
        held, documents = HeldRequest(self.devtools, event), self.documents
        try:
            if documents and documents.full and not self._is_document(held):
                if documents.serves(held):
                    await documents.serve_part(held)
                else:
                    await held.go_on()
            elif held.kind == "Image" or (held.kind == "Other" and _wants_picture(held)):
                await held.fulfil(headers=_DOT_HEADERS, body=_DOT)
            elif held.kind in _NOT_LOADED:
                await held.fail("BlockedByClient")
            elif self._is_document(held):
                await self._navigated(held)
            else:
                if held.kind == "Document":
                    self._frames.add(ada_url.URL(held.url).origin)
                if documents and documents.serves(held):
                    await documents.serve_part(held)
                else:
                    await held.go_on()
        except (BrowserCrashed, CommandRefused, ValueError):
            pass  # the request went away with its page

    def _is_document(self, held: HeldRequest) -> bool:
        return held.kind == "Document" and held.frame == self.frame

    def _missed(self, address: str) -> None:
        if self.documents:
            self.documents.missed.append((address, SOCKET))

    async def _navigated(self, held: HeldRequest) -> None:
        if self.documents:
            await self.documents.serve(held)
            self.dom.renewed()
        else:
            await held.fail()

    def _die(self) -> None:
        if not self.dead.done():
            self.dead.set_result(None)

    def _worker_started(self) -> None:
        """Nobody can say when a worker has stopped writing: its context is not used again."""
        self._spoilt = True
        self._worker_at = asyncio.get_running_loop().time()

    def _popup_opened(self, close: Callable[[], Awaitable[None]]) -> None:
        self._spoilt = True
        task = asyncio.ensure_future(_closed(close))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _wants_picture(held: HeldRequest) -> bool:
    """The favicon; other requests of its type are a worker's script, for example."""
    return (held.header("accept") or "").startswith("image/")


async def _closed(close: Callable[[], Awaitable[None]]) -> None:
    with contextlib.suppress(BrowserCrashed, CommandRefused):
        await bounded(close())


def _identity(chromium: Chromium, looks: Looks) -> dict[str, Any]:
    """The same User-Agent that HTTP shows, and brands that do not call themselves headless."""
    full = chromium.found.version
    return {
        "userAgent": looks.user_agent,
        "acceptLanguage": looks.language,
        "userAgentMetadata": {
            "brands": [{"brand": "Chromium", "version": full.partition(".")[0]}],
            "fullVersionList": [{"brand": "Chromium", "version": full}],
            "platform": _PLATFORMS.get(sys.platform, "Linux"),
            "platformVersion": "",
            "architecture": "",
            "model": "",
            "mobile": False,
        },
    }

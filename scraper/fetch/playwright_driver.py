"""Drives a browser by Playwright: where there is a window, which it knows how to open."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from playwright.async_api import Browser, BrowserContext, CDPSession, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page as PlaywrightsPage

from scraper.errors import BrowserCrashed
from scraper.fetch.devtools import CommandRefused, refusal
from scraper.fetch.driver import Launch, Looks, Signals

T = TypeVar("T")

LAUNCH_SECONDS = 60.0
_PIPE = "reading from the driver"
logging.getLogger("asyncio").addFilter(lambda said: "pipe closed by peer" not in said.getMessage())


class PlaywrightDriver:
    """See `Driver`."""

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    async def prepare(self, temp: Path) -> None:
        asyncio.get_running_loop().set_exception_handler(_unwaited)
        with _environment(TMPDIR=str(temp)):
            self._playwright = await _translated(async_playwright().start())

    async def launch(self, how: Launch, gone: Callable[[], None]) -> int | None:
        assert self._playwright is not None
        self._browser = await _translated(
            self._playwright.chromium.launch(
                executable_path=how.program,
                args=list(how.arguments),
                ignore_default_args=["--disable-popup-blocking"],
                chromium_sandbox=how.sandbox,
                headless=not how.window,
                proxy={"server": how.proxy},
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
                timeout=LAUNCH_SECONDS * 1000,
            )
        )
        self._browser.on("disconnected", lambda _: gone())
        return await _pid(self._browser)

    async def context(self, proxy: str, looks: Looks) -> PlaywrightContext:
        assert self._browser is not None
        width, height = looks.viewport
        return PlaywrightContext(
            await _translated(
                self._browser.new_context(
                    proxy={"server": proxy},
                    locale=looks.language,
                    timezone_id=looks.timezone,
                    viewport={"width": width, "height": height},
                    ignore_https_errors=looks.insecure,
                    service_workers="block",
                    accept_downloads=False,
                )
            )
        )

    async def close(self) -> None:
        if self._browser:
            await _translated(self._browser.close())

    async def stop(self) -> None:
        if self._playwright:
            await _translated(self._playwright.stop())


class PlaywrightContext:
    """See `Context`."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context

    async def page(self, signals: Signals, *, sockets: bool) -> PlaywrightPage:
        page = await _translated(self._context.new_page())
        session = await _translated(self._context.new_cdp_session(page))
        page.on("crash", lambda _: signals.ended())
        page.on("close", lambda _: signals.ended())
        page.on("worker", lambda _: signals.worker())
        page.on("popup", lambda popup: signals.popup(lambda: _translated(popup.close())))
        if sockets:
            page.on("websocket", lambda socket: signals.socket(socket.url))
        return PlaywrightPage(page, session)

    async def close(self) -> None:
        await _translated(self._context.close())


class PlaywrightPage:
    """See `Page`."""

    def __init__(self, page: PlaywrightsPage, session: CDPSession) -> None:
        self._page = page
        self.channel = PlaywrightChannel(session)

    async def close(self) -> None:
        await _translated(self._page.close())


class PlaywrightChannel:
    """See `Channel`."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session

    async def send(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        return await _translated(self._session.send(method, parameters))

    def on(self, event: str, handler: Callable[[dict[str, Any]], None]) -> None:
        self._session.on(event, handler)


async def _translated(call: Awaitable[T]) -> T:
    """Raises BrowserCrashed and CommandRefused."""
    try:
        return await call
    except PlaywrightError as error:
        raise refusal(str(error)) from error
    except Exception as error:  # the driver's pipe breaks with a bare Exception
        if type(error) is not Exception:
            raise
        raise BrowserCrashed("driver") from error


async def _pid(browser: Browser) -> int | None:
    """None when it does not say."""
    try:
        session = await _translated(browser.new_browser_cdp_session())
        listed = await _translated(session.send("SystemInfo.getProcessInfo"))
        await _translated(session.detach())
    except (BrowserCrashed, CommandRefused):
        return None
    return next((int(one["id"]) for one in listed["processInfo"] if one["type"] == "browser"), None)


@contextlib.contextmanager
def _environment(**variables: str) -> Iterator[None]:
    """The driver copies the environment when it starts, and offers no other way to pass it one."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _unwaited(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Playwright leaves calls behind that nobody waits for when its driver goes away, and asyncio
    would print each with its traceback."""
    error = context.get("exception")
    if not (
        isinstance(error, PlaywrightError) or (type(error) is Exception and _PIPE in str(error))
    ):
        loop.default_exception_handler(context)

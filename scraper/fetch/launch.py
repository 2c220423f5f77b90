"""One running browser: how it is started, and how nothing of it is left."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from scraper.errors import BrowserCrashed, BrowserUnavailable
from scraper.fetch import memory
from scraper.fetch.devtools import CommandRefused, bounded
from scraper.fetch.find_browser import FoundBrowser
from scraper.fetch.guard import Guard

LAUNCH_SECONDS = 60.0
_CLOSE_SECONDS = 5.0
_NEWS_SECONDS = 0.5

_DISABLED_FEATURES = (
    # Playwright's own, which a second --disable-features replaces.
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "Translate",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "PreconnectToSearch",
    # One renderer for a page and its frames: half the processes, and one protocol session sees
    # them all.  A context holds nothing of another site that a frame could steal.
    "IsolateOrigins",
    "site-per-process",
    "SpareRendererForSitePerProcess",
    # What would ask the network for itself.
    "Translate",
    "AutofillServerCommunication",
    "CertificateTransparencyComponentUpdater",
    "InterestFeedContentSuggestions",
)
_ARGUMENTS = (
    "--disable-features=" + ",".join(_DISABLED_FEATURES),
    "--disable-site-isolation-trials",
    # All names are resolved by the gateway; whatever would go around the proxy finds no address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--dns-prefetch-disable",
    "--disable-quic",
    # One request at a time on a connection, so that the gateway can count what is under way.
    "--disable-http2",
    # The first is the headless shell's spelling, the second the whole browser's.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-domain-reliability",
    "--no-pings",
    # The sound server's library would write into the user's settings.
    "--disable-audio-output",
    "--block-new-web-contents",
)
_PIPE = "reading from the driver"
logging.getLogger("asyncio").addFilter(lambda said: "pipe closed by peer" not in said.getMessage())
_NOWHERE = "http://127.0.0.1:1"
"""The proxy of whatever belongs to no page: nothing listens there."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Whether the browser's sandbox can be used here, and why not."""

    on: bool
    reason: str = ""


class Chromium:
    """A browser process with its driver."""

    def __init__(self, found: FoundBrowser, guard: Guard) -> None:
        self.found = found
        self.pages = self.failures = 0
        """How many pages it has shown, and how many in a row it has not."""
        self.tired = False
        """It gets no new pages."""
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the process is dead."""
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._guard = guard
        self._window = False
        self._driver: list[int] = []
        """Its pid, if that is known."""

    @property
    def browser(self) -> Browser:
        assert self._browser is not None
        return self._browser

    @property
    def alive(self) -> bool:
        return self._browser is not None and not self.gone.done()

    async def died(self) -> bool:
        """Asked at the end of a tab, a moment before that of its browser is known."""
        await asyncio.wait({self.gone}, timeout=_NEWS_SECONDS)
        return not self.alive

    @classmethod
    async def launch(
        cls,
        found: FoundBrowser,
        user_agent: str,
        *,
        note: Callable[[str], None],
        on_temp: Callable[[Path], None],
        window: bool = False,
    ) -> Chromium:
        """Start it, headless unless with a `window`.  `note` is told when the sandbox is off;
        `on_temp` which folder to remove should this process be killed.  Raises
        BrowserUnavailable."""
        asyncio.get_running_loop().set_exception_handler(_unwaited)
        try:
            guard = Guard()
        except OSError as error:
            raise BrowserUnavailable(
                f"the browser gets no temporary folder ({error.strerror}): make room in "
                f"{error.filename or 'the system'}, or name another folder with TMPDIR"
            ) from error
        on_temp(guard.temp)
        self = cls(found, guard)
        self._window = window
        try:
            await self._start(user_agent, note)
        except BaseException:
            await self.close()
            raise
        return self

    async def _start(self, user_agent: str, note: Callable[[str], None]) -> None:
        with _environment(TMPDIR=str(self._guard.temp)):
            try:
                self._playwright = await bounded(async_playwright().start(), LAUNCH_SECONDS)
            except (BrowserCrashed, CommandRefused, OSError) as error:
                raise BrowserUnavailable(f"Playwright's driver does not start: {error}") from error
        self._driver = self._guard.watch_marked()
        sandbox = _sandbox()
        try:
            try:
                await self._open(user_agent, sandbox.on)
            except (BrowserCrashed, CommandRefused) as error:
                if not (sandbox.on and "sandboxing failed" in str(error.__cause__).lower()):
                    raise
                sandbox = Sandbox(False, "this system offers none to ordinary users")
                await self._open(user_agent, False)
        except (BrowserCrashed, CommandRefused) as error:
            raise BrowserUnavailable(
                f"the browser {self.found.path} does not start ({_reason(error)}): "
                "try another with --browser PATH, or run `scraper install`"
            ) from error
        if not sandbox.on:
            note(f"the browser's sandbox is off: {sandbox.reason}")

    async def _open(self, user_agent: str, sandbox: bool) -> None:
        assert self._playwright is not None
        self._browser = await bounded(
            self._playwright.chromium.launch(
                executable_path=self.found.path,
                args=[*_ARGUMENTS, f"--user-agent={user_agent}"],
                ignore_default_args=["--disable-popup-blocking"],
                chromium_sandbox=sandbox,
                headless=not self._window,
                proxy={"server": _NOWHERE},
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
                timeout=LAUNCH_SECONDS * 1000,
            ),
            LAUNCH_SECONDS + 5,
        )
        self._browser.on("disconnected", lambda _: self._died())
        pid = await _pid(self._browser)
        if pid:
            self._guard.watch_group(pid)
        memory.limit_renderers(self._driver)

    def memory(self) -> memory.Use:
        """What it uses now, with its driver."""
        return memory.use(self._driver)

    def _died(self) -> None:
        if not self.gone.done():
            self.gone.set_result(None)

    async def close(self) -> None:
        """Gently within seconds, else by force.  Leaves no process and no file."""
        try:
            if self._browser and self.alive:
                await _quietly(self._browser.close())
            self.kill()
            if self._playwright:
                await _quietly(self._playwright.stop())
        finally:
            await asyncio.to_thread(self._guard.end)

    def kill(self) -> None:
        """The browser and all its children, now."""
        self._guard.kill_group()
        self._died()


def _sandbox() -> Sandbox:
    if sys.platform.startswith("linux") and os.geteuid() == 0:
        return Sandbox(False, "Chromium refuses it to root; run as an ordinary user to have it")
    return Sandbox(True)


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


async def _pid(browser: Browser) -> int | None:
    """None when it does not say."""
    try:
        session = await bounded(browser.new_browser_cdp_session())
        listed = await bounded(session.send("SystemInfo.getProcessInfo"))
        await bounded(session.detach())
    except (BrowserCrashed, CommandRefused):
        return None
    return next((int(one["id"]) for one in listed["processInfo"] if one["type"] == "browser"), None)


async def _quietly(call: Any) -> None:
    """A goodbye that need not be answered."""
    with contextlib.suppress(BrowserCrashed, CommandRefused, OSError):
        await bounded(call, _CLOSE_SECONDS)


def _reason(error: Exception) -> str:
    """The browser's own last words in the driver's report, else its first line."""
    lines = [line.strip() for line in str(error.__cause__ or error).splitlines() if line.strip()]
    words = [line.partition("[err]")[2].strip() for line in lines if "[err]" in line]
    found = words or [line for line in lines if "exitCode" in line] or lines or ["no reason given"]
    return found[-1 if words else 0][:200]

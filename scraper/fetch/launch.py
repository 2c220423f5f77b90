"""One running browser: how it is started, and how nothing of it is left."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from scraper.errors import BrowserCrashed, BrowserUnavailable
from scraper.fetch import memory
from scraper.fetch.devtools import CommandRefused, bounded
from scraper.fetch.driver import Driver, Launch
from scraper.fetch.find_browser import FoundBrowser
from scraper.fetch.guard import Guard
from scraper.fetch.pipe_driver import PipeDriver

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
_NOWHERE = "http://127.0.0.1:1"
"""The proxy of whatever belongs to no page: nothing listens there."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Whether the browser's sandbox can be used here, and why not."""

    on: bool
    reason: str = ""


class Chromium:
    """A browser process with its driver."""

    def __init__(self, found: FoundBrowser, guard: Guard, driver: Driver) -> None:
        self.found, self.driver = found, driver
        self.pages = self.failures = 0
        """How many pages it has shown, and how many in a row it has not."""
        self.tired = False
        """It gets no new pages."""
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the process is dead."""
        self._guard = guard
        self._started = False
        self._roots: list[int] = []
        """Pids that its processes descend from, if they are known."""

    @property
    def alive(self) -> bool:
        return self._started and not self.gone.done()

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
        try:
            guard = Guard()
        except OSError as error:
            raise BrowserUnavailable(
                f"the browser gets no temporary folder ({error.strerror}): make room in "
                f"{error.filename or 'the system'}, or name another folder with TMPDIR"
            ) from error
        on_temp(guard.temp)
        self = cls(found, guard, driver_for(window=window))
        try:
            await self._start(user_agent, window, note)
        except BaseException:
            await self.close()
            raise
        return self

    async def _start(self, user_agent: str, window: bool, note: Callable[[str], None]) -> None:
        try:
            await bounded(self.driver.prepare(self._guard.temp), LAUNCH_SECONDS)
        except (BrowserCrashed, CommandRefused, OSError) as error:
            raise BrowserUnavailable(f"Playwright's driver does not start: {error}") from error
        self._roots = self._guard.watch_marked()
        sandbox = _sandbox()
        try:
            try:
                await self._open(user_agent, sandbox.on, window)
            except (BrowserCrashed, CommandRefused) as error:
                if not (sandbox.on and _lacks_sandbox(str(error.__cause__).lower())):
                    raise
                sandbox = Sandbox(False, "this system offers none to ordinary users")
                await self._open(user_agent, False, window)
        except (BrowserCrashed, CommandRefused) as error:
            raise BrowserUnavailable(
                f"the browser {self.found.path} does not start ({_reason(error)}): "
                "try another with --browser PATH, or run `scraper install`"
            ) from error
        if not sandbox.on:
            note(f"the browser's sandbox is off: {sandbox.reason}")

    async def _open(self, user_agent: str, sandbox: bool, window: bool) -> None:
        how = Launch(
            program=self.found.path,
            arguments=[*_ARGUMENTS, f"--user-agent={user_agent}"],
            proxy=_NOWHERE,
            temp=self._guard.temp,
            sandbox=sandbox,
            window=window,
        )
        self.gone = asyncio.get_running_loop().create_future()
        pid = await bounded(self.driver.launch(how, self._died), LAUNCH_SECONDS + 5)
        self._started = True
        if pid:
            self._guard.watch_group(pid)
            self._roots = self._roots or [pid]
        memory.limit_renderers(self._roots)

    def memory(self) -> memory.Use:
        """What it uses now, with its driver."""
        return memory.use(self._roots)

    def _died(self) -> None:
        if not self.gone.done():
            self.gone.set_result(None)

    async def close(self) -> None:
        """Gently within seconds, else by force.  Leaves no process and no file."""
        try:
            if self.alive:
                await _quietly(self.driver.close())
            self.kill()
            await _quietly(self.driver.stop())
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


def driver_for(*, window: bool) -> Driver:
    """Playwright where there is a window: it knows how to open one.  It is large, so loaded only
    then."""
    if not window:
        return PipeDriver()
    driver: Driver = import_module("scraper.fetch.playwright_driver").PlaywrightDriver()
    return driver


def _lacks_sandbox(words: str) -> bool:
    """Playwright's words, and the browser's own."""
    said = ("sandboxing failed", "no usable sandbox", "without --no-sandbox")
    return any(one in words for one in said)


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

"""Drives a browser over its DevTools pipe: no process between it and us, and no domain of the
protocol switched on that nobody listens to."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from scraper.errors import BrowserCrashed
from scraper.fetch.devtools import CommandRefused, bounded
from scraper.fetch.driver import Launch, Looks, Signals
from scraper.fetch.pipe import Handler, Pipe

LAUNCH_SECONDS = 60.0
_WORDS = 40
"""Lines of the browser's last words that are kept, and"""
_LAST_SECONDS = 1.0
"""how long we wait for them when it does not start."""
_ARGUMENTS = (
    "--headless",
    "--hide-scrollbars",
    "--mute-audio",
    "--no-startup-window",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-service-autorun",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-back-forward-cache",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-extensions-with-background-pages",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-field-trial-config",
    "--disable-hang-monitor",
    "--disable-ipc-flooding-protection",
    "--disable-prompt-on-repost",
    "--disable-search-engine-choice-screen",
    "--disable-sync",
    "--enable-automation",
    "--force-color-profile=srgb",
    "--metrics-recording-only",
    "--password-store=basic",
    "--use-mock-keychain",
    # A mouse, as a desktop has one.
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,"
    "primaryPointerType=4,availablePointerTypes=4",
)
_NO_SERVICE_WORKERS = """if (self.navigator?.serviceWorker) {
  Object.getPrototypeOf(navigator.serviceWorker).register = async () => {}
}"""


class PipeDriver:
    """Needs posix_spawn, and no window."""

    def __init__(self) -> None:
        self.pipe: Pipe
        self._pid: int | None = None
        self._words: deque[str] = deque(maxlen=_WORDS)
        self.tabs: dict[str, Signals] = {}  # by target
        self.sessions: dict[str, str] = {}  # session by target

    async def prepare(self, temp: Path) -> None:
        """Nothing runs besides the browser."""

    async def launch(self, how: Launch, gone: Callable[[], None]) -> int | None:
        self.pipe = pipe = Pipe(gone)
        words = await self._spawn(how)
        pipe.on("Target.targetCreated", self._created)
        pipe.on("Target.targetDestroyed", lambda event: self.ended(event["targetId"]))
        pipe.on("Target.targetCrashed", lambda event: self.ended(event["targetId"]))
        discover = {"discover": True, "filter": [{"type": "page"}]}
        try:
            await bounded(pipe.send("Target.setDiscoverTargets", discover), LAUNCH_SECONDS)
        except BrowserCrashed as error:
            await asyncio.wait({words}, timeout=_LAST_SECONDS)
            await self.stop()
            said = "\n".join(f"[err] {line}" for line in self._words)
            raise BrowserCrashed("process") from RuntimeError(said or str(error))
        return self._pid

    async def context(self, proxy: str, looks: Looks) -> PipeContext:
        made = await self.pipe.send(
            "Target.createBrowserContext",
            {"disposeOnDetach": True, "proxyServer": proxy, "proxyBypassList": "<-loopback>"},
        )
        context = str(made["browserContextId"])
        await self.pipe.send(
            "Browser.setDownloadBehavior", {"behavior": "deny", "browserContextId": context}
        )
        return PipeContext(self, context, looks)

    async def close(self) -> None:
        with contextlib.suppress(BrowserCrashed):  # that is the answer
            await self.pipe.send("Browser.close", {})

    async def stop(self) -> None:
        if self._pid is None:
            return
        pid, self._pid = self._pid, None
        self.pipe.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # it leads a group of its own, also before it is known
        await asyncio.to_thread(_reaped, pid)

    async def _spawn(self, how: Launch) -> asyncio.Future[None]:
        """What comes back is done when the browser has said its last word."""
        loop = asyncio.get_running_loop()
        arguments = [str(how.program), *_ARGUMENTS, *how.arguments]
        arguments += [f"--user-data-dir={how.temp / 'profile'}", "--remote-debugging-pipe"]
        arguments += [f"--proxy-server={how.proxy}", "--proxy-bypass-list=<-loopback>"]
        arguments += [] if how.sandbox else ["--no-sandbox"]
        said, saying = os.pipe()
        heard, telling = os.pipe()
        reading, words = os.pipe()
        # Above the numbers they shall have there.
        theirs = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (heard, saying, words)]
        try:
            self._pid = os.posix_spawn(  # noqa: ASYNC221 - it only starts it
                how.program,
                arguments,
                {**os.environ, "TMPDIR": str(how.temp)},
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    *(
                        (os.POSIX_SPAWN_DUP2, fd, number)
                        for number, fd in zip((3, 4, 2), theirs, strict=True)
                    ),
                ],
                setsid=True,
            )
        except OSError as error:
            for fd in (said, telling, reading):
                os.close(fd)
            raise BrowserCrashed("process") from error
        finally:
            for fd in (heard, saying, words, *theirs):
                os.close(fd)
        await self.pipe.connect(said, telling)
        ended: asyncio.Future[None] = loop.create_future()
        await loop.connect_read_pipe(
            lambda: _LastWords(self._words, ended), os.fdopen(reading, "rb", 0)
        )
        return ended

    def _created(self, event: dict[str, Any]) -> None:
        target = event["targetInfo"]
        opener = self.tabs.get(target.get("openerId", ""))
        if opener:
            close = {"targetId": target["targetId"]}
            opener.popup(partial(self.tell, "Target.closeTarget", close))

    async def tell(self, method: str, parameters: dict[str, Any]) -> None:
        await self.pipe.send(method, parameters)

    def ended(self, target: str) -> None:
        if signals := self.tabs.pop(target, None):
            self.pipe.forget(self.sessions.pop(target, ""))
            signals.ended()


class PipeContext:
    """See `Context`."""

    def __init__(self, driver: PipeDriver, context: str, looks: Looks) -> None:
        self._driver, self._context, self._looks = driver, context, looks

    async def page(self, signals: Signals, *, sockets: bool) -> PipePage:
        driver, looks = self._driver, self._looks
        send = driver.pipe.send
        made = await send(
            "Target.createTarget", {"url": "about:blank", "browserContextId": self._context}
        )
        target = str(made["targetId"])
        driver.tabs[target] = signals
        attached = await send("Target.attachToTarget", {"targetId": target, "flatten": True})
        session = driver.sessions[target] = str(attached["sessionId"])
        page = PipePage(driver.pipe, target, session)
        channel = page.channel

        def dialog(event: dict[str, Any]) -> None:
            leaving = event.get("type") == "beforeunload"
            page.tell("Page.handleJavaScriptDialog", {"accept": leaving})

        channel.on("Page.javascriptDialogOpening", dialog)
        channel.on("Inspector.targetCrashed", lambda _: driver.ended(target))
        channel.on("Inspector.detached", lambda _: driver.ended(target))
        channel.on("Target.attachedToTarget", lambda event: _attached(event, signals))
        width, height = looks.viewport
        size = {"width": width, "height": height}
        attach = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": True}
        settings: list[tuple[str, dict[str, Any]]] = [
            ("Page.enable", {}),
            ("Inspector.enable", {}),
            ("Target.setAutoAttach", attach),
            ("Page.addScriptToEvaluateOnNewDocument", {"source": _NO_SERVICE_WORKERS}),
            (
                "Emulation.setDeviceMetricsOverride",
                {**size, "mobile": False, "deviceScaleFactor": 1}
                | {"screenWidth": width, "screenHeight": height},
            ),
            ("Emulation.setFocusEmulationEnabled", {"enabled": True}),
        ]
        if looks.insecure:
            settings.append(("Security.setIgnoreCertificateErrors", {"ignore": True}))
        if sockets:
            channel.on("Network.webSocketCreated", lambda event: signals.socket(event["url"]))
            settings.append(("Network.enable", {"maxTotalBufferSize": 0}))
        settings.append(("Emulation.setLocaleOverride", {"locale": looks.language}))
        if looks.timezone:
            settings.append(("Emulation.setTimezoneOverride", {"timezoneId": looks.timezone}))
        await asyncio.gather(*(_set(channel, *one) for one in settings))
        return page

    async def close(self) -> None:
        await self._driver.tell("Target.disposeBrowserContext", {"browserContextId": self._context})


class PipePage:
    """See `Page`."""

    def __init__(self, pipe: Pipe, target: str, session: str) -> None:
        self._pipe, self._target = pipe, target
        self.channel = PipeChannel(pipe, session)
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        await self._pipe.send("Target.closeTarget", {"targetId": self._target})

    def tell(self, method: str, parameters: dict[str, Any]) -> None:
        """Without waiting for an answer."""
        task = asyncio.ensure_future(_quietly(self.channel, method, parameters))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class PipeChannel:
    """See `Channel`."""

    def __init__(self, pipe: Pipe, session: str) -> None:
        self._pipe, self._session = pipe, session

    async def send(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        return await self._pipe.send(method, parameters, self._session)

    def on(self, event: str, handler: Handler) -> None:
        self._pipe.on(event, handler, self._session)


class _LastWords(asyncio.Protocol):
    """Keeps the last lines that the browser wrote about itself."""

    def __init__(self, lines: deque[str], ended: asyncio.Future[None]) -> None:
        self._lines, self._ended = lines, ended

    def data_received(self, data: bytes) -> None:
        self._lines.extend(data[-8192:].decode("utf-8", "replace").splitlines())

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if not self._ended.done():
            self._ended.set_result(None)


async def _set(channel: PipeChannel, method: str, parameters: dict[str, Any]) -> None:
    try:
        await channel.send(method, parameters)
    except CommandRefused as error:
        # A process shows one language and one time zone, and its first tab has set them.
        if "already in effect" not in str(error):
            raise


async def _quietly(channel: PipeChannel, method: str, parameters: dict[str, Any]) -> None:
    with contextlib.suppress(BrowserCrashed, CommandRefused):
        await bounded(channel.send(method, parameters))


def _attached(event: dict[str, Any], signals: Signals) -> None:
    if event["targetInfo"]["type"].endswith("worker"):
        signals.worker()


def _reaped(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)

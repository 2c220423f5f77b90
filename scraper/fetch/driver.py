"""What drives a browser: its own DevTools pipe, or Playwright.  Both start it, open tabs that are
told DevTools commands, and say what becomes of them; all the rest is the same for both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Looks:
    """What pages see of the browser."""

    user_agent: str
    language: str
    timezone: str | None
    viewport: tuple[int, int]
    insecure: bool


@dataclass(frozen=True, slots=True)
class Launch:
    """How a browser is started; `temp` is where it may leave files."""

    program: Path
    arguments: Sequence[str]
    proxy: str
    temp: Path
    sandbox: bool
    window: bool


@dataclass(frozen=True, slots=True)
class Signals:
    """What is told of a tab: it ended, a worker of it started, it opened another tab (called with
    what closes that again), it opened a WebSocket (with its address; told in full archives)."""

    ended: Callable[[], None]
    worker: Callable[[], None]
    popup: Callable[[Callable[[], Awaitable[None]]], None]
    socket: Callable[[str], None]


class Channel(Protocol):
    """DevTools commands to one tab, and its events."""

    async def send(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Raises BrowserCrashed and CommandRefused."""
        ...

    def on(self, event: str, handler: Callable[[dict[str, Any]], None]) -> None: ...


class Page(Protocol):
    """A tab."""

    @property
    def channel(self) -> Channel: ...

    async def close(self) -> None:
        """Raises BrowserCrashed and CommandRefused."""
        ...


class Context(Protocol):
    """Tabs that share cookies, storage and cache, and nothing with those of other contexts."""

    async def page(self, signals: Signals, *, sockets: bool) -> Page:
        """A new tab; with `sockets` its WebSockets are told.  Raises BrowserCrashed and
        CommandRefused."""
        ...

    async def close(self) -> None:
        """With all its tabs.  Raises BrowserCrashed and CommandRefused."""
        ...


class Driver(Protocol):
    """Of one browser."""

    async def prepare(self, temp: Path) -> None:
        """What has to run before the browser does; `temp` is its TMPDIR.  Raises BrowserCrashed,
        CommandRefused, OSError."""
        ...

    async def launch(self, how: Launch, gone: Callable[[], None]) -> int | None:
        """Its pid, if that can be known; `gone` is called at its end.  Raises BrowserCrashed and
        CommandRefused, with the browser's words in their cause."""
        ...

    async def context(self, proxy: str, looks: Looks) -> Context:
        """Raises BrowserCrashed and CommandRefused."""
        ...

    async def close(self) -> None:
        """Ask it to end.  Raises BrowserCrashed and CommandRefused."""
        ...

    async def stop(self) -> None:
        """Once the browser is gone: leave nothing of what drove it."""
        ...

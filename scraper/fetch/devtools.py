"""The DevTools protocol of one tab, every call under a deadline, every failure translated."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from scraper.errors import BrowserCrashed
from scraper.fetch.driver import Channel

T = TypeVar("T")

CALL_SECONDS = 15.0

_GONE = ("closed", "crashed", "detached", "disconnected", "session with given id not found")


class CommandRefused(Exception):
    """The browser lives and says no: the document or the request it is about is gone."""


def refusal(message: str) -> BrowserCrashed | CommandRefused:
    """What it means when a call to the browser fails with these words."""
    # "Inspected target navigated or closed" is said of every call that a navigation overtakes.
    if any(word in message.lower() for word in _GONE) and "navigated or" not in message:
        return BrowserCrashed("tab")
    return CommandRefused(message[:300])


async def bounded(call: Awaitable[T], seconds: float | None = None) -> T:
    """The result of a call to the browser.  Raises BrowserCrashed when it does not come in time,
    and what the call raises."""
    try:
        return await asyncio.wait_for(call, seconds or CALL_SECONDS)
    except TimeoutError as error:
        raise BrowserCrashed("process (it does not answer)") from error


class Devtools:
    """Commands and events of a tab."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def send(
        self, method: str, seconds: float | None = None, **parameters: Any
    ) -> dict[str, Any]:
        """Raises BrowserCrashed and CommandRefused."""
        return await bounded(self._channel.send(method, parameters), seconds)

    def on(self, event: str, handler: Callable[[dict[str, Any]], None]) -> None:
        self._channel.on(event, handler)

"""The DevTools protocol of one tab, every call under a deadline, every failure translated."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from scraper.errors import BrowserCrashed

T = TypeVar("T")

CALL_SECONDS = 15.0

_GONE = ("closed", "crashed", "detached", "disconnected")


class CommandRefused(Exception):
    """The browser lives and says no: the document or the request it is about is gone."""


async def bounded(call: Awaitable[T], seconds: float | None = None) -> T:
    """The result of a call to the browser.  Raises BrowserCrashed when it does not come in time or
    the browser is gone, CommandRefused when it refuses."""
    try:
        return await asyncio.wait_for(call, seconds or CALL_SECONDS)
    except TimeoutError as error:
        raise BrowserCrashed("process (it does not answer)") from error
    except PlaywrightError as error:
        # "Inspected target navigated or closed" is said of every call that a navigation overtakes.
        if any(word in str(error) for word in _GONE) and "navigated or" not in str(error):
            raise BrowserCrashed("tab") from error
        raise CommandRefused(str(error)[:300]) from error
    except Exception as error:  # the driver's pipe breaks with a bare Exception
        if type(error) is not Exception:
            raise
        raise BrowserCrashed("driver") from error


class Devtools:
    """Commands and events of a tab."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session

    async def send(
        self, method: str, seconds: float | None = None, **parameters: Any
    ) -> dict[str, Any]:
        """Raises BrowserCrashed and CommandRefused."""
        return await bounded(self._session.send(method, parameters), seconds)

    def on(self, event: str, handler: Callable[[dict[str, Any]], None]) -> None:
        self._session.on(event, handler)

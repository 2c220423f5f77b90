"""A time limit that stands still while something else is to blame for the waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from scraper.errors import PageTimeout


class Deadline:
    """Ends the block after `seconds`, pauses not counted, with PageTimeout.  Used once."""

    def __init__(self, what: str, seconds: float) -> None:
        self.what, self.seconds = what, seconds
        self._left = seconds
        self._pauses = 0
        self._open = False
        self._scope = asyncio.timeout(None)

    async def __aenter__(self) -> Deadline:
        await self._scope.__aenter__()
        self._open = True
        self._run()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open = False
        try:
            await self._scope.__aexit__(kind, error, trace)
        except TimeoutError as timeout:
            raise PageTimeout(self.what, self.seconds) from timeout

    def left(self) -> float:
        """Seconds left."""
        when = self._scope.when()
        if when is None:  # paused
            return self._left
        return max(0.0, when - asyncio.get_running_loop().time())

    @contextmanager
    def extended(self, seconds: float) -> Iterator[None]:
        """More time within, for what has to be done when the time is up."""
        self._add(seconds)
        try:
            yield
        finally:
            self._add(-seconds)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Time within does not count."""
        if not self._pauses and self._open:
            self._left = self.left()
            self._scope.reschedule(None)
        self._pauses += 1
        try:
            yield
        finally:
            self._pauses -= 1
            if not self._pauses and self._open:
                self._run()

    def _add(self, seconds: float) -> None:
        if self._open:
            self._left = self.left() + seconds
            if not self._pauses:
                self._run()

    def _run(self) -> None:
        self._scope.reschedule(asyncio.get_running_loop().time() + self._left)

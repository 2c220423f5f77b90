"""Signals ask a crawl to stop: once finishes the pages in flight, twice stops now."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Protocol


class Stoppable(Protocol):
    """What a signal can ask for."""

    def finish_pages(self) -> None: ...

    def abandon_pages(self) -> None: ...


class Signals:
    """SIGINT, SIGTERM and SIGHUP while it is entered, which has an effect in the main thread only:
    no other gets signals.  The crawl itself may run in any thread."""

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._before: dict[int, Any] = {}
        self._crawl: tuple[asyncio.AbstractEventLoop, Stoppable] | None = None
        self._over = False
        self.received = 0
        """The first one, 0 before."""

    @property
    def exit_code(self) -> int:
        """Of a run that a signal interrupted."""
        return 128 + (signal.SIGINT if self.received == signal.SIGINT else signal.SIGTERM)

    def __enter__(self) -> Signals:
        if threading.current_thread() is threading.main_thread():
            wanted = [signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)]
            self._before = {one: signal.signal(one, self._receive) for one in set(wanted)}
        return self

    def __exit__(self, *_: object) -> None:
        for signum, handler in self._before.items():
            signal.signal(signum, handler)

    def reach(self, crawl: Stoppable) -> None:
        """From now on they go to this crawl, in the running loop; one that came before, too."""
        self._crawl = asyncio.get_running_loop(), crawl
        if self.received:
            crawl.finish_pages()

    def leave(self) -> None:
        """The crawl is over; what is left to do is short."""
        self._crawl, self._over = None, True

    def _receive(self, signum: int, _: FrameType | None) -> None:
        again = bool(self.received)
        self.received = self.received or signum
        if self._crawl:
            loop, crawl = self._crawl
            loop.call_soon_threadsafe(self._stop, crawl, again)
        elif again and not self._over:
            raise KeyboardInterrupt

    def _stop(self, crawl: Stoppable, again: bool) -> None:
        if again:
            crawl.abandon_pages()
            return
        self._note("finishing the pages in flight; the same signal again stops now")
        crawl.finish_pages()

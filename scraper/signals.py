"""Signals ask a crawl to stop: once finishes the pages in flight, twice stops now."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from typing import Protocol


class Stoppable(Protocol):
    """What a signal can ask for."""

    def finish_pages(self) -> None: ...

    def abandon_pages(self) -> None: ...


class Signals:
    """SIGINT, SIGTERM and SIGHUP while it is entered, in the main thread (others get no signals).
    `received` is the first one, 0 before."""

    def __init__(self, conductor: Stoppable, note: Callable[[str], None]) -> None:
        self._conductor, self._note = conductor, note
        self._wanted = [signal.SIGINT, signal.SIGTERM]
        if hasattr(signal, "SIGHUP"):
            self._wanted.append(signal.SIGHUP)
        if threading.current_thread() is not threading.main_thread():
            self._wanted = []
        self.received = 0

    def __enter__(self) -> Signals:
        loop = asyncio.get_running_loop()
        for signum in self._wanted:
            loop.add_signal_handler(signum, self._stop, signum)
        return self

    def __exit__(self, *_: object) -> None:
        loop = asyncio.get_running_loop()
        for signum in self._wanted:
            loop.remove_signal_handler(signum)

    def _stop(self, signum: int) -> None:
        if self.received:
            self._conductor.abandon_pages()
            return
        self.received = signum
        self._note("finishing the pages in flight; the same signal again stops now")
        self._conductor.finish_pages()

"""`-o -`: records to stdout, without making the crawl wait for whoever reads them."""

from __future__ import annotations

import asyncio
import queue
import signal
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self, TextIO

from scraper.cli.printable import json_line
from scraper.errors import PageError
from scraper.protocols import Committed, Progress, Run
from scraper.record import Article
from scraper.request import Request


class RecordPipe:
    """A reporter and context manager.  A thread of its own writes, because a full pipe blocks.  A
    write that is refused (`error`) ends the writing, and a crawl that still runs is told to stop
    now."""

    def __init__(self, out: TextIO) -> None:
        self.error: OSError | None = None
        self._out = out
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: queue.SimpleQueue[Article | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="stdout", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._waiting.put(None)
        self._thread.join()

    def started(self, run: Run, queued: int) -> None:  # noqa: ARG002 - a reporter's
        self._loop = asyncio.get_running_loop()

    def settled(self, committed: Committed) -> None:
        if committed.kind == "record" and committed.article:
            self._waiting.put(committed.article)

    def progress(self, progress: Progress) -> None: ...

    def retried(self, request: Request, error: PageError, seconds: float) -> None: ...

    def noted(self, message: str) -> None: ...

    def _write(self) -> None:
        while article := self._waiting.get():
            try:
                self._out.write(json_line(article))
                self._out.flush()
            except OSError as error:
                self.error = error
                if self._loop:
                    with suppress(RuntimeError):  # the loop is closed: the crawl is over
                        self._loop.call_soon_threadsafe(_stop_crawl)
                return


def _stop_crawl() -> None:
    """In the thread of the crawl, so that it cannot end in between: a signal that nobody awaits
    any more would end the process."""
    if signal.getsignal(signal.SIGTERM) in (signal.SIG_DFL, signal.SIG_IGN):
        return
    # The second says: do not even finish the pages in flight.  Two of one kind might arrive as one.
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGTERM)

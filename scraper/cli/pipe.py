"""`-o -`: records to stdout, without making the crawl wait for whoever reads them."""

from __future__ import annotations

import os
import queue
import signal
import threading
from types import TracebackType
from typing import Self, TextIO

from scraper.cli.printable import json_line
from scraper.errors import PageError
from scraper.protocols import Committed, Progress, Run
from scraper.record import Article
from scraper.request import Request


class RecordPipe:
    """A reporter and context manager.  A thread of its own writes, because a full pipe blocks;
    when the reader goes away (`broken`) the crawl is told to stop now."""

    def __init__(self, out: TextIO) -> None:
        self.broken = False
        self._out = out
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

    def settled(self, committed: Committed) -> None:
        if committed.kind == "record" and committed.article:
            self._waiting.put(committed.article)

    def started(self, run: Run, queued: int) -> None: ...

    def progress(self, progress: Progress) -> None: ...

    def retried(self, request: Request, error: PageError, seconds: float) -> None: ...

    def noted(self, message: str) -> None: ...

    def _write(self) -> None:
        while article := self._waiting.get():
            try:
                self._out.write(json_line(article))
                self._out.flush()
            except BrokenPipeError:
                self.broken = True
                # The second says: do not even finish the pages in flight.  Two of one kind might
                # arrive as one.
                os.kill(os.getpid(), signal.SIGINT)
                os.kill(os.getpid(), signal.SIGTERM)
                return

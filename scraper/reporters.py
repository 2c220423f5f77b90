"""Several reporters as one."""

from __future__ import annotations

from collections.abc import Sequence

from scraper.errors import PageError
from scraper.protocols import Committed, Progress, Reporter, Run
from scraper.record import Article
from scraper.request import Request

_SHOWN = 20


class Reporters:
    """Passes everything on to each; `articles` are the last records, at most 20."""

    def __init__(self, reporters: Sequence[Reporter]) -> None:
        self._reporters = reporters
        self.articles: list[Article] = []

    def started(self, run: Run, queued: int) -> None:
        for reporter in self._reporters:
            reporter.started(run, queued)

    def progress(self, progress: Progress) -> None:
        for reporter in self._reporters:
            reporter.progress(progress)

    def settled(self, committed: Committed) -> None:
        if committed.kind == "record" and committed.article:
            self.articles = [*self.articles[1 - _SHOWN :], committed.article]
        for reporter in self._reporters:
            reporter.settled(committed)

    def retried(self, request: Request, error: PageError, seconds: float) -> None:
        for reporter in self._reporters:
            reporter.retried(request, error, seconds)

    def noted(self, message: str) -> None:
        for reporter in self._reporters:
            reporter.noted(message)

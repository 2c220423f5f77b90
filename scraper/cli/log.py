"""`--log FILE`: what happened, one JSON object a line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from scraper.cli.printable import json_line, printable
from scraper.errors import PageError, UsageError
from scraper.protocols import Committed, Progress, Run
from scraper.request import Request


def _now() -> datetime:
    return datetime.now(UTC)


class Log:
    """A reporter and context manager; appends.  Texts from pages are escaped as on the terminal.
    A log that can no longer be written falls silent (`error`): it must not end a crawl."""

    def __init__(self, path: Path, now: Callable[[], datetime] = _now) -> None:
        self.error: OSError | None = None
        self._now = now
        try:
            self._file = path.open("a", encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise UsageError(f"--log {path}: {error.strerror}: choose another file") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._file.close()
        except OSError as error:
            self.error = self.error or error

    def started(self, run: Run, queued: int) -> None:
        self._write("started", run=run.id, queued=queued, resumed=run.resumed)

    def progress(self, progress: Progress) -> None:
        """Every change is in the other lines."""

    def settled(self, committed: Committed) -> None:
        failure = committed.failure
        self._write(
            committed.kind,
            url=committed.request.url,
            id=committed.id,
            revision=committed.revision,
            code=failure.code if failure else None,
            message=failure.message if failure else None,
            attempts=committed.request.attempts + 1,
        )

    def retried(self, request: Request, error: PageError, seconds: float) -> None:
        self._write("again", url=request.url, code=error.code, message=str(error), seconds=seconds)

    def noted(self, message: str) -> None:
        self._write("note", message=message)

    def _write(self, event: str, **facts: Any) -> None:
        known = {
            key: printable(value) if isinstance(value, str) else value
            for key, value in facts.items()
            if value is not None
        }
        line = json_line(
            {"at": self._now().isoformat(timespec="milliseconds"), "event": event} | known
        )
        if self.error:
            return
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            self.error = error

"""What a crawl shows while it runs: a live display on a terminal, plain lines elsewhere.

Both are reporters.  Nothing from a page reaches the terminal but through `printable`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from scraper.amounts import size
from scraper.cli.printable import printable
from scraper.errors import PageError
from scraper.protocols import Committed, Progress, Run, Tally
from scraper.request import Request

_WINDOW = 60.0
_HOSTS = 4
_STYLES = {
    "record": "green",
    "unchanged": "dim",
    "duplicate": "dim",
    "failed": "red",
    "listing": "dim",
}


class PlainConsole(Console):
    """Takes text as it is (no markup, no emoji codes, no guessing at colours), and falls silent
    when whoever read it goes away."""

    def __init__(self, file: TextIO | None = None, *, stderr: bool = False) -> None:
        super().__init__(file=file, stderr=stderr, highlight=False, markup=False, emoji=False)

    def on_broken_pipe(self) -> None:
        self.quiet = True


class Pace:
    """Pages a second over the last minute, from (moment, pages done) pairs."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, now: float, done: int) -> None:
        self._seen.append((now, done))
        while now - self._seen[0][0] > _WINDOW:
            self._seen.popleft()

    def rate(self, now: float) -> float:
        """0 while nothing is known."""
        if not self._seen or now <= self._seen[0][0]:
            return 0.0
        start, done = self._seen[0]
        return (self._seen[-1][1] - done) / (now - start)


class Lines:
    """One line for each thing that happened."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def started(self, run: Run, queued: int) -> None:
        verb = "going on with" if run.resumed else "starting"
        self._say("note", f"{verb} run {run.id}: {queued} to do")

    def progress(self, progress: Progress) -> None:
        """Said by the lines themselves."""

    def settled(self, committed: Committed) -> None:
        self._say(committed.kind, outcome_text(committed), _STYLES[committed.kind])

    def retried(self, request: Request, error: PageError, seconds: float) -> None:
        self._say("again", f"{request.url} in {seconds:.0f} s: {error}", "yellow")

    def noted(self, message: str) -> None:
        self._say("note", message)

    def close(self) -> None:
        """Nothing is left to take away."""

    def _say(self, what: str, text: str, style: str = "") -> None:
        line = Text(f"{what:<10}", style=style).append(printable(text), style="default")
        with suppress(OSError):  # a terminal that was closed must not end the crawl
            self._console.print(line, soft_wrap=True)


class LiveScreen(Lines):
    """A bar, the counts and the hosts at work; only what is not plain success leaves a line.

    Drawn several times a second by a thread of rich, from the last progress told.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(console)
        self._clock = clock
        self._pace = Pace()
        self._state = Progress(queued=0, in_flight=0, tally=Tally(), bytes=0)
        self._live = Live(
            console=console, get_renderable=self.render, refresh_per_second=5, transient=True
        )

    def started(self, run: Run, queued: int) -> None:
        if run.resumed:
            super().started(run, queued)
        self._state = Progress(queued=queued, in_flight=0, tally=Tally(), bytes=0)
        self._live.start()

    def progress(self, progress: Progress) -> None:
        self._state = progress
        self._pace.note(self._clock(), progress.tally.total)

    def settled(self, committed: Committed) -> None:
        if committed.kind == "failed":
            super().settled(committed)

    def close(self) -> None:
        """Idempotent."""
        with suppress(OSError):
            self._live.stop()

    def render(self) -> Group:
        """The display as it stands."""
        state, tally = self._state, self._state.tally
        left = state.queued + state.in_flight
        rate = self._pace.rate(self._clock())
        eta = str(timedelta(seconds=round(left / rate))) if rate and left else "–"
        counts = Text("  ").join(
            [
                Text(f"done {tally.total - tally.failed}", style="green"),
                Text(f"failed {tally.failed}", style="red" if tally.failed else "dim"),
                Text(f"queued {left}"),
                Text(f"{rate:.1f} pages/s"),
                Text(size(state.bytes)),
                Text(f"ETA {eta}"),
            ]
        )
        shown = [printable(host) for host in state.hosts[:_HOSTS]]
        more = len(state.hosts) - len(shown)
        hosts = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
        bar = Table.grid(padding=(0, 1))
        total = max(1, tally.total + left)
        bar.add_row(
            ProgressBar(total=total, completed=tally.total, width=50),
            Text(f"{tally.total * 100 // total} %"),
        )
        return Group(bar, counts, Text(hosts, style="dim", no_wrap=True, overflow="ellipsis"))


def outcome_text(committed: Committed) -> str:
    """The URL and what it came to."""
    if committed.failure:
        return f"{committed.request.url} {committed.failure.code}: {committed.failure.message}"
    if committed.kind == "listing":
        found = committed.found
        return f"{committed.request.url} → {found.listing} of {found.entries}"
    return f"{committed.request.url} → {committed.id}"

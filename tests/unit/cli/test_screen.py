"""What is shown while a crawl runs."""

from __future__ import annotations

import errno
import io

import pytest
from rich.console import Console

from scraper.amounts import size
from scraper.cli.screen import Lines, LiveScreen, Pace, PlainConsole
from scraper.errors import ConnectFailed
from scraper.protocols import Progress, Tally
from tests.unit.cli.crawled import RUN, failed, record, request


def console(*, terminal: bool = False) -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, force_terminal=terminal, width=100, highlight=False, markup=False), out


def test_without_a_terminal_each_thing_is_a_line() -> None:
    target, out = console()
    screen = Lines(target)
    screen.started(RUN, 3)
    screen.settled(record())
    screen.retried(request(), ConnectFailed("a.example", "refused"), 2.0)
    screen.settled(failed())
    screen.noted("the sandbox is off")
    assert out.getvalue().splitlines() == [
        "note      starting run r1: 3 to do",
        "record    https://a.example/1 → a.example:1",
        "again     https://a.example/1 in 2 s: no answer from a.example: refused",
        "failed    https://a.example/2 http.404: the server answered 404",
        "note      the sandbox is off",
    ]


def test_long_lines_are_not_broken() -> None:
    target, out = console()
    Lines(target).noted("x" * 500)
    assert len(out.getvalue().splitlines()) == 1


@pytest.mark.parametrize("terminal", [True, False])
def test_control_characters_and_markup_from_pages_never_get_through(terminal: bool) -> None:
    target, out = console(terminal=terminal)
    screen = LiveScreen(target) if terminal else Lines(target)
    screen.settled(failed("\x1b]0;owned\x07 \u202egnp [red]x[/red] \x9b2J :smile:"))
    screen.close()
    shown = out.getvalue()
    assert "\x07" not in shown
    assert "\x9b" not in shown
    assert "\u202e" not in shown
    assert "\x1b]" not in shown
    assert "[red]x[/red]" in shown
    assert ":smile:" in shown


class Gone(io.StringIO):
    """A stream whose other end is not there any more."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        raise self.error


@pytest.mark.parametrize(
    "error", [BrokenPipeError(), OSError(errno.EIO, "terminal closed")], ids=repr
)
def test_a_screen_that_is_gone_does_not_end_the_crawl(error: OSError) -> None:
    screen = Lines(PlainConsole(Gone(error)))
    screen.started(RUN, 1)
    screen.settled(record())
    screen.close()
    live = LiveScreen(PlainConsole(Gone(error)))
    live.settled(failed())
    live.close()


def test_the_live_display_has_counts_speed_and_hosts() -> None:
    target, out = console(terminal=True)
    now = [0.0]
    screen = LiveScreen(target, clock=lambda: now[0])
    screen.progress(Progress(queued=20, in_flight=0, tally=Tally(), bytes=0))
    now[0] = 10.0
    hosts = tuple(f"h{n}.example" for n in range(6))
    tally = Tally(record=15, unchanged=3, failed=2)
    screen.progress(Progress(queued=6, in_flight=4, tally=tally, bytes=2_500_000, hosts=hosts))
    target.print(screen.render())
    shown = out.getvalue()
    for text in ("done 18", "failed 2", "queued 10", "2.0 pages/s", "2.5 MB", "ETA 0:00:05"):
        assert text in shown
    assert "h0.example, h1.example, h2.example, h3.example and 2 more" in shown


def test_the_pace_is_of_the_last_minute() -> None:
    pace = Pace()
    assert pace.rate(5) == 0
    pace.note(0, 0)
    pace.note(100, 1000)
    assert pace.rate(100) == 0
    pace.note(110, 1020)
    assert pace.rate(110) == 2


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (7_000_000_000, "7.0 GB")]
)
def test_sizes_for_people(count: int, text: str) -> None:
    assert size(count) == text

"""Records to stdout."""

from __future__ import annotations

import asyncio
import errno
import io
import json
import os
import signal
import threading
from collections.abc import Iterator

import pytest

from scraper.cli.pipe import RecordPipe
from tests.unit.cli.crawled import RUN, failed, record


def test_records_are_lines_and_failures_are_not() -> None:
    out = io.StringIO()
    with RecordPipe(out) as pipe:
        pipe.settled(record("One\x9b"))
        pipe.settled(failed())
        pipe.settled(record("Two"))
    assert [json.loads(line)["title"] for line in out.getvalue().splitlines()] == ["One\x9b", "Two"]
    assert "\x9b" not in out.getvalue()


class Refusing(io.StringIO):
    """An output that takes nothing."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self._error = error

    def flush(self) -> None:
        raise self._error


@pytest.fixture
def caught() -> Iterator[list[int]]:
    """Signals that a crawl of this process would have heard."""
    numbers: list[int] = []
    before = {
        signum: signal.signal(signum, lambda number, _: numbers.append(number))
        for signum in (signal.SIGINT, signal.SIGTERM)
    }
    yield numbers
    for signum, handler in before.items():
        signal.signal(signum, handler)


async def after_a_refusal(pipe: RecordPipe) -> None:
    """In the loop: everything that the thread asked of it has been done."""
    pipe.started(RUN, 1)
    pipe.settled(record())
    await asyncio.to_thread(pipe._thread.join)
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    "error", [BrokenPipeError(errno.EPIPE, "gone"), OSError(errno.ENOSPC, "full")], ids=repr
)
async def test_a_refused_record_stops_the_crawl(error: OSError, caught: list[int]) -> None:
    with RecordPipe(Refusing(error)) as pipe:
        await after_a_refusal(pipe)
    assert pipe.error is error
    assert caught == [signal.SIGINT, signal.SIGTERM]


def test_a_crawl_that_is_over_is_not_stopped(caught: list[int]) -> None:
    async def crawl() -> None:
        pipe.started(RUN, 1)

    error = BrokenPipeError(errno.EPIPE, "gone")
    with RecordPipe(Refusing(error)) as pipe:
        asyncio.run(crawl())
        pipe.settled(record())
    assert pipe.error is error
    assert caught == []


async def test_a_process_that_awaits_no_signal_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[int] = []
    monkeypatch.setattr(signal, "raise_signal", raised.append)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    with RecordPipe(Refusing(BrokenPipeError(errno.EPIPE, "gone"))) as pipe:
        await after_a_refusal(pipe)
    assert pipe.error
    assert raised == []


def test_a_slow_reader_does_not_hold_the_crawl_up() -> None:
    reading, writing = os.pipe()
    long = record("x" * 1_000_000)
    with os.fdopen(writing, "w") as out, RecordPipe(out) as pipe:
        pipe.settled(long)  # more than the pipe holds, and nobody reads yet
        pipe.settled(long)
        with os.fdopen(reading) as source:
            reader = threading.Thread(target=lambda: [source.readline() for _ in range(2)])
            reader.start()
            reader.join(20)
            assert not reader.is_alive()

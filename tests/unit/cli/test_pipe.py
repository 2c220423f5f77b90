"""Records to stdout."""

from __future__ import annotations

import io
import json
import os
import signal
import threading

import pytest

from scraper.cli.pipe import RecordPipe
from tests.unit.cli.crawled import failed, record


def test_records_are_lines_and_failures_are_not() -> None:
    out = io.StringIO()
    with RecordPipe(out) as pipe:
        pipe.settled(record("One\x9b"))
        pipe.settled(failed())
        pipe.settled(record("Two"))
    assert [json.loads(line)["title"] for line in out.getvalue().splitlines()] == ["One\x9b", "Two"]
    assert "\x9b" not in out.getvalue()


def test_a_reader_that_goes_away_stops_the_crawl(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stops: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, signum: stops.append(signum))
    with os.fdopen(writing, "w") as out:
        with RecordPipe(out) as pipe:
            pipe.settled(record())
        assert pipe.broken
        assert stops == [signal.SIGINT, signal.SIGTERM]
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())


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

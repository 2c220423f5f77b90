"""The log of a crawl."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from scraper.cli.log import Log
from scraper.errors import ConnectFailed, UsageError
from tests.unit.cli.crawled import AT, RUN, failed, record, request


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_event_is_one_json_line(tmp_path: Path) -> None:
    path = tmp_path / "crawl.log"
    with Log(path, now=lambda: AT) as log:
        log.started(RUN, 2)
        log.settled(record())
        log.retried(request(), ConnectFailed("a.example", "refused"), 1.5)
        log.settled(failed())
        log.noted("a note")
    written = lines(path)
    assert [line["event"] for line in written] == ["started", "record", "again", "failed", "note"]
    assert written[0] == {
        "at": "2026-03-14T09:26:00.000+00:00", "event": "started", "run": "r1", "queued": 2,
        "resumed": False,
    }  # fmt: skip
    assert written[1]["id"] == "a.example:1"
    assert written[2]["seconds"] == 1.5
    assert written[3]["code"] == "http.404"


def test_a_second_crawl_appends(tmp_path: Path) -> None:
    path = tmp_path / "crawl.log"
    for _ in range(2):
        with Log(path) as log:
            log.noted("once more")
    assert len(lines(path)) == 2


def test_control_characters_are_escaped_even_when_decoded(tmp_path: Path) -> None:
    path = tmp_path / "crawl.log"
    with Log(path) as log:
        log.settled(failed("\x1b[31m\u202e\x9b\u2028\ud800"))
    assert lines(path)[0]["message"] == r"\x1b[31m\u202e\x9b\u2028\ud800"
    assert "\u202e" not in path.read_text(encoding="utf-8")


def test_a_log_that_cannot_be_opened_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--log .*choose another file"):
        Log(tmp_path / "none" / "crawl.log")


def test_a_full_disk_silences_the_log_and_nothing_else() -> None:
    with Log(Path("/dev/full")) as log:
        log.noted("cannot be written")
        log.noted("nor this")
    assert log.error
    assert log.error.errno == errno.ENOSPC

"""Retries are bounded, for transient causes only, and obey a sane Retry-After."""

from datetime import UTC, datetime

import pytest

from scraper.backoff import LONGEST_PAUSE, backoff, pause, retry_after
from scraper.errors import (
    BrowserCrashed,
    ConnectFailed,
    HttpStatus,
    PageError,
    RobotsRefused,
    TlsFailed,
)

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def test_pauses_double_up_to_a_limit() -> None:
    assert [backoff(n) for n in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert backoff(50) == LONGEST_PAUSE


def test_retries_are_counted() -> None:
    error = ConnectFailed("a.example", "refused")
    assert pause(error, 1, 2) == 1
    assert pause(error, 2, 2) == 2
    assert pause(error, 3, 2) is None
    assert pause(error, 1, 0) is None


def test_a_page_that_kills_the_browser_gets_one_more_chance() -> None:
    assert pause(BrowserCrashed("tab"), 1, 5) == 1
    assert pause(BrowserCrashed("tab"), 2, 5) is None
    assert pause(BrowserCrashed("tab"), 1, 0) is None


@pytest.mark.parametrize(
    "error", [HttpStatus(404), HttpStatus(501), RobotsRefused("x"), TlsFailed("a", "expired")]
)
def test_answers_are_not_retried(error: PageError) -> None:
    assert pause(error, 1, 5) is None


def test_retry_after_is_waited_for_unless_absurd() -> None:
    assert pause(HttpStatus(429, 7.0), 1, 2) == 7
    assert pause(HttpStatus(503, 0.2), 1, 2) == 1
    assert pause(HttpStatus(503, 86_400.0), 1, 2) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("12", 12),
        (" 3 ", 3),
        ("Mon, 04 May 2026 12:01:30 GMT", 90),
        ("Mon, 04 May 2026 11:00:00 GMT", 0),
        ("Mon, 04 May 2026 12:00:10 -0000", 10),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("²", None),
    ],
)
def test_retry_after_as_number_or_date(value: str, seconds: float | None) -> None:
    assert retry_after((("retry-after", value),), NOW) == seconds


def test_no_header() -> None:
    assert retry_after((), NOW) is None

"""When a failed request is tried again, and how long to wait before."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scraper.errors import BrowserCrashed, HttpStatus, PageError
from scraper.snapshot import Headers, header

FIRST_PAUSE = 1.0
"""Seconds before the first further try; doubled for each one after it."""
LONGEST_PAUSE = 60.0
LONGEST_RETRY_AFTER = 300.0
"""Seconds; a server that asks for more is believed, and the failure recorded instead of slept."""


_MAY_PASS = {
    *("dns", "connect", "timeout", "host.unreachable", "body.incomplete", "browser.crashed"),
    "verdict.blocked",
}


def may_pass(code: str) -> bool:
    """Whether a failure with this code may be none, some time later."""
    family, _, status = code.partition(".")
    return code in _MAY_PASS or (family == "http" and HttpStatus(int(status)).retryable)


def backoff(attempts: int) -> float:
    """Seconds to wait after `attempts` failed tries (1 or more)."""
    return float(min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE))


def pause(error: PageError, attempts: int, retries: int) -> float | None:
    """Seconds until the next try after `attempts` failed ones; None when there is to be none.  A
    page that the browser died on gets one more chance."""
    most = min(retries, 1) if isinstance(error, BrowserCrashed) else retries
    if not error.retryable or attempts > most:
        return None
    asked = error.retry_after if isinstance(error, HttpStatus) else None
    if asked is not None and asked > LONGEST_RETRY_AFTER:
        return None
    return max(backoff(attempts), asked or 0.0)


def retry_after(headers: Headers, now: datetime) -> float | None:
    """The Retry-After header in seconds from `now` (a number or a date: RFC 9110, 10.2.3); None
    when it is absent or cannot be read."""
    value = (header(headers, "Retry-After") or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)

"""Moments as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scraper.selection import parse_moment

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01T00:00:00", "2026-12-31T23:59:59.999999"),
        ("2026-12", "2026-12-01T00:00:00", "2026-12-31T23:59:59.999999"),
        ("2026-02-28", "2026-02-28T00:00:00", "2026-02-28T23:59:59.999999"),
        ("2026-03-14T09:26", "2026-03-14T09:26:00", "2026-03-14T09:26:00.999999"),
        ("2026-03-14T09:26+08:00", "2026-03-14T01:26:00", "2026-03-14T01:26:00.999999"),
    ],
)
def test_the_first_and_the_last_instant(text: str, first: str, last: str) -> None:
    assert parse_moment(text, now=NOW) == datetime.fromisoformat(f"{first}+00:00")
    assert parse_moment(text, now=NOW, last=True) == datetime.fromisoformat(f"{last}+00:00")


def test_an_age_is_before_now() -> None:
    assert parse_moment("36h", now=NOW) == NOW - timedelta(hours=36)
    assert parse_moment("2w", now=NOW, last=True) == NOW - timedelta(weeks=2)


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-2", "2026-02-30", "0000", "9999", "999999w", "7"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no date|too long ago"):
        parse_moment(text, now=NOW)

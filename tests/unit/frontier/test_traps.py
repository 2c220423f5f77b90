"""Addresses that a site makes without end."""

from __future__ import annotations

from datetime import date

import pytest

from scraper.frontier.traps import MOST_COMBINATIONS, MOST_DAYS, MOST_QUERIES, Traps

TRAPS = Traps(date(2026, 5, 4))
SITE = "https://news.example"


def found(path: str) -> dict[str, int]:
    return {one.name: one.most for one in TRAPS.allowances(SITE + path)}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/0/968/171.htm",
        "/2026/05/04/a-day-in-may",
        "/1945/05/08/peace",
        "/events/harbour-fair-2031",
        "/a/b/a/b/c",
        "/tag/2001-a-space-odyssey",
    ],
)
def test_ordinary_addresses_use_nothing_up(path: str) -> None:
    assert found(path) == {}


@pytest.mark.parametrize(
    ("path", "limits"),
    [
        ("/news/news/news/news/x", {"trap.path": 0}),
        ("/" + "/".join(map(str, range(21))), {"trap.path": 0}),
        ("/" + "a" * 2000, {"trap.length": 0}),
        ("/list?page=7", {"trap.query": MOST_QUERIES[1]}),
        ("/list?page=7&sort=up", {"trap.query": MOST_QUERIES[2]}),
        ("/shop?size=1&colour=red&sort=up", {"trap.query": MOST_COMBINATIONS}),
        ("/calendar/2026/05", {"trap.calendar": MOST_DAYS}),
        ("/events/day/2026-05-04", {"trap.calendar": MOST_DAYS}),
        ("/calendar/2031/05", {"trap.calendar": 0}),
        ("/calendar/18700112", {"trap.calendar": 0}),
        ("/agenda?month=2042-01", {"trap.query": MOST_QUERIES[1], "trap.calendar": 0}),
    ],
)
def test_a_trap_is_known_by_its_form(path: str, limits: dict[str, int]) -> None:
    assert found(path) == limits


def test_the_days_of_one_calendar_share_what_they_are_allowed() -> None:
    keys = {
        one.key
        for path in ("/calendar/2026/05", "/calendar/2025/11", "/calendar/1999/1")
        for one in TRAPS.allowances(SITE + path)
    }
    assert len(keys) == 1
    (other,) = TRAPS.allowances(SITE + "/calendar/hall-b/2026/05")
    assert other.key not in keys

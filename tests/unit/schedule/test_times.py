"""When a schedule is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from scraper.errors import UsageError
from scraper.schedule.times import Times, offset

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = datetime(2026, 3, 29, tzinfo=BERLIN)
"""At 2:00 it becomes 3:00."""
AUTUMN = datetime(2026, 10, 25, tzinfo=BERLIN)
"""At 3:00 it becomes 2:00."""


def day(cron: str, start: datetime) -> list[str]:
    """What comes within a day and an hour of elapsed time, as clocks there show it."""
    times = Times.of(cron, "Europe/Berlin")
    first = start.astimezone(UTC)
    dues = times.between(first, first + timedelta(hours=25))
    return [f"{due.astimezone(BERLIN):%d %H:%M %Z}" for due in dues]


def test_a_time_that_the_spring_leaves_out_comes_when_the_clocks_have_changed() -> None:
    assert day("30 2 * * *", SPRING) == ["29 03:00 CEST"]


def test_a_time_that_the_autumn_repeats_comes_once() -> None:
    assert day("30 2 * * *", AUTUMN) == ["25 02:30 CEST"]


def test_what_runs_within_the_hour_goes_on_through_both() -> None:
    assert day("*/30 1-3 * * *", SPRING)[:4] == [
        "29 01:00 CET", "29 01:30 CET", "29 03:00 CEST", "29 03:30 CEST",
    ]  # fmt: skip
    assert day("*/30 2 * * *", AUTUMN) == [
        "25 02:00 CEST", "25 02:30 CEST", "25 02:00 CET", "25 02:30 CET",
    ]  # fmt: skip


@pytest.mark.parametrize("cron", ["30 2 * * *", "15,45 2 * * *", "0 * * * *", "*/20 2 * * *"])
def test_moments_follow_each_other_wherever_one_begins(cron: str) -> None:
    """Also in the middle of the hour that comes twice."""
    times = Times.of(cron, "Europe/Berlin")
    moment = AUTUMN.astimezone(UTC)
    known = list(times.between(moment, moment + timedelta(days=3)))
    for minute in range(0, 5 * 60, 7):
        start = moment + timedelta(minutes=minute)
        assert times.after(start) == next(due for due in known if due > start)


def test_the_latest_is_the_last_of_all() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for cron in ("0 * * * *", "20 6 * * 1-5", "0 0 1 * *", "0 0 29 2 *"):
        times = Times.of(cron, "Europe/Berlin")
        for hours in (1, 30, 24 * 70, 24 * 1000):
            end = start + timedelta(hours=hours)
            everything = list(times.between(start, end))
            assert times.latest(start, end) == (everything[-1] if everything else None)


def test_words_stand_for_fields() -> None:
    assert Times.of("@daily", "UTC").cron == "0 0 * * *"
    start = datetime(2026, 1, 1, tzinfo=UTC)
    weekly = islice(Times.of("@weekly", "UTC").between(start, datetime.max.replace(tzinfo=UTC)), 2)
    assert [f"{due:%a %d}" for due in weekly] == ["Sun 04", "Sun 11"]


@pytest.mark.parametrize(
    ("cron", "zone", "said"),
    [
        ("61 * * * *", "UTC", "the minute is not as cron has it"),
        ("* * * *", "UTC", "has not the five fields of cron"),
        ("0 0 * * * *", "UTC", "has not the five fields of cron"),
        ("0 0 31 2 *", "UTC", "day-of-month"),
        ("0 0 * * *", "Europe/Atlantis", "no time zone 'Europe/Atlantis'"),
        ("0 0 * * *", "../../etc/passwd", "no time zone"),
    ],
)
def test_what_is_no_time_is_refused(cron: str, zone: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Times.of(cron, zone)


def test_the_machines_own_zone_is_the_default() -> None:
    assert Times.of("0 0 * * *", None).zone.key


def test_the_offset_is_the_names_own_and_within_the_jitter() -> None:
    names = [f"news{number}" for number in range(50)]
    offsets = [offset(name, 600) for name in names]
    assert offsets == [offset(name, 600) for name in names]
    assert len(set(offsets)) > 40
    assert all(timedelta(0) <= one <= timedelta(seconds=600) for one in offsets)
    assert {offset(name, 0) for name in names} == {timedelta(0)}

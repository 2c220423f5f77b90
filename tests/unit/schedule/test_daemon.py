"""What the due-loop decides, on a machine whose clock is set by hand."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scraper.schedule.times import Times
from tests.unit.schedule.world import NOON, World, a_schedule

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def world(tmp_path: Path, **changes: Any) -> World:
    return World(tmp_path / "schedules.sqlite", a_schedule(**changes))


def test_a_run_starts_when_it_is_due_and_its_end_is_noted(tmp_path: Path) -> None:
    it = world(tmp_path)
    it.turn()
    assert not it.crawls
    it.at(NOON)
    [crawl] = it.going_on()
    crawl.end()
    it.turn()
    [ended] = it.book.over("news")
    assert (ended.due, ended.exit_code, ended.problem) == (NOON, 0, None)
    assert (ended.tally, ended.attempts) == ({"record": 1}, 1)
    assert it.book.schedule("news").next_due == NOON + HOUR


def test_the_next_time_is_committed_before_the_run_starts(tmp_path: Path) -> None:
    it = world(tmp_path)
    it.kill_at = 3  # planning, planned, started: then the process would have been made
    it.at(NOON)
    assert it.crawls == []
    assert it.book.schedule("news").next_due == NOON + HOUR
    it.turn()
    assert len(it.crawls) == 1


def test_jitter_moves_the_start_and_not_the_time(tmp_path: Path) -> None:
    it = world(tmp_path, jitter=1800)
    start = it.book.schedule("news").next_start
    assert NOON < start < NOON + HOUR
    it.at(start - timedelta(seconds=1))
    assert not it.crawls
    it.at(start)
    assert it.crawls[0].occasion.due == NOON
    assert it.book.schedule("news").next_due == NOON + HOUR


@pytest.mark.parametrize(
    ("catch_up", "made", "skipped"),
    [("one", [4], []), ("none", [], [4]), ("all", [0, 1, 2, 3, 4], [])],
)
def test_missed_times(tmp_path: Path, catch_up: str, made: list[int], skipped: list[int]) -> None:
    it = world(tmp_path, catch_up=catch_up)
    it.at(NOON + 4 * HOUR + 30 * MINUTE)
    it.end_all()
    assert it.dues("news") == [NOON + hours * HOUR for hours in made]
    assert it.dues("news", "skipped") == [NOON + hours * HOUR for hours in skipped]
    assert it.book.schedule("news").next_due == NOON + 5 * HOUR


def test_many_missed_times_are_all_made_in_their_order(tmp_path: Path) -> None:
    it = world(tmp_path, catch_up="all", overlap="queue")
    it.at(NOON + 50 * DAY)
    for _ in range(2):
        it.turn()
    assert len(it.book.open()) == 50 * 24 + 1
    dues = [occasion.due for occasion in it.book.open()]
    assert dues == sorted(dues)


@pytest.mark.parametrize("overlap", ["skip", "queue"])
def test_a_time_that_comes_while_the_run_before_goes_on(tmp_path: Path, overlap: str) -> None:
    it = world(tmp_path, overlap=overlap)
    it.at(NOON)
    it.at(NOON + HOUR)
    it.at(NOON + 2 * HOUR)
    assert len(it.going_on()) == 1
    it.end_all()
    passed = [NOON + HOUR, NOON + 2 * HOUR]
    assert it.dues("news") == ([NOON] if overlap == "skip" else [NOON, *passed])
    assert it.dues("news", "skipped") == (passed if overlap == "skip" else [])


def test_a_sleep_of_the_machine_is_caught_up_once(tmp_path: Path) -> None:
    """The run that was going on when it fell asleep goes on."""
    it = world(tmp_path)
    it.at(NOON)
    it.at(NOON + 10 * HOUR + MINUTE * 5)
    it.at(NOON + 10 * HOUR + MINUTE * 6)
    it.end_all()
    assert it.dues("news") == [NOON, NOON + 10 * HOUR]


def test_a_clock_that_is_set_back_a_little_repeats_nothing(tmp_path: Path) -> None:
    it = world(tmp_path)
    it.at(NOON)
    it.end_all()
    it.wall -= 5 * MINUTE
    it.turn()
    it.at(NOON)
    it.at(NOON + 59 * MINUTE)
    it.end_all()
    assert it.dues("news") == [NOON]
    it.at(NOON + HOUR)
    it.end_all()
    assert it.dues("news") == [NOON, NOON + HOUR]


@pytest.mark.parametrize("days", [30, -30])
def test_a_clock_that_was_wrong_is_believed_once_it_is_right(tmp_path: Path, days: int) -> None:
    """Nothing was missed, and nothing waits for the wrong date to come."""
    it = world(tmp_path, catch_up="all")
    it.at(NOON)
    it.end_all()
    it.wall += days * DAY + 10 * MINUTE
    it.turn()
    assert not it.book.open()
    later = NOON + days * DAY + HOUR
    it.at(later)
    it.end_all()
    assert sorted(it.dues("news")) == sorted([NOON, later])


def test_a_clock_that_was_set_back_between_two_daemons(tmp_path: Path) -> None:
    it = world(tmp_path)
    it.at(NOON)
    it.end_all()
    it.kill()
    it.wall -= 30 * DAY
    it.turn()
    it.at(NOON - 30 * DAY + HOUR)
    assert len(it.going_on()) == 1


def test_a_job_that_fails_holds_up_no_other(tmp_path: Path) -> None:
    it = World(tmp_path / "book", a_schedule("bad"), a_schedule("good"))
    it.at(NOON)
    for crawl in it.going_on():
        crawl.end(70 if crawl.occasion.schedule == "bad" else 0)
    it.turn()
    [bad], [good] = it.book.over("bad"), it.book.over("good")
    assert (bad.exit_code, bad.problem) == (70, "it said why")
    assert (good.exit_code, good.problem) == (0, None)
    it.at(NOON + HOUR)
    assert len(it.going_on()) == 2


def test_a_crawl_that_was_killed_says_by_what(tmp_path: Path) -> None:
    it = world(tmp_path)
    it.at(NOON)
    it.crawls[0].end(128 + signal.SIGKILL)
    it.turn()
    assert it.book.over("news")[0].problem == "it was ended by SIGKILL"


def test_a_process_that_cannot_be_made_is_an_error_of_its_run(tmp_path: Path) -> None:
    it = world(tmp_path)
    it.refused = OSError(11, "Resource temporarily unavailable")
    it.at(NOON)
    [ended] = it.book.over("news")
    assert ended.exit_code == 3
    assert "Resource temporarily unavailable" in (ended.problem or "")
    it.refused = None
    it.at(NOON + HOUR)
    assert len(it.going_on()) == 1


@pytest.mark.parametrize("overlap", ["skip", "queue"])
def test_a_collection_that_another_process_holds(tmp_path: Path, overlap: str) -> None:
    it = world(tmp_path, overlap=overlap)
    it.at(NOON)
    it.crawls[0].end(6)
    it.turn()
    it.at(NOON + timedelta(seconds=29))
    assert not it.going_on()
    it.at(NOON + timedelta(seconds=31))
    it.end_all()
    assert it.dues("news") == ([NOON] if overlap == "queue" else [])
    assert it.dues("news", "skipped") == ([] if overlap == "queue" else [NOON])


def test_those_behind_a_run_that_waits_wait_too(tmp_path: Path) -> None:
    it = world(tmp_path, overlap="queue")
    it.at(NOON)
    it.at(NOON + HOUR)
    it.crawls[0].end(6)
    it.turn()
    assert not it.going_on()
    it.at(NOON + HOUR + MINUTE)
    assert [crawl.occasion.due for crawl in it.going_on()] == [NOON]


def test_no_more_crawls_at_once_than_asked_for(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(5)]
    it = World(tmp_path / "book", *map(a_schedule, names), at_once=2)
    it.at(NOON)
    assert len(it.going_on()) == 2
    it.end_all()
    assert sorted(one.partition("@")[0] for one in it.crawled) == names


def test_a_stop_is_passed_on_and_waited_for(tmp_path: Path) -> None:
    it = world(tmp_path)
    it.at(NOON)
    [crawl] = it.crawls
    it.daemon.stop(signal.SIGTERM)
    it.turn()
    assert crawl.signals == [signal.SIGTERM]
    assert not it.daemon.over
    it.daemon.stop(signal.SIGTERM)
    assert crawl.signals == [signal.SIGTERM] * 2
    crawl.end(143)
    it.at(NOON + HOUR)
    assert it.daemon.over
    assert len(it.crawls) == 1


def test_what_a_stop_interrupted_goes_on_with_the_next_daemon(tmp_path: Path) -> None:
    it = world(tmp_path)
    it.at(NOON)
    it.daemon.stop(signal.SIGTERM)
    it.crawls[0].end(143)
    it.turn()
    it.kill()
    it.at(NOON + MINUTE)
    assert it.crawls[1].occasion.id == it.crawls[0].occasion.id
    it.end_all()
    [ended] = it.book.over("news")
    assert (ended.due, ended.attempts, ended.exit_code) == (NOON, 2, 0)


def test_a_crawl_that_outlived_its_daemon_is_left_alone_until_it_ends(tmp_path: Path) -> None:
    it = world(tmp_path)
    it.at(NOON)
    it.kill()
    it.at(NOON + MINUTE)
    assert len(it.crawls) == 1
    it.crawls[0].end()
    it.turn()
    it.end_all()
    assert it.crawled == [it.crawls[0].occasion.id]
    assert it.dues("news") == [NOON]


def test_a_stop_reaches_a_crawl_that_outlived_its_daemon(tmp_path: Path) -> None:
    it = world(tmp_path)
    it.at(NOON)
    it.kill()
    it.turn()
    it.daemon.stop(signal.SIGTERM)
    assert it.interrupted == [(it.crawls[0].pid, signal.SIGTERM)]
    it.turn()
    assert not it.daemon.over
    it.crawls[0].end(143)
    it.turn()
    assert it.daemon.over


def test_a_schedule_may_go_while_it_runs(tmp_path: Path) -> None:
    it = world(tmp_path)
    it.at(NOON)
    it.book.remove("news")
    it.crawls[0].end()
    it.turn()
    assert it.book.schedules() == []
    assert it.book.open() == []


def test_how_long_there_is_nothing_to_do(tmp_path: Path) -> None:
    it = world(tmp_path)
    assert it.daemon.turn() == 10
    it.wall = NOON - timedelta(seconds=4)
    assert it.daemon.turn() == 4
    it.at(NOON)
    assert it.daemon.turn() == 10
    it.kill()
    assert it.daemon.turn() == 1, "the end of an orphan wakes nobody"


@pytest.mark.parametrize(
    ("cron", "day", "expected"),
    [
        ("30 2 * * *", "2026-03-29", ["03:00 CEST"]),
        ("30 2 * * *", "2026-10-25", ["02:30 CEST"]),
        ("0 2-3 * * *", "2026-03-29", ["03:00 CEST"]),
        ("*/30 2 * * *", "2026-10-25", ["02:00 CEST", "02:30 CEST", "02:00 CET", "02:30 CET"]),
    ],
)
def test_a_night_in_which_the_clocks_change(
    tmp_path: Path, cron: str, day: str, expected: list[str]
) -> None:
    """Looked at every ten minutes, and with a kill each hour."""
    berlin = ZoneInfo("Europe/Berlin")
    midnight = datetime.fromisoformat(day).replace(tzinfo=berlin).astimezone(UTC)
    times = Times.of(cron, "Europe/Berlin")
    it = world(tmp_path, times=times, next_due=times.after(midnight), planned_at=midnight)
    it.wall = midnight
    for step in range(8 * 6):
        it.at(midnight + step * 10 * MINUTE)
        it.end_all()
        if step % 6 == 3:
            it.kill()
    made = [due.astimezone(berlin) for due in it.dues("news")]
    assert [f"{due:%H:%M %Z}" for due in made] == expected

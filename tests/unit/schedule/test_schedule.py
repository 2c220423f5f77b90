"""What may be repeated, how it is kept, and how it is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from scraper.errors import ScheduleBusy, UsageError
from scraper.schedule.book import Book
from scraper.schedule.directory import Directory, Hold
from scraper.schedule.health import FRESH, HealthFile, state_of
from scraper.schedule.schedule import Schedule, command, make_schedule
from tests.unit.schedule.world import NOON, World, a_schedule


def job_file(directory: Path, text: str = 'urls: ["https://news.example/"]\n') -> Path:
    path = directory / "job.yaml"
    path.write_text(text)
    return path


def made(tmp_path: Path, **changes: Any) -> Schedule:
    usual = {"cron": "0 * * * *", "zone": "UTC", "directory": tmp_path, "now": NOON}
    given: dict[str, Any] = usual | changes
    job = given.pop("job", None) or job_file(tmp_path)
    return make_schedule(given.pop("name", "news"), job, given.pop("cron"), **given)


def test_a_schedule_begins_with_the_next_time(tmp_path: Path) -> None:
    assert made(tmp_path, now=NOON + timedelta(minutes=5)).next_due == NOON + timedelta(hours=1)
    assert made(tmp_path, now=NOON).next_due == NOON
    late = made(tmp_path, now=NOON + timedelta(seconds=1), jitter=3600, name="late")
    assert late.next_start > NOON + timedelta(seconds=1)
    assert late.next_due == NOON


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "../x"}, "no name for a schedule"),
        ({"name": "a b"}, "no name for a schedule"),
        ({"catch_up": "some"}, "--catch-up some: there are one, none, all"),
        ({"overlap": "kill"}, "--overlap kill: there are skip, queue"),
        ({"jitter": -1}, "--jitter -1"),
        ({"jitter": 86_401}, "--jitter 86401"),
        ({"job": Path("/nowhere/job.yaml")}, "cannot read the job file"),
    ],
)
def test_what_cannot_be_repeated_is_refused(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        made(tmp_path, **changes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("output: out\n", "names nothing to crawl"),
        ("from: '-'\n", "name a file"),
        ('urls: ["https://news.example/"]\noutput: "-"\n', "keeps nothing"),
        ("urls: [\n", "job.yaml:"),
    ],
)
def test_a_job_must_run_by_itself(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        made(tmp_path, job=job_file(tmp_path, text))


@pytest.mark.parametrize(
    ("more", "full"), [("", True), ("archive: page\n", False), ("render: http\n", False)]
)
def test_everything_is_kept_unless_the_job_says_otherwise(
    tmp_path: Path, more: str, full: bool
) -> None:
    job = job_file(tmp_path, f'urls: ["https://news.example/"]\n{more}')
    arguments = command(made(tmp_path, job=job), "news@1")
    assert arguments[:6] == ["crawl", "--job", str(job), "--continue", "--once", "news@1"]
    assert arguments[6:] == (["--archive", "full"] if full else [])


def test_a_book_gives_back_what_was_put_into_it(tmp_path: Path) -> None:
    book = Book(tmp_path / "schedules.sqlite")
    schedule = made(tmp_path, catch_up="all", overlap="queue", jitter=60)
    book.put(schedule)
    other = Book(tmp_path / "schedules.sqlite")
    assert other.schedules() == [schedule]
    with pytest.raises(UsageError, match="there is no schedule 'old'; there are: news"):
        other.schedule("old")
    changed = made(tmp_path, cron="@daily")
    other.put(changed)
    assert book.schedule("news") == changed
    other.remove("news")
    assert book.schedules() == []


def test_a_schedule_that_was_changed_meanwhile_is_not_moved_on(tmp_path: Path) -> None:
    book = Book(tmp_path / "schedules.sqlite")
    before, after = made(tmp_path), made(tmp_path, cron="@daily")
    book.put(before)
    book.put(after)
    assert not book.plan(before, NOON + timedelta(hours=1), NOON)
    assert book.schedule("news") == after
    assert book.plan(after, NOON + timedelta(days=1), NOON)


def test_another_file_is_no_book(tmp_path: Path) -> None:
    path = tmp_path / "schedules.sqlite"
    Book(path)._db.execute("PRAGMA user_version = 99")
    with pytest.raises(UsageError, match="holds no schedules of this version"):
        Book(path)


def test_old_history_goes_and_what_is_open_stays(tmp_path: Path) -> None:
    world = World(tmp_path / "book", a_schedule(catch_up="all", overlap="queue"))
    world.at(NOON + timedelta(hours=250))
    world.end_all()
    assert len(world.book.over("news")) == 200
    assert len(world.crawled) == 251


def test_a_lock_lasts_as_long_as_anybody_holds_it(tmp_path: Path) -> None:
    directory = Directory(tmp_path)
    assert directory.daemon() is None
    with directory.hold_daemon():
        assert (directory.daemon() or "").startswith("process ")
        with pytest.raises(ScheduleBusy, match="the daemon of these schedules is running already"):
            directory.hold_daemon()
    assert directory.daemon() is None
    with directory.hold_daemon():
        assert Hold.take(tmp_path / "daemon.lock") is None


def test_the_usual_directory_is_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/somewhere/state")
    assert Directory.usual().path == Path("/somewhere/state/headless-scraper")
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/reader")
    assert Directory.usual().path == Path("/home/reader/.local/state/headless-scraper")


def test_the_state_of_a_schedule(tmp_path: Path) -> None:
    world = World(tmp_path / "book", a_schedule())
    state = state_of(world.book, world.book.schedule("news"))
    assert (state["next_run"], state["last_run"]) == ("2026-05-04T12:00:00+00:00", None)
    world.at(NOON)
    running = state_of(world.book, world.book.schedule("news"))["running"]
    assert running["started_at"] == "2026-05-04T12:00:00+00:00"
    world.going_on()[0].end(3)
    world.at(NOON + timedelta(minutes=1))
    world.at(NOON + timedelta(hours=1))
    world.end_all()
    state = state_of(world.book, world.book.schedule("news"))
    assert (state["running"], state["waiting"]) == (None, 0)
    assert state["last_run"]["exit_code"] == 0
    assert state["last_run"]["tally"] == {"record": 1}
    assert (state["last_error"]["exit_code"], state["last_error"]["problem"]) == (3, "it said why")
    assert state["next_run"] == "2026-05-04T14:00:00+00:00"


def test_the_health_file_is_written_when_something_changed_or_it_grows_old(tmp_path: Path) -> None:
    world = World(tmp_path / "book", a_schedule())
    directory = Directory(tmp_path)
    health = HealthFile(directory, world.book, NOON)

    def written(passed: float) -> str | None:
        directory.health.unlink(missing_ok=True)
        health.write(world.wall, passed)
        return directory.health.read_text() if directory.health.exists() else None

    first = orjson.loads(written(0) or "")
    assert first["schedules"] == [state_of(world.book, world.book.schedule("news"))]
    assert first["daemon"]["at"] == world.wall.isoformat()
    assert written(FRESH - 1) is None
    world.at(NOON)
    assert '"running": {' in (written(FRESH - 1) or "")
    assert written(2 * FRESH - 2) is None
    assert written(2 * FRESH)

"""A schedule in the words of systemd and cron."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scraper.errors import UsageError
from scraper.schedule import unit
from scraper.schedule.directory import Directory
from scraper.schedule.schedule import Schedule
from scraper.schedule.times import Times
from tests.unit.schedule.world import a_schedule

DIRECTORY = Directory(Path("/var/my schedules"))


def at(cron: str, zone: str = "Europe/Berlin", **changes: Any) -> Schedule:
    return a_schedule(times=Times.of(cron, zone), directory=Path("/srv/100% news"), **changes)


@pytest.mark.parametrize(
    ("cron", "calendar"),
    [
        ("20 6 * * 1-5", ["Mon,Tue,Wed,Thu,Fri *-*-* 06:20:00"]),
        ("*/15 * * * *", ["*-*-* *:00,15,30,45:00"]),
        ("0 0 1,15 * *", ["*-*-01,15 00:00:00"]),
        ("0 0 L 2 *", ["*-02~01 00:00:00"]),
        ("30 4 1 * 5", ["*-*-01 04:30:00", "Fri *-*-* 04:30:00"]),
        ("0 0 */10 * 0", ["Sun *-*-01,11,21,31 00:00:00"]),
        ("0 9 * JAN 1#2", ["Mon *-01-08..14 09:00:00"]),
        ("0 9 * * 5L", ["Fri *-*~07/1 09:00:00"]),
    ],
)
def test_crons_times_as_systemd_says_them(cron: str, calendar: list[str]) -> None:
    """Each was compared with what `systemd-analyze calendar` makes of it."""
    assert unit.on_calendar(at(cron)) == calendar


@pytest.mark.parametrize("cron", ["0 0 LW * *", "0 0 */2 * 1#1"])
def test_what_systemd_cannot_say_is_refused(cron: str) -> None:
    with pytest.raises(UsageError, match="systemd has no word for"):
        unit.systemd(at(cron), DIRECTORY)


def test_a_timer_and_its_service() -> None:
    text = unit.systemd(at("20 6 * * *", jitter=300, catch_up="one"), DIRECTORY).splitlines()
    assert "OnCalendar=*-*-* 06:20:00 Europe/Berlin" in text
    assert {"Persistent=true", "RandomizedDelaySec=300", "FixedRandomDelay=true"} <= set(text)
    assert "WorkingDirectory=/srv/100%% news" in text
    [start] = [line for line in text if line.startswith("ExecStart=")]
    assert start.endswith('-m scraper schedule run news --schedules "/var/my schedules"')
    plain = unit.systemd(at("20 6 * * *", catch_up="none"), DIRECTORY)
    assert "Persistent=false" in plain
    assert "RandomizedDelaySec" not in plain


def test_a_line_of_a_crontab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unit, "get_localzone_name", lambda: "Europe/Berlin")
    [line] = unit.crontab(at("20 6 * * 1-5"), DIRECTORY).splitlines()
    assert line.startswith("20 6 * * 1-5  cd '/srv/100\\% news' && ")
    assert line.endswith("-m scraper schedule run news --schedules '/var/my schedules'")
    *notes, zone, line = unit.crontab(at("20 6 * * 1-5", "Asia/Tokyo"), DIRECTORY).splitlines()
    assert zone == "CRON_TZ=Asia/Tokyo"
    assert all(note.startswith("# ") for note in notes)
    assert line.startswith("20 6 * * 1-5  cd ")


def test_the_daemon_as_a_service() -> None:
    text = unit.systemd_daemon(DIRECTORY)
    assert 'schedule daemon --schedules "/var/my schedules"' in text
    assert "KillMode=mixed" in text

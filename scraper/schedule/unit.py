"""A schedule in the words of other schedulers: a systemd timer with its service, or a line of a
crontab.  And the daemon as a systemd service."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from cronsim import CronSim
from tzlocal import get_localzone_name

from scraper.errors import UsageError
from scraper.schedule.directory import Directory
from scraper.schedule.schedule import Schedule

_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_UTC = {"UTC", "Etc/UTC"}
_PERCENT = r"\%"
"""A bare one ends the command in a crontab."""
_SAFE = re.compile(r"[A-Za-z0-9_./@:=,+-]+\Z")


def crontab(schedule: Schedule, directory: Directory) -> str:
    """One line, and what to know of it.  cron itself makes up for nothing that was missed."""
    where = shlex.quote(str(schedule.directory))
    run = f"cd {where} && {shlex.join(_run(schedule.name, directory))}"
    line = f"{schedule.times.cron}  {run.replace('%', _PERCENT)}"
    zone = schedule.times.zone.key
    here = get_localzone_name()
    if zone == here or {zone, here} <= _UTC:
        return f"{line}\n"
    return (
        f"# Times are of {zone}. Not every cron knows CRON_TZ: Debian's own takes the machine's\n"
        "# zone, and a systemd timer is better there.\n"
        f"CRON_TZ={zone}\n{line}\n"
    )


def systemd(schedule: Schedule, directory: Directory) -> str:
    """A timer and the service that it starts.  Raises UsageError for times that systemd cannot
    say."""
    name = f"scraper-{schedule.name}"
    calendar = [f"OnCalendar={text} {schedule.times.zone.key}" for text in on_calendar(schedule)]
    jitter = [f"RandomizedDelaySec={schedule.jitter}", "FixedRandomDelay=true"]
    timer = [
        f"# {name}.timer",
        "[Unit]",
        f"Description=When {schedule.name} is crawled",
        "",
        "[Timer]",
        *calendar,
        "AccuracySec=1s",
        *(jitter if schedule.jitter else []),
        f"Persistent={'false' if schedule.catch_up == 'none' else 'true'}",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    service = [
        f"# {name}.service",
        "[Unit]",
        f"Description=Crawl {schedule.name}",
        "Wants=network-online.target",
        "After=network-online.target",
        "",
        "[Service]",
        "Type=oneshot",
        f"WorkingDirectory={str(schedule.directory).replace('%', '%%')}",
        f"ExecStart={_exec(_run(schedule.name, directory))}",
        "# Some pages failed: no reason for systemd to call the whole run failed.",
        "SuccessExitStatus=1",
        "KillMode=mixed",
        "TimeoutStopSec=10min",
    ]
    files = f"~/.config/systemd/user/{name}.timer and {name}.service"
    head = [
        f"# Two files, {files}; then: systemctl --user enable --now {name}.timer",
        "# (with `loginctl enable-linger` it runs while nobody is logged in)",
    ]
    return "\n".join([*head, "", *timer, "", *service]) + "\n"


def systemd_daemon(directory: Directory) -> str:
    """The service that runs all schedules."""
    program = [*_program(), "schedule", "daemon", "--schedules", str(directory.path)]
    service = [
        "# ~/.config/systemd/user/scraper-schedules.service; then:",
        "# systemctl --user enable --now scraper-schedules.service",
        "[Unit]",
        "Description=Crawls by schedule",
        "Wants=network-online.target",
        "After=network-online.target",
        "",
        "[Service]",
        f"ExecStart={_exec(program)}",
        "Restart=on-failure",
        "RestartSec=10",
        "# Only the daemon is asked to stop; it asks its crawls.",
        "KillMode=mixed",
        "TimeoutStopSec=10min",
        "",
        "[Install]",
        "WantedBy=default.target",
    ]
    return "\n".join(service) + "\n"


def on_calendar(schedule: Schedule) -> list[str]:
    """Cron's fields as systemd.time(7) has them.  Raises UsageError for the last working day of a
    month, which systemd does not know."""
    cron = CronSim(schedule.times.cron, datetime(2024, 1, 1, tzinfo=UTC))
    if CronSim.LAST_WEEKDAY in cron.days:
        raise UsageError(
            f"systemd has no word for the LW of {schedule.times.cron!r}: "
            "use the daemon, or --crontab where your cron knows it"
        )
    clock = f"{_listed(cron.hours, range(24))}:{_listed(cron.minutes, range(60))}:00"
    months = _listed(cron.months, range(1, 13))
    days = _days(cron.days, months)
    every_day = set(range(1, 32)) <= cron.days
    every_weekday = set(range(8)) <= cron.weekdays
    plain = {day for day in cron.weekdays if isinstance(day, int)}
    weekdays = ",".join(dict.fromkeys(_DAYS[day] for day in sorted(plain, key=lambda d: d or 7)))
    special = [
        f"{_DAYS[day[0]]} *-{months}{_week(day[1])}"
        for day in sorted(one for one in cron.weekdays if isinstance(one, tuple))
    ]
    if special and not every_day and cron.day_and:
        raise UsageError(
            f"systemd has no word for {schedule.times.cron!r}: use the daemon, or --crontab"
        )
    by_day = [f"*-{day}" for day in days]
    by_weekday = [*([f"{weekdays} *-{months}-*"] if weekdays else []), *special]
    if every_weekday:
        dates = by_day
    elif every_day:
        dates = by_weekday
    elif cron.day_and:
        dates = [f"{weekdays} {date}" for date in by_day]
    else:
        dates = [*by_day, *by_weekday]
    return [f"{date} {clock}" for date in dates]


def _days(days: Iterable[int], months: str) -> list[str]:
    numbers = {day for day in days if day > 0}
    found = [f"{months}-{_listed(numbers, range(1, 32))}"] if numbers else []
    return [*found, f"{months}~01"] if CronSim.LAST in days else found


def _week(nth: int) -> str:
    """The days of a month among which its nth, or its last, day of the week is."""
    if nth == CronSim.LAST:
        return "~07/1"
    return f"-{7 * nth - 6:02}..{min(7 * nth, 31):02}"


def _listed(numbers: Iterable[int], every: Sequence[int]) -> str:
    chosen = sorted(numbers)
    return "*" if chosen == list(every) else ",".join(f"{number:02}" for number in chosen)


def _program() -> list[str]:
    return [sys.executable, "-m", "scraper"]


def _run(name: str, directory: Directory) -> list[str]:
    return [*_program(), "schedule", "run", name, "--schedules", str(directory.path)]


def _exec(arguments: Iterable[str]) -> str:
    """A command line as systemd.service(5) reads it."""
    return " ".join(one if _SAFE.match(one) else f'"{_escaped(one)}"' for one in arguments)


def _escaped(text: str) -> str:
    for char, escaped in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        text = text.replace(char, escaped)
    return text

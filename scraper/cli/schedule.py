"""`scraper schedule …`: jobs that run again and again."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper.cli.errors import say
from scraper.cli.options import flag
from scraper.cli.printable import json_line
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.schedule.directory import Directory

app = typer.Typer(
    help="Run jobs again and again: at times as cron has them, each time once.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="The schedule's name.")]
Schedules = Annotated[
    Path | None,
    typer.Option(
        "--schedules",
        metavar="DIR",
        help="Where the schedules are kept (default: $XDG_STATE_HOME/headless-scraper, which is "
        "~/.local/state/headless-scraper).",
    ),
]


@app.command("add")
def add(
    name: Name,
    job: Annotated[Path, typer.Argument(help="A job file.")],
    cron: Annotated[
        str,
        typer.Option(
            metavar="'MIN HOUR DAY MONTH WEEKDAY'",
            help="When: five fields as cron has them, or @hourly, @daily, @weekly, @monthly.",
        ),
    ],
    tz: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Their time zone (default: this machine's)."),
    ] = None,
    catch_up: Annotated[
        str,
        typer.Option(
            metavar="one|none|all",
            help="What becomes of times that were missed: one run for all, none, or each its own.",
        ),
    ] = "one",
    overlap: Annotated[
        str,
        typer.Option(
            metavar="skip|queue",
            help="What becomes of a time that comes while the run before is still going on.",
        ),
    ] = "skip",
    jitter: Annotated[
        int,
        typer.Option(
            metavar="SECONDS",
            help="Start up to so much later, always by the same time, which the name decides.",
        ),
    ] = 0,
    replaced: Annotated[
        bool, flag("--replace", help="Change a schedule of this name; its history stays.")
    ] = False,
    schedules: Schedules = None,
) -> int:
    """Add a schedule. `scraper schedule daemon` runs it, or what `scraper schedule unit` prints.

    The job runs in the current directory, and keeps everything its pages load (`archive: full`)
    unless it says itself what to keep.
    """
    from scraper.clock import WallClock
    from scraper.schedule.schedule import make_schedule

    directory = _directory(schedules)
    made = make_schedule(
        name,
        job,
        cron,
        directory=Path.cwd(),
        now=WallClock().now(),
        zone=tz,
        catch_up=catch_up,
        overlap=overlap,
        jitter=jitter,
    )
    with closing(directory.book()) as book:
        if not replaced and any(one.name == name for one in book.schedules()):
            raise UsageError(f"there is a schedule {name} already: --replace changes it")
        book.put(made)
    zone = made.times.zone
    say(f"{name}: next at {made.next_start.astimezone(zone):%Y-%m-%d %H:%M:%S} {zone.key}")
    if directory.daemon() is None:
        say(_no_daemon(schedules))
    return 0


@app.command("list")
def list_(
    schedules: Schedules = None,
    json: Annotated[
        bool, flag("--json", help="Everything that is known, one JSON object a line.")
    ] = False,
) -> int:
    """List the schedules: when each runs next, how its last run ended, its last error."""
    from scraper.cli.table import show_rows
    from scraper.schedule.health import state_of

    directory = _directory(schedules)
    with closing(directory.book()) as book:
        states = [state_of(book, schedule) for schedule in book.schedules()]
    if json:
        sys.stdout.writelines(json_line(state) for state in states)
        return 0
    show_rows(("Name", "When", "Next", "Last", "Outcome"), _rows(states), cut="Outcome")
    if not states:
        say("no schedules yet: scraper schedule add NAME JOB --cron '20 6 * * *' makes one")
    elif directory.daemon() is None:
        say(_no_daemon(schedules))
    return 0


@app.command("run")
def run(name: Name, schedules: Schedules = None) -> int:
    """Run a schedule's job now, whatever its time is; the exit code is the crawl's."""
    from scraper.clock import WallClock
    from scraper.schedule.by_hand import run_now

    return run_now(_directory(schedules), name, WallClock())


@app.command("remove")
def remove(name: Name, schedules: Schedules = None) -> int:
    """Remove a schedule and its history. What it crawled stays, and so does a run that goes on."""
    directory = _directory(schedules)
    with closing(directory.book()) as book:
        book.remove(name)
    return 0


@app.command("daemon")
def daemon(
    schedules: Schedules = None,
    at_once: Annotated[
        int, typer.Option(metavar="N", min=1, max=64, help="Most crawls at the same time.")
    ] = 2,
) -> int:
    """Run the schedules, each crawl as a process of its own, until a signal asks to stop: it is
    passed on, and the crawls come to their proper end. Killed, it goes on where it was."""
    from scraper.schedule.serving import serve

    serve(_directory(schedules), at_once=at_once, note=say)
    return 0


@app.command("unit")
def unit(
    name: Annotated[
        str | None, typer.Argument(help="The schedule's name; without one, the daemon.")
    ] = None,
    crontab: Annotated[
        bool, flag("--crontab", help="A line of a crontab, not a systemd timer.")
    ] = False,
    schedules: Schedules = None,
) -> int:
    """Print what makes systemd or cron run a schedule, or systemd the daemon. Either the daemon
    runs a schedule or one of these, not both."""
    from scraper.schedule import unit as units

    directory = _directory(schedules)
    if name is None:
        if crontab:
            raise UsageError("name the schedule: a crontab has a line for each")
        typer.echo(units.systemd_daemon(directory), nl=False)
        return 0
    with closing(directory.book()) as book:
        schedule = book.schedule(name)
    print_as = units.crontab if crontab else units.systemd
    typer.echo(print_as(schedule, directory), nl=False)
    return 0


def _no_daemon(given: Path | None) -> str:
    where = f" --schedules {shlex.quote(str(given))}" if given else ""
    return (
        f"no daemon runs these schedules: start scraper schedule daemon{where}, "
        f"or let systemd or cron run them (scraper schedule unit NAME{where})"
    )


def _directory(given: Path | None) -> Directory:
    from scraper.schedule.directory import Directory

    return Directory(given.absolute()) if given else Directory.usual()


def _rows(states: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    for state in states:
        last = state["last_run"]
        yield (
            state["name"],
            f"{state['cron']} {state['timezone']}",
            _minute(state["next_run"]),
            _minute(last and last["ended_at"]),
            _outcome(state),
        )


def _outcome(state: dict[str, Any]) -> str:
    said = []
    if going_on := state["running"]:
        said.append(f"running since {_minute(going_on['started_at'])}")
    if state["waiting"]:
        said.append(f"{state['waiting']} waiting")
    if last := state["last_run"]:
        counts = last["tally"] or {}
        words = ("record", "unchanged", "duplicate", "failed")
        counted = ", ".join(f"{counts[word]} {word}" for word in words if counts.get(word))
        ended = last["problem"] or counted
        said.append(f"exit code {last['exit_code']}" + (f": {ended}" if ended else ""))
    return "; ".join(said) or "-"


def _minute(moment: str | None) -> str:
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M}" if moment else "-"

"""Schedules: real crawls, real kills.  The clock is set by hand, so that nothing waits for a full
minute."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.command import Command, records, scraper
from tests.site import Answer, Seen, TestSite
from tests.site.pages import LONG, article

DAEMON = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from scraper.schedule.directory import Directory
from scraper.schedule.serving import serve

directory, at, kill_at = sys.argv[1:]

class Fixed:
    def now(self): return datetime.fromisoformat(at)
    def passed(self): return 0.0

def on_step(name):
    if name == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)

def note(said):
    print(said, flush=True)

serve(Directory(Path(directory)), at_once=2, note=note, clock=Fixed(), on_step=on_step)
"""
LATER = "2100-01-01T00:00:30+00:00"
"""When every schedule is due; all that was before was missed, and is caught up by one run."""


@pytest.fixture
def site() -> Iterator[TestSite]:
    with TestSite() as site:
        for name in ("a", "b"):
            site.pages[f"/{name}"] = Answer(article(f"Story {name}", f"<p>{LONG}</p>"))
        yield site


def prepare(site: TestSite, tmp_path: Path, name: str = "news", more: str = "") -> Path:
    """A schedule that was due; its collection is `out-<name>`."""
    job = tmp_path / f"{name}.yaml"
    urls = json.dumps([site.url("/a"), site.url("/b")])
    how = "render: http\ndelay: 0\nconcurrency: 1\nignore_robots: true\n"
    job.write_text(f"urls: {urls}\noutput: out-{name}\n{how}{more}")
    said = schedule(tmp_path, "add", name, str(job), "--cron", "0 0 1 1 *", "--tz", "UTC")
    assert said[0] == 0, said
    return tmp_path / f"out-{name}"


def schedule(tmp_path: Path, *arguments: str) -> tuple[int, str, str]:
    return scraper("schedule", *arguments, "--schedules", str(tmp_path / "s"), cwd=tmp_path)


def daemon(tmp_path: Path, kill_at: str = "never") -> Command:
    arguments = (str(tmp_path / "s"), LATER, kill_at)
    return Command(*arguments, program=("-c", DAEMON), cwd=tmp_path)


def until(it: Command, word: str) -> str:
    """The line in which the daemon says so."""
    assert it.process.stdout
    for line in it.process.stdout:
        if word in line:
            return line
    raise AssertionError(f"the daemon ended and said nothing of {word!r}")


def stop(it: Command) -> None:
    it.process.send_signal(signal.SIGTERM)
    assert it.finish()[0] == 0


def runs(collection: Path) -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in sorted((collection / "runs").glob("*.json"))]


def state(tmp_path: Path) -> dict[str, dict[str, object]]:
    out = schedule(tmp_path, "list", "--json")[1]
    return {state["name"]: state for state in map(json.loads, out.splitlines())}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("step", ["planned", "started", "spawned", "ended"])
def test_a_daemon_that_is_killed_loses_no_run_and_makes_none_twice(
    site: TestSite, tmp_path: Path, step: str
) -> None:
    collection = prepare(site, tmp_path)
    assert daemon(tmp_path, kill_at=step).finish()[0] == -signal.SIGKILL
    second = daemon(tmp_path)
    if step != "ended":
        assert "exit code 0" in until(second, "ended")
    else:
        until(second, "running the schedules")
    stop(second)
    [run] = runs(collection)
    assert run["complete"]
    assert len(records(collection)) == 2
    assert sorted(site.paths()) == ["/a", "/b"]
    last = state(tmp_path)["news"]["last_run"]
    assert isinstance(last, dict)
    assert last["exit_code"] == 0
    assert last["tally"]["record"] == 2


@pytest.mark.timeout(600)
def test_a_stop_is_passed_on_and_the_run_goes_on_later(site: TestSite, tmp_path: Path) -> None:
    """A daemon that was killed first has left the crawl behind."""
    collection = prepare(site, tmp_path)
    asked, answer = threading.Event(), threading.Event()

    def slow(seen: Seen) -> Answer:
        asked.set()
        answer.wait(500)
        return Answer(article("Story a", f"<p>{LONG}</p>"))

    site.pages["/a"] = slow
    first = daemon(tmp_path, kill_at="ended")
    until(first, "started as process")
    assert asked.wait(500)
    first.process.kill()
    first.process.communicate()
    second = daemon(tmp_path)
    health = tmp_path / "s" / "health.json"
    until(second, "running the schedules")
    second.process.send_signal(signal.SIGTERM)
    until(second, "stopping the crawls")
    answer.set()
    assert second.finish()[0] == 0
    assert [run["outcome"] for run in runs(collection)] == ["interrupted"]
    assert len(records(collection)) == 1
    assert json.loads(health.read_text())["schedules"][0]["running"]
    third = daemon(tmp_path)
    until(third, "ended with exit code 0")
    stop(third)
    assert [run["outcome"] for run in runs(collection)] == ["finished"]
    assert len(records(collection)) == 2
    assert sorted(site.paths()) == ["/a", "/b"]


@pytest.mark.timeout(600)
def test_a_failing_job_takes_nothing_down(site: TestSite, tmp_path: Path) -> None:
    prepare(site, tmp_path, "bad")
    good = prepare(site, tmp_path, "good")
    (tmp_path / "bad.yaml").write_text("urls: [https://news.example/\n")
    it = daemon(tmp_path)
    ended = {until(it, "ended").partition("@")[0] for _ in range(2)}
    assert ended == {"bad", "good"}
    assert it.process.poll() is None
    stop(it)
    assert len(records(good)) == 2
    said = state(tmp_path)
    assert said["good"]["last_error"] is None
    error = said["bad"]["last_error"]
    assert isinstance(error, dict)
    assert error["exit_code"] == 2
    assert "bad.yaml:" in error["problem"]


@pytest.mark.timeout(600)
def test_the_commands_around_it(site: TestSite, tmp_path: Path) -> None:
    collection = prepare(site, tmp_path)
    job = str(tmp_path / "news.yaml")
    code, _, err = schedule(tmp_path, "add", "news", job, "--cron", "@daily")
    assert (code, "--replace changes it" in err) == (2, True)
    zone = ("--tz", "Europe/Berlin", "--replace")
    code, _, err = schedule(tmp_path, "add", "news", job, "--cron", "30 4 * * *", *zone)
    assert code == 0
    assert "04:30:00 Europe/Berlin" in err
    assert "no daemon runs these schedules" in err
    assert "scraper schedule unit NAME --schedules " in err
    code, out, err = schedule(tmp_path, "run", "news")
    assert (code, len(records(collection))) == (0, 2), err
    assert "2 records" in out
    code, out, _ = schedule(tmp_path, "list")
    name, when, _, last, outcome = out.rstrip("\n").split("\t")
    assert (name, when, outcome) == ("news", "30 4 * * * Europe/Berlin", "exit code 0")
    assert last != "-"
    assert schedule(tmp_path, "unit", "news")[1].count("OnCalendar=") == 1
    assert schedule(tmp_path, "remove", "news")[0] == 0
    assert schedule(tmp_path, "list")[1] == ""
    code, _, err = schedule(tmp_path, "run", "news")
    assert (code, "there is no schedule 'news'" in err) == (2, True)

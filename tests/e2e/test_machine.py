"""The machine under a crawl: it is stopped and goes on, its terminal is closed, signals of two
kinds come, files cannot be opened any more."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.command import Command, OnTerminal, damage, failures, records, scraper
from tests.site import Answer, Seen, TestSite
from tests.site.pages import article

QUICK = ("--delay", "0", "--render", "http", "--concurrency", "2")
PAGES = 4


class Gate:
    """Pages that are not answered before it opens; `asked` is set by the first request."""

    def __init__(self) -> None:
        self.asked, self.open = threading.Event(), threading.Event()

    def __call__(self, seen: Seen) -> Answer:
        self.asked.set()
        return Answer(article(f"At {seen.path}"), delay=0 if self.open.is_set() else 3600)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def site(gate: Gate) -> Iterator[TestSite]:
    with TestSite({"/held/*": gate, "/n/*": lambda seen: Answer(article(f"At {seen.path}"))}) as s:
        yield s


def the_same_command_goes_on(site: TestSite, gate: Gate, collection: Path) -> None:
    gate.open.set()
    code, _, err = scraper("crawl", *held(site), "-o", str(collection), *QUICK)
    assert code == 0, err
    assert sorted(r["url"] for r in records(collection)) == held(site)
    assert list(damage(collection)) == []


def held(site: TestSite) -> list[str]:
    return [site.url(f"/held/{number}") for number in range(PAGES)]


def test_a_stopped_process_blames_no_page(site: TestSite, tmp_path: Path) -> None:
    """It is stopped for longer than a page may take, and each page has one try."""
    asked = threading.Event()

    def slow(seen: Seen) -> Answer:
        asked.set()
        return Answer(article(f"At {seen.path}"), delay=1)

    site.pages["/slow/*"] = slow
    urls = [site.url(f"/slow/{number}") for number in range(PAGES)]
    once = ("--timeout", "4", "--retries", "0")
    command = Command("crawl", *urls, "-o", str(tmp_path), *QUICK, *once)
    assert asked.wait(60)
    pids = command.left()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    threading.Event().wait(6)  # time has to pass here
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    code, _, err = command.finish()
    assert (code, failures(tmp_path)) == (0, []), err
    assert len(records(tmp_path)) == PAGES


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [(signal.SIGINT, signal.SIGTERM, 130), (signal.SIGTERM, signal.SIGINT, 143)],
    ids=["INT TERM", "TERM INT"],
)
def test_two_kinds_of_signals(
    site: TestSite, gate: Gate, tmp_path: Path, first: int, second: int, code: int
) -> None:
    command = Command("crawl", *held(site), "-o", str(tmp_path), *QUICK)
    assert gate.asked.wait(60)
    os.kill(command.process.pid, first)
    assert command.process.stderr
    while "again stops now" not in (line := command.process.stderr.readline()):
        assert line
    os.kill(command.process.pid, second)
    assert command.finish()[0] == code
    assert command.wait_until_nothing_is_left() == []
    the_same_command_goes_on(site, gate, tmp_path)


def test_a_closed_terminal(site: TestSite, gate: Gate, tmp_path: Path) -> None:
    """What is still said finds no reader, and changes neither the outcome nor the exit code."""
    command = OnTerminal("crawl", *held(site), "-o", str(tmp_path), *QUICK)
    assert gate.asked.wait(60)
    os.close(command._ours)
    os.kill(command.process.pid, signal.SIGHUP)
    os.kill(command.process.pid, signal.SIGTERM)  # now; a second one of a kind might be lost
    assert command.finish()[0] == 143
    assert command.wait_until_nothing_is_left() == []
    the_same_command_goes_on(site, gate, tmp_path)


@pytest.mark.parametrize("limit", [12, 15, 18])
def test_too_few_open_files_stop_it_in_order(
    site: TestSite, gate: Gate, tmp_path: Path, limit: int
) -> None:
    gate.open.set()
    collection = tmp_path / "c"
    ended = subprocess.run(
        [sys.executable, "-m", "scraper", "crawl", *held(site), "-o", str(collection), *QUICK],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)),
    )
    assert ended.returncode in (0, 1, 3), ended.stderr
    assert "internal error" not in ended.stderr
    if ended.returncode == 3:
        assert "open" in ended.stderr.splitlines()[-1]
    assert len(records(collection)) + len(failures(collection)) <= PAGES
    if ended.returncode == 1:
        code, _, err = scraper("retry", str(collection))
        assert code == 0, err
    the_same_command_goes_on(site, gate, collection)

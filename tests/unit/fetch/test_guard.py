"""What a guard watches ends with whoever holds it."""

import os
import subprocess
from pathlib import Path

import pytest

from scraper.fetch.guard import Guard

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are read there")


def asleep(guard: Guard, *, own_group: bool = False) -> "subprocess.Popen[bytes]":
    """A process that was started with the guard's folder, and says so by now: the system tells of
    its environment a moment after it has begun."""
    process = subprocess.Popen(
        ["sleep", "600"],
        env=os.environ | {"TMPDIR": str(guard.temp)},
        start_new_session=own_group,
    )
    while not Path(f"/proc/{process.pid}/environ").read_bytes():
        assert process.poll() is None
    return process


def test_the_end_kills_what_is_marked_and_removes_the_folder() -> None:
    guard = Guard()
    (guard.temp / "file").touch()
    marked = asleep(guard)
    guard.end()
    assert marked.wait(10) == -9
    assert not guard.temp.exists()
    guard.end()  # once more does no harm


def test_when_its_holder_dies_the_shell_does_the_same() -> None:
    guard = Guard()
    marked, group = asleep(guard), asleep(guard, own_group=True)
    assert set(guard.watch_marked()) == {marked.pid, group.pid}
    guard.watch_group(group.pid)
    assert guard._shell
    assert guard._shell.stdin
    guard._shell.stdin.close()  # as the system does with a dead process's
    assert (marked.wait(10), group.wait(10)) == (-9, -9)
    guard._shell.wait(10)
    assert not guard.temp.exists()


def test_our_own_group_is_never_watched() -> None:
    guard = Guard()
    child = asleep(guard)
    guard.watch_group(child.pid)
    guard.kill_group()
    assert child.poll() is None
    guard.end()
    child.wait(10)


def test_a_shell_that_was_killed_is_missed_by_nobody() -> None:
    guard = Guard()
    assert guard._shell
    guard._shell.kill()
    guard._shell.wait(10)
    marked = asleep(guard)
    guard.watch_marked()
    guard.end()
    assert marked.wait(10) == -9

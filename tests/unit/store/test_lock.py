from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from scraper.errors import CollectionBusy
from scraper.store.lock import Lock
from tests.unit.samples import MOMENT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.lock"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary directory."""
    path = tmp_path / "tmp"
    path.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    return path


def test_a_second_holder_is_refused_and_told_who_holds_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/scraper", "crawl", "https://j:secret@a.example/"])
    lock = Lock.take(path, MOMENT)
    with pytest.raises(CollectionBusy) as refused:
        Lock.take(path, MOMENT)
    said = str(refused.value)
    assert f"process {os.getpid()}" in said
    assert "scraper crawl" in said
    assert "2026-05-04T12:00:00+00:00" in said
    assert "secret" not in path.read_text()
    lock.release(clean=True)
    Lock.take(path, MOMENT).release(clean=True)


def test_what_the_file_says_cannot_write_on_the_terminal(path: Path) -> None:
    lock = Lock.take(path, MOMENT)
    path.write_text(json.dumps({"pid": 1, "host": "\x1b[2Jevil\n", "command": "x" * 5000}))
    with pytest.raises(CollectionBusy) as refused:
        Lock.take(path, MOMENT)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 1000
    path.write_text("[[[ not json")
    with pytest.raises(CollectionBusy, match="another process"):
        Lock.take(path, MOMENT)
    lock.release(clean=True)


def test_a_proper_end_leaves_an_empty_file(path: Path) -> None:
    lock = Lock.take(path, MOMENT)
    assert not lock.was_unclean
    assert json.loads(path.read_text())["pid"] == os.getpid()
    lock.release(clean=True)
    lock.release(clean=True)
    assert path.read_text() == ""
    assert not Lock.take(path, MOMENT).was_unclean


def test_any_other_end_is_noticed(path: Path) -> None:
    Lock.take(path, MOMENT).release(clean=False)
    assert Lock.take(path, MOMENT).was_unclean


def test_the_lock_ends_with_its_process_though_children_live(path: Path) -> None:
    """A child that was forked or started by the holder does not keep the lock."""
    code = (
        "import os, subprocess, sys, time\n"
        "from datetime import datetime, UTC\n"
        "from pathlib import Path\n"
        "from scraper.store.lock import Lock\n"
        "lock = Lock.take(Path(sys.argv[1]), datetime.now(UTC))\n"
        "started = subprocess.Popen(['sleep', '60'], stdout=-3, close_fds=False)\n"
        "forked = os.fork()\n"
        "if not forked:\n"
        "    os.close(1)\n"
        "    time.sleep(60)\n"
        "print(started.pid, forked, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    holder = subprocess.run(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True, check=False
    )
    children = [int(pid) for pid in holder.stdout.split()]
    try:
        assert len(children) == 2
        lock = Lock.take(path, MOMENT)
        assert lock.was_unclean
        lock.release(clean=True)
    finally:
        for pid in children:
            os.kill(pid, 9)


def test_leftovers_of_a_killed_holder_are_swept(path: Path, temporary: Path) -> None:
    lock = Lock.take(path, MOMENT)
    profile = temporary / "deep" / "profile"
    (profile / "inside").mkdir(parents=True)
    lock.remember(temporary / "gone already")
    lock.remember(profile)
    lock.release(clean=False)
    again = Lock.take(path, MOMENT)
    again.release(clean=False)
    third = Lock.take(path, MOMENT)
    assert profile.exists(), "remembered until somebody sweeps"
    third.sweep_leftovers()
    assert not profile.exists()
    third.release(clean=False)
    assert json.loads(path.read_text())["leftovers"] == []


def test_only_our_own_directories_in_the_temporary_directory_are_swept(
    path: Path, temporary: Path, tmp_path: Path
) -> None:
    outside, target = tmp_path / "outside", tmp_path / "target"
    outside.mkdir()
    target.mkdir()
    (temporary / "link").symlink_to(target)
    (temporary / "up").symlink_to(tmp_path)
    file = temporary / "file"
    file.touch()
    lock = Lock.take(path, MOMENT)
    for leftover in (
        outside,
        temporary,
        temporary / "link",
        temporary / "up" / "outside",
        temporary / "..",
        temporary / ".." / "outside",
        file,
        Path("relative"),
    ):
        lock.remember(leftover)
    lock.release(clean=False)
    Lock.take(path, MOMENT).sweep_leftovers()
    assert outside.exists()
    assert target.exists()
    assert temporary.exists()
    assert file.exists()


def test_leftovers_of_another_owner_stay(
    path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = temporary / "foreign"
    foreign.mkdir()
    lock = Lock.take(path, MOMENT)
    lock.remember(foreign)
    lock.release(clean=False)
    monkeypatch.setattr(os, "getuid", lambda: foreign.stat().st_uid + 1)
    Lock.take(path, MOMENT).sweep_leftovers()
    assert foreign.exists()

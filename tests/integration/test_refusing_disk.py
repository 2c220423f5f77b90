"""Disks that are really full, out of inodes or read-only: the crawl stops in order, and goes on
when there is room."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scraper.errors import StorageError
from tests.integration.offline import FIRST, page_of
from tests.integration.refusals import Refusals
from tests.unit.store.scripted import check, crawl
from tests.unit.store.wholeness import check_whole

SOME_FAILED, REFUSED = 1, 3
Remount = Callable[[str], None]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, 2 MB small."""
    path = tmp_path / "disk"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(path)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    yield path
    subprocess.run(["umount", "--lazy", str(path)], check=True)


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True)


@pytest.mark.parametrize(
    ("limits", "room"),
    [
        ([f"size={size}k" for size in (8, 64, 160, 220, 300, 360, 420)], "size=2m"),
        ([f"nr_inodes={number}" for number in (3, 6, 9, 14, 20, 30)], "nr_inodes=1000"),
    ],
    ids=["bytes", "inodes"],
)
def test_a_disk_without_room(refusals: Refusals, disk: Path, limits: list[str], room: str) -> None:
    codes = []
    for number, limit in enumerate(limits):
        subprocess.run(["find", disk, "-mindepth", "1", "-delete"], check=True)
        remount(disk, limit)
        path = disk / f"c{number}"
        ended = refusals.crawl(path)
        codes.append(ended.code)
        if ended.code == REFUSED:
            [said] = ended.said.splitlines()
            assert str(path) in said
            assert said.endswith("what was committed is kept, run the same command to go on")
            reasons = ("No space left", "disk is full", "disk I/O error", "no room")
            assert any(reason in said for reason in reasons), said
        remount(disk, room)
        assert refusals.crawl(path).code == SOME_FAILED
        tallies = check_whole(path, page_of).values()
        assert [tally for tally in tallies if tally.record] == [FIRST], limit
    assert codes.count(REFUSED) >= 4, codes


def test_a_disk_that_becomes_read_only(refusals: Refusals, disk: Path) -> None:
    path = disk / "c"
    assert refusals.crawl(path).code == SOME_FAILED
    before = {str(file): file.read_bytes() for file in path.rglob("*") if file.is_file()}
    remount(disk, "ro")
    ended = refusals.crawl(path, second=True)
    assert (ended.code, ended.said.count("\n")) == (REFUSED, 1)
    assert "Read-only file system" in ended.said
    assert {str(file): file.read_bytes() for file in path.rglob("*") if file.is_file()} == before
    fresh = refusals.crawl(disk / "fresh")
    assert fresh.code == 2
    assert "Read-only file system; choose another directory" in fresh.said


@pytest.mark.parametrize("limit", [1, 60, 120, 180, 240, 300])
def test_a_full_disk_under_the_database_stops_in_order(work: Path, limit: int) -> None:
    """No file may grow beyond `limit` KiB: SQLite's own writes are refused too."""
    path = work / "c"
    child = os.fork()
    if not child:
        status = 70
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit * 1024, limit * 1024))
            crawl(path)
            status = 0
        except StorageError:
            status = 3
        finally:
            os._exit(status)
    _, waited = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(waited) in (0, 3)
    crawl(path)
    check(path)

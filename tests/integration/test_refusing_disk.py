"""Disks that refuse, at every call in turn: the crawl stops in order, and goes on later."""

from __future__ import annotations

import errno
import os
import resource
from contextlib import suppress
from pathlib import Path

import pytest

from scraper.errors import StorageError
from tests.unit.store.refusing import refuse
from tests.unit.store.scripted import check, crawl


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("write", errno.ENOSPC),
        ("fsync", errno.EIO),
        ("rename", errno.EROFS),
        ("open", errno.EMFILE),
        ("ftruncate", errno.EIO),
    ],
)
def test_wherever_the_disk_refuses_the_crawl_can_go_on_later(
    tmp_path: Path, name: str, problem: int
) -> None:
    refused, nth = True, 0
    while refused:
        nth += 1
        path = tmp_path / str(nth)
        with pytest.MonkeyPatch.context() as patch:
            came_to_that = refuse(patch, name, nth, problem)
            with suppress(StorageError):
                crawl(path)
            refused = came_to_that()
        crawl(path)
        check(path)
    assert nth > 1


@pytest.mark.parametrize("limit", [1, 30, 60, 90, 120, 150, 180, 210, 240, 300, 400])
def test_a_full_disk_under_the_database_stops_in_order(tmp_path: Path, limit: int) -> None:
    """No file may grow beyond `limit` KiB: SQLite's own writes are refused too."""
    path = tmp_path / "c"
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

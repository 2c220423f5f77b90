"""The order in which bytes become durable, and disks that refuse."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from scraper.errors import StorageError
from scraper.job import Job
from tests.unit.samples import article, failed, nothing, outcome, png, seeds, snapshot
from tests.unit.store.opening import files, lines, opened
from tests.unit.store.refusing import refuse
from tests.unit.store.scripted import check, crawl

Calls = list[tuple[str, int]]
"""What was called, and on which inode."""


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    made: Calls = []
    for name in ("write", "fsync", "ftruncate"):
        real = getattr(os, name)

        def recorded(fd: int, *rest: Any, name: str = name, real: Any = real) -> Any:
            made.append((name, os.fstat(fd).st_ino))
            return real(fd, *rest)

        monkeypatch.setattr(os, name, recorded)
    rename = os.rename

    def renamed(source: str, target: str, **fds: int) -> None:
        rename(source, target, **fds)
        found = os.stat(target, dir_fd=fds["dst_dir_fd"])
        made.append(("rename", found.st_ino))

    monkeypatch.setattr(os, "rename", renamed)
    return made


def test_bytes_are_durable_before_the_name_that_refers_to_them(
    tmp_path: Path, calls: Calls
) -> None:
    path = tmp_path / "c"
    with opened(path) as collection:
        run = collection.begin(Job())
        store = collection.store(run)
        collection._db.set_trace_callback(
            lambda statement: calls.append(("COMMIT", 0)) if statement == "COMMIT" else None
        )
        calls.clear()
        picture = store.put_media(png())
        done = outcome(seeds(1)[0], article(0, pictures=[picture]), snapshot=snapshot(0))
        store.commit([done, failed(seeds(2)[1])], nothing)
        made = list(calls)
    names = {p.stat().st_ino: str(p.relative_to(path)) for p in path.rglob("*")}
    order = [(name, names.get(inode, "")) for name, inode in made]
    archive = f"archive/{run.id}-00001.warc.gz"
    folder = str(Path(picture.path).parent)
    steps = [
        ("write", picture.path),
        ("fsync", picture.path),
        ("rename", picture.path),
        ("fsync", folder),
        ("fsync", "archive"),
        ("write", archive),
        ("fsync", archive),
        ("COMMIT", ""),
        ("write", "records.jsonl"),
        ("fsync", "records.jsonl"),
        ("write", "failures.jsonl"),
        ("fsync", "failures.jsonl"),
    ]
    firsts = [order.index(step) for step in steps]
    assert firsts == sorted(firsts)
    last_archive_write = max(i for i, step in enumerate(order) if step == ("write", archive))
    assert order.index(("fsync", archive)) > last_archive_write


def test_the_names_of_new_files_and_folders_are_durable(tmp_path: Path, calls: Calls) -> None:
    path = tmp_path / "deep" / "c"
    with opened(path) as collection:
        collection.end(collection.begin(Job()), "finished", {})
    synced = {inode for name, inode in calls if name == "fsync"}
    for folder in (tmp_path, path.parent, path, path / "runs"):
        assert folder.stat().st_ino in synced


def test_a_file_system_without_fsync_of_directories_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def fsync(fd: int) -> None:
        if stat.S_ISDIR(os.fstat(fd).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        real(fd)

    monkeypatch.setattr(os, "fsync", fsync)
    crawl(tmp_path / "c")
    check(tmp_path / "c")


def test_a_refused_picture_leaves_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = opened(tmp_path / "c")
    store = collection.store(collection.begin(Job()))
    with monkeypatch.context() as patch:
        refuse(patch, "write", 1, errno.ENOSPC)
        with pytest.raises(StorageError, match=os.strerror(errno.ENOSPC)):
            store.put_media(png())
    assert not [name for name in files(tmp_path) if "media/" in name]
    collection.close()


def test_each_group_of_lines_is_one_write(tmp_path: Path, calls: Calls) -> None:
    with opened(tmp_path / "c") as collection:
        store = collection.store(collection.begin(Job(archive="none")))
        calls.clear()
        store.commit([outcome(request) for request in seeds(30)], nothing)
        assert [name for name, _ in calls] == ["write", "fsync"]


def test_the_database_is_durable_at_each_commit(tmp_path: Path) -> None:
    with opened(tmp_path / "c") as collection:
        assert collection._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert collection._db.execute("PRAGMA synchronous").fetchone() == (2,)
        assert collection._db.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_after_a_failed_fsync_nothing_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: Calls
) -> None:
    path = tmp_path / "c"
    collection = opened(path)
    run = collection.begin(Job(), seeds(3))
    store = collection.store(run)
    with monkeypatch.context() as patch:
        refuse(patch, "fsync", 1, errno.EIO)
        with pytest.raises(StorageError):
            store.commit([outcome(seeds(1)[0], snapshot=snapshot(0))], nothing)
    calls.clear()
    with pytest.raises(StorageError, match=os.strerror(errno.EIO)):
        store.commit([outcome(seeds(1)[0], snapshot=snapshot(0))], nothing)
    with pytest.raises(StorageError, match=os.strerror(errno.EIO)):
        store.put_media(png())
    collection.end(run, "storage", {})
    collection.close()
    assert calls == []
    with opened(path) as again:
        assert lines(path) == []
        unfinished = again.unfinished()
        assert unfinished is not None
        assert again.frontier(unfinished).counts().queued == 3


def test_a_write_that_takes_only_a_part_is_followed_by_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[:7]))
    crawl(tmp_path / "c")
    check(tmp_path / "c")

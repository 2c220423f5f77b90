"""A collection of an earlier format is brought to today's, whole or not at all.

`format-1.tar.xz` holds two that the program made before format 2: one after a proper end, and one
whose crawl was killed (its run is unfinished, its database has a log).
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from scraper.errors import CollectionBusy, CollectionVersion, UsageError
from scraper.job import Job
from scraper.store.database import FORMAT
from scraper.store.lock import Lock
from scraper.store.migration import migrate
from scraper.store.verify import verify
from scraper.store.warc_reader import members
from tests.unit.samples import HandClock, address, article, outcome, seeds, snapshot
from tests.unit.store.opening import files, lines, opened

OLD = Path(__file__).parent / "format-1.tar.xz"
RECORDS = {"ended": 9, "killed": 1}


@pytest.fixture(params=RECORDS)
def old(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    with tarfile.open(OLD) as archive:
        archive.extractall(tmp_path, filter="data")
    path = tmp_path / request.param
    assert isinstance(path, Path)
    return path


def content(path: Path) -> dict[str, bytes]:
    return {name: (path / name).read_bytes() for name in files(path)}


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path / "state.sqlite")) as db:
        return {sql for (sql,) in db.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL")}


@pytest.mark.parametrize("writable", [True, False])
def test_before_it_is_refused_untouched_with_the_way_out(old: Path, writable: bool) -> None:
    before = content(old)
    with pytest.raises(CollectionVersion, match=f"format 1, .*: scraper migrate {old} brings"):
        opened(old, writable=writable)
    assert content(old) == before


def test_afterwards_nothing_is_missing(old: Path, tmp_path: Path) -> None:
    before = lines(old)
    assert migrate(old, HandClock()) == 1
    with opened(old) as collection:
        assert lines(old) == before
        assert len(list(collection.articles())) == RECORDS[old.name]
        assert [one for one in verify(collection) if one.problem] == []
    opened(tmp_path / "new").close()
    assert tables(old) >= {sql for sql in tables(tmp_path / "new") if "frontier" not in sql}


def test_where_each_page_stands_is_known(old: Path) -> None:
    """From the record that describes the file to its end, one behind the other."""
    migrate(old, HandClock())
    with closing(sqlite3.connect(old / "state.sqlite")) as db:
        query = "SELECT file, start, length FROM pages ORDER BY file, start"
        pages = db.execute(query).fetchall()
        lengths = dict(db.execute("SELECT name, length FROM files WHERE name GLOB 'archive/*'"))
    assert len(pages) == RECORDS[old.name]
    for name, length in lengths.items():
        with (old / name).open("rb") as file:
            starts = [one[0] for one in members("", file) if isinstance(one, tuple)]
        own = [(start, start + size) for file, start, size in pages if file == name]
        assert own[0][0] == starts[1]
        assert own[-1][1] == length
        assert [end for _, end in own[:-1]] == [start for start, _ in own[1:]]
        assert {start for start, _ in own} <= set(starts)


def test_crawls_go_on_in_it(old: Path) -> None:
    migrate(old, HandClock())
    with opened(old) as collection:
        run = collection.unfinished() or collection.begin(Job(), seeds(3))
        request = collection.frontier(run).take(0.0)
        assert request == seeds(2)[1 if old.name == "killed" else 0]
        new = outcome(request, article("new"), snapshot=snapshot("new"))
        (committed,) = collection.store(run).commit([new], lambda _: None)
        assert committed.kind == "record"
    assert lines(old)[-1]["id"] == "news.example:new"
    assert address("new") in (old / "records.jsonl").read_text()


def test_a_second_time_there_is_nothing_to_do(old: Path) -> None:
    migrate(old, HandClock())
    before = files(old), tables(old)
    assert migrate(old, HandClock()) == FORMAT
    assert (files(old), tables(old)) == before


def test_not_while_somebody_holds_it(old: Path) -> None:
    lock = Lock.take(old / "state.lock", HandClock().now())
    before = content(old)
    with pytest.raises(CollectionBusy):
        migrate(old, HandClock())
    assert content(old) == before
    lock.release(clean=False)
    assert migrate(old, HandClock()) == 1


def test_not_a_later_format(old: Path) -> None:
    migrate(old, HandClock())
    with closing(sqlite3.connect(old / "state.sqlite")) as db:
        db.execute(f"PRAGMA user_version = {FORMAT + 1}")
    before = content(old)
    with pytest.raises(CollectionVersion, match="use the version that made it"):
        migrate(old, HandClock())
    assert content(old) == before


def test_not_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no collection"):
        migrate(tmp_path, HandClock())
    assert files(tmp_path) == set()


@pytest.mark.parametrize("step", ["migration.made", "migration.committed"])
def test_killed_it_is_the_old_one_or_the_new_one(old: Path, tmp_path: Path, step: str) -> None:
    whole = shutil.copytree(old, tmp_path / "whole")
    migrate(whole, HandClock())
    before = tables(old)

    def die(name: str) -> None:
        if name == step:
            os.kill(os.getpid(), signal.SIGKILL)

    _in_child(lambda: migrate(old, HandClock(), die))
    with closing(sqlite3.connect(old / "state.sqlite")) as db:
        found = db.execute("PRAGMA user_version").fetchone()[0]
    assert (found, tables(old)) in ((1, before), (FORMAT, tables(whole)))
    migrate(old, HandClock())
    with opened(old) as collection:
        assert len(list(collection.articles())) == RECORDS[old.name]
    assert tables(old) == tables(whole)


def _in_child(work: Callable[[], object]) -> None:
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(70)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL

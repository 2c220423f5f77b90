"""What only a collection on a local folder does."""

from __future__ import annotations

import errno
import gzip
import json
import os
import shutil
import sqlite3
import stat
import tempfile
from pathlib import Path

import pytest

from scraper.errors import (
    CollectionBusy,
    CollectionVersion,
    DatabaseUnreadable,
    StorageError,
    UsageError,
)
from scraper.frontier.seeds import make_request
from scraper.job import Job
from scraper.request import Request
from scraper.store.collection import LocalCollection
from tests.unit.samples import (
    HandClock,
    address,
    article,
    failed,
    nothing,
    outcome,
    png,
    seeds,
    snapshot,
)
from tests.unit.store.opening import files, leave_open, lines, opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "collection"


def commit_some(collection: LocalCollection, count: int = 3, **job: object) -> str:
    """Records, a failure, a picture and their pages; the run stays unfinished."""
    requests = seeds(count + 2)
    run = collection.begin(Job.model_validate(job), requests)
    store, frontier = collection.store(run), collection.frontier(run)
    for request in requests[:count]:
        assert isinstance(frontier.take(0), Request)
        picture = store.put_media(png(salt=request.key.encode()))
        number = request.url.rpartition("/")[2]
        made = article(number, pictures=[picture])
        done = outcome(request, made, snapshot=snapshot(number))
        store.commit([done], lambda committed: frontier.finish(committed[0].request))
    assert isinstance(frontier.take(0), Request)
    store.commit([failed(requests[count])], lambda c: frontier.finish(c[0].request))
    return run.id


def test_lines_stand_in_both_files(path: Path) -> None:
    with opened(path) as collection:
        run = commit_some(collection)
        assert [line["id"] for line in lines(path)] == [f"news.example:{n}" for n in range(3)]
        assert [line["url"] for line in lines(path, "failures")] == [address(3)]
        assert {line["run"] for line in lines(path) + lines(path, "failures")} == {run}


def test_a_killed_run_is_continued(path: Path) -> None:
    killed = opened(path)
    run = commit_some(killed)
    leave_open(killed)
    with opened(path) as again:
        unfinished = again.unfinished()
        assert unfinished is not None
        assert unfinished.id == run
        counts = again.frontier(unfinished).counts()
        assert (counts.queued, counts.leased, counts.done) == (1, 0, 4)
        assert again.tally(run).total == 4


@pytest.mark.parametrize(
    "torn",
    [b'{"id": "half a li', b"\0" * 4096, b'{"whole": "line that the database never saw"}\n', b"\n"],
)
@pytest.mark.parametrize("name", ["records", "failures"])
def test_a_torn_tail_is_cut_and_the_file_goes_on(path: Path, torn: bytes, name: str) -> None:
    killed = opened(path)
    commit_some(killed)
    leave_open(killed)
    before = (path / f"{name}.jsonl").read_bytes()
    with (path / f"{name}.jsonl").open("ab") as file:
        file.write(torn)
    with opened(path) as again:
        assert (path / f"{name}.jsonl").read_bytes() == before
        run = again.unfinished()
        assert run is not None
        again.store(run).commit([outcome(seeds(5)[4]), failed(make_request(address("x")))], nothing)
    assert (path / f"{name}.jsonl").read_bytes().startswith(before)
    assert len(lines(path)) == 4
    assert len(lines(path, "failures")) == 2


@pytest.mark.parametrize("left", [0, 1, 100, -1])
def test_a_file_that_lost_lines_gets_them_back(path: Path, left: int) -> None:
    """After a power cut, or because somebody deleted it."""
    with opened(path) as collection:
        commit_some(collection)
    whole = (path / "records.jsonl").read_bytes()
    if left < 0:
        (path / "records.jsonl").unlink()
    else:
        (path / "records.jsonl").write_bytes(whole[:left])
    opened(path).close()
    assert (path / "records.jsonl").read_bytes() == whole


def test_a_torn_archive_is_cut_and_goes_on(path: Path) -> None:
    killed = opened(path)
    commit_some(killed)
    leave_open(killed)
    [archive] = (path / "archive").iterdir()
    whole = archive.read_bytes()
    with archive.open("ab") as file:
        file.write(gzip.compress(b"WARC/1.1\r\nnever committed")[:-3])
    with opened(path) as again:
        assert archive.read_bytes() == whole
        run = again.unfinished()
        assert run is not None
        again.store(run).commit([outcome(seeds(5)[4], snapshot=snapshot(4))], nothing)
        assert [p.name for p in (path / "archive").iterdir()] == [archive.name]
        for record in again.articles():
            number = record.id.rpartition(":")[2]
            assert again.snapshot(record) == snapshot(number)


def test_an_archive_that_was_never_committed_is_removed(path: Path) -> None:
    opened(path).close()
    (path / "archive").mkdir()
    ours = path / "archive" / "20260101T000000Z-abcd-00001.warc.gz"
    for file in (ours, path / "archive" / "mine.warc.gz"):
        file.write_bytes(b"x")
    opened(path).close()
    assert files(path / "archive") == {"mine.warc.gz"}


def test_a_lost_archive_costs_the_pages_and_no_more(path: Path) -> None:
    with opened(path) as collection:
        commit_some(collection)
    [archive] = (path / "archive").iterdir()
    archive.unlink()
    with opened(path) as again:
        record = next(again.articles())
        assert again.snapshot(record) is None
        run = again.unfinished()
        assert run is not None
        [done] = again.store(run).commit([outcome(seeds(5)[4], snapshot=snapshot(4))], nothing)
        assert done.article is not None
        assert again.snapshot(done.article) == snapshot(4)
        assert [p.name for p in (path / "archive").iterdir()] != [archive.name]


def test_archives_rotate(path: Path) -> None:
    with opened(path) as collection:
        run = collection.begin(Job(warc_size="3kB"))
        outcomes = [outcome(request, snapshot=snapshot(7)) for request in seeds(6)]
        collection.store(run).commit(outcomes[:4], nothing)
        collection.store(run).commit(outcomes[4:], nothing)
        names = sorted(p.name for p in (path / "archive").iterdir())
        assert names == [f"{run.id}-{number:05}.warc.gz" for number in range(1, len(names) + 1)]
        assert len(names) > 2
        entries = [record.archive for record in collection.articles()]
        used = {entry.document.file for entry in entries if entry and entry.document}
        assert used == {f"archive/{name}" for name in names}
    with opened(path) as again:
        for record in again.articles():
            assert again.snapshot(record) == snapshot(7)
        assert sorted(p.name for p in (path / "archive").iterdir()) == names


def test_a_crash_leaves_no_temporary_files_and_no_stray_pictures(path: Path) -> None:
    killed = opened(path)
    commit_some(killed)
    run = killed.unfinished()
    assert run is not None
    stray = killed.store(run).put_media(png(salt=b"its page was never committed"))
    leave_open(killed)
    referred = {line["images"][0]["media"]["path"] for line in lines(path)}
    (path / "media" / stray.sha256[:2] / ".tmp-1").write_bytes(b"half")
    (path / "runs").mkdir(exist_ok=True)
    (path / "runs" / ".tmp-2").write_bytes(b"half")
    opened(path).close()
    assert {f"media/{name}" for name in files(path / "media")} == referred
    assert files(path / "runs") == set()


def test_a_proper_end_leaves_no_stray_pictures_either(path: Path) -> None:
    with opened(path) as collection:
        store = collection.store(collection.begin(Job()))
        store.put_media(png())
    assert files(path / "media") == set()


def test_a_proper_end_leaves_only_what_belongs(path: Path) -> None:
    with opened(path) as collection:
        run = commit_some(collection)
        stored = collection.unfinished()
        assert stored is not None
        collection.end(stored, "limit", {})
    names = {name for name in files(path) if not name.startswith("media/")}
    assert names == {
        "records.jsonl",
        "failures.jsonl",
        "state.sqlite",
        "state.lock",
        f"runs/{run}.json",
        f"archive/{run}-00001.warc.gz",
    }


def test_a_run_leaves_its_report(path: Path) -> None:
    clock = HandClock()
    with opened(path, clock=clock, versions={"scraper": "1.2"}) as collection:
        run = commit_some(collection, delay=2.0)
        stored = collection.unfinished()
        assert stored is not None
        clock.at = clock.at.replace(hour=13)
        collection.end(stored, "interrupted", {"bytes": 12, "hosts": ("a",)})
        report = json.loads((path / "runs" / f"{run}.json").read_text())
    assert report["run"] == run
    assert report["outcome"] == "interrupted"
    assert report["complete"] is False
    assert report["counts"] == {
        "record": 3,
        "unchanged": 0,
        "duplicate": 0,
        "failed": 1,
        "listing": 0,
    }
    assert report["failures"] == {"http.404": 1}
    assert report["job"]["delay"] == 2.0
    assert report["versions"] == {"scraper": "1.2"}
    assert report["facts"] == {"bytes": 12, "hosts": ["a"]}
    assert report["started_at"] < report["ended_at"]
    assert report["identity"] == stored.identity


def test_a_report_that_a_crash_prevented_is_written_later(path: Path) -> None:
    def die(step: str) -> None:
        if step == "run.ended":
            raise KeyboardInterrupt

    killed = opened(path, on_step=die)
    run = killed.begin(Job())
    with pytest.raises(KeyboardInterrupt):
        killed.end(run, "finished", {"pages": 0})
    leave_open(killed)
    opened(path).close()
    assert json.loads((path / "runs" / f"{run.id}.json").read_text())["facts"] == {"pages": 0}


def test_an_abandoned_run_says_so(path: Path) -> None:
    with opened(path) as collection:
        first = collection.begin(Job(), seeds(1))
        collection.begin(Job(), seeds(2))
        report = json.loads((path / "runs" / f"{first.id}.json").read_text())
    assert (report["outcome"], report["complete"]) == ("abandoned", True)


def test_run_ids_tell_the_time_and_differ(path: Path) -> None:
    with opened(path) as collection:
        ids = [collection.begin(Job()).id for _ in range(20)]
    assert len(set(ids)) == 20
    assert {id[:17] for id in ids} == {"20260504T120000Z-"}


def test_passwords_are_written_nowhere(path: Path) -> None:
    job = Job(urls=("https://jane:secret@news.example/story/1",))
    with opened(path) as collection:
        run = collection.begin(job, [make_request(url) for url in job.urls])
        assert run.job.urls == (address(1),)
        collection.end(run, "limit", {})
        stored = collection.unfinished()
        assert stored is not None
        assert stored.identity == job.identity([address(1)])
    for name in files(path):
        assert b"secret" not in (path / name).read_bytes()


def test_a_second_writer_is_refused(path: Path) -> None:
    with opened(path), pytest.raises(CollectionBusy):
        opened(path)
    opened(path).close()


def test_readers_need_no_lock_and_make_nothing(path: Path) -> None:
    with opened(path) as writer:
        commit_some(writer)
        with opened(path, writable=False) as reader:
            assert len(list(reader.articles())) == 3
            run = writer.unfinished()
            assert run is not None
            writer.store(run).commit([outcome(seeds(5)[4])], nothing)
            assert len(list(reader.articles())) == 4
            assert [failure.url for failure in reader.failures()] == [address(3)]
    before = files(path)
    with opened(path, writable=False) as reader:
        assert len(list(reader.articles())) == 4
        record = reader.article("news.example:1")
        assert record is not None
        assert reader.snapshot(record) == snapshot(1)
        assert files(path) == before
    assert files(path) == before


def test_a_reader_sees_what_a_killed_writer_committed(path: Path) -> None:
    killed = opened(path)
    commit_some(killed)
    leave_open(killed)
    with opened(path, writable=False) as reader:
        assert len(list(reader.articles())) == 3


def test_a_reader_that_stays_does_not_hold_up_the_writer(path: Path) -> None:
    with opened(path) as collection:
        run = collection.begin(Job())
        collection.store(run).commit([outcome(request) for request in seeds(50)], nothing)
    with opened(path, writable=False) as reader:
        articles = reader.articles()
        next(articles)
        with opened(path) as writer:
            run = writer.begin(Job())
            more = [
                outcome(request, article(f"new{n}")) for n, request in enumerate(seeds(60)[50:])
            ]
            writer.store(run).commit(more, nothing)
        assert len(list(articles)) == 59


def test_reading_a_missing_collection_says_how_to_make_one(path: Path) -> None:
    with pytest.raises(UsageError, match="scraper crawl URL -o"):
        opened(path, writable=False)
    assert not path.exists()


@pytest.mark.parametrize("writable", [True, False])
def test_another_format_is_refused(path: Path, writable: bool) -> None:
    opened(path).close()
    with sqlite3.connect(path / "state.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(CollectionVersion, match="format 99"):
        opened(path, writable=writable)
    with pytest.raises(CollectionVersion):
        opened(path, writable=writable)


@pytest.mark.parametrize("version", [0, 1, 3])
@pytest.mark.parametrize("kill", [True, False], ids=["killed", "ended"])
def test_a_collection_of_another_format_is_not_touched(
    path: Path, tmp_path: Path, version: int, kill: bool
) -> None:
    collection = opened(path)
    commit_some(collection)
    collection._db.execute(f"PRAGMA user_version = {version}")
    collection._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other = tmp_path / "other"
    if kill:
        shutil.copytree(path, other)
    collection.close()
    if not kill:
        shutil.copytree(path, other)
    before = {name: (other / name).read_bytes() for name in files(other)}
    for writable in (True, False):
        with pytest.raises(CollectionVersion, match=f"format {version}"):
            opened(other, writable=writable)
    assert {name: (other / name).read_bytes() for name in files(other)} == before


def test_nothing_may_be_executed_whatever_the_umask(path: Path) -> None:
    umask = os.umask(0)
    try:
        with opened(path) as collection:
            commit_some(collection)
            run = collection.unfinished()
            assert run is not None
            collection.end(run, "limit", {})
            modes = {name: (path / name).lstat().st_mode for name in files(path)}
    finally:
        os.umask(umask)
    assert {name for name in modes if name.startswith(("media/", "archive/", "runs/"))}
    assert {name for name, mode in modes.items() if not stat.S_ISREG(mode) or mode & 0o111} == set()


def test_somebody_elses_database_is_refused(path: Path) -> None:
    path.mkdir(parents=True)
    with sqlite3.connect(path / "state.sqlite") as db:
        db.execute("CREATE TABLE precious (x)")
    db.close()
    with pytest.raises(DatabaseUnreadable, match="another program"):
        opened(path)
    with sqlite3.connect(path / "state.sqlite") as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("precious",)]
    db.close()


@pytest.mark.parametrize("name", ["records.jsonl", "failures.jsonl", "archive", "media"])
def test_a_folder_with_somebody_elses_records_is_refused(path: Path, name: str) -> None:
    path.mkdir(parents=True)
    (path / name).write_text("precious")
    with pytest.raises(UsageError, match=name):
        opened(path)
    assert (path / name).read_text() == "precious"
    assert files(path) == {name}


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(UsageError, match="is a file"):
        opened(tmp_path / "x")


def test_a_place_where_no_collection_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    for place in (tmp_path / "file" / "below", tmp_path / ("x" * 300), Path("/proc/nope")):
        with pytest.raises(UsageError, match=r"cannot make a collection at .*; choose another"):
            opened(place)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_disk_is_not_the_places_fault(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StorageError, match=os.strerror(number)):
        opened(path)


@pytest.mark.parametrize("writable", [True, False])
def test_what_is_no_database_is_said_to_be_none(path: Path, writable: bool) -> None:
    path.mkdir(parents=True)
    (path / "state.sqlite").write_text("no database\n" * 100)
    with pytest.raises(StorageError, match=r"cannot read .*state\.sqlite: file is not a database"):
        opened(path, writable=writable)


NAMES = (
    *("records.jsonl", "failures.jsonl", "archive", "media", "runs"),
    *("state.sqlite", "state.sqlite-wal", "state.sqlite-shm", "state.lock"),
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("writable", [True, False])
def test_no_link_is_followed_inside(path: Path, tmp_path: Path, name: str, writable: bool) -> None:
    with opened(path) as collection:
        commit_some(collection)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    if (path / name).exists():
        (path / name).rename(elsewhere / name)
    before = {found: (elsewhere / found).read_bytes() for found in files(elsewhere)}
    (path / name).symlink_to(elsewhere / name)
    with pytest.raises(UsageError, match=rf"{name} is a symbolic link.*choose another"):
        opened(path, writable=writable)
    assert {found: (elsewhere / found).read_bytes() for found in files(elsewhere)} == before
    assert (path / name).is_symlink()


def test_the_collection_itself_may_be_a_link(path: Path, tmp_path: Path) -> None:
    (tmp_path / "big").mkdir()
    path.parent.mkdir()
    path.symlink_to(tmp_path / "big")
    with opened(path) as collection:
        commit_some(collection)
        with pytest.raises(CollectionBusy):
            opened(tmp_path / "big")
    assert len(files(tmp_path / "big" / "media")) == 3


def test_a_damaged_database_is_said_after_a_crash(path: Path) -> None:
    """Though nothing that is needed to begin stands in the damaged part."""
    killed = opened(path)
    run = killed.begin(Job())
    killed.store(run).commit([outcome(request) for request in seeds(200)], nothing)
    killed.store(run).commit([outcome(make_request(address("last")))], nothing)
    killed._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    query = "SELECT pageno FROM dbstat WHERE name = 'records' AND pagetype = 'leaf'"
    size = killed._db.execute("PRAGMA page_size").fetchone()[0]
    try:
        middle = killed._db.execute(f"{query} LIMIT 1 OFFSET 5").fetchone()[0]
    except sqlite3.OperationalError:  # not every build can tell its pages
        middle = killed._db.execute("PRAGMA page_count").fetchone()[0] // 2
    leave_open(killed)
    data = bytearray((path / "state.sqlite").read_bytes())
    data[(middle - 1) * size : middle * size] = b"\xa5" * size
    (path / "state.sqlite").write_bytes(data)
    with pytest.raises(StorageError, match=r"cannot read .*state\.sqlite"):
        opened(path)


def test_a_killed_crawls_temporary_directory_is_removed(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    profile = tmp_path / "profile"
    profile.mkdir()
    killed = opened(path)
    killed.remember_leftover(profile)
    leave_open(killed)
    opened(path).close()
    assert not profile.exists()


def test_a_complete_run_leaves_no_queue_behind(path: Path) -> None:
    with opened(path) as collection:
        run = collection.begin(Job(), seeds(1))
        frontier = collection.frontier(run)
        request = frontier.take(0)
        assert isinstance(request, Request)
        collection.store(run).commit([outcome(request)], lambda c: frontier.finish(c[0].request))
        collection.end(run, "finished", {})
        rows = collection._db.execute("SELECT count(*) FROM frontier_requests").fetchone()
        assert rows == (0,)


def test_a_restart_rewrites_the_last_lines_only(path: Path) -> None:
    """The certain length of a file trails by one commit, not by the whole crawl."""
    killed = opened(path)
    run = killed.begin(Job())
    for request in seeds(3):
        killed.store(run).commit([outcome(request)], nothing)
    leave_open(killed)
    steps: list[str] = []
    before = (path / "records.jsonl").read_bytes()
    cut: list[int] = []

    def on_step(step: str) -> None:
        steps.append(step)
        if step == "recovery.cut":
            cut.append((path / "records.jsonl").stat().st_size)

    opened(path, on_step=on_step).close()
    assert (path / "records.jsonl").read_bytes() == before
    assert steps == ["recovery.cut", "recovery.appended"]
    assert cut == [len(b"".join(before.splitlines(keepends=True)[:2]))]
    steps.clear()
    opened(path, on_step=on_step).close()
    assert steps == [], "after a proper end there is nothing to do"


def test_closing_twice_is_harmless(path: Path) -> None:
    collection = opened(path)
    collection.close()
    collection.close()
    reader = opened(path, writable=False)
    reader.close()
    reader.close()


def test_page_text_without_a_form_in_utf8_is_committed(path: Path) -> None:
    with opened(path) as collection:
        run = collection.begin(Job())
        made = article(1, id="news.example:\ud800", title="Half a \udc00 pair", text="nul \0 end")
        done = collection.store(run).commit(
            [
                outcome(make_request("half \ud800"), made, snapshot=snapshot(1, "x")),
                failed(make_request("also \udfff"), "bad \udfff code"),
            ],
            nothing,
        )
        assert [one.kind for one in done] == ["record", "failed"]
        assert done[0].article is not None
        assert done[0].article.title == "Half a \ufffd pair"
        assert collection.article("news.example:\ufffd") == done[0].article
    assert lines(path)[0]["text"] == "nul \0 end"


def test_failures_are_counted_and_the_first_and_last_of_them_given(tmp_path: Path) -> None:
    one, two, three, four = seeds(4)
    with opened(tmp_path) as collection:
        runs = []
        for outcomes in (
            [failed(one), failed(two), failed(three, "dns"), failed(four)],
            [outcome(one), failed(two, "dns")],
        ):
            run = collection.begin(Job(), [])
            collection.store(run).commit(outcomes, nothing)
            collection.end(run, "finished", {})
            runs.append(run.id)
        first, _ = runs
        assert collection.failure_codes() == {"dns": 2, "http.404": 1}
        assert collection.failure_codes(first) == {"http.404": 3, "dns": 1}
        last = collection.last_failures(None, None, 2)
        assert [(failure.url, failure.code) for failure in last] == [
            (two.url, "dns"),
            (four.url, "http.404"),
        ]
        assert [one.url for one in collection.last_failures(first, "http.404", 2)] == [
            four.url,
            two.url,
        ]
        assert [failure.url for failure in collection.first_failures(first, 2)] == [
            one.url,
            two.url,
            three.url,
        ]

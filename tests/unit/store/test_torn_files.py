"""Files cut at every byte of their last two entries, lengthened, removed; a database that is not
what it was.  The next start restores them, or says what cannot be restored."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from scraper.errors import ArchiveDamaged, DatabaseUnreadable, ScraperError, UsageError
from scraper.job import Job
from scraper.protocols import Committed
from scraper.record import Article
from scraper.store.archive import cut_archive, read_snapshot
from scraper.store.disk import ignore
from scraper.store.outbox import Outbox
from tests.memory import in_memory
from tests.unit.samples import article, failed, nothing, outcome, png, seeds, snapshot
from tests.unit.store.opening import files, lines, opened

RECORDS = 4
PIECE = (b"", b"\0" * 64, b'{"half": "a li', b"\xff\x1f\x8b garbage")
"""What a crash may leave behind the last whole byte."""


def fill(path: Path, *, kill: bool) -> None:
    """A collection after some commits, each of a record and a failure."""
    collection = opened(path)
    requests = seeds(2 * RECORDS)
    run = collection.begin(Job(), requests)
    store, frontier = collection.store(run), collection.frontier(run)

    def finish(done: Sequence[Committed]) -> None:
        for one in done:
            frontier.finish(one.request)

    for number in range(RECORDS):
        made = article(number, pictures=[store.put_media(png(salt=b"%d" % number))])
        done = outcome(requests[number], made, snapshot=snapshot(number))
        store.commit([done, failed(requests[RECORDS + number])], finish)
    if kill:
        shutil.copytree(path, path.with_name("killed"))
    collection.close()


@pytest.fixture
def work() -> Iterator[Path]:
    with in_memory() as directory:
        yield directory


@pytest.fixture
def killed(work: Path) -> Path:
    """As a killed process leaves it, write-ahead log included."""
    fill(work / "c", kill=True)
    return work / "killed"


@pytest.fixture
def ended(work: Path) -> Path:
    fill(work / "c", kill=False)
    return work / "c"


def places(start: int, whole: bytes) -> Iterator[bytes]:
    """What is left of a file, cut at every byte from `start`; at some with something behind it."""
    for length in range(start, len(whole) + 1):
        yield whole[:length] + PIECE[length % len(PIECE)]


@pytest.mark.parametrize("state", ["killed", "ended"])
@pytest.mark.parametrize("table", ["records", "failures"])
def test_lines_come_back_wherever_their_file_was_cut(
    state: str, table: str, request: pytest.FixtureRequest
) -> None:
    path: Path = request.getfixturevalue(state)
    file = path / f"{table}.jsonl"
    whole = file.read_bytes()
    two = sum(map(len, whole.splitlines(keepends=True)[-2:]))
    with opened(path, writable=False) as collection:
        for count, left in enumerate(places(len(whole) - two, whole)):
            file.write_bytes(left)
            outbox = Outbox(collection._db, path, table, ignore)
            outbox.recover()
            outbox.close()
            assert file.read_bytes() == whole, f"cut at {count}"
        assert count == two


def test_pages_are_whole_or_damaged_wherever_the_archive_was_cut(killed: Path) -> None:
    [file] = (killed / "archive").iterdir()
    whole = file.read_bytes()
    with opened(killed, writable=False) as collection:
        articles = list(collection.articles())
        archives = [one.archive for one in articles if one.archive]
        before = archives[-3].metadata
        assert before
        for left in places(before.offset + before.length, whole):
            file.write_bytes(left)
            lost = cut_archive(collection._db, killed)
            kept = file.read_bytes()
            assert len(kept) <= len(whole), "what was never committed is cut off"
            assert lost == ([] if len(kept) == len(whole) else [f"archive/{file.name}"])
            _check_pages(killed, articles, whole, kept)


def _check_pages(path: Path, articles: list[Article], whole: bytes, kept: bytes) -> None:
    """Each page is what it was, or said to be damaged: never another, never no error."""
    for one in articles[-2:]:
        assert one.archive
        assert one.archive.metadata
        end = one.archive.metadata.offset + one.archive.metadata.length
        try:
            assert read_snapshot(path, one.archive) == snapshot(one.id.rpartition(":")[2])
        except ArchiveDamaged:
            assert kept[:end] != whole[:end]


@pytest.mark.parametrize("state", ["killed", "ended"])
def test_a_lost_archive_is_said_at_the_start(state: str, request: pytest.FixtureRequest) -> None:
    path: Path = request.getfixturevalue(state)
    [file] = (path / "archive").iterdir()
    os.truncate(file, 100)
    with opened(path) as collection:
        [loss] = collection.losses
        assert f"archive/{file.name} is gone or cut off" in loss
    file.unlink()
    with opened(path) as collection:
        assert collection.losses
        assert len(lines(path)) == RECORDS, "the records are not lost with it"


def test_a_lost_report_is_written_anew(ended: Path) -> None:
    with opened(ended) as collection:
        run = collection.unfinished()
        assert run
        collection.end(run, "limit", {})
    report = ended / "runs" / f"{run.id}.json"
    before = report.read_bytes()
    shutil.rmtree(report.parent)
    opened(ended).close()
    assert report.read_bytes() == before


def test_nothing_is_lost_nothing_said(ended: Path) -> None:
    with opened(ended) as collection:
        assert collection.losses == []


def test_a_lost_lock_is_an_unclean_end(killed: Path) -> None:
    """Somebody tidied up after a killed process; what it left is swept all the same."""
    (killed / "state.lock").unlink()
    (killed / "media" / "ab").mkdir(exist_ok=True)
    stray = killed / "media" / "ab" / ".tmp-0123"
    stray.write_bytes(b"half a picture")
    opened(killed).close()
    assert not stray.exists()


def wal_cuts(wal: bytes) -> Iterator[int]:
    """Nothing, all, and before, at and behind the end of some frames."""
    yield from (0, len(wal))
    frame = 24 + int.from_bytes(wal[8:12])
    for end in range(32, len(wal), 9 * frame):
        yield from (end - 1, end, end + frame // 2)
    yield from (len(wal) - frame, len(wal) - 1)


def test_a_cut_write_ahead_log_loses_nothing_in_silence(killed: Path, work: Path) -> None:
    """A power cut cannot do that to what was synced; a person who tidies up can."""
    wal = (killed / "state.sqlite-wal").read_bytes()
    whole = (killed / "records.jsonl").read_bytes()
    archives = {name: (killed / name).read_bytes() for name in files(killed) if "archive" in name}
    kept = []
    for cut in wal_cuts(wal):
        path = shutil.copytree(killed, work / "again")
        os.truncate(path / "state.sqlite-wal", cut)
        try:
            opened(path).close()
        except DatabaseUnreadable:
            assert {name: (path / name).read_bytes() for name in archives} == archives
        else:
            kept.append(cut)
        assert (path / "records.jsonl").read_bytes() == whole
        shutil.rmtree(path)
    assert kept == [len(wal)]


@pytest.mark.parametrize("damage", ["removed", "garbage"])
def test_a_lost_write_ahead_log_is_said_with_the_way_out(killed: Path, damage: str) -> None:
    wal = killed / "state.sqlite-wal"
    wal.unlink() if damage == "removed" else wal.write_bytes(os.urandom(wal.stat().st_size))
    (killed / "state.sqlite-shm").unlink(missing_ok=True)
    with pytest.raises(DatabaseUnreadable, match=r"older than .*\.jsonl .*-wal .*move"):
        opened(killed)
    for table in ("records", "failures"):
        (killed / f"{table}.jsonl").rename(killed / f"{table}.jsonl.old")
    with opened(killed) as collection:
        assert list(collection.articles()) == []


def test_an_old_copy_of_the_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c"
    with opened(path) as collection:
        run = collection.begin(Job())
        collection.store(run).commit([outcome(seeds(1)[0])], nothing)
    old = (path / "state.sqlite").read_bytes()
    with opened(path) as collection:
        again = collection.unfinished()
        assert again
        collection.store(again).commit([outcome(seeds(2)[1])], nothing)
    whole = (path / "records.jsonl").read_bytes()
    (path / "state.sqlite").write_bytes(old)
    with pytest.raises(DatabaseUnreadable, match=r"older than records\.jsonl"):
        opened(path)
    assert (path / "records.jsonl").read_bytes() == whole


def test_a_shared_memory_file_may_be_anything(killed: Path) -> None:
    (killed / "state.sqlite-shm").write_bytes(b"\xa5" * 32768)
    with opened(killed) as collection:
        assert len(list(collection.articles())) == RECORDS


@pytest.mark.parametrize("left", [0, 1, 99, 100, 512, 4096, 5000, 0.5, -4096, -1])
def test_a_cut_database_is_refused_and_nothing_touched(ended: Path, left: float) -> None:
    database = ended / "state.sqlite"
    size = database.stat().st_size
    os.truncate(database, round(size * left) if 0 < left < 1 else int(left) % size)
    before = {name: (ended / name).read_bytes() for name in files(ended) if "state" not in name}
    with pytest.raises((DatabaseUnreadable, UsageError)) as refused:
        opened(ended)
    assert "state.sqlite" in str(refused.value)
    assert {n: (ended / n).read_bytes() for n in files(ended) if "state" not in n} == before


def test_every_single_file_may_be_lost(ended: Path, work: Path) -> None:
    """The next start has the same records, or says clearly why not."""
    names = sorted(files(ended))
    ids = [line["id"] for line in lines(ended)]
    refused = {}
    for name in names:
        path = shutil.copytree(ended, work / "again")
        (path / name).unlink()
        try:
            with opened(path):
                assert [line["id"] for line in lines(path)] == ids
                assert len(lines(path, "failures")) == RECORDS
        except ScraperError as error:
            refused[name] = str(error)
        shutil.rmtree(path)
    assert list(refused) == ["state.sqlite"]
    assert "state.sqlite is missing" in refused["state.sqlite"]

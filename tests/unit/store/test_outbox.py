"""Lines go on in a new file when one is full, and all of them follow the database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.errors import DatabaseUnreadable
from scraper.job import Job
from scraper.store.verify import verify
from tests.unit.samples import article, outcome, seeds
from tests.unit.store.opening import all_lines, leave_open, lines, opened

COUNT = 7


def fill(path: Path, *, kill: bool) -> None:
    """A commit a record; two lines reach the limit."""
    collection = opened(path)
    run = collection.begin(Job(jsonl_size="2kB"), seeds(COUNT))
    for number, request in enumerate(seeds(COUNT)):
        collection.store(run).commit([outcome(request, article(number))], lambda _: None)
    if kill:
        leave_open(collection)
    else:
        collection.close()


@pytest.fixture(params=[True, False], ids=["killed", "ended"])
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    fill(tmp_path, kill=request.param)
    return tmp_path


def parts(path: Path) -> list[Path]:
    return sorted(path.glob("records*.jsonl"), key=lambda part: (len(part.name), part.name))


def test_each_begins_where_the_last_was_full(path: Path) -> None:
    names = [part.name for part in parts(path)]
    assert names[:3] == ["records.jsonl", "records-00001.jsonl", "records-00002.jsonl"]
    assert all(2000 <= part.stat().st_size < 4000 for part in parts(path)[:-1])
    assert [line["id"] for line in lines(path)] == [f"news.example:{n}" for n in range(COUNT)]
    assert not (path / "failures-00001.jsonl").exists()


def test_a_start_changes_nothing(path: Path) -> None:
    before = [part.read_bytes() for part in parts(path)]
    opened(path).close()
    with opened(path) as collection:
        assert [one for one in verify(collection) if one.problem] == []
    assert [part.read_bytes() for part in parts(path)] == before


def test_a_crawl_goes_on_in_the_last(path: Path) -> None:
    before = parts(path)[0].read_bytes()
    with opened(path) as collection:
        run = collection.unfinished()
        assert run is not None
        for request in seeds(COUNT + 3)[COUNT:]:
            new = outcome(request, article(request.url[-1]))
            collection.store(run).commit([new], lambda _: None)
    assert parts(path)[0].read_bytes() == before
    assert [line["id"] for line in lines(path)] == [f"news.example:{n}" for n in range(COUNT + 3)]


def cut(part: Path) -> None:
    part.write_bytes(part.read_bytes()[:-20])


def lengthen(part: Path) -> None:
    with part.open("ab") as file:
        file.write(b'{"half": ')


@pytest.mark.parametrize("harm", [Path.unlink, cut, lengthen])
@pytest.mark.parametrize("which", [0, 1, -1])
def test_what_one_lost_comes_back(path: Path, which: int, harm: Callable[[Path], None]) -> None:
    before = all_lines(path, "records")
    harm(parts(path)[which])
    opened(path).close()
    assert all_lines(path, "records") == before
    with opened(path, writable=False) as collection:
        assert [one for one in verify(collection) if one.problem] == []


def test_all_of_them_may_be_lost(path: Path) -> None:
    before = all_lines(path, "records")
    for part in parts(path):
        part.unlink()
    opened(path).close()
    assert all_lines(path, "records") == before


def test_a_change_in_any_is_found(path: Path) -> None:
    cut(parts(path)[1])
    with opened(path, writable=False) as collection:
        problems = [one for one in verify(collection) if one.problem]
    assert [one.name.partition(":")[0] for one in problems] == ["records-00001.jsonl"]


def test_lines_the_database_never_saw_are_not_removed(tmp_path: Path) -> None:
    fill(tmp_path, kill=False)
    later = tmp_path / f"records-{len(parts(tmp_path)):05}.jsonl"
    later.write_bytes(b'{"id": "unknown", "run": "r"}\n')
    with pytest.raises(DatabaseUnreadable, match="older"):
        opened(tmp_path)
    assert later.exists()


def test_a_torn_new_file_is_removed(tmp_path: Path) -> None:
    """As a kill right after a rotation leaves it."""
    fill(tmp_path, kill=False)
    before = all_lines(tmp_path, "records")
    later = tmp_path / f"records-{len(parts(tmp_path)):05}.jsonl"
    later.write_bytes(b'{"id": "half a li')
    opened(tmp_path).close()
    assert not later.exists()
    assert all_lines(tmp_path, "records") == before

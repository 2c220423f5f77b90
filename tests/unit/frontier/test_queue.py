"""What only the frontier on SQLite does: it outlives its process."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from scraper.errors import StorageError
from scraper.frontier.queue import SqliteFrontier
from scraper.protocols import Counts, Wait
from scraper.request import Request
from scraper.transaction import transaction
from tests.unit.samples import seeds

NOW = 1_000_000.0
YEAR = 365 * 24 * 3600.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.sqlite"


def opened(path: Path, run: str = "run") -> SqliteFrontier:
    return SqliteFrontier(sqlite3.connect(path, isolation_level=None, timeout=0), run)


def taken(frontier: SqliteFrontier, now: float = NOW) -> Request:
    request = frontier.take(now)
    assert isinstance(request, Request), request
    return request


def test_leases_end_with_the_process(path: Path) -> None:
    requests = seeds(3)
    frontier = opened(path)
    frontier.add(requests)
    frontier.finish(taken(frontier))
    taken(frontier)
    again = opened(path)
    assert again.counts() == Counts(2, 0, 1)
    assert [taken(again), taken(again)] == requests[1:]


def test_every_host_is_found_again_in_its_order(path: Path) -> None:
    hosts = ("b.test", "", "a.test", "a.test:8080")
    requests = [Request(f"{host}/{n}", f"{host}/{n}", host) for host in hosts for n in range(2)]
    opened(path).add(requests)
    again = opened(path)
    assert again.counts() == Counts(8, 0, 0)
    assert [taken(again).host for _ in range(8)] == [*hosts, *hosts]
    assert again.take(NOW) == Wait(float("inf"))


def test_attempts_and_their_pause_outlive_the_process(path: Path) -> None:
    frontier = opened(path)
    frontier.add(seeds(1))
    frontier.retry(taken(frontier), NOW + 40)
    again = opened(path)
    assert again.take(NOW) == Wait(40.0)
    assert taken(again, NOW + 40).attempts == 1


def test_a_hold_outlives_the_process_and_the_run(path: Path) -> None:
    opened(path).hold("news.example", NOW + 50)
    other = opened(path, "another run")
    other.add(seeds(1))
    assert other.take(NOW) == Wait(50.0)


@pytest.mark.parametrize("jump", [-10 * YEAR, 10 * YEAR])
def test_a_clock_that_was_set_between_processes_stops_nothing(path: Path, jump: float) -> None:
    """What an earlier process put off waits as long as it might have asked for, not for years."""
    then = NOW + 20 * YEAR
    frontier = opened(path)
    frontier.add([*seeds(1), *seeds(1, "other.example"), *seeds(1, "third.example")])
    frontier.retry(taken(frontier, then), then + 60)
    frontier.hold("other.example", then + 300)
    frontier.keep_robots("https://news.example", 200, b"x", then)
    again, now = opened(path), then + jump
    assert again.robots("https://news.example", now) is None, "an answer from another time"
    assert taken(again, now).host == "third.example"
    later = [taken(again, now + 300).host for _ in range(2)]
    assert sorted(later) == ["news.example", "other.example"]


def test_robots_answers_outlive_the_process_and_the_run(path: Path) -> None:
    opened(path).keep_robots("https://news.example", 200, b"x", NOW)
    assert opened(path, "another run").robots("https://news.example", NOW) == (200, b"x")


def test_runs_do_not_share_requests(path: Path) -> None:
    one, two = opened(path, "one"), opened(path, "two")
    one.add(seeds(2))
    assert two.counts() == Counts(0, 0, 0)
    assert two.add(seeds(1)) == 1
    two.forget()
    assert opened(path, "one").counts() == Counts(2, 0, 0)


def test_writes_join_an_open_transaction(path: Path) -> None:
    db, reader = sqlite3.connect(path, isolation_level=None), sqlite3.connect(path)
    frontier = SqliteFrontier(db, "run")
    frontier.add(seeds(2))

    def seen() -> tuple[int, int]:
        query = "SELECT count(*), sum(done) FROM frontier_requests"
        count, done = reader.execute(query).fetchone()
        return count, done

    def fail() -> None:
        with transaction(db, str(path)):
            frontier.finish(taken(frontier))
            frontier.add(seeds(5))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert seen() == (2, 0), "all was rolled back together"
    again = SqliteFrontier(db, "run")
    with transaction(db, str(path)):
        again.finish(taken(again))
        again.add(seeds(5))
        assert seen() == (2, 0), "nothing is visible before the commit"
    assert seen() == (5, 1)


def test_a_refusal_of_the_database_is_a_storage_error(path: Path) -> None:
    frontier = opened(path)
    frontier.add(seeds(1))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError, match=r"queue\.sqlite"):
        frontier.add(seeds(3))
    with pytest.raises(StorageError):
        frontier.take(NOW)


def test_the_next_request_is_found_without_scanning(path: Path) -> None:
    """The statements behind `take` use an index for every term of their condition."""
    db = sqlite3.connect(path, isolation_level=None)
    frontier = SqliteFrontier(db, "run")
    frontier.add(seeds(1))
    statements: list[str] = []
    db.set_trace_callback(statements.append)
    taken(frontier)
    db.set_trace_callback(None)
    selects = [statement for statement in statements if statement.lstrip().startswith("SELECT")]
    assert selects
    for statement in selects:
        for *_, detail in db.execute(f"EXPLAIN QUERY PLAN {statement}"):
            assert "SCAN" not in detail
            assert "TEMP B-TREE" not in detail

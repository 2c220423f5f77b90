"""What every frontier promises."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.frontier.queue import SqliteFrontier
from scraper.frontier.seeds import make_request
from scraper.mention import KEY
from scraper.protocols import Allowance, Counts, Frontier, Wait
from scraper.request import Request
from tests.unit.contracts.fakes import FakeFrontier
from tests.unit.samples import address, seeds

NOW = 1_000_000.0


def _sqlite(path: Path) -> Frontier:
    return SqliteFrontier(sqlite3.connect(path / "queue.sqlite", isolation_level=None), "run")


def _memory(_: Path) -> Frontier:
    return FakeFrontier()


@pytest.fixture(params=[_sqlite, _memory], ids=["sqlite", "memory"])
def frontier(request: pytest.FixtureRequest, tmp_path: Path) -> Frontier:
    make: Callable[[Path], Frontier] = request.param
    return make(tmp_path)


def taken(frontier: Frontier, now: float = NOW) -> Request:
    request = frontier.take(now)
    assert isinstance(request, Request), request
    return request


def drained(frontier: Frontier, now: float = NOW) -> list[Request]:
    """All that may start now, finished one by one."""
    found = []
    while isinstance(request := frontier.take(now), Request):
        frontier.finish(request)
        found.append(request)
    return found


def lose(frontier: Frontier, host: str, now: float = NOW) -> float:
    """Let connections fail until the host is given up; when that was."""
    while not frontier.given_up(host):
        frontier.unreachable(host, now)
        now += 1000
    return now


def test_a_request_comes_back_as_it_was_given(frontier: Frontier) -> None:
    request = make_request(
        "https://news.example/a?utm_source=x#part",
        depth=3,
        found_on="https://news.example/",
        meta={"section": "港", "rank": [1, None, {"deep": True}]},
        within=("https://news.example/", "https://www.news.example/"),
    )
    frontier.add([request])
    assert frontier.take(NOW) == request


def test_one_key_is_queued_once(frontier: Frontier) -> None:
    one, same = make_request(address(1)), make_request(address(1) + "?utm_source=letter")
    assert frontier.add([one, same, one]) == 1
    assert frontier.add([same]) == 0
    assert drained(frontier) == [one]
    assert frontier.add([same]) == 0, "not even when it is done"


def test_an_empty_frontier_is_finished(frontier: Frontier) -> None:
    assert frontier.take(NOW) is None
    assert frontier.counts() == Counts(0, 0, 0)


def test_with_all_leased_there_is_nothing_before_something_changes(frontier: Frontier) -> None:
    frontier.add(seeds(1))
    request = taken(frontier)
    assert frontier.take(NOW) == Wait(math.inf)
    frontier.finish(request)
    assert frontier.take(NOW) is None


def test_a_host_without_requests_delays_no_end(frontier: Frontier) -> None:
    frontier.add([make_request(address(1))])
    request = taken(frontier)
    frontier.pace(request.host, 30.0)
    frontier.hold(request.host, NOW + 60)
    frontier.finish(request)
    assert frontier.take(NOW) is None


def test_counts_follow_each_request(frontier: Frontier) -> None:
    frontier.add(seeds(3))
    assert frontier.counts() == Counts(3, 0, 0)
    first, second = taken(frontier), taken(frontier)
    assert frontier.counts() == Counts(1, 2, 0)
    frontier.finish(first)
    frontier.release(second)
    assert frontier.counts() == Counts(2, 0, 1)
    frontier.retry(taken(frontier), NOW + 5)
    assert frontier.counts() == Counts(2, 0, 1)


def test_finishing_twice_counts_once(frontier: Frontier) -> None:
    frontier.add(seeds(2))
    request = taken(frontier)
    frontier.finish(request)
    frontier.finish(request)
    assert frontier.counts() == Counts(1, 0, 1)


def test_within_a_host_the_oldest_comes_first(frontier: Frontier) -> None:
    requests = seeds(5)
    frontier.add(requests)
    assert drained(frontier) == requests


def test_hosts_take_turns(frontier: Frontier) -> None:
    frontier.add(seeds(4, "big.example") + seeds(2, "small.example") + seeds(1, "tiny.example"))
    hosts = [taken(frontier, NOW + second).host for second in range(7)]
    assert sorted(hosts[:3]) == ["big.example", "small.example", "tiny.example"]
    assert sorted(hosts[3:5]) == ["big.example", "small.example"]
    assert hosts[5:] == ["big.example", "big.example"]


def test_a_released_request_comes_back_first_and_unchanged(frontier: Frontier) -> None:
    requests = seeds(3)
    frontier.add(requests)
    frontier.release(taken(frontier))
    assert drained(frontier) == requests


def test_a_retried_request_waits_and_counts_its_attempts(frontier: Frontier) -> None:
    frontier.add(seeds(1))
    frontier.retry(taken(frontier), NOW + 5)
    assert frontier.take(NOW + 2) == Wait(3.0)
    again = taken(frontier, NOW + 5)
    assert again.attempts == 1
    frontier.retry(again, NOW + 6)
    assert taken(frontier, NOW + 6).attempts == 2


def test_other_requests_go_on_while_one_waits(frontier: Frontier) -> None:
    requests = seeds(3)
    frontier.add(requests)
    frontier.retry(taken(frontier), NOW + 60)
    assert drained(frontier) == requests[1:]
    assert frontier.take(NOW) == Wait(60.0)


def test_what_is_not_leased_cannot_be_given_back(frontier: Frontier) -> None:
    frontier.add(seeds(1))
    request = taken(frontier)
    frontier.finish(request)
    frontier.retry(request, NOW)
    frontier.release(request)
    assert frontier.take(NOW) is None
    assert frontier.counts() == Counts(0, 0, 1)
    waiting = make_request(address("waiting"))
    frontier.add([waiting])
    frontier.retry(waiting, NOW + 60)
    frontier.release(waiting)
    assert drained(frontier) == [waiting]


def test_the_pace_spaces_out_the_starts_of_a_host(frontier: Frontier) -> None:
    frontier.add([*seeds(3, "slow.example"), *seeds(1, "other.example")])
    frontier.pace("slow.example", 5.0)
    first = taken(frontier)
    second = taken(frontier)
    assert {first.host, second.host} == {"slow.example", "other.example"}
    assert frontier.take(NOW + 1) == Wait(4.0)
    assert taken(frontier, NOW + 5).host == "slow.example"
    assert frontier.take(NOW + 5) == Wait(5.0)


def test_a_pace_that_is_not_known_yet_waits_until_it_is(frontier: Frontier) -> None:
    frontier.add(seeds(2))
    taken(frontier)
    frontier.pace("news.example", math.inf)
    assert frontier.take(NOW + 1e6) == Wait(math.inf)
    frontier.pace("news.example", 2.0)
    assert frontier.take(NOW + 1) == Wait(1.0)
    assert isinstance(frontier.take(NOW + 2), Request)


def test_a_held_host_waits(frontier: Frontier) -> None:
    frontier.add(seeds(1))
    frontier.hold("news.example", NOW + 30)
    frontier.hold("news.example", NOW + 10)
    assert frontier.take(NOW) == Wait(30.0), "the longer hold counts"
    assert isinstance(frontier.take(NOW + 30), Request)


def test_a_host_is_parked_after_failures_in_a_row(frontier: Frontier) -> None:
    frontier.add(seeds(1))
    frontier.unreachable("news.example", NOW)
    frontier.unreachable("news.example", NOW)
    frontier.reached("news.example")
    frontier.unreachable("news.example", NOW)
    frontier.unreachable("news.example", NOW)
    assert isinstance(frontier.take(NOW), Request), "an answer between starts the count anew"
    frontier.release(seeds(1)[0])
    frontier.unreachable("news.example", NOW)
    wait = frontier.take(NOW)
    assert isinstance(wait, Wait)
    assert 0 < wait.seconds < math.inf


def test_one_probe_goes_out_after_a_parking(frontier: Frontier) -> None:
    frontier.add(seeds(3))
    for _ in range(3):
        frontier.unreachable("news.example", NOW)
    wait = frontier.take(NOW)
    assert isinstance(wait, Wait)
    later = NOW + wait.seconds
    probe = taken(frontier, later)
    assert frontier.take(later) == Wait(math.inf), "the others wait for the probe"
    frontier.unreachable("news.example", later)
    frontier.retry(probe, later)
    longer = frontier.take(later)
    assert isinstance(longer, Wait)
    assert longer.seconds > wait.seconds
    later += longer.seconds
    probe = taken(frontier, later)
    frontier.reached("news.example")
    frontier.finish(probe)
    assert len(drained(frontier, later)) == 2


def test_failures_of_a_parked_host_count_no_further(frontier: Frontier) -> None:
    for _ in range(30):
        frontier.unreachable("news.example", NOW)
    assert not frontier.given_up("news.example")


def test_a_host_that_was_given_up_hands_out_the_rest_at_once(frontier: Frontier) -> None:
    frontier.add(seeds(4))
    frontier.pace("news.example", 10.0)
    frontier.retry(taken(frontier), NOW + 1e9)
    assert not frontier.given_up("news.example")
    now = lose(frontier, "news.example")
    assert len(drained(frontier, now)) == 4
    assert frontier.take(now) is None


def test_other_hosts_do_not_suffer_from_a_lost_one(frontier: Frontier) -> None:
    frontier.add(seeds(2))
    lose(frontier, "other.example")
    assert not frontier.given_up("news.example")
    assert len(drained(frontier)) == 2


def test_robots_answers_are_kept_for_a_day(frontier: Frontier) -> None:
    origin = "https://news.example"
    assert frontier.robots(origin, NOW) is None
    frontier.keep_robots(origin, 200, b"User-agent: *", NOW)
    assert frontier.robots(origin, NOW + 86_399) == (200, b"User-agent: *")
    assert frontier.robots(origin, NOW + 86_400) is None
    assert frontier.robots("http://news.example", NOW) is None
    frontier.keep_robots(origin, 404, b"", NOW + 90_000)
    assert frontier.robots(origin, NOW + 90_001) == (404, b"")


@pytest.mark.parametrize("status", [0, 429, 500, 503])
def test_robots_trouble_is_asked_again_soon(frontier: Frontier, status: int) -> None:
    frontier.keep_robots("https://news.example", status, b"", NOW)
    assert frontier.robots("https://news.example", NOW + 599) == (status, b"")
    assert frontier.robots("https://news.example", NOW + 600) is None


def test_a_robots_answer_from_the_future_does_not_count(frontier: Frontier) -> None:
    frontier.keep_robots("https://news.example", 200, b"", NOW)
    assert frontier.robots("https://news.example", NOW - 1) is None


def test_the_origins_of_the_seeds_are_remembered(frontier: Frontier) -> None:
    named = ["https://a.example/1", "https://a.example/2", "http://b.example:8080/"]
    named.append("http://a.example/3")
    frontier.add([make_request(url) for url in named])
    frontier.add([make_request("https://found.example/", depth=1, within=(named[0],))])
    drained(frontier)
    assert sorted(frontier.seeds()) == [
        "http://a.example/3",
        "http://b.example:8080/",
        "https://a.example/1",
    ]


def test_the_seed_of_a_request_tried_again_by_itself_is_remembered(frontier: Frontier) -> None:
    within = ("https://a.example/", "https://led.example/")
    frontier.add([make_request("https://b.example/1", within=within)])
    assert frontier.seeds() == ["https://a.example/"], "not where it led, nor what was found"


def test_what_is_beyond_an_allowance_is_left_out_and_counted(frontier: Frontier) -> None:
    def two_a_host(request: Request) -> list[Allowance]:
        return [Allowance("budget", request.host, 2), Allowance("none", "", 99)]

    first, second = seeds(4, "a.example"), seeds(2, "b.example")
    assert frontier.add([*first, *first, *second], two_a_host) == 4
    assert frontier.limits() == {"budget": 4}
    assert frontier.add(first, two_a_host) == 0
    assert frontier.limits() == {"budget": 6}
    assert frontier.add(first) == 2, "seeds have no allowance"
    assert {request.url for request in drained(frontier)} == {r.url for r in [*first, *second]}
    frontier.forget()
    assert frontier.limits() == {}


def test_what_else_is_said_of_a_page_reaches_its_request_while_it_waits(
    frontier: Frontier,
) -> None:
    feed, listing = ({KEY: [{"by": by, "title": by}]} for by in ("feed", "list"))
    url, both = address(1), {KEY: feed[KEY] + listing[KEY]}
    frontier.add([make_request(url, meta=feed), make_request(address(2))])
    frontier.add([make_request(url, meta=listing), make_request(address(2), meta=listing)])
    frontier.add([make_request(url, meta=listing)])
    one, other = taken(frontier), taken(frontier)
    assert (one.meta, other.meta) == (both, listing)
    frontier.add([make_request(url, meta={KEY: [{"by": "sitemap"}]})])
    frontier.release(one)
    assert taken(frontier).meta[KEY][:2] == both[KEY]


def test_a_forgotten_run_has_nothing_left(frontier: Frontier) -> None:
    frontier.add(seeds(3))
    taken(frontier)
    frontier.keep_robots("https://news.example", 200, b"", NOW)
    frontier.forget()
    assert frontier.counts() == Counts(0, 0, 0)
    assert frontier.take(NOW) is None
    assert frontier.robots("https://news.example", NOW) == (200, b"")


def test_what_is_excluded_is_added_as_a_seed_only(frontier: Frontier) -> None:
    found = make_request(address(1), depth=1, within=(address(0),))
    other = make_request(address(2), depth=1, within=(address(0),))
    frontier.exclude([found.fingerprint])
    assert frontier.add([found, other]) == 1
    assert drained(frontier) == [other]
    assert frontier.add([make_request(address(1))]) == 1
    (seed,) = drained(frontier)
    assert seed.url == address(1)

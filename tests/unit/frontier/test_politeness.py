from __future__ import annotations

import math

from scraper.frontier.politeness import PARKED, PARKINGS, Pace, robots_are_fresh


def test_a_host_that_was_never_asked_is_free() -> None:
    assert Pace(delay=math.inf).free_at() <= 0


def test_the_latest_reason_counts() -> None:
    pace = Pace(delay=5, started=100, held_until=103, parked_until=0)
    assert pace.free_at() == 105
    pace.held_until = 200
    assert pace.free_at() == 200


def test_parkings_grow_and_end_in_giving_up() -> None:
    pace, now, lengths = Pace(), 1000.0, []
    for _ in range(2):
        pace.failed(now)
    assert pace.free_at() <= now
    while not pace.given_up:
        pace.failed(now)
        lengths.append(pace.parked_until - now)
        now = pace.parked_until
    assert lengths[:PARKINGS] == [PARKED * 2**n for n in range(PARKINGS)]
    assert pace.free_at() <= now, "what is left is handed out to be failed"


def test_an_answer_forgets_failures_but_not_that_the_host_was_given_up() -> None:
    pace = Pace()
    for now in (0, 0, 0, 100, 300):
        pace.failed(now)
    pace.answered()
    assert not pace.probing
    assert pace.free_at() <= 300
    pace.given_up = True
    pace.answered()
    assert pace.given_up


def test_robots_answers_age() -> None:
    assert robots_are_fresh(200, 0, 86_399)
    assert not robots_are_fresh(200, 0, 86_400)
    assert robots_are_fresh(403, 0, 86_399), "an answer, not trouble"
    assert not robots_are_fresh(502, 0, 600)

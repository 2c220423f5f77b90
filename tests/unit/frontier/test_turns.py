from __future__ import annotations

import math

from scraper.frontier.turns import Turns


def turns(*names: str) -> Turns:
    made = Turns()
    for name in names:
        made[name].fresh = True
        made.plan(name)
    return made


def test_hosts_come_in_the_order_they_were_planned() -> None:
    made = turns("a", "b", "c")
    assert [made.next(0) for _ in range(4)] == ["a", "b", "c", math.inf]


def test_a_host_that_was_served_goes_behind_the_others() -> None:
    made = turns("a", "b")
    order = []
    for now in range(4):
        name = made.next(now)
        assert isinstance(name, str)
        made[name].pace.started = now
        made.plan(name)
        order.append(name)
    assert order == ["a", "b", "a", "b"]


def test_a_host_that_must_wait_longer_than_planned_is_skipped() -> None:
    made = turns("a", "b")
    made["a"].pace.held_until = 50
    made.plan("a")
    assert made.next(10) == "b"
    assert made.next(10) == 50
    assert made.next(50) == "a"


def test_a_host_that_may_go_sooner_than_planned_goes_sooner() -> None:
    made = turns("a")
    made["a"].pace.held_until = 50
    made.plan("a")
    assert made.next(10) == 50
    made["a"].pace.held_until = 20
    made.plan("a")
    assert made.next(10) == 20
    assert made.next(20) == "a"
    assert made.next(60) == math.inf, "the first plan is stale"


def test_a_host_with_nothing_left_is_not_planned() -> None:
    made = turns("a")
    made["a"].fresh = False
    made.plan("a")
    assert made.next(10) == math.inf

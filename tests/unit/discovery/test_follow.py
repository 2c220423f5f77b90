"""Which further requests a page leads to."""

from __future__ import annotations

from typing import Any

import pytest

from scraper.discovery.follow import Follower
from scraper.frontier.seeds import make_request
from scraper.job import Job
from scraper.protocols import Found
from tests.unit.discovery.pages import page
from tests.unit.samples import MOMENT

SEED = "https://news.example/"
HTML = "<title>Front</title><a href='/a'>A</a> <a href='/b'>B</a> <a href='//other.example/'>O</a>"


def follower(**options: Any) -> Follower:
    return Follower(Job(**options), MOMENT)


def test_links_within_the_scope_are_followed_one_step_deeper() -> None:
    found = follower(scope="host", depth=1).found(make_request(SEED), page(SEED, HTML)).requests
    assert [request.url for request in found] == [f"{SEED}a", f"{SEED}b"]
    assert {(one.depth, one.found_on, one.within, one.seed) for one in found} == {
        (1, SEED, (SEED,), SEED)
    }
    (at_the_end, _) = found
    assert follower(scope="host", depth=1).found(at_the_end, page(at_the_end.url, HTML)) == Found()
    deeper = follower(scope="host", depth=2).found(at_the_end, page(at_the_end.url, HTML))
    assert {(one.depth, one.within) for one in deeper.requests} == {(2, (SEED,))}


@pytest.mark.parametrize("options", [{}, {"depth": 3}, {"scope": "host"}])
def test_by_default_none_is(options: dict[str, Any]) -> None:
    assert follower(**options).found(make_request(SEED), page(SEED, HTML)) == Found()


def test_a_seed_that_leads_elsewhere_takes_the_scope_along() -> None:
    landed = page("https://www.news.example/", HTML, asked=SEED)
    found = follower(scope="host", depth=1).found(make_request(SEED), landed).requests
    assert [one.url for one in found] == [
        "https://www.news.example/a",
        "https://www.news.example/b",
    ]
    assert found[0].within == (SEED, "https://www.news.example/")


def test_a_page_found_on_the_way_that_leads_out_ends_it() -> None:
    way = make_request(f"{SEED}a", depth=1, within=(SEED,))
    assert (
        follower(scope="host", depth=9).found(way, page("https://other.example/", HTML)) == Found()
    )


def test_error_pages_and_other_things_have_no_links() -> None:
    of = follower(scope="host", depth=1)
    assert of.found(make_request(SEED), page(SEED, HTML, status=404)) == Found()
    assert of.found(make_request(SEED), page(SEED, b"%PDF-1.7")) == Found()
    assert of.found(make_request(SEED), page(SEED, b"")) == Found()


def test_a_host_has_its_budget() -> None:
    of = follower(scope="host", depth=1, max_pages_per_host=7)
    (one,) = of.allowances(make_request("https://news.example:8080/a"))
    assert (one.name, one.key, one.most) == ("max_pages_per_host", "news.example:8080", 7)
    assert list(follower().allowances(make_request(SEED))) == []

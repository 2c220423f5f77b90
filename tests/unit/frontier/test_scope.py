"""Which addresses belong to the crawl of a seed."""

from __future__ import annotations

import pytest

from scraper.errors import UsageError
from scraper.frontier.scope import Scope

SEED = ("https://news.example.co.uk/world/today/index.html",)
NEAR = "http://news.example.co.uk/world/today/1.html?page=2"
ASIDE = "https://news.example.co.uk/sport/"
SISTER = "https://sport.example.co.uk/world/today/"
AWAY = "https://example.org/world/today/"


@pytest.mark.parametrize(
    ("scope", "held"),
    [
        ("page", []),
        ("prefix", [NEAR]),
        ("host", [NEAR, ASIDE]),
        ("domain", [NEAR, ASIDE, SISTER]),
        (r"regex:\.org/|page=\d", [NEAR, AWAY]),
    ],
)
def test_a_scope_holds_what_its_name_says(scope: str, held: list[str]) -> None:
    of = Scope(scope)
    assert [url for url in (NEAR, ASIDE, SISTER, AWAY) if of.holds(url, SEED)] == held


def test_where_a_seed_led_to_counts_as_the_seed() -> None:
    within = ("https://example.com/", "https://www.example.com/")
    assert Scope("host").holds("https://www.example.com/a", within)
    assert not Scope("host").holds("https://m.example.com/a", within)


def test_a_prefix_is_whole_directories() -> None:
    assert not Scope("prefix").holds("https://a.example/news-of-old/1", ["https://a.example/news/"])
    assert Scope("prefix").holds("https://a.example/news/1", ["https://a.example/news/"])


def test_another_port_is_another_host() -> None:
    assert not Scope("host").holds("https://a.example:8443/", ["https://a.example/"])


def test_a_seed_that_is_no_address_holds_nothing() -> None:
    for scope in ("host", "domain", "prefix"):
        assert not Scope(scope).holds(NEAR, ["not an address"])


@pytest.mark.parametrize("pattern", ["(", r"(?=a)", r"(a)\1"])
def test_a_pattern_is_one_of_re2(pattern: str) -> None:
    with pytest.raises(UsageError, match=r"--scope regex:.* not a regular expression of RE2"):
        Scope(f"regex:{pattern}")

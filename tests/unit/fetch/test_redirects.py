"""Where redirects lead."""

from datetime import UTC, datetime

import pytest

from scraper.errors import InvalidAddress, RedirectRefused, SchemeRefused
from scraper.fetch.redirects import MOST_REDIRECTS, Trail, target
from scraper.snapshot import Exchange

HERE = "http://a.test/dir/page?q=1"


def answer(status: int, location: str | None) -> Exchange:
    headers = (("location", location),) if location is not None else ()
    return Exchange(HERE, status, headers, b"", datetime.now(UTC))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_statuses_that_redirect(status: int) -> None:
    assert target(answer(status, "https://b.test/")) == "https://b.test/"


@pytest.mark.parametrize("status", [200, 201, 300, 304, 404])
def test_statuses_that_do_not(status: int) -> None:
    assert target(answer(status, "https://b.test/")) is None


@pytest.mark.parametrize(
    ("location", "where"),
    [
        ("other", "http://a.test/dir/other"),
        ("/top#part", "http://a.test/top"),
        ("//b.test/x", "http://b.test/x"),
        ("?q=2", "http://a.test/dir/page?q=2"),
        (" https://user:pass@b.test/ ", "https://b.test/"),
        ("/häuser", "http://a.test/h%C3%A4user"),
    ],
)
def test_addresses_are_completed(location: str, where: str) -> None:
    assert target(answer(302, location)) == where


@pytest.mark.parametrize(
    ("location", "error"),
    [
        (None, RedirectRefused),
        ("  ", RedirectRefused),
        ("file:///etc/passwd", SchemeRefused),
        ("http://[bad", InvalidAddress),
    ],
)
def test_what_cannot_be_followed(location: str | None, error: type[Exception]) -> None:
    with pytest.raises(error):
        target(answer(302, location))


def test_a_loop() -> None:
    trail = Trail("http://a.test/")
    trail.follow("http://a.test/2")
    with pytest.raises(RedirectRefused, match="loop") as caught:
        trail.follow("http://a.test/")
    assert caught.value.final_url == "http://a.test/"


def test_coming_back_once_where_cookies_count() -> None:
    trail = Trail("http://a.test/", returns=1)
    trail.follow("http://a.test/")
    with pytest.raises(RedirectRefused, match="loop"):
        trail.follow("http://a.test/")


def test_too_many() -> None:
    trail = Trail("http://a.test/")
    for number in range(MOST_REDIRECTS):
        trail.follow(f"http://a.test/{number}")
    with pytest.raises(RedirectRefused, match="too many"):
        trail.follow("http://a.test/last")

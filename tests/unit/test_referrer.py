"""What a browser would send, after the table of the W3C's Referrer Policy."""

import pytest

from scraper.referrer import policy, referrer

PAGE = "https://www.news.example/a/b.htm?x=1#top"
OWN = "https://www.news.example/pic.jpg"
OTHER = "https://img.news.example/pic.jpg"
PLAIN = "http://img.news.example/pic.jpg"
FULL = "https://www.news.example/a/b.htm?x=1"
ORIGIN = "https://www.news.example/"


@pytest.mark.parametrize(
    ("rule", "own", "other", "plain"),
    [
        ("strict-origin-when-cross-origin", FULL, ORIGIN, None),
        ("no-referrer", None, None, None),
        ("no-referrer-when-downgrade", FULL, FULL, None),
        ("same-origin", FULL, None, None),
        ("origin", ORIGIN, ORIGIN, ORIGIN),
        ("strict-origin", ORIGIN, ORIGIN, None),
        ("origin-when-cross-origin", FULL, ORIGIN, ORIGIN),
        ("unsafe-url", FULL, FULL, FULL),
    ],
)
def test_every_policy(rule: str, own: str | None, other: str | None, plain: str | None) -> None:
    assert referrer(PAGE, OWN, rule) == own
    assert referrer(PAGE, OTHER, rule) == other
    assert referrer(PAGE, PLAIN, rule) == plain


def test_user_names_and_fragments_never_leave() -> None:
    assert referrer("https://me:secret@news.example/x#y", "https://news.example/p.png") == (
        "https://news.example/x"
    )


def test_the_last_known_word_of_the_header_counts() -> None:
    assert policy(None) == "strict-origin-when-cross-origin"
    assert policy("no-referrer, unsafe-url, newfangled") == "unsafe-url"
    assert policy("nonsense") == "strict-origin-when-cross-origin"


def test_no_referrer_for_what_is_no_address() -> None:
    assert referrer("about:blank", OWN) is None


def test_the_pages_own_head_counts_more() -> None:
    markup = (
        "<!doctype html><head><META content='origin' name=referrer><meta name=author content=x>"
    )
    assert policy("no-referrer", markup) == "origin"
    assert policy("no-referrer", "<meta name=referrer content=newfangled>") == "no-referrer"
    assert policy(None, "<meta " * 20_000) == "strict-origin-when-cross-origin"

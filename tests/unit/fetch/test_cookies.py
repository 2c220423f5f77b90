"""Which address a cookie is for (RFC 6265)."""

from __future__ import annotations

import pytest

from scraper.fetch.cookies import Cookie, cookie_header, set_cookie

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("domain", "host", "is_of"),
    [
        ("", "a.test", True),
        ("a.test", "a.test", True),
        ("A.Test", "a.test", True),
        ("a.test", "b.a.test", False),
        (".a.test", "a.test", True),
        (".a.test", "b.a.test", True),
        (".a.test", "ba.test", False),
        (".b.a.test", "a.test", False),
        ("[::1]", "::1", True),
        ("::1", "[::1]", True),
    ],
)
def test_domains(domain: str, host: str, is_of: bool) -> None:
    assert Cookie("n", "v", domain).is_of(host) is is_of


@pytest.mark.parametrize(
    ("path", "asked", "is_for"),
    [
        ("/", "/", True),
        ("/", "/a/b", True),
        ("/a", "/a", True),
        ("/a", "/a/b", True),
        ("/a/", "/a/b", True),
        ("/a", "/ab", False),
        ("/a/", "/a", False),
    ],
)
def test_paths(path: str, asked: str, is_for: bool) -> None:
    assert Cookie("n", "v", path=path).is_for(f"https://a.test{asked}?q", NOW) is is_for


def test_time_and_safety() -> None:
    assert not Cookie("n", "v", expires=NOW).is_for("https://a.test/", NOW)
    assert Cookie("n", "v", expires=NOW + 1).is_for("https://a.test/", NOW)
    assert not Cookie("n", "v", secure=True).is_for("http://a.test/", NOW)


def test_longer_paths_come_first() -> None:
    cookies = [Cookie("a", "1"), Cookie("b", "2", path="/x"), Cookie("c", "3")]
    assert cookie_header(cookies) == "b=2; a=1; c=3"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("n=v", Cookie("n", "v", path="/deep")),
        ("n=v=w; path=/; SECURE", Cookie("n", "v=w", path="/", secure=True)),
        ("n=; Max-Age=60; Expires=nonsense", Cookie("n", "", path="/deep", expires=NOW + 60)),
        ("n=v; Max-Age=-1", Cookie("n", "v", path="/deep", expires=NOW)),
        ("n=v; Max-Age=" + "9" * 400, Cookie("n", "v", path="/deep", expires=NOW + 999999999999)),
        ("n=v; Expires=Thu, 01 Jan 1970 00:00:01 GMT", Cookie("n", "v", path="/deep", expires=1)),
        ("n=v; Expires=x; Domain=elsewhere.test; Path=y", Cookie("n", "v", path="/deep")),
        ("=v", None),
        ("n", None),
        ("", None),
        ("n=" + "v" * 5000, None),
    ],
)
def test_what_a_server_sets(line: str, expected: Cookie | None) -> None:
    assert set_cookie(line, "https://a.test/deep/page?x=/y", NOW) == expected


def test_no_value_in_its_repr() -> None:
    assert "planted" not in repr(Cookie("n", "planted"))

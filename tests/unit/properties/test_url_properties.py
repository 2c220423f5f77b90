"""Addresses: one canonical form, and no text that breaks the reading of seeds."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scraper import url
from scraper.errors import PageError
from scraper.frontier.seeds import make_request, read_seeds

anything = st.text(st.characters(), max_size=60)
words = st.text("aZ0-_.~%2fü港 /?&=#:@+", max_size=20)
addresses = st.builds(
    "{}://{}{}{}/{}?{}#{}".format,
    st.sampled_from(["http", "https", "HTTPS"]),
    st.sampled_from(["", "jane@", "jane:pa:ss@", ":@"]),
    st.sampled_from(
        ["a.example", "A.EXAMPLE", "ü.example", "[::1]", "127.1", "0x7f.1", "a.example."]
    ),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    words,
    st.lists(
        st.sampled_from(["utm_source=x", "id=1", "UTM_medium", "fbclid=%20", "q=", "", "a=b=c"])
    ).map("&".join),
    words,
)


def cleaned(text: str) -> str | None:
    try:
        return url.clean(text)
    except PageError:
        return None


@given(addresses | anything)
@example("https://a.example/?utm_source=x&&")
@example("https://a.example/??utm_source=x")
@example("https://a.example/ \t\n")
def test_cleaning_and_the_canonical_form_are_idempotent(text: str) -> None:
    address = cleaned(text)
    if address is None:
        with pytest.raises(PageError):
            url.canonical(text)
        return
    assert url.clean(address) == address
    canonical = url.canonical(text)
    assert url.canonical(canonical) == canonical
    assert url.canonical(address) == canonical
    assert url.clean(canonical) == canonical
    assert url.host(canonical) == url.host(address)


@given(addresses)
def test_what_is_written_down_holds_no_user_info(text: str) -> None:
    for written in (cleaned(text), url.without_user_info(text), make_request(text).url):
        assert written is not None
        assert "jane" not in written.partition("?")[0].partition("a.example/")[0]
        assert "pa:ss" not in written


@given(st.lists(anything | addresses | words))
@example(['{"url": "https://a.example/", "url": 3}', "{}", "[]", "{", "\ufeff#"])
def test_reading_seeds_never_raises(lines: list[str]) -> None:
    for request in read_seeds(lines, "seeds.txt"):
        request.url.encode()
        request.key.encode()
        assert bool(request.host) == (not request.key.startswith("invalid:"))
        assert (cleaned(request.url) is not None) == bool(request.host)
        assert len(request.fingerprint) == 16


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text("aü港 \n"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text("xyz", min_size=1), json_values, max_size=4))
def test_a_json_line_carries_its_values_through(meta: dict[str, object]) -> None:
    line = orjson.dumps({**meta, "url": "https://a.example/"}).decode()
    [request] = read_seeds([line], "s")
    assert (request.url, request.meta) == ("https://a.example/", meta)

from __future__ import annotations

import io

import pytest

from scraper import url
from scraper.errors import PageError, UsageError
from scraper.frontier.seeds import make_request, read_seeds


def lines(*texts: str) -> list[str]:
    return [request.url for request in read_seeds(texts, "seeds.txt")]


def test_one_url_a_line_without_comments_and_blanks() -> None:
    assert lines("https://a.example/1\n", "", "  \n", "# later", " https://a.example/2 \r\n") == [
        "https://a.example/1",
        "https://a.example/2",
    ]


def test_a_byte_order_mark_is_no_part_of_the_url() -> None:
    assert lines("\ufeffhttps://a.example/") == ["https://a.example/"]


def test_a_fragment_is_no_comment() -> None:
    assert lines("https://a.example/#top") == ["https://a.example/"]


def test_a_json_line_keeps_its_other_keys() -> None:
    [request] = read_seeds(['{"url": "https://a.example/", "rank": 3, "tags": ["x"]}'], "s")
    assert request.url == "https://a.example/"
    assert request.meta == {"rank": 3, "tags": ["x"]}


def test_the_key_is_canonical_and_the_url_is_not() -> None:
    request = make_request("HTTPS://A.Example:443/x?utm_source=letter&id=2#top")
    assert request.url == "https://a.example/x?utm_source=letter&id=2"
    assert request.key == "https://a.example/x?id=2"
    assert request.host == "a.example"


def test_the_host_has_a_port_unless_it_is_the_schemes_own() -> None:
    assert make_request("http://a.example:8080/").host == "a.example:8080"
    assert make_request("http://a.example:80/").host == "a.example"


@pytest.mark.parametrize(
    "text",
    [
        "not a url",
        "a.example/without-scheme",
        "ftp://a.example/",
        "javascript:alert(1)",
        "https://",
        "http://[::1",
        '{"url": 5}',
        '{"address": "https://a.example/"}',
        '{"url": "https://a.example/"',
        "{" * 5000,
        '{"url": ' + "[" * 5000,
        "https://a.example/" + "x" * 9000,
        "nul\0inside",
        "half \ud800 a pair",
    ],
)
def test_a_bad_line_becomes_a_request_that_cannot_be_fetched(text: str) -> None:
    _, request = read_seeds(["https://a.example/", text], "seeds.txt")
    assert request.key.startswith("invalid:")
    assert len(request.key) == len("invalid:") + 16
    assert request.host == ""
    assert request.meta["line"].startswith("seeds.txt:2")
    assert len(request.url) < 600
    assert request.url.encode(), "valid UTF-8"
    with pytest.raises(PageError):
        url.parse(request.url)


def test_lines_that_look_like_json_are_told_what_they_lack() -> None:
    text = '\ufeff{"url": 5}\r\n\r\n["https://a.example/"]\n{"url": "a.example"}\n{"url": "https://b.example/"'
    source = text.splitlines(keepends=True)
    found = [request.meta["line"] for request in read_seeds(source, "s")]
    hint = ' (a line of JSON is an object with the address as text in "url")'
    assert found == [f"s:1{hint}", f"s:3{hint}", "s:4", f"s:5{hint}"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
@pytest.mark.parametrize("errors", ["replace", "surrogateescape"])
def test_utf_16_is_refused_as_a_whole(encoding: str, errors: str) -> None:
    data = "\ufeffhttps://a.example/\n# a comment\n".encode(encoding)
    source = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors=errors)
    with pytest.raises(UsageError, match=r"seeds\.txt is UTF-16 text: save it as UTF-8"):
        list(read_seeds(source, "seeds.txt"))


def test_what_cannot_be_decoded_is_refused() -> None:
    source = io.TextIOWrapper(io.BytesIO(b"https://a.example/caf\xe9\n"), encoding="utf-8")
    with pytest.raises(UsageError, match="stdin is not UTF-8 text"):
        list(read_seeds(source, "stdin"))


def test_different_bad_lines_have_different_keys() -> None:
    long = "https://a.example/" + "x" * 9000
    keys = {request.key for request in read_seeds([long, long + "y", "no url"], "s")}
    assert len(keys) == 3


@pytest.mark.parametrize(
    "text",
    [
        "https://jane:secret@a.example/",
        "ftp://jane:secret@a.example/",
        "jane:secret@a.example",
        "https://jane:secret@a.example:99999/",
        "https://jane:se/cret@a.example:x/",
        '{"url": "https://jane:secret@a.example/", "n": 1',
        "https://jane:secret@a.example/" + "x" * 9000,
        "  http:\\\\jane:se cret@a.example\\",
    ],
)
def test_a_password_is_written_nowhere(text: str) -> None:
    [request] = read_seeds([text], "seeds.txt")
    assert "cret" not in repr(request)

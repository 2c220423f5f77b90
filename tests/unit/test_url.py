from __future__ import annotations

import pytest

from scraper import url
from scraper.errors import InvalidAddress, SchemeRefused


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://a.example", "https://a.example/"),
        ("  HTTPS://A.Example:443/B?q=1#top \n", "https://a.example/B?q=1"),
        ("http://a.example:80/x/../y/./z", "http://a.example/y/z"),
        ("https://jane:secret@a.example/x", "https://a.example/x"),
        ("https://münchen.example/ü?ö", "https://xn--mnchen-3ya.example/%C3%BC?%C3%B6"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://[::FFFF]:8080/", "http://[::ffff]:8080/"),
        ("https:\\\\a.example\\b", "https://a.example/b"),
        ("https://a.example/?utm_source=x&id=1", "https://a.example/?utm_source=x&id=1"),
    ],
)
def test_an_address_is_cleaned(text: str, address: str) -> None:
    assert url.clean(text) == address


@pytest.mark.parametrize(
    "text", ["", "a.example", "/path", "https://", "http://a b/", "http://[::"]
)
def test_what_is_no_absolute_url_is_invalid(text: str) -> None:
    with pytest.raises(InvalidAddress):
        url.parse(text)


def test_what_is_too_long_is_invalid_and_cut_in_the_message() -> None:
    text = "https://a.example/" + "x" * url.MAX_LENGTH
    with pytest.raises(InvalidAddress) as refused:
        url.parse(text)
    assert len(refused.value.url) < 100
    assert url.parse(text[: url.MAX_LENGTH])


@pytest.mark.parametrize(
    "text",
    [
        "file:///etc/passwd",
        "chrome://crash",
        "javascript:alert(1)",
        "data:text/html,x",
        "view-source:https://a.example/",
        "ftp://a.example/",
        "blob:https://a.example/x",
        "JaVaScRiPt:1",
    ],
)
def test_only_http_and_https_are_addresses(text: str) -> None:
    with pytest.raises(SchemeRefused) as refused:
        url.clean(text)
    assert refused.value.code == "url.scheme"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("https://a.example/?utm_source=x&id=1&fbclid=2", "https://a.example/?id=1"),
        ("https://a.example/?UTM_Medium=x", "https://a.example/"),
        ("https://a.example/?utm%5Fsource=x", "https://a.example/"),
        ("https://a.example/?", "https://a.example/"),
        ("https://a.example/?b=2&&a=1&", "https://a.example/?b=2&a=1"),
        ("https://a.example/?q=utm_source", "https://a.example/?q=utm_source"),
        ("https://a.example/?myutm_source=1", "https://a.example/?myutm_source=1"),
        ("https://a.example/?a=%2B+%20", "https://a.example/?a=%2B+%20"),
        ("https://a.example/#/route", "https://a.example/"),
    ],
)
def test_tracking_does_not_make_another_address(text: str, canonical: str) -> None:
    assert url.canonical(text) == canonical


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("//img.example/x.png", "https://img.example/x.png"),
        (" ../y ", "https://a.example/y"),
        ("?p=2", "https://a.example/dir/page?p=2"),
        ("http://jane:secret@b.example/", "http://b.example/"),
        ("mailto:jane@a.example", None),
        ("javascript:void(0)", None),
        ("http://[", None),
        ("https://a.example/" + "x" * url.MAX_LENGTH, None),
    ],
)
def test_references_are_joined(reference: str, address: str | None) -> None:
    assert url.join("https://a.example/dir/page", reference) == address


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("https://a.example/@user", "https://a.example/@user"),
        ("ithome", "ithome"),
        ("https://jane:secret@a.example/x", "https://a.example/x"),
        ("https://jane@a.example/x", "https://a.example/x"),
        ("ftp://jane:secret@a.example/x", "ftp://…@a.example/x"),
        ("jane:secret@a.example/x", "jane:…@a.example/x"),
        ("https://jane:se/cret@a.example:x/", "https://…@a.example:x/"),
    ],
)
def test_user_info_is_written_nowhere(text: str, written: str) -> None:
    assert url.without_user_info(text) == written


def test_host_port_and_origin() -> None:
    assert url.host("https://A.example:443/") == "a.example"
    assert url.host("https://a.example:8443/") == "a.example:8443"
    assert url.host_and_port("https://a.example/") == ("a.example", 443)
    assert url.host_and_port("http://[::1]:8080/") == ("::1", 8080)
    assert url.origin("https://a.example:443/x?y") == "https://a.example"
    assert url.origin("http://a.example:8080/x") == "http://a.example:8080"


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.news.example.co.uk", "example.co.uk"),
        ("a.example:8080", "a.example"),
        ("127.0.0.1:80", "127.0.0.1"),
        ("[::1]:80", "::1]:80"),
        ("localhost", "localhost"),
        ("someone.github.io", "someone.github.io"),
    ],
)
def test_the_site_of_a_host(host: str, site: str) -> None:
    assert url.site(host) == site


def test_the_digest_is_of_the_canonical_form() -> None:
    assert url.digest("https://a.example/?utm_source=x") == url.digest("https://a.example/")
    assert len(url.digest("https://a.example/")) == 16

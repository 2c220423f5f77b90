"""What is withheld of addresses, and of texts that speak of them."""

from dataclasses import replace

import pytest

from scraper.parameters import Parameters
from scraper.snapshot import Snapshot
from tests.unit.samples import snapshot

SECRET = Parameters(["Token", "sig"])


@pytest.mark.parametrize(
    ("address", "hidden"),
    [
        ("https://a.test/?token=abc&x=1#top", "https://a.test/?token=***&x=1#top"),
        ("https://a.test/?x=1&TOKEN=a(b)c,d'", "https://a.test/?x=1&TOKEN=***"),
        ("https://a.test/?t%6fken=abc", "https://a.test/?t%6fken=***"),
        ("https://a.test/?token=&tokens=abc", "https://a.test/?token=&tokens=abc"),
        ("https://a.test/?u=https%3A%2F%2Fb%2F%3Fsig%3Dabc%26y%3D1", "…%3Fsig%3D***%26y%3D1"),
        ("https://a.test/token=abc", "https://a.test/token=abc"),
        ("no address", "no address"),
    ],
)
def test_addresses(address: str, hidden: str) -> None:
    found = SECRET.hidden(address)
    assert found.endswith(hidden.removeprefix("…"))
    assert SECRET.hidden(found) == found
    assert SECRET.lacks_value(found) == ("=***" in found)


def test_nothing_is_withheld_unasked() -> None:
    assert not Parameters([])
    page = snapshot(1)
    assert Parameters([]).snapshot(page) is page
    assert Parameters([]).hidden("https://a.test/?=1&token=2") == "https://a.test/?=1&token=2"


def signed() -> Snapshot:
    page = snapshot(1)
    where = "https://a.test/?token=s3cret%20one"
    dom = (
        '<base href="/deep/"><img src="b.png?w=2&amp;sig=x1"> s3cret one, s3cret%20one'
        "<i style='background: url(c.png?sig=y1)'>"
    )
    exchange = replace(
        page.exchanges[-1],
        url=where,
        body=b"s3cret one",
        headers=(("X-Echo", "s3cret one"), ("Location", "/?sig=z#t")),
        request_headers=(("Referer", where),),
    )
    return replace(page, url=where, request_url=where, dom=dom, exchanges=(exchange,))


def test_a_page() -> None:
    hidden = SECRET.snapshot(signed())
    (exchange,) = hidden.exchanges
    assert hidden.url == hidden.request_url == exchange.url == "https://a.test/?token=***"
    assert exchange.body == b"s3cret one", "bodies are the server's"
    assert exchange.headers == (("X-Echo", "***"), ("Location", "/?sig=***#t"))
    assert exchange.request_headers == (("Referer", hidden.url),)
    assert hidden.dom == (
        '<base href="/deep/"><img src="b.png?w=2&amp;sig=***"> ***, ***'
        "<i style='background: url(c.png?sig=***)'>"
    )
    assert hidden.redacted == ("sig", "token")
    assert SECRET.snapshot(hidden) == hidden


def test_what_to_ask_for_instead() -> None:
    true = SECRET.true_addresses(signed())
    assert true["https://a.test/?token=***"] == "https://a.test/?token=s3cret%20one"
    assert true["https://a.test/deep/b.png?w=2&sig=***"] == "https://a.test/deep/b.png?w=2&sig=x1"
    assert true["https://a.test/deep/c.png?sig=***"] == "https://a.test/deep/c.png?sig=y1"

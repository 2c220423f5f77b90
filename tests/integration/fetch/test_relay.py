"""The browser's proxy, spoken to byte by byte."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from scraper.fetch import wire
from scraper.fetch.budget import Budget
from scraper.fetch.gateway import Gateway
from scraper.fetch.relay import Relay
from scraper.job import Job
from tests.site import Answer, TestSite


@pytest.fixture
async def relay(site: TestSite) -> AsyncIterator[Relay]:
    gateway = Gateway(Job(connect_to=site.connect_to, per_host=2))
    relay = Relay(gateway, 2**20)
    yield relay
    await relay.close()
    gateway.close()


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def of(cls, relay: Relay) -> "Client":
        address = await relay.open()
        return cls(*await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2])))

    async def ask(self, text: str) -> None:
        self.writer.write(text.replace("\n", "\r\n").encode())
        await self.writer.drain()

    async def answer(self, end: bytes) -> bytes:
        async with asyncio.timeout(10):
            return await self.reader.readuntil(end)

    async def ended(self) -> bytes:
        """All that comes until the relay hangs up."""
        async with asyncio.timeout(10):
            with suppress(ConnectionError):
                return await self.reader.read(-1)
        return b""


async def test_requests_one_after_the_other(relay: Relay, site: TestSite) -> None:
    site.pages["/a"] = Answer("first")
    site.pages["/b"] = lambda seen: Answer(b"second " + seen.body)
    client = await Client.of(relay)
    await client.ask("GET http://x.test/a?q=1 HTTP/1.1\nHost: lie.test\nProxy-Connection: k\n\n")
    assert b"first" in await client.answer(b"first")
    assert relay.idle_seconds >= 0
    await client.ask("POST http://x.test/b HTTP/1.1\nHost: x.test\nContent-Length: 4\n\nbody")
    await client.answer(b"second body")
    assert [(seen.method, seen.host, seen.path) for seen in site.requests] == [
        ("GET", "x.test", "/a?q=1"),
        ("POST", "x.test", "/b"),
    ]
    assert "proxy-connection" not in site.requests[0].headers
    assert site.connections == 1


async def test_a_chunked_answer_passes_unchanged(relay: Relay, site: TestSite) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"more"

    site.pages["/a"] = Answer("some", pieces=pieces)
    site.pages["/b"] = Answer("next")
    client = await Client.of(relay)
    await client.ask("GET http://x.test/a HTTP/1.1\nHost: x.test\n\n")
    assert (await client.answer(b"0\r\n\r\n")).endswith(b"4\r\nsome\r\n4\r\nmore\r\n0\r\n\r\n")
    await client.ask("GET http://x.test/b HTTP/1.1\nHost: x.test\n\n")
    await client.answer(b"next")


async def test_early_hints_and_answers_without_body(relay: Relay, site: TestSite) -> None:
    site.pages["/a"] = Answer(raw=b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 204 No\r\n\r\n")
    site.pages["/b"] = Answer("next")
    client = await Client.of(relay)
    await client.ask("GET http://x.test/a HTTP/1.1\nHost: x.test\n\n")
    assert (await client.answer(b"204 No\r\n\r\n")).startswith(b"HTTP/1.1 103")
    await client.ask("GET http://x.test/b HTTP/1.1\nHost: x.test\n\n")  # on a new connection
    await client.answer(b"next")


async def test_a_tunnel_carries_bytes_both_ways(relay: Relay, site: TestSite) -> None:
    site.pages["/a"] = Answer("through")
    client = await Client.of(relay)
    await client.ask("CONNECT x.test:80 HTTP/1.1\nHost: x.test:80\n\n")
    await client.answer(b"established\r\n\r\n")
    await client.ask("GET /a HTTP/1.1\nHost: x.test\n\n")
    await client.answer(b"through")


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ("CONNECT 10.0.0.1:8443 HTTP/1.1\n\n", b"HTTP/1.1 502"),
        ("CONNECT closed.test:81 HTTP/1.1\n\n", b"HTTP/1.1 502"),
        ("CONNECT x.test:25 HTTP/1.1\n\n", b"HTTP/1.1 502"),
        ("GET http://x.test:6667/ HTTP/1.1\n\n", b""),
        ("GET http://10.0.0.1:8080/ HTTP/1.1\n\n", b""),
        ("GET / HTTP/1.1\nHost: x.test\n\n", b""),
        ("GET ftp://x.test/ HTTP/1.1\n\n", b""),
        ("POST http://x.test/ HTTP/1.1\nTransfer-Encoding: chunked\n\n", b""),
        ("GET http://x.test/ HTTP/1.1\nContent-Length: 1\nContent-Length: 2\n\n", b""),
        ("POST http://x.test/ HTTP/1.1\nContent-Length: 9999999\n\n", b""),
        ("nonsense\n\n", b""),
    ],
)
async def test_what_is_refused(relay: Relay, site: TestSite, request_: str, said: bytes) -> None:
    client = await Client.of(relay)
    await client.ask(request_)
    assert (await client.ended())[:12] == said
    assert site.requests == []


@pytest.mark.parametrize("path", ["/junk", "/flood", "/short", "/reset"])
async def test_broken_answers_end_the_connection(relay: Relay, path: str) -> None:
    client = await Client.of(relay)
    await client.ask(f"GET http://x.test{path} HTTP/1.1\nHost: x.test\n\n")
    assert len(await client.ended()) < 2**20 + 2**18
    assert relay.gateway.lease("x.test")._slots.in_use("x.test") == 0


async def test_it_is_busy_while_a_request_is_under_way(relay: Relay, site: TestSite) -> None:
    client = await Client.of(relay)
    await client.ask("GET http://x.test/never HTTP/1.1\nHost: x.test\n\n")
    while not site.requests:  # noqa: ASYNC110 - the site lives in another thread
        await asyncio.sleep(0.01)
    assert relay.idle_seconds == 0
    client.writer.close()
    async with asyncio.timeout(10):
        while not relay.idle_seconds:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert relay.gateway.lease("x.test")._slots.in_use("x.test") == 0


async def test_a_page_has_so_many_requests(relay: Relay, site: TestSite) -> None:
    site.pages["/a"] = Answer("one")
    relay.budget._requests = 2
    client = await Client.of(relay)
    for _ in range(2):
        await client.ask("GET http://x.test/a HTTP/1.1\nHost: x.test\n\n")
        await client.answer(b"one")
    await client.ask("GET http://x.test/a HTTP/1.1\nHost: x.test\n\n")
    assert await client.ended() == b""
    assert relay.budget.spent
    relay.budget = Budget(2**20)  # the next page's
    client = await Client.of(relay)
    await client.ask("GET http://x.test/a HTTP/1.1\nHost: x.test\n\n")
    await client.answer(b"one")
    assert len(site.requests) == 3


async def test_the_turns_of_a_tunnel_are_requests(relay: Relay, site: TestSite) -> None:
    site.pages["/a"] = Answer("one")
    relay.budget._requests = 3  # the connection itself, and two
    client = await Client.of(relay)
    await client.ask("CONNECT x.test:80 HTTP/1.1\n\n")
    await client.answer(b"established\r\n\r\n")
    for _ in range(3):
        await client.ask("GET /a HTTP/1.1\nHost: x.test\n\n")
        await client.answer(b"one")
    await client.ask("GET /a HTTP/1.1\nHost: x.test\n\n")
    assert await client.ended() == b""
    assert len(site.requests) == 3


async def test_a_page_has_so_many_bytes(relay: Relay, site: TestSite) -> None:
    site.pages["/a"] = Answer("x" * 2**18)
    relay.budget._bytes = 2**19
    client = await Client.of(relay)
    await client.ask("GET http://x.test/a HTTP/1.1\nHost: x.test\n\n" * 4)
    assert 2**18 < len(await client.ended()) < 2**19
    assert relay.budget.spent


@pytest.mark.parametrize("limit", ["LONGEST_SILENCE", "LONGEST_LIFE"])
async def test_connections_end(
    relay: Relay, site: TestSite, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(wire, limit, 0.1)
    client = await Client.of(relay)
    await client.ask("CONNECT x.test:80 HTTP/1.1\n\n")
    assert (await client.ended()).startswith(b"HTTP/1.1 200")
    assert relay.gateway.lease("x.test")._slots.in_use("x.test") == 0


async def through_a_tunnel(relay: Relay, path: str, end: bytes) -> Client:
    client = await Client.of(relay)
    await client.ask("CONNECT x.test:80 HTTP/1.1\n\n")
    await client.answer(b"established\r\n\r\n")
    await client.ask(f"GET {path} HTTP/1.1\nHost: x.test\n\n")
    await client.answer(end)
    return client


async def test_a_tunnel_that_was_answered_serves_the_next_page(
    relay: Relay, site: TestSite
) -> None:
    site.pages["/a"] = Answer("one")
    client = await through_a_tunnel(relay, "/a", b"one")
    relay.drop_busy()
    assert relay._busy == 0
    await client.ask("GET /a HTTP/1.1\nHost: x.test\n\n")
    await client.answer(b"one")
    assert site.connections == 1


async def test_an_answer_that_outlives_its_page_is_cut(relay: Relay, site: TestSite) -> None:
    async def for_ever() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.01)
            yield b"more"

    site.pages["/a"] = Answer("some", pieces=for_ever)
    client = await through_a_tunnel(relay, "/a", b"some")
    relay.drop_busy()
    assert relay._busy == 0
    await client.ended()


async def test_a_request_without_an_answer_ends_with_its_page(relay: Relay, site: TestSite) -> None:
    client = await Client.of(relay)
    await client.ask("CONNECT x.test:80 HTTP/1.1\n\n")
    await client.answer(b"established\r\n\r\n")
    await client.ask("GET /never HTTP/1.1\nHost: x.test\n\n")
    while not site.requests:  # noqa: ASYNC110 - the site lives in another thread
        await asyncio.sleep(0.01)
    relay.drop_busy()
    assert await client.ended() == b""
    assert relay.gateway.lease("x.test")._slots.in_use("x.test") == 0

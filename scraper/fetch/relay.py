"""The browser's way out: a forward proxy on loopback, one for each browser context.

It speaks CONNECT, and plain HTTP with absolute addresses.  It asks for no password: whoever can
reach it on loopback could make the same connections without it, and answering a challenge would
cost the browser an interception of every request.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import ada_url

from scraper import url
from scraper.errors import PageError
from scraper.fetch.framing import (
    LONGEST_HEAD,
    BrokenFraming,
    Head,
    chunks,
    exactly,
    read_head,
    until_end,
)
from scraper.fetch.gateway import Endpoint, Gateway
from scraper.fetch.slots import Lease

LINGER = 0.25
"""Seconds of silence after a server's bytes until a tunnel counts as idle."""

_REFUSED = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_HOP = {"proxy-connection", "proxy-authorization", "host"}


class Relay:
    """`max_bytes` is the most that one answer may bring."""

    def __init__(self, gateway: Gateway, max_bytes: int) -> None:
        self.gateway, self.max_bytes = gateway, max_bytes
        self._server: asyncio.Server | None = None
        self._wires: dict[asyncio.Task[None], _Wire] = {}
        self._busy = 0
        self._idle_since = 0.0

    async def open(self) -> str:
        """The proxy's address for the browser."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: asyncio.StreamReaderProtocol(_Reader(), self._accept), "127.0.0.1", 0
        )
        self._idle_since = loop.time()
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def idle_seconds(self) -> float:
        """For how long no request has been under way; 0 while one is."""
        return 0.0 if self._busy else asyncio.get_running_loop().time() - self._idle_since

    def started(self) -> None:
        """A connection began a request."""
        self._busy += 1

    def ended(self) -> None:
        """A connection's request is over."""
        self._busy -= 1
        self._idle_since = asyncio.get_running_loop().time()

    def drop_busy(self) -> None:
        """Cut the connections with a request under way; the page that made it was left.  The
        browser itself keeps those of WebSockets, for example."""
        for task, wire in self._wires.items():
            if wire.busy:
                task.cancel()

    async def close(self) -> None:
        """Cut every connection."""
        if self._server:
            self._server.close()
        for task in self._wires:
            task.cancel()
        await asyncio.gather(*self._wires, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(reader, _Reader)
        wire = _Wire(self, reader, writer)
        task = asyncio.ensure_future(wire.serve())
        reader.ended = task.cancel  # whatever is still under way, nobody waits for it
        self._wires[task] = wire
        task.add_done_callback(self._wires.pop)


class _Reader(asyncio.StreamReader):
    """Tells at once when the browser hangs up, even while nobody reads."""

    def __init__(self) -> None:
        super().__init__(limit=LONGEST_HEAD)
        self.ended: Callable[[], object] = lambda: None

    def feed_eof(self) -> None:
        super().feed_eof()
        self.ended()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.ended()


class _Wire:
    """One connection of the browser, and the one to the outside behind it."""

    def __init__(
        self, relay: Relay, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._relay = relay
        self._reader, self._writer = reader, writer
        self._upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._target: Endpoint | None = None
        self._lease: Lease | None = None
        self.busy = False
        self._answered = 0

    async def serve(self) -> None:
        """Until one side ends.  What goes wrong the browser sees as a connection that ends."""
        try:
            await self._serve()
        except (OSError, PageError, BrokenFraming):
            pass
        finally:
            self._close()

    async def _serve(self) -> None:
        while head := await read_head(self._reader):
            method, where, _ = head.start
            if method == "CONNECT":
                await self._tunnel(where)
                return
            if not where.startswith("http://") or head.chunked:
                raise BrokenFraming
            if not await self._forward(head, where):
                return

    def _close(self) -> None:
        self._pause()
        self._writer.transport.abort()
        if self._upstream:
            self._upstream[1].transport.abort()

    async def _begin(self, target: Endpoint) -> None:
        """A request starts: wait for a slot of its host."""
        self._answered = 0
        if not self.busy:
            self.busy = True
            self._relay.started()
        if self._target != target:
            self._hang_up()
            self._target = target
            self._lease = self._relay.gateway.lease(target[0])
        assert self._lease is not None
        await self._lease.take()

    def _pause(self) -> None:
        """Nothing is under way."""
        if self._lease:
            self._lease.free()
        if self.busy:
            self.busy = False
            self._relay.ended()

    def _hang_up(self) -> None:
        if self._lease:
            self._lease.free()
        if self._upstream:
            self._upstream[1].transport.abort()
            self._upstream = None

    # -- tunnels

    async def _tunnel(self, where: str) -> None:
        target = _endpoint(f"https://{where}")
        await self._begin(target)
        try:
            reader, writer = await self._relay.gateway.connect(*target)
        except PageError:
            self._writer.write(_REFUSED)
            await self._writer.drain()
            raise
        self._upstream = reader, writer
        self._writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await self._talk(reader, writer, target)

    async def _talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: Endpoint
    ) -> None:
        """Bytes both ways until one side ends.  A request is under way from the client's bytes
        until the server has been silent for a moment."""
        loop = asyncio.get_running_loop()
        silence: asyncio.TimerHandle | None = None
        last = 0.0

        def fall_silent() -> None:
            nonlocal silence
            rest = last + LINGER - loop.time()
            if rest > 0.001:
                silence = loop.call_later(rest, fall_silent)
            else:
                silence = None
                self._pause()

        async def up() -> None:
            nonlocal silence
            async for piece in until_end(self._reader):
                if silence:
                    silence.cancel()
                    silence = None
                await self._begin(target)
                writer.write(piece)
                await writer.drain()

        async def down() -> None:
            nonlocal silence, last
            async for piece in until_end(reader):
                last = loop.time()
                if not silence:
                    silence = loop.call_later(LINGER, fall_silent)
                await self._send(piece)

        ways = [asyncio.ensure_future(up()), asyncio.ensure_future(down())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            if silence:
                silence.cancel()

    # -- plain HTTP

    async def _forward(self, head: Head, where: str) -> bool:
        """One request and its answer; whether the connection may serve another."""
        await self._begin(_endpoint(where))
        body = b"".join([piece async for piece in exactly(self._reader, head.length or 0)])
        answer = await self._ask(_origin_form(head, where) + body)
        while answer and answer.start[1].startswith("1") and answer.start[1] != "101":
            await self._send(answer.raw)
            assert self._upstream is not None
            answer = await read_head(self._upstream[0])
        if not answer:
            raise BrokenFraming
        assert self._upstream is not None
        assert self._target is not None
        reader, writer = self._upstream
        await self._send(answer.raw)
        status = answer.start[1]
        if status == "101":
            await self._talk(reader, writer, self._target)
            return False
        async for piece in _body(reader, answer, head.start[0]):
            await self._send(piece)
        self._pause()
        return not answer.closes and not head.closes and _ends_by_itself(answer, head.start[0])

    async def _ask(self, request: bytes) -> Head | None:
        """Send the request; once more on a new connection when a kept one proves dead."""
        assert self._target is not None
        kept = self._upstream
        if kept:
            try:
                kept[1].write(request)
                await kept[1].drain()
                if answer := await read_head(kept[0]):
                    return answer
            except OSError:
                pass
            kept[1].transport.abort()
        self._upstream = await self._relay.gateway.connect(*self._target)
        self._upstream[1].write(request)
        await self._upstream[1].drain()
        return await read_head(self._upstream[0])

    async def _send(self, piece: bytes) -> None:
        self._answered += len(piece)
        self._relay.gateway.relayed += len(piece)
        if self._answered > self._relay.max_bytes:
            raise BrokenFraming
        self._writer.write(piece)
        await self._writer.drain()


def _endpoint(where: str) -> Endpoint:
    return url.host_and_port(where)


def _origin_form(head: Head, where: str) -> bytes:
    """The request as its server wants it."""
    parts = ada_url.URL(where)
    lines = [f"{head.start[0]} {parts.pathname}{parts.search} HTTP/1.1", f"Host: {parts.host}"]
    lines += [f"{name}: {value}" for name, value in head.fields if name.lower() not in _HOP]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _ends_by_itself(answer: Head, method: str) -> bool:
    bodiless = method == "HEAD" or answer.start[1] in ("204", "304")
    return bodiless or answer.chunked or answer.length is not None


def _body(reader: asyncio.StreamReader, answer: Head, method: str) -> AsyncIterator[bytes]:
    if method == "HEAD" or answer.start[1] in ("204", "304"):
        return exactly(reader, 0)
    if answer.chunked:
        return chunks(reader)
    if answer.length is not None:
        return exactly(reader, answer.length)
    return until_end(reader)

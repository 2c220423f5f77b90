"""One connection of the browser's proxy: CONNECT, and plain HTTP with absolute addresses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import ada_url

from scraper import url
from scraper.errors import PageError
from scraper.fetch.budget import Budget
from scraper.fetch.framing import BrokenFraming, Head, chunks, exactly, read_head, until_end
from scraper.fetch.gateway import Endpoint, Gateway
from scraper.fetch.slots import Lease

LINGER = 0.25
"""Seconds of silence after a server's bytes until a tunnel counts as idle."""

LONGEST_SILENCE = 120.0
LONGEST_LIFE = 3600.0
"""Seconds without a byte, and altogether, after which a connection is cut."""

_REFUSED = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_HOP = {"proxy-connection", "proxy-authorization", "host"}


class Wire:
    """One connection of the browser, and the one to the outside behind it.  `budget` is the present
    page's.  `started` and `ended` are called when a request begins and when it is over."""

    def __init__(
        self,
        gateway: Gateway,
        max_bytes: int,
        budget: Callable[[], Budget],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        started: Callable[[], None],
        ended: Callable[[], None],
    ) -> None:
        self._gateway, self._max_bytes, self._budget = gateway, max_bytes, budget
        self._started, self._ended = started, ended
        self._reader, self._writer = reader, writer
        self._upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._target: Endpoint | None = None
        self._lease: Lease | None = None
        self.busy = False
        self._answered = 0
        self._tunnel_open = self._left = False
        self._loop = asyncio.get_running_loop()
        self._opened = self._heard = self._loop.time()
        self._watcher: asyncio.TimerHandle

    async def serve(self) -> None:
        """Until one side ends.  What goes wrong the browser sees as a connection that ends."""
        task = asyncio.current_task()
        assert task is not None
        self._watch(task)
        try:
            await self._serve()
        except (OSError, PageError, BrokenFraming):
            pass
        finally:
            self._watcher.cancel()
            self._close()

    def _watch(self, task: asyncio.Task[None]) -> None:
        """Cut a connection that is silent or open for too long."""
        end = min(self._heard + LONGEST_SILENCE, self._opened + LONGEST_LIFE)
        if end <= self._loop.time():
            task.cancel()
        else:
            self._watcher = self._loop.call_at(end, self._watch, task)

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

    def let_go(self) -> bool:
        """The page was left: whether this connection may serve the next one.  A tunnel may whose
        last answer seems to be over; should more of it come, the tunnel ends."""
        if self._tunnel_open and self._answered:
            self._left = True
            self._pause()
        return self._left or not self.busy

    def _close(self) -> None:
        self._pause()
        self._writer.transport.abort()
        if self._upstream:
            self._upstream[1].transport.abort()

    async def _begin(self, target: Endpoint) -> None:
        """A request starts, or goes on: wait for a slot of its host."""
        self._heard = self._loop.time()
        if (self._answered or not self.busy) and not self._budget().request():
            raise BrokenFraming
        self._answered = 0
        self._left = False
        if not self.busy:
            self.busy = True
            self._started()
        if self._target != target:
            self._hang_up()
            self._target = target
            self._lease = self._gateway.lease(target[0])
        assert self._lease is not None
        await self._lease.take()

    def _pause(self) -> None:
        """Nothing is under way."""
        if self._lease:
            self._lease.free()
        if self.busy:
            self.busy = False
            self._ended()

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
            reader, writer = await self._gateway.connect(*target)
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
                self._spend(piece)
                writer.write(piece)
                await writer.drain()

        async def down() -> None:
            nonlocal silence, last
            async for piece in until_end(reader):
                if self._left:
                    return
                last = loop.time()
                if not silence:
                    silence = loop.call_later(LINGER, fall_silent)
                await self._send(piece)

        self._tunnel_open = True
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
        if (head.length or 0) > self._max_bytes:
            raise BrokenFraming
        body = b"".join([piece async for piece in exactly(self._reader, head.length or 0)])
        answer = await self._ask(self._request(head, where) + body)
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

    def _request(self, head: Head, where: str) -> bytes:
        """As its server wants it, or the proxy that it goes to."""
        parts = ada_url.URL(where)
        proxy = self._gateway.proxy
        target = f"http://{parts.host}" if proxy else ""
        lines = [f"{head.start[0]} {target}{parts.pathname}{parts.search} HTTP/1.1"]
        lines.append(f"Host: {parts.host}")
        lines += [f"{name}: {value}" for name, value in head.fields if name.lower() not in _HOP]
        lines += [f"{name}: {value}" for name, value in (proxy.headers if proxy else {}).items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

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
        self._upstream = await self._gateway.connect(*self._target, tunnel=False)
        self._upstream[1].write(request)
        await self._upstream[1].drain()
        return await read_head(self._upstream[0])

    async def _send(self, piece: bytes) -> None:
        self._answered += len(piece)
        self._gateway.relayed += len(piece)
        self._heard = self._loop.time()
        if self._answered > self._max_bytes:
            raise BrokenFraming
        self._spend(piece)
        self._writer.write(piece)
        await self._writer.drain()

    def _spend(self, piece: bytes) -> None:
        if not self._budget().passed(len(piece)):
            raise BrokenFraming


def _endpoint(where: str) -> Endpoint:
    return url.host_and_port(where)


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

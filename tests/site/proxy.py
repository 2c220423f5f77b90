"""A forward proxy on loopback that finds every name at the local site."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from types import TracebackType

from tests.site.wire import TestSite


@dataclass
class TestProxy:
    """`password` is the header it wants to see; `asked` what it was asked for, heads whole."""

    __test__ = False

    site: TestSite
    password: str | None = None
    asked: list[str] = field(default_factory=list)
    port: int = 0

    async def __aenter__(self) -> TestProxy:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()

    @property
    def targets(self) -> list[str]:
        """`METHOD target` of each request."""
        return [head.rpartition(" HTTP/1.1\r\n")[0].partition(" HTTP/")[0] for head in self.asked]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.asked.append(head)
            if self.password and f"Proxy-Authorization: {self.password}\r\n" not in head:
                writer.write(b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            elif head.startswith("CONNECT"):
                await self._tunnel(head, reader, writer)
            else:
                await self._forward(head, reader, writer)
        writer.close()

    async def _tunnel(
        self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        plain = head.split(" ")[1].endswith(":80")
        there = self.site.http_port if plain else self.site.https_port
        back, out = await asyncio.open_connection("127.0.0.1", there)
        writer.write(b"HTTP/1.1 200 Here you are\r\n\r\n")
        await asyncio.gather(_pass(reader, out), _pass(back, writer))

    async def _forward(
        self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        method, _, rest = head.partition(" http://")
        host, _, path = rest.partition("/")
        back, out = await asyncio.open_connection("127.0.0.1", self.site.http_port)
        lines = [line for line in path.split("\r\n") if not line.startswith("Proxy-")]
        request = f"{method} /" + "\r\n".join(lines)
        assert f"Host: {host}" in lines
        out.write(request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").encode())
        out.write_eof()
        while piece := await back.read(65536):
            writer.write(piece)
        out.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()

"""An HTTP/1.1 server written out byte by byte, so that it can also answer wrongly."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

import trustme

Handler = Callable[["Seen"], "Answer"]

FOR_ROBOTS = ("/robots.txt", "/.well-known/tdmrep.json")


@dataclass(frozen=True)
class Seen:
    """One request as it arrived, in order of arrival.  Header names are in lower case."""

    method: str
    scheme: str
    host: str
    path: str
    """With the query."""
    headers: dict[str, str]
    body: bytes = b""
    port: int = 0
    """Of the site, for answers that name an address of their own."""

    @property
    def query(self) -> dict[str, str]:
        parts = (part.partition("=") for part in self.path.partition("?")[2].split("&") if part)
        return {name: value for name, _, value in parts}


@dataclass(frozen=True)
class Answer:
    """What the site says.  A str body is sent as UTF-8."""

    body: str | bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    type: str | None = "text/html; charset=utf-8"
    delay: float = 0
    """Seconds before the status line."""
    length: int | None = None
    """Announced Content-Length, when it shall not be the true one."""
    pieces: Callable[[], AsyncIterator[bytes]] | None = None
    """Chunks sent after `body`, in chunked framing."""
    end: Literal["keep", "close", "hang", "reset"] = "keep"
    """What happens after the last byte.  `hang`: nothing, until the other side goes away."""
    raw: bytes | None = None
    """Sent instead of everything else; then the connection is closed, or hangs."""
    verbatim: Callable[[], AsyncIterator[bytes]] | None = None
    """Sent after `raw`, as it is."""

    def content(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


@dataclass
class _Load:
    now: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)

    def enter(self, host: str) -> None:
        self.now[host] += 1
        self.most[host] = max(self.most[host], self.now[host])

    def leave(self, host: str) -> None:
        self.now[host] -= 1


class TestSite:
    """The server in a thread of its own, one HTTP and one HTTPS port on 127.0.0.1."""

    __test__ = False

    def __init__(self, pages: dict[str, Answer | Handler] | None = None) -> None:
        from tests.site.pages import default_pages  # noqa: PLC0415 - pages are made of Answers

        self._first_pages = default_pages() | (pages or {})
        self.pages: dict[str, Answer | Handler] = dict(self._first_pages)
        """By `/path` or `host/path`; a key ending in `*` matches every path that begins so.  The
        longest key wins, and one with the host before one without."""
        self.requests: list[Seen] = []
        self.connections = 0
        self.http_port = 0
        self.https_port = 0
        self._load = _Load()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self._servers: list[asyncio.Server] = []

    def __enter__(self) -> TestSite:
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    @property
    def connect_to(self) -> tuple[str, str]:
        """For `Job.connect_to`: every name on ports 80 and 443 leads to this site."""
        return f"*:80:127.0.0.1:{self.http_port}", f"*:443:127.0.0.1:{self.https_port}"

    def url(self, path: str = "/", *, host: str | None = None, scheme: str = "http") -> str:
        """An address of this site: by port on loopback, or on a virtual host (see `connect_to`)."""
        port = self.https_port if scheme == "https" else self.http_port
        return f"{scheme}://{host or f'127.0.0.1:{port}'}{path}"

    def paths(self, host: str | None = None) -> list[str]:
        """Paths asked for, in order, files for robots left out."""
        return [
            seen.path
            for seen in self.requests
            if seen.path not in FOR_ROBOTS and host in (None, seen.host)
        ]

    def seen(self, path: str) -> Seen:
        """The last request of a path."""
        return next(seen for seen in reversed(self.requests) if seen.path == path)

    def most_at_once(self, host: str) -> int:
        """The largest number of requests of a host that were under way together."""
        return self._load.most[host]

    def reset(self) -> None:
        """Start afresh: nothing recorded, the pages of the beginning."""
        self.requests.clear()
        self.connections = 0
        self._load.most.clear()
        self.pages = dict(self._first_pages)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    async def _open(self) -> None:
        plain = await asyncio.start_server(self._serve_plain, "127.0.0.1", 0)
        secure = await asyncio.start_server(self._serve_tls, "127.0.0.1", 0, ssl=_tls())
        self._servers = [plain, secure]
        self.http_port = plain.sockets[0].getsockname()[1]
        self.https_port = secure.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve_plain(self, r: asyncio.StreamReader, w: asyncio.StreamWriter) -> None:
        await self._serve("http", r, w)

    async def _serve_tls(self, r: asyncio.StreamReader, w: asyncio.StreamWriter) -> None:
        await self._serve("https", r, w)

    async def _serve(
        self, scheme: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self.connections += 1
        try:
            while await self._exchange(scheme, reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError, ValueError):
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _exchange(
        self, scheme: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        fields = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in fields}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        port = self.https_port if scheme == "https" else self.http_port
        seen = Seen(method, scheme, headers.get("host", ""), path, headers, body, port)
        self.requests.append(seen)
        self._load.enter(seen.host)
        try:
            return await self._answer(self._find(seen), seen, reader, writer)
        finally:
            self._load.leave(seen.host)

    def _find(self, seen: Seen) -> Answer:
        path = seen.path.partition("?")[0]
        for target in (seen.host + path, path):
            page = self.pages.get(target)
            if page is None:
                stems = (k for k in self.pages if k.endswith("*") and target.startswith(k[:-1]))
                page = self.pages.get(max(stems, key=len, default=""))
            if page is not None:
                return page(seen) if callable(page) else page
        return Answer("<title>Not here</title><p>This page does not exist.", 404)

    async def _answer(
        self,
        answer: Answer,
        seen: Seen,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        if answer.delay:
            await asyncio.sleep(answer.delay)
        writer.write(answer.raw if answer.raw is not None else _head(answer, seen))
        if answer.raw is None and seen.method != "HEAD":
            await _send_body(answer, writer)
        await writer.drain()
        if answer.verbatim:
            async for piece in answer.verbatim():
                writer.write(piece)
                await writer.drain()
        if answer.end == "hang":
            while await reader.read(65536):
                pass
        elif answer.end == "reset":
            writer.transport.abort()
        return answer.end == "keep" and answer.raw is None


def _head(answer: Answer, seen: Seen) -> bytes:
    try:
        reason = HTTPStatus(answer.status).phrase
    except ValueError:
        reason = "Odd"
    fields = list(answer.headers)
    if answer.type:
        fields.append(("Content-Type", answer.type))
    if answer.pieces:
        fields.append(("Transfer-Encoding", "chunked"))
    elif answer.status not in (204, 304):
        length = len(answer.content()) if answer.length is None else answer.length
        fields.append(("Content-Length", str(length)))
    lines = [f"HTTP/1.1 {answer.status} {reason}", *(f"{name}: {value}" for name, value in fields)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _send_body(answer: Answer, writer: asyncio.StreamWriter) -> None:
    if not answer.pieces:
        if answer.status not in (204, 304):
            writer.write(answer.content())
        return
    for piece in _nonempty([answer.content()]):
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
    async for piece in answer.pieces():
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        await writer.drain()
    if answer.end != "hang":
        writer.write(b"0\r\n\r\n")


def _nonempty(pieces: Iterable[bytes]) -> Iterable[bytes]:
    return (piece for piece in pieces if piece)


def _tls() -> ssl.SSLContext:
    certificate = trustme.CA().issue_cert("127.0.0.1", "localhost", "*.ithome.com", "*.test")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with contextlib.suppress(NotImplementedError):
        context.set_alpn_protocols(["http/1.1"])
    return context

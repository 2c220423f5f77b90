"""The browser's way out: a forward proxy on loopback, one for each browser context.

It asks for no password: whoever can reach it on loopback could make the same connections without
it, and answering a challenge would cost the browser an interception of every request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from scraper.fetch.budget import Budget
from scraper.fetch.framing import LONGEST_HEAD
from scraper.fetch.gateway import Gateway
from scraper.fetch.wire import Wire


class Relay:
    """`max_bytes` is the most that one answer may bring."""

    def __init__(self, gateway: Gateway, max_bytes: int) -> None:
        self.gateway, self.max_bytes = gateway, max_bytes
        self.budget = Budget(max_bytes)
        """Of the page that is in the context now."""
        self._server: asyncio.Server | None = None
        self._wires: dict[asyncio.Task[None], Wire] = {}
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

    def _started(self) -> None:
        """A connection began a request."""
        self._busy += 1

    def _ended(self) -> None:
        """A connection's request is over."""
        self._busy -= 1
        self._idle_since = asyncio.get_running_loop().time()

    def drop_busy(self) -> None:
        """The page was left: cut the connections with a request of it under way.  The browser
        itself keeps those of WebSockets, for example."""
        for task, wire in self._wires.items():
            if not wire.let_go():
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
        wire = Wire(
            self.gateway,
            self.max_bytes,
            lambda: self.budget,
            reader,
            writer,
            started=self._started,
            ended=self._ended,
        )
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

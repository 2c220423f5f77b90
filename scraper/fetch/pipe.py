"""A connection to a browser's DevTools: JSON messages over a pair of pipes, each ended by a NUL."""

from __future__ import annotations

import asyncio
import json
import os
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import orjson

from scraper.errors import BrowserCrashed
from scraper.fetch.devtools import refusal

Handler = Callable[[dict[str, Any]], None]


class Pipe:
    """`gone` is called when the browser has closed its end."""

    def __init__(self, gone: Callable[[], None]) -> None:
        self._gone = gone
        self._number = 0
        self._waiting: dict[int, tuple[str, asyncio.Future[dict[str, Any]]]] = {}
        self._handlers: dict[str, dict[str, list[Handler]]] = defaultdict(lambda: defaultdict(list))
        self._open = True
        self._transports: list[asyncio.BaseTransport] = []
        self._writer: asyncio.WriteTransport

    async def connect(self, from_browser: int, to_browser: int) -> None:
        """Takes over the two ends."""
        loop = asyncio.get_running_loop()
        reader, _ = await loop.connect_read_pipe(
            lambda: _Incoming(self._arrived, self._lost), os.fdopen(from_browser, "rb", 0)
        )
        self._transports.append(reader)
        self._writer, _ = await loop.connect_write_pipe(
            lambda: _Incoming(lambda _: None, self._lost), os.fdopen(to_browser, "wb", 0)
        )
        self._transports.append(self._writer)

    async def send(
        self, method: str, parameters: dict[str, Any], session: str = ""
    ) -> dict[str, Any]:
        """To the browser itself, or to a tab's `session`.  Raises BrowserCrashed and
        CommandRefused."""
        if not self._open:
            raise BrowserCrashed("process")
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        reply: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[self._number] = session, reply
        number = self._number
        try:
            self._writer.write(_packed(message) + b"\0")
            return await reply
        finally:
            self._waiting.pop(number, None)

    def on(self, event: str, handler: Handler, session: str = "") -> None:
        self._handlers[session][event].append(handler)

    def forget(self, session: str) -> None:
        """The tab is gone: nothing it was asked will be answered."""
        self._handlers.pop(session, None)
        for of, reply in list(self._waiting.values()):
            if of == session and not reply.done():
                reply.set_exception(BrowserCrashed("tab"))

    def close(self) -> None:
        for transport in self._transports:
            transport.close()
        self._lost()

    def _arrived(self, message: bytes) -> None:
        try:
            told = orjson.loads(message)
        except ValueError:  # half a surrogate pair
            told = json.loads(message)
        if "id" in told:
            _, reply = self._waiting.get(told["id"], ("", None))
            if reply is None or reply.done():
                return
            if "error" in told:
                reply.set_exception(refusal(str(told["error"].get("message", "no reason"))))
            else:
                reply.set_result(told.get("result", {}))
        elif handlers := self._handlers.get(told.get("sessionId", "")):
            for handler in tuple(handlers.get(told["method"], ())):
                handler(told.get("params", {}))

    def _lost(self) -> None:
        if not self._open:
            return
        self._open = False
        for _, reply in list(self._waiting.values()):
            if not reply.done():
                reply.set_exception(BrowserCrashed("process"))
        self._gone()


class _Incoming(asyncio.Protocol):
    """Cuts what comes into messages."""

    def __init__(self, arrived: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        self._arrived, self._lost = arrived, lost
        self._pieces: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        first, *others = data.split(b"\0")
        self._pieces.append(first)
        for piece in others:
            message, self._pieces = b"".join(self._pieces), [piece]
            self._arrived(message)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._lost()


def _packed(message: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(message)
    except TypeError:  # half a surrogate pair
        return json.dumps(message).encode()

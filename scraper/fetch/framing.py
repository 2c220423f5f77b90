"""Heads and bodies of HTTP/1.1 messages, as far as a proxy must understand them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

LONGEST_HEAD = 2**18
_PIECE = 2**16


class BrokenFraming(Exception):
    """The bytes are not what HTTP/1.1 allows here.  Never leaves the relay."""


@dataclass(frozen=True, slots=True)
class Head:
    """A start line and its header lines.  `raw` is all of it, the empty line included."""

    raw: bytes
    start: tuple[str, str, str]
    fields: tuple[tuple[str, str], ...]

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name]

    @property
    def chunked(self) -> bool:
        return any("chunked" in value.lower() for value in self.values("transfer-encoding"))

    @property
    def length(self) -> int | None:
        """Content-Length; None without one.  Raises BrokenFraming."""
        found = set(self.values("content-length"))
        if not found:
            return None
        text = found.pop()
        if found or not text.isascii() or not text.isdigit():
            raise BrokenFraming
        return int(text)

    @property
    def closes(self) -> bool:
        words = ",".join(self.values("connection")).lower()
        return "close" in words or (self.start[0] == "HTTP/1.0" and "keep-alive" not in words)


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """None when the other side is done.  Raises BrokenFraming."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if not error.partial:
            return None
        raise BrokenFraming from error
    except asyncio.LimitOverrunError as error:
        raise BrokenFraming from error
    lines = raw.decode("latin-1").split("\r\n")
    first, _, rest = lines[0].partition(" ")
    second, _, third = rest.partition(" ")
    fields = (line.partition(":") for line in lines[1:] if line)
    return Head(
        raw,
        (first, second, third),
        tuple((name.strip(), value.strip()) for name, _, value in fields),
    )


async def exactly(reader: asyncio.StreamReader, length: int) -> AsyncIterator[bytes]:
    """So many bytes in pieces.  Raises BrokenFraming when there are fewer."""
    while length:
        piece = await reader.read(min(length, _PIECE))
        if not piece:
            raise BrokenFraming
        length -= len(piece)
        yield piece


async def until_end(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """All that comes."""
    while piece := await reader.read(_PIECE):
        yield piece


async def chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """A chunked body as it stands on the wire, trailers included.  Raises BrokenFraming."""
    while True:
        line = await _line(reader)
        yield line
        try:
            size = int(line.split(b";")[0].strip(), 16)
        except ValueError as error:
            raise BrokenFraming from error
        if not size:
            break
        async for piece in exactly(reader, size + 2):
            yield piece
    while line != b"\r\n":
        line = await _line(reader)
        yield line


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise BrokenFraming from error

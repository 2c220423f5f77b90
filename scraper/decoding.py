"""Undoes content encodings piece by piece, so that a small answer cannot become a large one
unnoticed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli
import zstandard

from scraper.errors import BodyIncomplete, BodyTooLarge, BodyUndecodable
from scraper.snapshot import Headers

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
MOST_ENCODINGS = 4

LONGEST = 2**28
"""Bytes of an archived body, decoded."""

_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")  # gzip and zstd; brotli has no sign
_PIECE = 2**18
_ZSTD_INPUT = 256  # a block of 128 KiB can stand in 4 bytes
_ZSTD_WINDOW = 2**23  # the most that RFC 9659 allows


class _Coding(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decoded pieces of bounded size."""
        ...

    def whole(self) -> bool:
        """Whether the end of the encoded data was seen."""
        ...


class BodyDecoder:
    """`encoding` is the Content-Encoding header; `limit` counts decoded bytes."""

    def __init__(self, encoding: str | None, limit: int) -> None:
        names = [name.strip().lower() for name in (encoding or "").split(",")]
        self._names = [name for name in reversed(names) if name not in ("", "identity")]
        if len(self._names) > MOST_ENCODINGS or any(n not in _CODINGS for n in self._names):
            raise BodyUndecodable((encoding or "")[:80])
        self._codings = [_CODINGS[name]() for name in self._names]
        self._limit = limit
        self._sizes = [0] * (len(self._codings) + 1)
        self._pieces: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """Raises BodyTooLarge and BodyUndecodable."""
        for piece in self._decoded(data, 0):
            self._pieces.append(piece)

    def finish(self) -> bytes:
        """The whole body.  Raises BodyIncomplete when an encoding was cut off."""
        if self._sizes[0]:
            for name, coding in zip(self._names, self._codings, strict=True):
                if not coding.whole():
                    raise BodyIncomplete(f"its {name} encoding is cut off")
        return b"".join(self._pieces)

    def _decoded(self, data: bytes, depth: int) -> Iterator[bytes]:
        self._sizes[depth] += len(data)
        if self._sizes[depth] > self._limit:
            raise BodyTooLarge(self._limit)
        if depth == len(self._codings):
            yield data
            return
        try:
            for piece in self._codings[depth].feed(data):
                yield from self._decoded(piece, depth + 1)
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise BodyUndecodable(self._names[depth]) from error


def decoded(headers: Headers, body: bytes) -> bytes:
    """An archived body.  Some programs store what was decoded, and say it were not.  Raises
    PageError."""
    names = [value for name, value in headers if name.lower() == "content-encoding"]
    decoder = BodyDecoder(", ".join(names), LONGEST)
    try:
        decoder.feed(body)
        return decoder.finish()
    except (BodyUndecodable, BodyIncomplete):
        if names and not body.startswith(_PACKED):
            return body
        raise


class _Zlib:
    """gzip, and what HTTP calls deflate."""

    def __init__(self, wbits: int) -> None:
        self._decompressor = zlib.decompressobj(wbits)
        self._raw_allowed = wbits == zlib.MAX_WBITS

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self._decompressor.eof:
            yield self._decompress(data)
            data = self._decompressor.unconsumed_tail

    def whole(self) -> bool:
        return self._decompressor.eof

    def _decompress(self, data: bytes) -> bytes:
        try:
            return self._decompressor.decompress(data, _PIECE)
        except zlib.error:
            if not self._raw_allowed:
                raise
            # Many servers send deflate without the zlib wrapping; browsers accept both.
            self._decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._decompressor.decompress(data, _PIECE)
        finally:
            self._raw_allowed = False


class _Brotli:
    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self.whole():
            return
        piece = self._decompressor.process(data, output_buffer_limit=_PIECE)
        # It may say that it takes more input while it still holds output.
        while piece or not self._decompressor.can_accept_more_data():
            yield piece
            piece = self._decompressor.process(b"", output_buffer_limit=_PIECE)

    def whole(self) -> bool:
        return bool(self._decompressor.is_finished())


class _Zstd:
    def __init__(self) -> None:
        decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._decompressor = decompressor.decompressobj()

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_INPUT):
            if self.whole():
                return
            yield self._decompressor.decompress(data[start : start + _ZSTD_INPUT])

    def whole(self) -> bool:
        return self._decompressor.eof


def _gzip() -> _Coding:
    return _Zlib(zlib.MAX_WBITS | 16)


def _deflate() -> _Coding:
    return _Zlib(zlib.MAX_WBITS)


_CODINGS: dict[str, Callable[[], _Coding]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}

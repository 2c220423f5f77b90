"""Answers that are wrong on the wire: silent, endless, cut, malformed, compressed to the utmost,
refusing, redirecting.  By path; the faults' names come first."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache

import brotli
import zstandard

from tests.site.pages import LONG, page
from tests.site.pictures import png
from tests.site.wire import Answer, Handler, Seen

KEPT = "Kept all the same"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def kept(body: str = "", head: str = "") -> str:
    """A page that must become a record, whatever `body` adds to it."""
    text = f"<article><h1>{KEPT}</h1><p>{LONG}</p><p>{LONG}</p></article>"
    return page(KEPT, text + body, head)


def pictured(*addresses: str) -> str:
    """The same with pictures in its article."""
    images = "".join(f"<img src='{address}' alt='{address}'>" for address in addresses)
    body = f"<article><h1>{KEPT}</h1><p>{LONG}</p>{images}<p>{LONG}</p></article>"
    return page(KEPT, body)


_BODY = kept().encode()


def wire_pages() -> dict[str, Answer | Handler]:
    """Faults 1 to 12."""
    return {
        **_unreachable(),
        **_silent(),
        **_endless(),
        **_cut(),
        **{f"/framing/{name}": Answer(raw=raw) for name, raw in _FRAMING.items()},
        **_bombs(),
        **_busy(),
        **_statuses(),
        **_redirects(),
        **_strangers(),
    }


class Once:
    """A first answer, and another from then on."""

    def __init__(self, first: Callable[[], Answer], then: Answer) -> None:
        self._first, self._then = first, then
        self._seen: Counter[str] = Counter()

    def __call__(self, seen: Seen) -> Answer:
        self._seen[seen.path] += 1
        return self._first() if self._seen[seen.path] == 1 else self._then


def _unreachable() -> dict[str, Answer | Handler]:
    return {
        "/unreachable/empty": Answer(raw=b""),
        "/unreachable/reset": Answer(raw=b"", end="reset"),
        "/unreachable/half a line": Answer(raw=b"HTTP/1.1 2"),
        "/unreachable/once": Once(lambda: Answer(raw=b"", end="reset"), Answer(kept())),
    }


def _silent() -> dict[str, Answer | Handler]:
    async def drip() -> AsyncIterator[bytes]:
        for _ in itertools.count():
            yield b"x"
            await asyncio.sleep(0.05)

    async def slow() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" "
            await asyncio.sleep(0.12)

    return {
        "/silence/slow": Answer(kept(), pieces=slow),
        "/silence/head": Answer(delay=3600),
        "/silence/half a head": Answer(raw=OK + b"X-Half: ", end="hang"),
        "/silence/body": Answer("<p>half of it", length=1000, end="hang"),
        "/silence/drip": Answer("<p>drop by drop", pieces=drip),
        "/silence/picture": Answer(pictured("/silence/body")),
    }


def _endless() -> dict[str, Answer | Handler]:
    def repeated(piece: bytes) -> Callable[[], AsyncIterator[bytes]]:
        async def endless() -> AsyncIterator[bytes]:
            for _ in itertools.count():
                yield piece * 100
                await asyncio.sleep(0.002)  # the site has others to serve

        return endless

    return {
        "/endless/body": Answer("<p>more", pieces=repeated(b"<p>more and more of it</p>" * 20)),
        "/endless/head": Answer(raw=OK, verbatim=repeated(b"X-More: and more\r\n")),
        "/endless/line": Answer(raw=b"HTTP/1.1 200 ", verbatim=repeated(b"very ")),
        "/endless/hints": Answer(
            raw=b"", verbatim=repeated(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        ),
        "/endless/picture": Answer(pictured("/endless/body")),
    }


def _cut() -> dict[str, Answer | Handler]:
    packed = gzip.compress(_BODY)
    picture = png(64, 64)
    return {
        "/cut/length": Answer(_BODY, length=len(_BODY) + 1, end="close"),
        "/cut/reset": Answer(_BODY, length=len(_BODY) + 1, end="reset"),
        "/cut/chunk": Answer(raw=OK + b"Transfer-Encoding: chunked\r\n\r\nfff\r\n" + _BODY),
        "/cut/gzip": Answer(packed[:-12], headers=(("Content-Encoding", "gzip"),)),
        "/cut/picture": Answer(pictured("/cut/half.png")),
        "/cut/half.png": Answer(picture[:-20], length=len(picture), end="close", type="image/png"),
    }


_FRAMING = {
    "no reason": b"HTTP/1.1 200\r\nContent-Type: text/html\r\n\r\n" + _BODY,
    "until closed": OK + b"\r\n" + _BODY,
    "http 1.0": b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + _BODY,
    "hints": b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 3 + OK + b"\r\n" + _BODY,
    "another protocol": b"ICY 200 OK\r\n\r\n" + _BODY,
    "junk": b"\x00\x01\x02\x1b[31mthis is no HTTP\r\n\r\n",
    "half a head": OK + b"X-Half: ",
    "letters as status": b"HTTP/1.1 abc OK\r\n\r\n" + _BODY,
    "nul in a header": OK + b"X-Nul: a\0b\r\n\r\n" + _BODY,
    "no colon": OK + b"nonsense\r\n\r\n" + _BODY,
    "two lengths": OK + b"Content-Length: 3\r\nContent-Length: 9\r\n\r\n" + _BODY,
    "negative length": OK + b"Content-Length: -1\r\n\r\n" + _BODY,
    "length and chunks": OK
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
    % (len(_BODY), _BODY),
    "bad chunk": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + _BODY,
    "long header": OK + b"X-Long: " + b"x" * 200_000 + b"\r\n\r\n" + _BODY,
    "many headers": OK + b"X-Many: x\r\n" * 20_000 + b"\r\n" + _BODY,
}


def _bombs() -> dict[str, Answer | Handler]:
    def bomb(encoding: str, make: Callable[[], bytes]) -> Handler:
        return lambda _: Answer(make(), headers=(("Content-Encoding", encoding),))

    return {
        "/bomb/gzip": bomb("gzip", _gzip_bomb),
        "/bomb/br": bomb("br", _brotli_bomb),
        "/bomb/zstd": bomb("zstd", _zstd_bomb),
        "/bomb/nested": bomb("gzip, gzip", lambda: gzip.compress(_gzip_bomb())),
        "/bomb/many codings": bomb(", ".join(["gzip"] * 50), _gzip_bomb),
        "/bomb/unheard of": Answer(_BODY, headers=(("Content-Encoding", "x-unheard-of"),)),
        "/bomb/picture": Answer(pictured("/bomb/gzip")),
    }


@cache
def _gzip_bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(2**20)) for _ in range(64)) + packer.flush()


@cache
def _brotli_bomb() -> bytes:
    packer = brotli.Compressor(quality=5)
    packed: bytes = b"".join(packer.process(bytes(2**20)) for _ in range(64)) + packer.finish()
    return packed


@cache
def _zstd_bomb() -> bytes:
    packer = zstandard.ZstdCompressor().compressobj()
    return b"".join(packer.compress(bytes(2**20)) for _ in range(64)) + packer.flush()


def _busy() -> dict[str, Answer | Handler]:
    def asks(status: int, value: Callable[[], str] | str) -> Once:
        def busy() -> Answer:
            wait = value if isinstance(value, str) else value()
            return Answer("busy", status, (("Retry-After", wait),))

        return Once(busy, Answer(kept()))

    def soon() -> str:
        return format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)

    return {
        "/busy/seconds": asks(429, "1"),
        "/busy/date": asks(503, soon),
        "/busy/for ever": asks(429, "9" * 30),
        "/busy/until the year 9999": asks(503, "Fri, 31 Dec 9999 23:59:59 GMT"),
        "/busy/negative": asks(503, "-5"),
        "/busy/nonsense": asks(503, "tomorrow \x1b[31m"),
    }


def _statuses() -> dict[str, Answer | Handler]:
    def answer(seen: Seen) -> Answer:
        status = int(seen.path.rpartition("/")[2])
        return Answer(kept() if status not in (204, 205, 304) else b"", status)

    return {"/status/*": answer}


def _redirects() -> dict[str, Answer | Handler]:
    def to(location: str, status: int = 302) -> Answer:
        return Answer("away", status, (("Location", location),))

    def next_of(seen: Seen) -> Answer:
        return to(seen.path + "x" * 300)

    return {
        "/redirect/loop": to("/redirect/loop"),
        "/redirect/circle": to("/redirect/circle/2"),
        "/redirect/circle/2": to("/redirect/circle"),
        "/redirect/chain*": next_of,
        "/redirect/nowhere": Answer("away", 302),
        "/redirect/empty": to(""),
        "/redirect/file": to("file:///etc/passwd"),
        "/redirect/no address": to("http://[nowhere/"),
        "/redirect/relative": to("../landed?by=redirect#part", 308),
        "/redirect/300": to("/landed", 300),
        "/redirect/steering": to("/landed?\x1b[31m\x9b2J"),
        "/landed": Answer(kept()),
    }


def _strangers() -> dict[str, Answer | Handler]:
    """What one origin set or sent, another must not see."""

    def shown(seen: Seen) -> Answer:
        told = ("cookie", "referer", "authorization", "origin")
        return Answer(kept(f"<p>Told: {[seen.headers.get(name) for name in told]} {LONG}</p>"))

    return {
        "/strangers/cookie": Answer(
            "away",
            302,
            (("Set-Cookie", "crumb=planted"), ("Location", "http://other.test/strangers/shown")),
        ),
        "/strangers/script": Answer(
            kept(
                "<script>document.cookie = 'crumb=planted; domain=.test';"
                "document.cookie = 'crumb=planted';"
                "fetch('http://other.test/strangers/asked', {mode: 'no-cors',"
                " credentials: 'include'})</script>"
            )
        ),
        "/strangers/shown": shown,
        "/strangers/asked": Answer("1"),
    }

"""Reads WARC and ARC files that other programs wrote, plain or gzipped, whole or damaged."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeadersParserException

from scraper.snapshot import Headers, header

LONGEST = 2**28
"""Bytes of one record, and of one gzip member undone; more is no page."""

DOM = "urn:dom:"
"""What the addresses of rendered pages begin with."""

_GZIP = b"\x1f\x8b\x08"
_PLAIN = b"WARC/1."
_WBITS = zlib.MAX_WBITS + 16
_BLOCK = 2**18
_ABSOLUTE = re.compile("[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_KINDS = {
    *("warcinfo", "response", "resource", "request"),
    *("metadata", "revisit", "conversion", "continuation"),
}
BROKEN = (
    ArchiveLoadFailed,
    StatusAndHeadersParserException,
    zlib.error,
    EOFError,
    ValueError,
    AttributeError,  # a record without the headers that warcio takes for granted
)

logging.getLogger("warcio").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Damage:
    """A place that cannot be read."""

    file: str
    offset: int
    problem: str


@dataclass(frozen=True, slots=True)
class Record:
    """`kind` is its WARC-Type, empty for what no page is made of.  `body` is without its HTTP
    headers and without chunks; a content encoding may still be on it.  `status` is 0 where there is
    no HTTP answer.  `digest` is of the payload, which a `revisit` does not have itself.
    `request` records are told apart only where their `method` is not GET; `beside` is the `id` of
    the record that one was made with."""

    file: str
    offset: int
    kind: str
    url: str
    status: int
    headers: Headers
    body: bytes
    at: datetime | None
    digest: str | None = None
    method: str = "GET"
    id: str | None = None
    beside: str | None = None


def is_archive(beginning: bytes) -> bool:
    """Also one that is damaged right there."""
    return beginning.startswith((_GZIP, b"filedesc:")) or _PLAIN in beginning


def records(file: str, stream: IO[bytes]) -> Iterator[Record | Damage]:
    """In their order.  A damaged place is reported and skipped: what stands before and behind it is
    read."""
    magic = stream.read(len(_GZIP))
    stream.seek(0)
    if magic != _GZIP:
        yield from _plain(file, stream)
        return
    for member in members(file, stream):
        if isinstance(member, Damage):
            yield member
        else:
            offset, plain = member
            yield from _parsed(file, _Reader(io.BytesIO(plain)), at=offset)


def record_at(stream: IO[bytes], offset: int) -> Record | None:
    """The record that begins there; None when it cannot be read."""
    stream.seek(offset)
    magic = stream.read(len(_GZIP))
    stream.seek(offset)
    if magic == _GZIP:
        member = next(members("", stream, offset), None)
        if member is None or isinstance(member, Damage):
            return None
        stream = io.BytesIO(member[1])
    found = next(_parsed("", _Reader(stream), at=offset), None)
    return None if isinstance(found, Damage) else found


def _plain(file: str, stream: IO[bytes]) -> Iterator[Record | Damage]:
    """After a broken record it goes on at the next one that begins a line."""
    start: int | None = 0
    while start is not None:
        stream.seek(start)
        records = _Reader(stream)
        damage = yield from _parsed(file, records)
        if not damage:
            stream.seek(records.offset)
            if stream.read(_BLOCK).strip():
                yield Damage(file, records.offset, "it is cut off")
        start = _next(stream, damage.offset + 1, _PLAIN) if damage else None


def members(file: str, stream: IO[bytes], offset: int = 0) -> Iterator[tuple[int, bytes] | Damage]:
    """Each gzip member undone, with its offset; the stream stands at the first."""
    rest, lost = b"", False
    while rest := rest or stream.read(_BLOCK):
        unzip = zlib.decompressobj(_WBITS)
        plain, length = bytearray(), 0
        try:
            while not unzip.eof:
                if not rest:
                    raise EOFError("it is cut off")
                plain += unzip.decompress(rest, LONGEST)
                if len(plain) > LONGEST:
                    raise ValueError(f"it is larger than {LONGEST} bytes")
                left = unzip.unused_data if unzip.eof else unzip.unconsumed_tail
                length += len(rest) - len(left)
                rest = left if unzip.eof else left or stream.read(_BLOCK)
        except BROKEN as error:
            if not lost:  # else: bytes that only looked like a beginning
                yield Damage(file, offset, f"no whole gzip member: {error}")
            lost = True
            found = _next(stream, offset + 1, _GZIP)
            if found is None:
                return
            offset, rest = found, b""
            stream.seek(offset)
        else:
            yield offset, bytes(plain)
            offset, lost = offset + length, False


def _next(stream: IO[bytes], start: int, sign: bytes) -> int | None:
    """Where `sign` stands next, from `start` on."""
    stream.seek(start)
    window = b""
    while block := stream.read(_BLOCK):
        window += block
        at = window.find(sign)
        if at >= 0:
            return start + at
        keep = len(sign) - 1
        start += len(window) - keep
        window = window[-keep:]
    return None


class _Reader(ArchiveIterator):  # type: ignore[misc]
    """Counts what is wrong and prints nothing."""

    INC_RECORD = ""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream, arc2warc=True, check_digests=True)


def _parsed(
    file: str, records: _Reader, at: int | None = None
) -> Generator[Record | Damage, None, Damage | None]:
    """The records, each read whole; at the first that breaks the reading, returns its damage.
    `at` is the offset of them all, where they share a gzip member."""
    try:
        for record in records:
            offset = records.offset if at is None else at
            read = _read(file, offset, record)
            records.read_to_end()
            if records.err_count or _is_cut(record):
                yield (damage := Damage(file, offset, "its length is wrong, or it is cut off"))
                return damage
            problem = _problem(record)
            yield Damage(file, offset, problem) if problem else read
    except BROKEN as error:
        offset = records.offset if at is None else at
        damage = Damage(file, offset, " ".join(str(error).split())[:200] or type(error).__name__)
        yield damage
        return damage
    return None


def _read(file: str, offset: int, record: ArcWarcRecord) -> Record:
    """With its body where that may be of use."""
    kind, url = record.rec_type, record.rec_headers.get_header("WARC-Target-URI") or ""
    http = record.http_headers
    method = http.protocol if http and kind == "request" else "GET"
    wanted = kind in ("warcinfo", "metadata") or (
        kind in ("response", "resource", "revisit") and url.startswith(("http:", "https:", DOM))
    )
    wanted = wanted or (kind == "request" and method != "GET")
    if record.length is None:
        raise ValueError("a record without its length")
    if wanted and record.length > LONGEST:
        raise ValueError(f"it is larger than {LONGEST} bytes")
    body = record.raw_stream.read() if wanted else b""
    headers = tuple((name, value) for name, value in http.headers) if http else ()
    if http and (header(headers, "Transfer-Encoding") or "").lower() == "chunked":
        body = ChunkedDataReader(io.BytesIO(body)).read()  # as it is, where it is not in chunks
    if kind == "resource" and record.content_type:
        headers = (("Content-Type", record.content_type),)
    return Record(
        file=file,
        offset=offset,
        kind=kind if wanted else "",
        url=url,
        status=_number(http.get_statuscode()) if http and kind != "request" else 0,
        headers=headers,
        body=body,
        at=_moment(record.rec_headers.get_header("WARC-Date")),
        digest=record.rec_headers.get_header("WARC-Payload-Digest"),
        method=method,
        id=record.rec_headers.get_header("WARC-Record-ID"),
        beside=record.rec_headers.get_header("WARC-Concurrent-To"),
    )


def _problem(record: ArcWarcRecord) -> str | None:
    """Tools differ in what they count as payload: where the whole block's digest is given, and
    right, that is enough."""
    if record.rec_type not in _KINDS:
        return "its type is none of WARC's"
    if record.rec_type == "response":
        url = record.rec_headers.get_header("WARC-Target-URI") or ""
        if not _ABSOLUTE.match(url):
            return "it has no address"
        if url.startswith(("http:", "https:")) and not record.http_headers:
            return "it holds no HTTP answer"
    problems = [one for one in record.digest_checker.problems if "failed" in one]
    if record.rec_headers.get_header("WARC-Block-Digest"):
        problems = [one for one in problems if one.startswith("block")]
    return "its digest does not fit its bytes" if problems else None


def _is_cut(record: ArcWarcRecord) -> bool:
    """An answer that has all the bytes it announced itself is whole."""
    announced = record.http_headers.get_header("Content-Length") if record.http_headers else None
    spare = max(record.payload_length - _number(announced), 0) if announced else 0
    return bool(getattr(record.raw_stream, "limit", 0) > spare)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None

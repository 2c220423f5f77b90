"""Records taken out of a WARC file without moving the others: every offset stays true.

In their place stand records that say nothing but that something was removed, padded with zeros in
the gzip header's extra field (RFC 1952, section 2.3.1.1), which every reader passes over.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
import uuid
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from scraper.store.disk import TEMPORARY, opened, refusals, sync_directory, write_all
from scraper.store.warc import quoted
from scraper.store.warc_reader import BROKEN

_HEADER = b"\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff"
"""Of a member with an extra field (FLG 4)."""
_LARGEST = 60_000
"""Bytes of one record that stands for what was removed; an extra field has 65,535 at most."""
_BLOCK = 2**20
_REMOVED = b"note: removed\r\n"
_KEPT = ("WARC-Record-ID", "WARC-Date", "WARC-Payload-Digest")
_ORIGIN = ("WARC-Refers-To-Target-URI", "WARC-Refers-To-Date", "WARC-Refers-To")


class Hole(NamedTuple):
    """Whole records of a file.  With an `address` it is one that stays, as if its bytes had been
    first met there."""

    start: int
    length: int
    address: str | None = None


def cut_out(path: Path, holes: Sequence[Hole], now: datetime) -> None:
    """Write the file anew, as long as it was; a reader sees the old or the new one.  Doing it again
    changes nothing that can be read.  Raises StorageError."""
    temporary = path.with_name(f"{TEMPORARY}{path.name}")
    with refusals(path):
        try:
            with (
                opened(path, os.O_RDONLY) as source,
                opened(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as target,
            ):
                size = os.fstat(source).st_size
                os.ftruncate(target, size)  # what is not written are zeros that take no room
                start = 0
                for hole in sorted(holes, key=lambda hole: hole.start):
                    _copy(source, target, start, hole.start)
                    start = hole.start + hole.length
                    if start > size:  # somebody cut the file off
                        os.ftruncate(target, min(size, hole.start))
                        break
                    member = os.pread(source, hole.length, hole.start) if hole.address else b""
                    for offset, data in _instead(member, hole, now):
                        _put(target, data, offset)
                _copy(source, target, start, size)
                os.fsync(target)
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        sync_directory(path.parent)


def _copy(source: int, target: int, start: int, end: int) -> None:
    while start < end and (block := os.pread(source, min(_BLOCK, end - start), start)):
        _put(target, block, start)
        start += len(block)


def _put(fd: int, data: bytes, offset: int) -> None:
    os.lseek(fd, offset, os.SEEK_SET)
    write_all(fd, data)


def _instead(member: bytes, hole: Hole, now: datetime) -> Iterator[tuple[int, bytes]]:
    """What is written in the place of a hole, with its offsets; zeros are left out.  A record that
    cannot be read is of no use to those that refer to it: it goes."""
    if hole.address:
        with suppress(*BROKEN):
            for plain in _moved(member, hole.address):
                if padded := _padded(plain, hole.start, hole.length):
                    yield from padded
                    return
    start, count = hole.start, -(-hole.length // _LARGEST)
    for number in range(count):
        until = hole.start + hole.length * (number + 1) // count
        padded = _padded(_removed(now), start, until - start)
        if padded is None:
            raise ValueError(f"no record is as small as {until - start} bytes")
        yield from padded
        start = until


def _padded(plain: bytes, start: int, length: int) -> list[tuple[int, bytes]] | None:
    """A gzip member of exactly that length: its two ends, with their offsets.  None when there is
    no such."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(plain) + packer.flush()
    spare = length - len(_HEADER) - 2 - len(packed) - 8
    if not 0 <= spare <= 65535:
        return None
    begin = _HEADER + struct.pack("<H", spare)
    end = packed + struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)
    return [(start, begin), (start + length - len(end), end)]


def _removed(now: datetime) -> bytes:
    """A record about nothing: it has no address."""
    head = (
        "WARC/1.1\r\n"
        "WARC-Type: metadata\r\n"
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\n"
        f"WARC-Date: {now:%Y-%m-%dT%H:%M:%SZ}\r\n"
        "Content-Type: application/warc-fields\r\n"
        f"Content-Length: {len(_REMOVED)}\r\n\r\n"
    )
    return head.encode() + _REMOVED + b"\r\n\r\n"


def _moved(member: bytes, address: str) -> Iterator[bytes]:
    """A `response` becomes the answer to another address, with no more headers than it needs; a
    `revisit` refers to that one.  Where that does not fit, an answer becomes a `resource` without
    an address of the web, and a `revisit` refers to it by the digest alone.  Undone from gzip."""
    record = next(iter(ArchiveIterator(io.BytesIO(member))))
    headers, http, body = record.rec_headers, record.http_headers, record.raw_stream.read()
    if record.rec_type == "revisit":
        headers.replace_header(_ORIGIN[0], quoted(address))
        yield _record("revisit", headers, http, b"")
        for name in _ORIGIN:
            headers.remove_header(name)
        yield _record("revisit", headers, http, b"")
        return
    kept = [(name, headers.get_header(name)) for name in _KEPT]
    kind = (http and http.get_header("Content-Type")) or "application/octet-stream"
    answer = [("Content-Type", kind), ("Content-Length", str(len(body)))]
    status = StatusAndHeaders(http.statusline if http else "200", answer, protocol="HTTP/1.1")
    yield _record("response", _with_address(kept, quoted(address)), status, body)
    neutral = _with_address(kept, headers.get_header("WARC-Record-ID").strip("<>"))
    yield _record("resource", neutral, None, body, kind)


def _with_address(headers: list[tuple[str, str]], address: str) -> StatusAndHeaders:
    return StatusAndHeaders("", [*headers, ("WARC-Target-URI", address)], protocol="WARC/1.1")


def _record(
    kind: str,
    headers: StatusAndHeaders,
    http: StatusAndHeaders | None,
    body: bytes,
    content_type: str = "",
) -> bytes:
    headers.replace_header("WARC-Type", kind)
    block = hashlib.sha256(body)
    if http:
        http.compute_headers_buffer()
        block = hashlib.sha256(http.headers_buff + body)
        content_type = "application/http; msgtype=response"
    headers.replace_header("WARC-Block-Digest", f"sha256:{block.hexdigest()}")
    writer, plain = WARCWriter(None, gzip=False, warc_version="WARC/1.1"), io.BytesIO()
    made = writer.create_warc_record(
        headers.get_header("WARC-Target-URI"),
        kind,
        payload=io.BytesIO(body),
        length=len(body),
        warc_headers=headers,
        http_headers=http,
        warc_content_type=content_type,
    )
    WARCWriter(plain, gzip=False, warc_version="WARC/1.1").write_record(made)
    return plain.getvalue()

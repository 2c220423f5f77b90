"""Records taken out of a WARC file without moving the others: every offset stays true.

In their place stand records that say nothing but that something was removed, padded with zeros in
the gzip header's extra field (RFC 1952, section 2.3.1.1), which every reader passes over.
"""

from __future__ import annotations

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
from scraper.store.warc_reader import BROKEN

_HEADER = b"\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff"
"""Of a member with an extra field (FLG 4)."""
_LARGEST = 60_000
"""Bytes of one record that stands for what was removed; an extra field has 65,535 at most."""
_BLOCK = 2**20
_REMOVED = b"note: removed\r\n"
_ORIGIN = ("WARC-Refers-To-Target-URI", "WARC-Refers-To-Date", "WARC-Refers-To")


class Hole(NamedTuple):
    """Whole records of a file.  `unnamed` is one that stays, without what it tells of where its
    bytes came from."""

    start: int
    length: int
    unnamed: bool = False


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
                for hole in sorted(holes):
                    _copy(source, target, start, hole.start)
                    start = hole.start + hole.length
                    if start > size:  # somebody cut the file off
                        os.ftruncate(target, min(size, hole.start))
                        break
                    member = os.pread(source, hole.length, hole.start) if hole.unnamed else b""
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
    if member:
        with suppress(*BROKEN):
            yield from _padded(_without_origin(member), hole.start, hole.length)
            return
    start, count = hole.start, -(-hole.length // _LARGEST)
    for number in range(count):
        until = hole.start + hole.length * (number + 1) // count
        yield from _padded(_removed(now), start, until - start)
        start = until


def _padded(plain: bytes, start: int, length: int) -> list[tuple[int, bytes]]:
    """A gzip member of exactly that length: its two ends, with their offsets."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(plain) + packer.flush()
    spare = length - len(_HEADER) - 2 - len(packed) - 8
    if not 0 <= spare <= 65535:
        raise ValueError(f"a record of {len(packed)} bytes does not fit into {length}")
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


def _without_origin(member: bytes) -> bytes:
    """A `response` becomes a `resource` with its own id as address; a `revisit` refers to its
    payload by the digest alone.  Undone from gzip."""
    record = next(iter(ArchiveIterator(io.BytesIO(member))))
    headers = record.rec_headers
    body = record.raw_stream.read()
    if record.rec_type == "revisit":
        for name in _ORIGIN:
            headers.remove_header(name)
        http = record.http_headers
    else:
        http = None
        kind = record.http_headers and record.http_headers.get_header("Content-Type")
        address = headers.get_header("WARC-Record-ID").strip("<>")
        headers = StatusAndHeaders(
            "",
            [
                ("WARC-Type", "resource"),
                ("WARC-Record-ID", headers.get_header("WARC-Record-ID")),
                ("WARC-Target-URI", address),
                ("WARC-Date", headers.get_header("WARC-Date")),
                ("WARC-Payload-Digest", headers.get_header("WARC-Payload-Digest")),
                ("WARC-Block-Digest", headers.get_header("WARC-Payload-Digest")),
                ("Content-Type", kind or "application/octet-stream"),
            ],
            protocol="WARC/1.1",
        )
    writer = WARCWriter(None, gzip=False, warc_version="WARC/1.1")
    plain = io.BytesIO()
    made = writer.create_warc_record(
        headers.get_header("WARC-Target-URI"),
        headers.get_header("WARC-Type"),
        payload=io.BytesIO(body),
        length=len(body),
        warc_headers=headers,
        http_headers=http,
        warc_content_type=headers.get_header("Content-Type"),
    )
    WARCWriter(plain, gzip=False, warc_version="WARC/1.1").write_record(made)
    return plain.getvalue()

"""Records of a WARC/1.1 file, each one gzip member."""

from __future__ import annotations

import hashlib
import io
import re
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from scraper.errors import ArchiveDamaged
from scraper.record import ArchiveEntry
from scraper.snapshot import Exchange, Headers, Snapshot
from scraper.store.lines import encode
from scraper.store.redaction import USUAL, Redaction

_VERSION = "WARC/1.1"
_GZIP = zlib.MAX_WBITS + 16
_UNDONE = {"content-encoding", "transfer-encoding"}
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
LONGEST_SENT = 2**20
"""Bytes kept of what a request posts."""
_REVISIT = "http://netpreserve.org/warc/1.1/revisit/"


@dataclass(frozen=True, slots=True)
class Payload:
    """Bytes that stand in an archive: where, and what they were the answer to."""

    entry: ArchiveEntry
    url: str
    at: str
    """The record's WARC-Date."""


class Payloads(Protocol):
    """What the collection's archives hold already, by digest."""

    def find(self, digest: str) -> Payload | None: ...

    def add(self, payload: Payload) -> None: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """Where an exchange's payload stands; `elsewhere` when its own record is a revisit."""

    payload: ArchiveEntry
    elsewhere: bool
    sent: ArchiveEntry | None = None
    """Of what was posted."""


def warcinfo(name: str, facts: Mapping[str, str]) -> bytes:
    """The record that begins a file."""
    record = WARCWriter(None, warc_version=_VERSION).create_warcinfo_record(name, dict(facts))
    return _member(record)


class Members:
    """The records of one page, collected in memory."""

    def __init__(
        self,
        file: str,
        offset: int,
        moment: datetime,
        redaction: Redaction = USUAL,
        payloads: Payloads | None = None,
    ) -> None:
        self._file, self._offset, self._moment = file, offset, moment
        self._redaction, self._payloads = redaction, payloads
        self._buffer = io.BytesIO()
        self._document: str | None = None
        """The id of the document's record."""

    def value(self) -> bytes:
        return self._buffer.getvalue()

    def exchange(
        self, exchange: Exchange, *, with_request: bool = False, part: bool = False
    ) -> Kept:
        """A `response` and, when asked for, its `request`.  What comes next belongs to it, unless
        it is a `part` of the page."""
        headers = StatusAndHeaders(
            f"{exchange.status} {_ascii(exchange.reason)}".rstrip(),
            _stored_headers(self._redaction.of(exchange.headers), len(exchange.body)),
            protocol="HTTP/1.1",
        )
        digest = f"sha256:{hashlib.sha256(exchange.body).hexdigest()}"
        payloads = self._payloads if exchange.body else None
        known = payloads.find(digest) if payloads is not None else None
        if known:
            id, _ = self._write(
                "revisit", exchange.url, b"", exchange.started_at, headers, digest, known=known
            )
            kept = Kept(known.entry, elsewhere=True)
        else:
            id, entry = self._write(
                "response", exchange.url, exchange.body, exchange.started_at, headers, digest
            )
            kept = Kept(entry, elsewhere=False)
            if payloads is not None:
                payloads.add(Payload(entry, exchange.url, warc_date(exchange.started_at)))
        if with_request:
            sent = self._request(exchange, id)
            kept = replace(kept, sent=sent if exchange.request_body else None)
        if not part:
            self._document = id
        return kept

    def not_modified(self, exchange: Exchange, document: Payload) -> None:
        """A `revisit`: the server said (304) that it would send the same document again."""
        headers = StatusAndHeaders(
            f"{exchange.status} {_ascii(exchange.reason)}".rstrip(),
            _stored_headers(self._redaction.of(exchange.headers), 0),
            protocol="HTTP/1.1",
        )
        self._write(
            "revisit", exchange.url, b"", exchange.started_at, headers, document.entry.digest,
            known=document, unsent=True,
        )  # fmt: skip

    def document(self, snapshot: Snapshot, body: bytes) -> ArchiveEntry:
        """When no exchange holds it."""
        if snapshot.url.startswith(("http:", "https:")) and snapshot.status:
            exchange = Exchange(snapshot.url, snapshot.status, snapshot.headers, body, self._moment)
            return self.exchange(exchange).payload
        return self._resource(snapshot.url, body, "text/html")

    def resource(self, uri: str, text: str) -> ArchiveEntry:
        return self._resource(uri, encode(text), "text/html; charset=utf-8")

    def screenshot(self, uri: str, picture: bytes) -> ArchiveEntry:
        return self._resource(uri, picture, "image/webp")

    def metadata(self, uri: str, body: bytes) -> ArchiveEntry:
        _, entry = self._write("metadata", uri, body, self._moment, content_type="application/json")
        return entry

    def _resource(self, uri: str, body: bytes, kind: str) -> ArchiveEntry:
        id, entry = self._write("resource", uri, body, self._moment, content_type=kind)
        self._document = self._document or id
        return entry

    def _request(self, exchange: Exchange, response: str) -> ArchiveEntry:
        address = urlsplit(exchange.url)
        target = quote(address.path or "/", safe="/%:@!$&'()*+,;=~-._")
        line = f"{target}?{address.query}" if address.query else target
        names = {name.lower() for name, _ in exchange.request_headers}
        host = () if "host" in names else (("Host", address.netloc.rpartition("@")[2]),)
        body = exchange.request_body[:LONGEST_SENT]
        sent = (*host, *self._redaction.of(exchange.request_headers))
        if body:
            sent = (*(s for s in sent if s[0].lower() != "content-length"), _length(body))
        headers = StatusAndHeaders(
            f"{exchange.method} {_ascii(line)} HTTP/1.1",
            [(name, _value(value)) for name, value in sent if _NAME.match(name)],
            is_http_request=True,
        )
        cut = body != exchange.request_body
        _, entry = self._write(
            "request",
            exchange.url,
            body,
            exchange.started_at,
            headers,
            concurrent_to=response,
            truncated="length" if cut else None,
        )
        return entry

    def _write(
        self,
        kind: str,
        uri: str,
        body: bytes,
        moment: datetime,
        http_headers: StatusAndHeaders | None = None,
        digest: str | None = None,
        *,
        content_type: str = "",
        concurrent_to: str | None = None,
        known: Payload | None = None,
        truncated: str | None = None,
        unsent: bool = False,
    ) -> tuple[str, ArchiveEntry]:
        """The record's id, and where it stands.  `known` is the payload that a revisit stands for;
        the server may have left it `unsent`."""
        id = f"<urn:uuid:{uuid.uuid4()}>"
        digest = digest or f"sha256:{hashlib.sha256(body).hexdigest()}"
        headers = {
            "WARC-Record-ID": id,
            "WARC-Date": warc_date(moment),
            "WARC-Payload-Digest": digest,
        }
        block = hashlib.sha256()
        if http_headers:
            http_headers.compute_headers_buffer()
            block.update(http_headers.headers_buff)
        block.update(body)
        headers["WARC-Block-Digest"] = f"sha256:{block.hexdigest()}"
        if known:
            profile = "server-not-modified" if unsent else "identical-payload-digest"
            headers["WARC-Profile"] = f"{_REVISIT}{profile}"
            headers["WARC-Refers-To-Target-URI"] = quoted(known.url)
            headers["WARC-Refers-To-Date"] = known.at
        if truncated:
            headers["WARC-Truncated"] = truncated
        beside = concurrent_to or self._document
        if beside and kind == "metadata":
            headers["WARC-Refers-To"] = beside
        elif beside:
            headers["WARC-Concurrent-To"] = beside
        record = WARCWriter(None, warc_version=_VERSION).create_warc_record(
            quoted(uri),
            kind,
            payload=io.BytesIO(body),
            length=len(body),
            warc_content_type=content_type,
            warc_headers_dict=headers,
            http_headers=http_headers,
        )
        member = _member(record)
        start = self._offset + self._buffer.tell()
        self._buffer.write(member)
        return id, ArchiveEntry(file=self._file, offset=start, length=len(member), digest=digest)


def _member(record: Any) -> bytes:
    plain = io.BytesIO()
    WARCWriter(plain, gzip=False, warc_version=_VERSION).write_record(record)
    packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    return packer.compress(plain.getbuffer()) + packer.flush()


def payload_of(member: bytes, entry: ArchiveEntry) -> bytes:
    """The member's body.  Raises ArchiveDamaged when it is not what the entry says."""
    try:
        record = next(iter(ArchiveIterator(io.BytesIO(member))), None)
        body: bytes = record.raw_stream.read() if record else b""
    except (ArchiveLoadFailed, zlib.error, EOFError, ValueError, AttributeError) as error:
        raise ArchiveDamaged(entry.file, entry.offset, "no readable WARC record") from error
    if f"sha256:{hashlib.sha256(body).hexdigest()}" != entry.digest:
        raise ArchiveDamaged(entry.file, entry.offset, "the digest does not fit the bytes")
    return body


def _stored_headers(headers: Headers, length: int) -> list[tuple[str, str]]:
    """As the server sent them, but true of the stored body and fit for a header block."""
    stored = []
    for name, value in headers:
        kind = name.lower()
        if not _NAME.match(name) or (kind == "content-length" and value.strip() == str(length)):
            continue
        renamed = kind in _UNDONE or kind == "content-length"
        stored.append((f"X-Archive-Orig-{name}" if renamed else name, _value(value)))
    return [*stored, ("Content-Length", str(length))]


def _length(body: bytes) -> tuple[str, str]:
    return "Content-Length", str(len(body))


def _value(text: str) -> str:
    """Fit for a header line: what is not ASCII is percent-encoded.  warcio does so, but not in
    every value, and breaks at the others."""
    return quote(_UNSAFE.sub(" ", text), safe=_PRINTABLE + " \t", errors="replace")


def _ascii(text: str) -> str:
    return "".join(char for char in text if " " <= char <= "~")


def quoted(text: str) -> str:
    """An address as it stands in a header line."""
    return quote(text, safe=_PRINTABLE, errors="replace")


def warc_date(moment: datetime) -> str:
    """An instant as WARC-Date has it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

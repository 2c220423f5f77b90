"""A snapshot as WARC/1.1 records and back.  Bytes in, bytes out; each record is one gzip member."""

from __future__ import annotations

import hashlib
import io
import json
import re
import uuid
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from scraper.errors import ArchiveDamaged
from scraper.record import Archive, ArchiveEntry
from scraper.snapshot import Exchange, Headers, Snapshot
from scraper.store.lines import encode

_VERSION = "WARC/1.1"
_GZIP = zlib.MAX_WBITS + 16
_UNDONE = {"content-encoding", "transfer-encoding"}
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")


def warcinfo(name: str, facts: Mapping[str, str]) -> bytes:
    """The record that begins a file."""
    record = WARCWriter(None, warc_version=_VERSION).create_warcinfo_record(name, dict(facts))
    return _member(record)


def write_page(
    snapshot: Snapshot, file: str, offset: int, programs: Mapping[str, str], now: datetime
) -> tuple[bytes, Archive]:
    """The page's records, to stand at `offset` of `file`.

    A `response` for each exchange of the document, redirects first; a `resource` for the rendered
    DOM; a `metadata` record with what a snapshot knows beyond them.  Bodies are stored decoded; the
    headers that spoke of their coding are renamed to `X-Archive-Orig-…`.
    """
    page = _Page(file, offset, snapshot.fetched_at or now)
    exchanges = []
    document: ArchiveEntry | None = None
    for exchange in snapshot.exchanges:
        document = page.response(exchange)
        exchanges.append(_exchange_facts(exchange, document))
    last = snapshot.exchanges[-1] if snapshot.exchanges else None
    if snapshot.document is None:
        document = None
    elif last is None or last.body != snapshot.document:
        document = page.document(snapshot, snapshot.document)
    dom = page.resource(f"urn:dom:{snapshot.url}", snapshot.dom) if snapshot.dom else None
    facts = {
        "request_url": snapshot.request_url,
        "url": snapshot.url,
        "status": snapshot.status,
        "headers": snapshot.headers,
        "fetched_at": snapshot.fetched_at.isoformat() if snapshot.fetched_at else None,
        "rendered_with": snapshot.rendered_with,
        "warnings": snapshot.warnings,
        "empty_dom": snapshot.dom == "",
        "exchanges": exchanges,
        "programs": dict(programs),
    }
    # Under an address of its own: one who replays the archive must not take it for the page.
    metadata = page.metadata(f"urn:metadata:{snapshot.url}", json.dumps(facts).encode())
    return page.value(), Archive(document=document, dom=dom, metadata=metadata)


def read_page(archive: Archive, read: Callable[[str, int, int], bytes]) -> Snapshot:
    """The snapshot again; `read(file, offset, length)` gives a member's bytes.  Request headers are
    not kept.  Raises ArchiveDamaged."""

    def payload(entry: ArchiveEntry) -> bytes:
        return _payload(read(entry.file, entry.offset, entry.length), entry)

    if archive.metadata is None:
        raise ArchiveDamaged("the record", 0, "it names no metadata record")
    entry = archive.metadata
    try:
        facts = json.loads(payload(entry))
        exchanges = tuple(
            Exchange(
                url=item["url"],
                status=item["status"],
                headers=_pairs(item["headers"]),
                body=payload(ArchiveEntry(file=entry.file, **item["entry"])),
                started_at=datetime.fromisoformat(item["started_at"]),
                method=item["method"],
                reason=item["reason"],
            )
            for item in facts["exchanges"]
        )
        dom = payload(archive.dom).decode() if archive.dom else None
        return Snapshot(
            request_url=facts["request_url"],
            url=facts["url"],
            status=facts["status"],
            headers=_pairs(facts["headers"]),
            document=payload(archive.document) if archive.document else None,
            dom="" if facts["empty_dom"] else dom,
            fetched_at=datetime.fromisoformat(facts["fetched_at"]) if facts["fetched_at"] else None,
            rendered_with=facts["rendered_with"],
            exchanges=exchanges,
            warnings=tuple(facts["warnings"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveDamaged(
            entry.file, entry.offset, f"no metadata of a page ({error})"
        ) from error


class _Page:
    """The records of one page, collected in memory."""

    def __init__(self, file: str, offset: int, moment: datetime) -> None:
        self._file, self._offset, self._moment = file, offset, moment
        self._buffer = io.BytesIO()
        self._document: str | None = None

    def value(self) -> bytes:
        return self._buffer.getvalue()

    def response(self, exchange: Exchange) -> ArchiveEntry:
        headers = StatusAndHeaders(
            f"{exchange.status} {_ascii(exchange.reason)}".rstrip(),
            _stored_headers(exchange.headers, len(exchange.body)),
            protocol="HTTP/1.1",
        )
        return self._write(
            "response", exchange.url, exchange.body, exchange.started_at, http_headers=headers
        )

    def document(self, snapshot: Snapshot, body: bytes) -> ArchiveEntry:
        """When no exchange holds it."""
        if snapshot.url.startswith(("http:", "https:")) and snapshot.status:
            return self.response(
                Exchange(snapshot.url, snapshot.status, snapshot.headers, body, self._moment)
            )
        return self._write("resource", snapshot.url, body, self._moment, content_type="text/html")

    def resource(self, uri: str, text: str) -> ArchiveEntry:
        kind = "text/html; charset=utf-8"
        return self._write("resource", uri, encode(text), self._moment, content_type=kind)

    def metadata(self, uri: str, body: bytes) -> ArchiveEntry:
        return self._write("metadata", uri, body, self._moment, content_type="application/json")

    def _write(
        self,
        kind: str,
        uri: str,
        body: bytes,
        moment: datetime,
        *,
        content_type: str = "",
        http_headers: StatusAndHeaders | None = None,
    ) -> ArchiveEntry:
        id = f"<urn:uuid:{uuid.uuid4()}>"
        digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        headers = {
            "WARC-Record-ID": id,
            "WARC-Date": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "WARC-Payload-Digest": digest,
        }
        block = hashlib.sha256()
        if http_headers:
            http_headers.compute_headers_buffer()
            block.update(http_headers.headers_buff)
        block.update(body)
        headers["WARC-Block-Digest"] = f"sha256:{block.hexdigest()}"
        if self._document and kind == "metadata":
            headers["WARC-Refers-To"] = self._document
        elif self._document:
            headers["WARC-Concurrent-To"] = self._document
        record = WARCWriter(None, warc_version=_VERSION).create_warc_record(
            _uri(uri),
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
        if kind == "response" or self._document is None:
            self._document = id
        return ArchiveEntry(file=self._file, offset=start, length=len(member), digest=digest)


def _member(record: Any) -> bytes:
    plain = io.BytesIO()
    WARCWriter(plain, gzip=False, warc_version=_VERSION).write_record(record)
    packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    return packer.compress(plain.getbuffer()) + packer.flush()


def _payload(member: bytes, entry: ArchiveEntry) -> bytes:
    try:
        record = next(iter(ArchiveIterator(io.BytesIO(member))), None)
        body: bytes = record.raw_stream.read() if record else b""
    except (ArchiveLoadFailed, zlib.error, EOFError, ValueError, AttributeError) as error:
        raise ArchiveDamaged(entry.file, entry.offset, "no readable WARC record") from error
    if f"sha256:{hashlib.sha256(body).hexdigest()}" != entry.digest:
        raise ArchiveDamaged(entry.file, entry.offset, "the digest does not fit the bytes")
    return body


def _exchange_facts(exchange: Exchange, entry: ArchiveEntry) -> dict[str, Any]:
    return {
        "url": exchange.url,
        "status": exchange.status,
        "reason": exchange.reason,
        "method": exchange.method,
        "headers": exchange.headers,
        "started_at": exchange.started_at.isoformat(),
        "entry": entry.model_dump(exclude={"file"}),
    }


def _pairs(headers: Any) -> Headers:
    return tuple((name, value) for name, value in headers)


def _stored_headers(headers: Headers, length: int) -> list[tuple[str, str]]:
    """As the server sent them, but true of the stored body and fit for a header block."""
    stored = []
    for name, value in headers:
        kind = name.lower()
        if not _NAME.match(name) or (kind == "content-length" and value.strip() == str(length)):
            continue
        renamed = kind in _UNDONE or kind == "content-length"
        stored.append((f"X-Archive-Orig-{name}" if renamed else name, _UNSAFE.sub(" ", value)))
    return [*stored, ("Content-Length", str(length))]


def _ascii(text: str) -> str:
    return "".join(char for char in text if " " <= char <= "~")


def _uri(text: str) -> str:
    return quote(text, safe="".join(map(chr, range(0x21, 0x7F))), errors="replace")

"""A snapshot as the records of a WARC file, and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from scraper.errors import ArchiveDamaged
from scraper.mention import KEY, mentions_in
from scraper.record import Archive, ArchiveEntry
from scraper.snapshot import Exchange, Headers, Snapshot
from scraper.store.redaction import USUAL, Redaction
from scraper.store.warc import Kept, Members, Payloads, payload_of


def write_page(
    snapshot: Snapshot,
    file: str,
    offset: int,
    programs: Mapping[str, str],
    now: datetime,
    payloads: Payloads | None = None,
    redaction: Redaction = USUAL,
) -> tuple[bytes, Archive]:
    """The page's records, to stand at `offset` of `file`.

    A `response` for each exchange of the document, redirects first; a `resource` for the rendered
    DOM and one for the screenshot, if there is one; with the parts of the page a `response` and a
    `request` for each of them too, or a `revisit` where `payloads` knows the same bytes; a
    `metadata` record with what a snapshot knows beyond them.  Bodies are stored decoded; the
    headers that spoke of their coding are renamed to `X-Archive-Orig-…`.
    """
    before = b""
    further: list[dict[str, Any]] = []
    for other in snapshot.further:  # each in the same way, before the article's first
        at = offset + len(before)
        data, kept_there = write_page(other, file, at, programs, now, payloads, redaction)
        before, further = before + data, [*further, kept_there.model_dump()]
    full = snapshot.parts is not None
    page = Members(
        file,
        offset + len(before),
        snapshot.fetched_at or now,
        redaction,
        payloads if full else None,
    )
    exchanges = []
    document: ArchiveEntry | None = None
    for exchange in snapshot.exchanges:
        kept = page.exchange(exchange, with_request=full)
        document = kept.payload
        exchanges.append(_exchange_facts(exchange, kept, redaction))
    last = snapshot.exchanges[-1] if snapshot.exchanges else None
    if snapshot.document is None:
        document = None
    elif last is None or last.body != snapshot.document:
        document = page.document(snapshot, snapshot.document)
    parts = [
        _exchange_facts(part, page.exchange(part, with_request=True, part=True), redaction)
        for part in snapshot.parts or ()
    ]
    dom = page.resource(f"urn:dom:{snapshot.url}", snapshot.dom) if snapshot.dom else None
    screenshot = None
    if snapshot.screenshot:  # under the name that other programs give it
        screenshot = page.screenshot(f"urn:fullPage:{snapshot.url}", snapshot.screenshot)
    facts = {
        "request_url": snapshot.request_url,
        "url": snapshot.url,
        "status": snapshot.status,
        "headers": redaction.of(snapshot.headers),
        "fetched_at": snapshot.fetched_at.isoformat() if snapshot.fetched_at else None,
        "rendered_with": snapshot.rendered_with,
        "warnings": snapshot.warnings,
        "empty_dom": snapshot.dom == "",
        "exchanges": exchanges,
        "programs": dict(programs),
    }
    if snapshot.redacted:
        facts["redacted"] = snapshot.redacted
    if snapshot.mentions:
        facts[KEY] = [mention.as_meta() for mention in snapshot.mentions]
    if snapshot.asked:
        facts["asked"] = snapshot.asked
    if further:
        facts["further"] = further
    if full:
        facts |= {"parts": parts, "missed": snapshot.missed}
    # Under an address of its own: one who replays the archive must not take it for the page.
    metadata = page.metadata(f"urn:metadata:{snapshot.url}", json.dumps(facts).encode())
    return before + page.value(), Archive(
        document=document, dom=dom, screenshot=screenshot, metadata=metadata
    )


def read_page(archive: Archive, read: Callable[[str, int, int], bytes]) -> Snapshot:
    """The snapshot again, its parts included; `read(file, offset, length)` gives a member's bytes.
    Request headers are not kept.  Raises ArchiveDamaged."""

    def payload(entry: ArchiveEntry) -> bytes:
        return payload_of(read(entry.file, entry.offset, entry.length), entry)

    if archive.metadata is None:
        raise ArchiveDamaged("the record", 0, "it names no metadata record")
    entry = archive.metadata

    def entry_of(item: dict[str, Any]) -> ArchiveEntry:
        return ArchiveEntry(**{"file": entry.file, **item})

    def exchange(item: dict[str, Any]) -> Exchange:
        return Exchange(
            url=item["url"],
            status=item["status"],
            headers=_pairs(item["headers"]),
            body=payload(entry_of(item["entry"])),
            started_at=datetime.fromisoformat(item["started_at"]),
            method=item["method"],
            request_body=payload(entry_of(item["sent"])) if "sent" in item else b"",
            reason=item["reason"],
        )

    try:
        facts = json.loads(payload(entry))
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
            exchanges=tuple(map(exchange, facts["exchanges"])),
            warnings=tuple(facts["warnings"]),
            parts=tuple(map(exchange, facts["parts"])) if "parts" in facts else None,
            missed=tuple((url, why) for url, why in facts.get("missed", ())),
            mentions=mentions_in({KEY: facts.get(KEY)}),
            further=tuple(
                read_page(Archive.model_validate(other), read) for other in facts.get("further", ())
            ),
            redacted=tuple(facts.get("redacted", ())),
            asked=tuple(facts.get("asked", ())),
            screenshot=payload(archive.screenshot) if archive.screenshot else None,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveDamaged(
            entry.file, entry.offset, f"no metadata of a page ({error})"
        ) from error


def _exchange_facts(exchange: Exchange, kept: Kept, redaction: Redaction) -> dict[str, Any]:
    """`entry` is where the payload stands: of a revisit in another record, perhaps of another
    file.  `sent` is where what was posted stands."""
    sent = {"sent": kept.sent.model_dump(exclude={"file"})} if kept.sent else {}
    return sent | {
        "url": exchange.url,
        "status": exchange.status,
        "reason": exchange.reason,
        "method": exchange.method,
        "headers": redaction.of(exchange.headers),
        "started_at": exchange.started_at.isoformat(),
        "entry": kept.payload.model_dump(exclude=set() if kept.elsewhere else {"file"}),
    }


def _pairs(headers: Any) -> Headers:
    return tuple((name, value) for name, value in headers)

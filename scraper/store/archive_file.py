"""A web archive file that answers requests: anybody's WARC or WACZ."""

from __future__ import annotations

import hashlib
import zipfile
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple, Self

from scraper.decoding import decoded
from scraper.errors import ArchiveRefused, PageError
from scraper.snapshot import Exchange
from scraper.store.answers import Hidden, comparable
from scraper.store.wacz import Wacz
from scraper.store.warc import LONGEST_SENT
from scraper.store.warc_reader import Damage, Record, is_archive, record_at, records

_BUFFER = 2**20
_Key = tuple[str, str]
"""A method and an address."""
_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)


class Place(NamedTuple):
    """Where an answer stands."""

    file: str
    offset: int
    at: datetime
    status: int
    digest: str | None
    is_revisit: bool
    type: str
    posted: bytes = b""
    """The hash of what was posted."""


class ArchiveFile:
    """A context manager.  The file is read once to learn what is where.  Raises ArchiveRefused and
    OSError."""

    def __init__(self, path: Path) -> None:
        self._stack = ExitStack()
        self._streams: dict[str, IO[bytes]] = {}
        self._places: defaultdict[_Key, list[Place]] = defaultdict(list)
        self._alike: defaultdict[_Key, set[str]] = defaultdict(set)
        self._hidden = Hidden()
        self._payloads: dict[str, Place] = {}
        self._listed: list[str] = []
        self.moment: datetime | None = None
        """Of the page shown; answers are those nearest to it."""
        try:
            self._open(path)
            for name, stream in self._streams.items():
                self._learn(name, stream)
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def pages(self) -> list[str]:
        """Addresses of the pages it lists; where it lists none, of its HTML."""
        if self._listed:
            return self._listed
        return [
            address
            for (method, address), places in self._places.items()
            if method == "GET"
            and any(place.status in (0, 200) and "html" in place.type for place in places)
        ]

    def find(self, method: str, address: str, body: bytes = b"") -> Exchange | None:
        """None when the archive has no answer, or it is damaged.  Of several answers to what was
        posted to one address, that to the same body is given, else the nearest in time.  Some
        archives do not tell what was asked: there, any answer will do."""
        address = comparable(address)
        places = self._known(method, address) or self._known("GET", address)
        if not places:
            return None
        posted = _hash(self._hidden.posted(body))
        place = min(places, key=lambda one: (one.posted != posted, self._distance(one)))
        first = self._payloads.get(place.digest or "", place) if place.is_revisit else place
        record, payload = self._record(place), self._record(first)
        if record is None or payload is None:
            return None
        try:
            plain = decoded(payload.headers, payload.body)
        except PageError:
            return None
        status = record.status or 200
        return Exchange(address, status, record.headers, plain, place.at, method)

    def _known(self, method: str, address: str) -> list[Place]:
        hidden = self._hidden.of(address)
        alike = self._alike.get((method, hidden.partition("?")[0]), set())
        if (method, hidden) not in self._places and len(alike) == 1:
            (hidden,) = alike
        return self._places.get((method, hidden), [])

    def _distance(self, place: Place) -> float:
        return abs((place.at - self.moment).total_seconds()) if self.moment else 0.0

    def _record(self, place: Place) -> Record | None:
        return record_at(self._streams[place.file], place.offset)

    def _open(self, path: Path) -> None:
        if path.suffix.lower() == ".wacz" or zipfile.is_zipfile(path):
            wacz = self._stack.enter_context(Wacz(path))
            self._listed = sorted(wacz.pages())
            for name in wacz.archives:
                self._streams[name] = self._stack.enter_context(wacz.open(name))
            return
        stream = self._stack.enter_context(path.open("rb", buffering=_BUFFER))
        if not is_archive(stream.read(_BUFFER)):
            raise ArchiveRefused(str(path), "no web archive: WARC, ARC and WACZ can be read")
        self._streams[path.name] = stream

    def _learn(self, name: str, stream: IO[bytes]) -> None:
        """Requests stand before or behind their answers; either may name the other."""
        stream.seek(0)
        asked: dict[str | None, tuple[str, bytes]] = {}
        found: list[tuple[Record, Place]] = []
        for record in records(name, stream):
            if isinstance(record, Damage):
                continue
            if record.kind == "request":
                sent = record.method, _hash(record.body[:LONGEST_SENT])
                asked |= {record.id: sent, record.beside: sent}
            if record.kind not in ("response", "resource", "revisit"):
                continue
            kind = next((v for n, v in record.headers if n.lower() == "content-type"), "")
            place = Place(
                name,
                record.offset,
                record.at or _EARLIEST,
                record.status,
                record.digest,
                record.kind == "revisit",
                kind,
            )
            found.append((replace(record, body=b""), place))
            if record.digest and not place.is_revisit:
                self._payloads.setdefault(record.digest, place)
        asked.pop(None, None)
        for record, place in found:
            usual = ("GET", b"")
            method, posted = asked.get(record.id) or asked.get(record.beside) or usual
            address = comparable(record.url)
            self._hidden.learn(address)
            self._places[method, address].append(place._replace(posted=posted))
            self._alike[method, address.partition("?")[0]].add(address)


def _hash(body: bytes) -> bytes:
    return hashlib.sha256(body).digest() if body else b""

"""A collection to remove things from, and what is still found in it afterwards.

Four records, kept in full by two runs.  All pages have a stylesheet in common, and a beacon whose
address names the page; "one" and "two" show the same picture under different addresses.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import zstandard
from warcio.archiveiterator import ArchiveIterator

from scraper.frontier.seeds import make_request
from scraper.job import Job
from scraper.protocols import Outcome
from scraper.snapshot import Exchange, Snapshot
from scraper.store.collection import LocalCollection
from scraper.store.verify import verify
from tests.unit.samples import MOMENT, address, article, failed, nothing, outcome, png, snapshot
from tests.unit.store.opening import opened

NAMES = ("one", "two", "three", "four")
GONE = "five"
"""An address that failed."""
SHARED = png(salt=b"in one and two")
STYLE = b"p { color: green }"
BEACON = b"GIF89a, all but nothing"


def text_of(name: str) -> str:
    return f"The whole truth about {name}."


def page_of(name: str) -> Snapshot:
    part = Exchange(
        "https://news.example/style.css",
        200,
        (("Content-Type", "text/css"),),
        STYLE,
        MOMENT,
        reason="OK",
        request_headers=(("Referer", address(name)),),
    )
    own = png(salt=name.encode())
    beacon = f"https://count.example/?page={address(name)}"
    picture = SHARED if name in ("one", "two") else own
    parts = (
        part,
        replace(part, url=beacon, headers=(), body=BEACON),
        replace(part, url=f"{address(name)}/picture.png", headers=(), body=picture),
        replace(part, url=f"{address(name)}/own.png", headers=(), body=own),
    )
    return replace(snapshot(name, f"<p>{text_of(name)}"), parts=parts)


def read_back(collection: LocalCollection, name: str) -> Snapshot:
    record = collection.article(f"news.example:{name}")
    assert record is not None
    page = collection.snapshot(record)
    assert page is not None
    return page


def as_kept(page: Snapshot) -> Snapshot:
    """Request headers do not come back."""
    assert page.parts is not None
    return replace(page, parts=tuple(replace(part, request_headers=()) for part in page.parts))


def fill(path: Path) -> None:
    for names in (NAMES[:2], NAMES[2:]):
        with opened(path) as collection:
            urls = [address(name) for name in (*names, GONE)]
            run = collection.begin(Job(urls=tuple(urls)), [make_request(u) for u in urls])
            store, frontier = collection.store(run), collection.frontier(run)
            for url in urls:
                request = make_request(url)
                name = url.rpartition("/")[2]
                store.commit([_outcome(collection, run.id, name)], nothing)
                frontier.finish(request)
            collection.end(run, "finished", {})


def _outcome(collection: LocalCollection, run: str, name: str) -> Outcome:
    request = make_request(address(name))
    if name == GONE:
        return replace(failed(request), snapshot=page_of(name))
    (store,) = collection._stores.values()
    shown = [png(salt=name.encode()), *([SHARED] if name in ("one", "two") else [])]
    pictures = [store.put_media(body) for body in shown]
    return outcome(request, article(name, text_of(name), pictures), snapshot=page_of(name))


def everything(path: Path) -> Iterator[tuple[str, bytes]]:
    """All that stands in the collection, packed or not, with where."""
    for file in sorted(path.rglob("*")):
        if file.is_dir():
            continue
        yield file.name, file.read_bytes()
        yield "name", str(file.relative_to(path)).encode()
        if file.suffix == ".gz":
            with file.open("rb") as stream:
                for record in ArchiveIterator(stream, check_digests="raise"):
                    head = record.rec_headers.to_bytes()
                    http = record.http_headers.to_bytes() if record.http_headers else b""
                    yield file.name, head + http + record.raw_stream.read()
    with closing(sqlite3.connect(path / "state.sqlite")) as db:
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in names:
            for row in db.execute(f"SELECT * FROM {name}"):
                for value in row:
                    if isinstance(value, bytes) and value.startswith(b"\x28\xb5\x2f\xfd"):
                        yield name, zstandard.ZstdDecompressor().decompress(value)


def found(path: Path, *needles: str | bytes) -> list[tuple[str, bytes]]:
    """Where something of these is found."""
    wanted = [one.encode() if isinstance(one, str) else one for one in needles]
    return [(where, one) for where, data in everything(path) for one in wanted if one in data]


def problems(path: Path) -> list[str]:
    with opened(path, writable=False) as collection:
        return [f"{one.name}: {one.problem}" for one in verify(collection) if one.problem]

"""Pages out of anybody's web archive: WARC and ARC files, plain or gzipped, and WACZ."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from scraper.errors import ArchiveRefused
from scraper.snapshot import Headers, header
from scraper.store.wacz import Wacz
from scraper.store.warc_reader import DOM, Damage, Record, is_archive, records

_BUFFER = 2**20
_OURS = b"software: scraper/"


@dataclass(frozen=True, slots=True)
class Capture:
    """One stored answer.  `body` is as the archive has it, without chunks: a content encoding may
    still be on it.  `status` is 0 for a `resource`, which has none.  For a page that this program
    kept, `dom` is what was rendered and `facts` what its `metadata` record says."""

    file: str
    offset: int
    url: str
    status: int
    headers: Headers
    body: bytes
    at: datetime | None
    dom: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def captures(path: Path) -> Iterator[Capture | Damage]:
    """Of every `response` and `resource` with an http(s) address, in the file's order.  Of files
    that list their pages, or were written by this program, only those of pages.  Raises
    ArchiveRefused for a WACZ that is none, OSError."""
    if not (path.suffix.lower() == ".wacz" or zipfile.is_zipfile(path)):
        with path.open("rb", buffering=_BUFFER) as stream:
            if not is_archive(stream.read(_BUFFER)):
                raise ArchiveRefused(str(path), "no web archive: WARC, ARC and WACZ can be read")
            stream.seek(0)
            yield from _pages(records(path.name, stream))
        return
    with Wacz(path) as wacz:
        for name, problem in wacz.damaged():
            yield Damage(f"{path.name}/{name}", 0, problem)
        listed = wacz.pages()
        for name in wacz.archives:
            with wacz.open(name) as stream:
                yield from _only(listed, _pages(records(f"{path.name}/{name}", stream)))


def _only(listed: set[str], items: Iterator[Capture | Damage]) -> Iterator[Capture | Damage]:
    """Those of listed pages, and what these redirect to; all when nothing is listed."""
    for item in items:
        if not listed or isinstance(item, Damage) or item.facts:
            yield item
        elif item.url.partition("#")[0] in listed:
            location = header(item.headers, "Location")
            if location and 300 <= item.status < 400:
                listed.add(urljoin(item.url, location).partition("#")[0])
            yield item


def _pages(items: Iterator[Record | Damage]) -> Iterator[Capture | Damage]:
    """This program writes a page's answers, its rendered DOM and then a `metadata` record about
    them; of other programs' files every answer may be a page."""
    ours = damaged = False
    answers: list[Capture] = []
    dom: dict[str, str] = {}
    for item in items:
        if isinstance(item, Damage):
            damaged = True
            yield item
        elif item.kind == "warcinfo":
            ours = _OURS in item.body
        elif item.url.startswith(DOM):
            dom[item.url.removeprefix(DOM)] = item.body.decode("utf-8", "replace")
        elif item.kind == "metadata" and ours and item.url:  # without: something was removed
            yield from _kept(item, answers, dom, damaged)
            answers, dom, damaged = [], {}, False
        elif item.kind in ("response", "resource"):
            answer = Capture(
                item.file, item.offset, item.url, item.status, item.headers, item.body, item.at
            )
            if ours:
                answers.append(answer)
            else:
                yield answer
    yield from (replace(answer, dom=dom.get(answer.url)) for answer in answers)


def _kept(
    metadata: Record, answers: list[Capture], dom: dict[str, str], damaged: bool
) -> Iterator[Capture | Damage]:
    """The page that `metadata` speaks of.  After damage, pages whose own record was lost as well:
    they stand among its answers."""
    try:
        facts = json.loads(metadata.body)
        url = facts["url"]
    except (ValueError, KeyError, TypeError):
        yield Damage(metadata.file, metadata.offset, "its metadata is not about a page")
        facts, url, damaged = {}, None, True
    for answer in answers:
        if answer.url == url and not 300 <= answer.status < 400:
            yield replace(answer, dom=dom.get(url), facts=facts)
        elif damaged:
            yield replace(answer, dom=dom.get(answer.url))

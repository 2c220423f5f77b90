"""With `--archive full` everything a page loads is fetched once, by us, and kept as it came."""

import asyncio
import gzip
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import brotli
import pytest

from scraper.snapshot import Exchange, Snapshot
from tests.integration.fetch.web import Web
from tests.site import Answer, Seen, TestSite
from tests.site.pages import page
from tests.site.pictures import png
from tests.site.wire import Handler

OTHER = "http://cdn.test"
SCRIPT = """
const show = (id, text) => {
  const line = document.createElement('p')
  line.id = id
  line.textContent = text
  document.querySelector('article').append(line)
}
const got = (id, answer) =>
  answer.then(r => r.text()).then(text => show(id, text), e => show(id, 'no'))
got('own', fetch('/data.json', {method: 'POST', body: 'question'}))
got('other', fetch('http://cdn.test/open.json'))
got('asked', fetch('http://cdn.test/asked.json', {headers: {'X-Own': '1'}}))
got('moved', fetch('/moved.json'))
got('part', fetch('/range.bin', {headers: {Range: 'bytes=2-5'}}))
got('cookie', fetch('/cookie.json').then(() => fetch('/told.json')))
"""


def packed(text: str, coding: str, kind: str) -> Answer:
    body = gzip.compress(text.encode()) if coding == "gzip" else brotli.compress(text.encode())
    return Answer(body, headers=(("Content-Encoding", coding),), type=kind)


def open_to_all(answer: Answer) -> Answer:
    headers = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "X-Own"))
    return Answer(answer.body, headers=headers, type=answer.type)


async def chunks() -> AsyncIterator[bytes]:
    for piece in (b"body ", b"{ color", b": green }"):
        yield piece


def shown(title: str, body: str) -> Answer:
    return Answer(page(title, body))


PAGES: dict[str, Answer | Handler] = {
    "/full": shown(
        "Harbour",
        '<link rel="stylesheet" href="/style.css"><link rel="stylesheet" href="/streamed.css">'
        '<article><p>The harbour.</p><img src="/a.png"><img src="/moved.png">'
        '<img src="/gone.png"></article>'
        '<iframe src="http://cdn.test/frame"></iframe><script src="/app.js"></script>',
    ),
    "/style.css": packed(
        "@font-face{font-family:f;src:url(/f.woff2)} p{font-family:f}", "gzip", "text/css"
    ),
    "/streamed.css": Answer(pieces=chunks, type="text/css"),
    "/app.js": packed(SCRIPT, "br", "text/javascript"),
    "/a.png": Answer(png(8, 8), type="image/png"),
    "/b.png": Answer(png(9, 9), type="image/png"),
    "/moved.png": Answer(status=302, headers=(("Location", "/b.png"),)),
    "/moved.json": Answer(status=301, headers=(("Location", "/data.json"),)),
    "/f.woff2": Answer(b"no font", type="font/woff2"),
    "/data.json": Answer('"answer"', type="application/json"),
    "/open.json": open_to_all(Answer('"open"', type="application/json")),
    "/asked.json": open_to_all(Answer('"asked"', type="application/json")),
    "/range.bin": Answer(
        "2345", status=206, headers=(("Content-Range", "bytes 2-5/10"),), type="text/plain"
    ),
    "/cookie.json": Answer("1", headers=(("Set-Cookie", "seen=yes"),), type="application/json"),
    "/told.json": lambda seen: Answer(seen.headers.get("cookie", "none"), type="text/plain"),
    "/frame": shown("Frame", "<p>In the frame.</p><img src='/c.png'>"),
    "/c.png": Answer(png(10, 10), type="image/png"),
}


Kept = tuple[Snapshot, list[Seen]]


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    async def crawled(site: TestSite) -> Snapshot:
        async with Web(site, {"archive": "full"}, seeds=(OTHER,)) as web:
            return await web.fetch("/full")

    with TestSite(dict(PAGES)) as site:
        yield asyncio.run(crawled(site)), site.requests


def test_everything_asked_for_is_kept_once(kept: Kept) -> None:
    snapshot, seen = kept
    assert snapshot.parts is not None
    mine = Counter(
        (part.method, part.url.partition("://")[2].partition("/")[2].partition("?")[0])
        for part in (*snapshot.exchanges, *snapshot.parts)
    )
    theirs = Counter((one.method, one.path[1:].partition("?")[0]) for one in seen)
    assert mine == theirs
    assert snapshot.missed == ()


def test_the_bytes_are_the_servers(kept: Kept) -> None:
    parts = by_path(kept)
    assert parts["style.css"].body.startswith(b"@font-face")
    assert dict(parts["style.css"].headers)["Content-Encoding"] == "gzip"
    assert parts["app.js"].body == SCRIPT.encode()
    assert parts["streamed.css"].body == b"body { color: green }"
    assert (parts["range.bin"].status, parts["range.bin"].body) == (206, b"2345")
    assert parts["a.png"].body == png(8, 8)
    assert parts["moved.png"].status == 302
    assert parts["gone.png"].status == 404


def by_path(kept: Kept) -> dict[str, Exchange]:
    return {part.url.rpartition("/")[2]: part for part in kept[0].parts or ()}


@pytest.mark.parametrize(
    ("id", "text"),
    [
        ("own", '"answer"'),
        ("other", '"open"'),
        ("asked", '"asked"'),
        ("moved", '"answer"'),
        ("part", "2345"),
        ("cookie", "seen=yes"),
    ],
)
def test_the_page_works_as_without(kept: Kept, id: str, text: str) -> None:
    dom = kept[0].dom or ""
    assert f'<p id="{id}">{text}</p>' in dom.replace("&quot;", '"')


async def fetched(pages: dict[str, Answer], first: str, **options: Any) -> Snapshot:
    with TestSite(dict(pages)) as site:
        async with Web(site, {"archive": "full", "per_host": 8, **options}) as web:
            return await web.fetch(first)


def test_what_a_worker_loads_is_kept() -> None:
    work = "fetch('/deep.json').then(r => r.text()).then(postMessage)"
    start = "new Worker('/work.js').onmessage = m => { document.body.id = 'worked' + m.data }"
    pages = {
        "/worker": shown("Worker", f"<article>Text</article><script>{start}</script>"),
        "/work.js": Answer(work, type="text/javascript"),
        "/deep.json": Answer("17", type="application/json"),
    }
    snapshot = asyncio.run(fetched(pages, "/worker"))
    assert 'id="worked17"' in (snapshot.dom or "")
    assert {p.url.rpartition("/")[2] for p in snapshot.parts or ()} == {"work.js", "deep.json"}


def test_what_cannot_be_kept_is_named() -> None:
    streams = "new EventSource('/events'); new WebSocket(`ws://${location.host}/socket`)"
    pages = {
        "/streams": shown(
            "Streams", f"<article>Text</article><img src='/cut.png'><script>{streams}</script>"
        ),
        "/events": Answer("data: one\n\n", type="text/event-stream", length=10**6, end="hang"),
        "/cut.png": Answer(png(), type="image/png", length=10**6, end="close"),
    }
    snapshot = asyncio.run(fetched(pages, "/streams", timeout=4.0))
    missed = {url.rpartition("/")[2]: reason for url, reason in snapshot.missed}
    assert set(missed) == {"events", "socket", "cut.png"}
    assert "broke off" in missed["cut.png"]
    assert snapshot.parts == ()


def test_a_download_that_a_page_starts_is_kept() -> None:
    leave = "const a = document.createElement('a'); a.href = '/file.pdf'; a.click()"
    pages = {
        "/leave": shown(
            "Leave", f"<article>Text</article><script>onload = () => {{{leave}}}</script>"
        ),
        "/file.pdf": Answer(b"%PDF-1.7 ...", type="application/pdf"),
    }
    snapshot = asyncio.run(fetched(pages, "/leave"))
    assert "Text" in (snapshot.dom or "")
    assert [(p.status, p.body) for p in snapshot.parts or ()] == [(200, b"%PDF-1.7 ...")]
    assert snapshot.missed == ()


def test_a_picture_too_large_to_show_is_kept_all_the_same() -> None:
    large = png() + bytes(9 * 2**20)
    pages = {
        "/large": shown("Large", "<article>Text</article><img src='/large.png'>"),
        "/large.png": Answer(large, type="image/png"),
    }
    (part,) = asyncio.run(fetched(pages, "/large")).parts or ()
    assert part.body == large

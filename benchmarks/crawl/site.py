"""The site that is crawled: articles whose truth is known, with pictures, styles, scripts and
trackers of others.

An address does not tell whether its article stands in the HTML or is made by a script.  Of about
fifteen pictures of a page four belong to the article, and no two articles share one.
"""

from __future__ import annotations

import asyncio
import hashlib
import html
import json
import random
import struct
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection

from aiohttp import web
from aiohttp.typedefs import Handler

PICTURES = 4
TEASERS = 11
WORDS = (
    "harbour quiet boats water morning council bridge river road winter market field "
    "engine letter window garden station teacher number village paper stone light question "
    "answer summer repair ferry canal timber weather orchard signal museum library kitchen"
).split()


@dataclass(frozen=True, slots=True)
class Story:
    """The truth about one article."""

    title: str
    published: str
    paragraphs: tuple[str, ...]
    pictures: tuple[str, ...]
    """SHA-256 of each, in their order."""


@cache
def story(number: int) -> Story:
    """The same at every call."""
    chance = random.Random(number)

    def sentence(words: int) -> str:
        return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."

    paragraphs = tuple(
        f"{number}.{n} " + " ".join(sentence(chance.randint(8, 16)) for _ in range(5))
        for n in range(12)
    )
    pictures = tuple(hashlib.sha256(picture(f"{number}-{n}")).hexdigest() for n in range(PICTURES))
    day = f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}T08:30:00Z"
    return Story(f"Story {number}: {sentence(6)}", day, paragraphs, pictures)


def picture_paths(number: int) -> list[str]:
    """Of an article's own pictures."""
    return [f"/pictures/{number}-{n}.png" for n in range(PICTURES)]


def is_scripted(number: int) -> bool:
    """Whether the article is made by a script, on a mixed site."""
    return hashlib.sha256(b"%d" % number).digest()[0] % 2 == 1


@cache
def picture(name: str, width: int = 480, height: int = 320) -> bytes:
    """A PNG of about 20 kB, like no other."""
    chance = random.Random(name)
    flat = b"\0" + bytes(n % 251 for n in range(width))
    rows = b"".join(flat if y % 8 else b"\0" + chance.randbytes(width) for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b"")


def _markup(number: int) -> str:
    told = story(number)
    parts = [f"<h1>{html.escape(told.title)}</h1>"]
    parts.append(
        f'<p class="byline">By Maud Ellery <time datetime="{told.published}">today</time></p>'
    )
    parts.append('<div class="body">')
    for n, text in enumerate(told.paragraphs):
        parts.append(f"<p>{html.escape(text)}</p>")
        if n % 3 == 0:
            source = f"/pictures/{number}-{n // 3}.png"
            parts.append(
                f'<figure><img src="{source}" alt="Picture {n}" width=480 height=320></figure>'
            )
    parts.append("</div>")
    return f"<article>{''.join(parts)}</article>"


_PAGE = """<!doctype html><html lang=en><head><meta charset=utf-8>
<title>%(title)s - The Gauge</title>
<link rel=stylesheet href=/assets/site.css><link rel=stylesheet href=/assets/print.css>
<script src=/assets/bundle.js></script><script async src=%(tracker)s/tag.js></script>
<script async src=%(tracker)s/ads.js></script></head><body><header><a href=/>
<img src=/pictures/logo.png width=120 height=40 alt=Gauge></a><nav><ul>%(menu)s</ul></nav></header>
<main id=main>%(main)s</main><aside>%(teasers)s</aside><footer>%(links)s</footer>
<script>%(script)s</script></body></html>"""

_MADE = """addEventListener('DOMContentLoaded', async () => {
  const told = await (await fetch('/api' + location.pathname)).json()
  document.getElementById('main').innerHTML = told.html
  document.title = told.title
})"""


def page(number: int, scripted: bool, tracker: str) -> str:
    """The HTML as it is served."""
    near = [(number * 7 + n * 13) % 40 for n in range(TEASERS)]
    return _PAGE % {
        "title": "The Gauge" if scripted else html.escape(story(number).title),
        "tracker": tracker,
        "menu": "".join(f"<li><a href=/section/{n}>{word}</a>" for n, word in enumerate(WORDS)),
        "main": "<p>Loading</p>" if scripted else _markup(number),
        "teasers": "".join(
            f'<div class=teaser><a href="/a/{n}"><img src="/pictures/teaser-{n}.png" width=240 '
            f"height=160></a><a href=/a/{n}>Another story {n}</a></div>"
            for n in near
        ),
        "links": "".join(f"<a href=/about/{n}>About {word}</a> " for n, word in enumerate(WORDS)),
        "script": _MADE if scripted else "document.body.dataset.ready = 1",
    }


_STYLE = "".join(
    f".c{n} > a:hover{{color:#{n:03}}} aside .teaser:nth-child({n}n){{padding:{n}px}}\n"
    for n in range(400)
)
_BUNDLE = (
    "const table = {}\n"
    + "".join(
        f"table['k{n}'] = function (a, b) {{ return a * {n} + (b || 0) }}\n" for n in range(900)
    )
    + "let sum = 0; for (let i = 0; i < 200000; i++) sum += table['k' + i % 900](i)\n"
    "addEventListener('load', () => document.querySelectorAll('img').forEach(i => i.alt ||= '.'))"
)
_TRACKER = """(() => {
  const how = {method: 'POST', mode: 'no-cors', body: '{}'}
  const send = n => fetch('%s/collect?' + n + '&' + Math.random(), how)
  new Image().src = '%s/pixel.gif?' + Math.random()
  let sum = 0; for (let i = 0; i < 300000; i++) sum = (sum * 31 + i) | 0
  send(sum)
})()"""

_CACHED = {"Cache-Control": "max-age=600"}


class Site:
    """The pages on one port, the trackers of others on a second one."""

    def __init__(self, scripted: Callable[[int], bool], latency: float) -> None:
        self._scripted, self._latency = scripted, latency
        self.tracker = ""
        self.asked: Counter[str] = Counter()

    def pages(self) -> web.Application:
        app = web.Application(middlewares=[self._counted])
        app.router.add_get("/a/{number}", self._article)
        app.router.add_get("/api/a/{number}", self._api)
        app.router.add_get("/pictures/{name}.png", self._picture)
        app.router.add_get("/assets/{name}", self._asset)
        return app

    def trackers(self) -> web.Application:
        app = web.Application(middlewares=[self._counted])
        app.router.add_get("/{name}.js", self._script)
        app.router.add_route("*", "/{name}", self._nothing)
        return app

    @web.middleware
    async def _counted(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.asked[request.path] += 1
        if self._latency:
            await asyncio.sleep(self._latency)
        return await handler(request)

    async def _article(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        text = page(number, self._scripted(number), self.tracker)
        return web.Response(text=text, content_type="text/html")

    async def _api(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        told = {"title": story(number).title, "html": _markup(number)}
        return web.json_response(told, dumps=json.dumps)

    async def _picture(self, request: web.Request) -> web.Response:
        body = picture(request.match_info["name"])
        return web.Response(body=body, content_type="image/png", headers=_CACHED)

    async def _asset(self, request: web.Request) -> web.Response:
        script = request.match_info["name"].endswith(".js")
        kind = "text/javascript" if script else "text/css"
        return web.Response(text=_BUNDLE if script else _STYLE, content_type=kind, headers=_CACHED)

    async def _script(self, _: web.Request) -> web.Response:
        text = _TRACKER % (self.tracker, self.tracker)
        return web.Response(text=text, content_type="text/javascript", headers=_CACHED)

    async def _nothing(self, _: web.Request) -> web.Response:
        return web.Response(status=204)


_KINDS: dict[str, Callable[[int], bool]] = {
    "static": lambda _: False,
    "scripted": lambda _: True,
    "mixed": is_scripted,
}


def serve(kind: str, latency: float, orders: Connection) -> None:
    """In a process of its own: sends its two ports, then at each word how often each path was
    asked for since the last one; ends with the connection."""
    asyncio.run(_serve(kind, latency, orders))


async def _serve(kind: str, latency: float, orders: Connection) -> None:
    site = Site(_KINDS[kind], latency)
    ports = []
    for app in (site.pages(), site.trackers()):
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ports.append(runner.addresses[0][1])
    site.tracker = f"http://127.0.0.1:{ports[1]}"
    orders.send(tuple(ports))
    loop = asyncio.get_running_loop()
    while True:
        try:
            await loop.run_in_executor(None, orders.recv)
        except EOFError:
            return
        orders.send(dict(site.asked))
        site.asked.clear()

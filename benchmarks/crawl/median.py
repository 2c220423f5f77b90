"""The site as heavy as the web's median page: the articles of `site`, with more around them.

A desktop page of the Web Almanac 2024 (HTTP Archive, almanac.httparchive.org/en/2024/page-weight,
medians) makes 71 requests for 2,652 KB, of which 18 pictures are 1,054 KB, 24 scripts 613 KB,
fonts 131 KB, styles 78 KB and the document 18 KB.  Of what third parties are asked for, 30.5 % are
scripts, 26 % pictures, 11.7 % documents (its chapter on third parties).  So here, per page:

  1 document; 4 pictures of the article, 1200 x 800, and 11 teasers, 600 x 400, all JPEGs; a logo;
  10 scripts, 8 style sheets, 4 fonts of the site's own; 14 scripts, 2 frames, 2 pictures of five
  other hosts, and what their scripts send: 14 small requests; on scripted pages the article.

Sizes are those on the wire: what is text travels with gzip.  The Almanac does not say what scripts
do; these define functions and call a part of them.  The fonts' bytes are no fonts: they travel and
are refused, which is cheaper than to use them.
"""

from __future__ import annotations

import asyncio
import gzip
import html
import io
import json
import random
from collections import Counter
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from multiprocessing.connection import Connection

from aiohttp import web
from aiohttp.typedefs import Handler
from PIL import Image

from benchmarks.crawl import site
from benchmarks.crawl.site import PICTURES, TEASERS, WORDS, Story, is_scripted

HOSTS = tuple(f"127.0.0.{number}" for number in range(2, 7))
"""Of third parties: sites of their own to a browser."""
_KIB = 1024
_OWN_SCRIPTS, _OWN_KIB = 10, 38
_FOREIGN_SCRIPTS, _FOREIGN_KIB = 14, 16.5
_STYLES, _STYLE_KIB = 8, 78 / 8
_FONTS, _FONT_KIB = 4, 131 / 4
_LARGE, _LARGE_KIB = (1200, 800), 135
_SMALL, _SMALL_KIB = (600, 400), 44
_BASES = 8


@cache
def story(number: int) -> Story:
    """The truth: the words of `site`, other pictures."""
    told = site.story(number)
    names = (f"{number}-{n}" for n in range(PICTURES))
    pictures = tuple(sha256(picture(name)).hexdigest() for name in names)
    return Story(told.title, told.published, told.paragraphs, pictures)


def picture_paths(number: int) -> list[str]:
    """Of an article's own."""
    return [f"/pictures/{number}-{n}.jpg" for n in range(PICTURES)]


@cache
def _base(number: int, small: bool) -> bytes:
    """A JPEG of about the right length."""
    size, kib = (_SMALL, _SMALL_KIB) if small else (_LARGE, _LARGE_KIB)
    coarse = size[0] // 6, size[1] // 6
    noise = random.Random(number).randbytes(coarse[0] * coarse[1] * 3)
    picture = Image.frombytes("RGB", coarse, noise).resize(size, Image.Resampling.BICUBIC)
    for quality in range(20, 96, 3):
        made = io.BytesIO()
        picture.save(made, "JPEG", quality=quality)
        if len(made.getvalue()) >= kib * _KIB:
            break
    return made.getvalue()


def picture(name: str) -> bytes:
    """Like no other: its name stands in it, as a comment."""
    small = name.startswith("teaser")
    base = _base(random.Random(name).randrange(_BASES), small)
    said = name.encode()
    return base[:2] + b"\xff\xfe" + (len(said) + 2).to_bytes(2) + said + base[2:]


def _packed_to(
    kib: float, lines: Callable[[random.Random, int], str], seed: str, first: str = ""
) -> bytes:
    """Text of so many lines that it is `kib` long when it is packed."""
    chance = random.Random(seed)
    parts = [first]
    packed = b""
    while len(packed) < kib * _KIB:
        parts += [lines(chance, len(parts) + n) for n in range(20)]
        packed = gzip.compress("".join(parts).encode(), 6, mtime=0)
    return packed


def _rule(chance: random.Random, number: int) -> str:
    one, other = chance.sample(WORDS, 2)
    return (
        f".{one}-{number} > .{other}, main .{other}-{chance.randrange(999)}:hover "
        f"{{ color: #{chance.randrange(4096):03x}; padding: {chance.randrange(40)}px; "
        f"transform: translate({chance.randrange(90)}px, {chance.randrange(90)}%) }}\n"
    )


def _function(chance: random.Random, number: int) -> str:
    one, other = chance.sample(WORDS, 2)
    called = f"{one}{number}(3)" if number % 4 == 0 else ""
    key = chance.randbytes(24).hex()
    return (
        f"function {one}{number}(a) {{ const {other} = {{key: '{key}', "
        f"at: [{chance.randrange(999)}, a]}}; let sum = a; for (let i = 0; i < 40; i++) "
        f"{{ sum += ({other}.at[0] ^ i) % {chance.randrange(2, 99)} }} "
        f"return sum > {chance.randrange(9999)} ? {other} : null }}\n{called}\n"
    )


@cache
def _script(name: str) -> bytes:
    if name.startswith("own"):
        return _packed_to(_OWN_KIB, _function, name)
    sends = _SENDS % ("true" if name in ("tag-0", "tag-1") else "false")
    return _packed_to(_FOREIGN_KIB, _function, name, sends)


@cache
def _style(name: str) -> bytes:
    return _packed_to(_STYLE_KIB, _rule, name)


@cache
def _font(name: str) -> bytes:
    return random.Random(name).randbytes(int(_FONT_KIB * _KIB))


def _article(number: int) -> str:
    told = story(number)
    parts = [f"<h1>{html.escape(told.title)}</h1>"]
    parts.append(
        f'<p class="byline">By Maud Ellery <time datetime="{told.published}">today</time></p>'
    )
    parts.append('<div class="body">')
    paths = picture_paths(number)
    for n, text in enumerate(told.paragraphs):
        parts.append(f"<p>{html.escape(text)}</p>")
        if n % 3 == 0:
            parts.append(
                f'<figure><img src="{paths[n // 3]}" alt="Picture {n}" width=1200 height=800>'
                "</figure>"
            )
    parts.append("</div>")
    return f"<article>{''.join(parts)}</article>"


_PAGE = """<!doctype html><html lang=en><head><meta charset=utf-8>
<title>%(title)s - The Gauge</title>%(styles)s%(fonts)s%(scripts)s</head><body><header><a href=/>
<img src=/pictures/teaser-logo.jpg width=120 height=80 alt=Gauge></a><nav><ul>%(menu)s</ul></nav>
</header><main id=main>%(main)s</main><aside>%(teasers)s</aside>%(frames)s<footer>%(links)s
</footer><script>const state = %(state)s;%(script)s</script></body></html>"""

_MADE = """addEventListener('DOMContentLoaded', async () => {
  const told = await (await fetch('/api' + location.pathname)).json()
  document.getElementById('main').innerHTML = told.html
  document.title = told.title
})"""

_SENDS = """(() => {
  const from = new URL(document.currentScript.src).origin
  fetch(from + '/collect?' + Math.random(), {method: 'POST', mode: 'no-cors', body: '{}'})
  if (%s) new Image().src = from + '/pixel.gif?' + Math.random()
})()
"""


def page(number: int, scripted: bool, hosts: list[str]) -> str:
    """The HTML as it is served.  `hosts` are the addresses of the third parties."""
    chance = random.Random(number)
    near = [(number * 7 + n * 13) % 40 for n in range(TEASERS)]
    own = "".join(f"<script defer src=/assets/own-{n}.js></script>" for n in range(_OWN_SCRIPTS))
    foreign = "".join(
        f"<script async src={hosts[n % len(hosts)]}/tag-{n}.js></script>"
        for n in range(_FOREIGN_SCRIPTS)
    )
    faces = "".join(
        f"@font-face{{font-family:f{n};src:url(/assets/{n}.woff2)}}"
        f".f{n},h{n + 1}{{font-family:f{n}}}"
        for n in range(_FONTS)
    )
    return _PAGE % {
        "title": "The Gauge" if scripted else html.escape(site.story(number).title),
        "styles": "".join(f"<link rel=stylesheet href=/assets/{n}.css>" for n in range(_STYLES)),
        "fonts": f"<style>{faces}</style>",
        "scripts": own + foreign,
        "menu": "".join(
            f"<li class=f{n % 4}><a href=/section/{n}>{word}</a><ul>"
            + "".join(f"<li><a href=/section/{n}/{k}>{word} {k}</a>" for k in range(6))
            + "</ul>"
            for n, word in enumerate(WORDS)
        ),
        "main": "<p>Loading</p>" if scripted else _article(number),
        "teasers": "".join(
            f'<div class=teaser><a href="/a/{n}"><img src="/pictures/teaser-{n}.jpg" width=600 '
            f"height=400></a><h2><a href=/a/{n}>Another story {n}</a></h2></div>"
            for n in near
        ),
        "frames": "".join(f"<iframe src={host}/frame></iframe>" for host in hosts[:2]),
        "links": "".join(f"<a href=/about/{n}>About {word}</a> " for n, word in enumerate(WORDS)),
        "state": json.dumps([chance.randrange(10**12) for _ in range(2000)]),
        "script": _MADE if scripted else "document.body.dataset.ready = 1",
    }


_CACHED = {"Cache-Control": "max-age=600"}


class Site:
    """The pages on one port, those of others on another of each of their hosts."""

    def __init__(self, scripted: Callable[[int], bool], latency: float) -> None:
        self._scripted, self._latency = scripted, latency
        self.others: list[str] = []
        self.asked: Counter[str] = Counter()

    def own(self) -> web.Application:
        app = web.Application(middlewares=[self._counted])
        app.router.add_get("/a/{number}", self._page)
        app.router.add_get("/api/a/{number}", self._api)
        app.router.add_get("/pictures/{name}.jpg", self._picture)
        app.router.add_get("/assets/{name}", self._asset)
        return app

    def foreign(self) -> web.Application:
        app = web.Application(middlewares=[self._counted])
        app.router.add_get("/{name}.js", self._tag)
        app.router.add_get("/frame", self._frame)
        app.router.add_route("*", "/{name}", self._nothing)
        return app

    @web.middleware
    async def _counted(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.asked[request.path] += 1
        if self._latency:
            await asyncio.sleep(self._latency)
        return await handler(request)

    async def _page(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        return _text(page(number, self._scripted(number), self.others), "text/html")

    async def _api(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        told = {"title": site.story(number).title, "html": _article(number)}
        return _text(json.dumps(told), "application/json")

    async def _picture(self, request: web.Request) -> web.Response:
        body = picture(request.match_info["name"])
        return web.Response(body=body, content_type="image/jpeg", headers=_CACHED)

    async def _asset(self, request: web.Request) -> web.Response:
        name, _, kind = request.match_info["name"].rpartition(".")
        if kind == "woff2":
            return web.Response(body=_font(name), content_type="font/woff2", headers=_CACHED)
        if kind == "css":
            return _packed(_style(name), "text/css")
        return _packed(_script(name), "text/javascript")

    async def _tag(self, request: web.Request) -> web.Response:
        return _packed(_script(request.match_info["name"]), "text/javascript")

    async def _frame(self, _: web.Request) -> web.Response:
        return _text("<!doctype html><p>An advertisement</p>", "text/html")

    async def _nothing(self, _: web.Request) -> web.Response:
        return web.Response(status=204)


def _text(text: str, kind: str) -> web.Response:
    headers = {"Content-Encoding": "gzip"}
    return web.Response(body=gzip.compress(text.encode(), 6), content_type=kind, headers=headers)


def _packed(body: bytes, kind: str) -> web.Response:
    headers = {"Content-Encoding": "gzip", **_CACHED}
    return web.Response(body=body, content_type=kind, headers=headers)


def serve(kind: str, latency: float, orders: Connection) -> None:
    """As the other site's; after its port it sends the addresses of the third parties."""
    scripted = is_scripted if kind == "mixed" else lambda _: kind == "scripted"
    asyncio.run(_serve(scripted, latency, orders))


async def _serve(scripted: Callable[[int], bool], latency: float, orders: Connection) -> None:
    made = Site(scripted, latency)
    runner = web.AppRunner(made.own(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    runner = web.AppRunner(made.foreign(), access_log=None)
    await runner.setup()
    for host in HOSTS:
        await web.TCPSite(runner, host, 0).start()
    made.others = [f"http://{host}:{number}" for host, number in runner.addresses]
    for n in range(_BASES):
        _base(n, True), _base(n, False)
    orders.send((port, *(f"{host}:{number}" for host, number in runner.addresses)))
    loop = asyncio.get_running_loop()
    while True:
        try:
            await loop.run_in_executor(None, orders.recv)
        except EOFError:
            return
        orders.send(dict(made.asked))
        made.asked.clear()

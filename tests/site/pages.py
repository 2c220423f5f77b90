"""What the site offers by default.  Every text is invented.

/                      front page            /list, /list?page=2    list pages
/endless               infinite scroll       /article/plain         a static article
/article/lazy          lazy pictures         /article/script        made by JavaScript
/article/shadow        in a shadow root      /article/worker        made by a worker
/pictures/NAME.png     real pictures; /pictures/guarded/… 403 without a Referer of the site;
                       /pictures/t.png is the placeholder
/redirect/chain/N  loop  nowhere  long  private  file  host?to=HOST
/slow/headers  /slow/body  /never            nothing, or half an answer, then silence
/hang/script  /hang/async  /hang/picture  /hang/fetch      pages whose part never comes
/status/N  /busy/seconds  /busy/date         any status; 429 and 503 with Retry-After
/gbk/header  /gbk/meta  /gbk/lie             GB18030 text
/broken  /empty-page  /nothing (204)  /nothing/205
/files/report.pdf  data.json  picture.png  plain.txt  download  untyped  disguised.pdf
/coded/gzip  br  zstd  deflate  nested  odd  cut  bomb  bomb-br
/short  /flood  /reset  /junk                broken framing, endless body
/dialogs  /popups  /leave  /spin  /spin/later  /ticker  /moves  /storm
/state  /cookie/set  /cookie/show  /worker/page    what a page can leave behind
/tamper                replaces the built-ins that a reader would use
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache

import brotli
import zstandard

from tests.site.ithome import ithome_pages
from tests.site.pictures import png
from tests.site.wire import Answer, Handler, Seen

LONG = "The harbour opened before dawn and the first boats came in with the tide. " * 4
ARTICLE = (
    "<title>{title} - The Quiet Paper</title><article><h1>{title}</h1>"
    '<time datetime="2024-05-06T07:08:09+02:00">6 May 2024</time>{body}</article>'
)


def page(title: str, body: str, head: str = "") -> str:
    """A whole page around a body."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"{head}</head><body>{body}</body></html>"
    )


def article(title: str, body: str = f"<p>{LONG}</p><p>{LONG}</p>") -> str:
    """A static article."""
    return page(title, ARTICLE.format(title=title, body=body))


def script(code: str, body: str = "") -> str:
    """A page with one inline script after its body."""
    return page("A script", f"{body}<script>{code}</script>")


def default_pages() -> dict[str, Answer | Handler]:
    """The table of the module's docstring."""
    return {
        "/": Answer(page("Front", '<a href="/list">list</a> <a href="/article/plain">one</a>')),
        "/list": _list,
        "/endless": Answer(_endless()),
        "/endless/more": _more,
        "/article/plain": Answer(article("The harbour at dawn")),
        "/article/lazy": Answer(_lazy()),
        "/article/script": Answer(_scripted()),
        "/article/shadow": Answer(_shadowed()),
        "/article/worker": Answer(_worked()),
        "/api/article.json": Answer(
            f'{{"title": "Made by a script", "text": "{LONG}"}}', type="application/json"
        ),
        "/api/work.js": Answer(
            "fetch('/api/article.json').then(r => r.json()).then(a => postMessage(a))",
            type="text/javascript",
        ),
        "/pictures/*": lambda seen: Answer(png(grey=len(seen.path)), type="image/png"),
        "/pictures/guarded/*": _guarded,
        "/redirect/*": _redirect,
        "/slow/headers": Answer(article("Late"), delay=3600),
        "/slow/body": Answer("<p>half of it", length=1000, end="hang"),
        "/never": Answer(delay=3600),
        "/hang/script": Answer(
            page("Hanging", f'<p>{LONG}</p><script src="/never"></script><p>after')
        ),
        "/hang/async": Answer(
            page("Hanging", f'<p>{LONG}</p><script async src="/never"></script>')
        ),
        "/hang/picture": Answer(page("Hanging", f'<p>{LONG}</p><img src="/never?picture">')),
        "/hang/fetch": Answer(script("fetch('/never?fetch')", f"<p>{LONG}</p>")),
        "/status/*": lambda seen: Answer(
            page("A status", f"<p>{LONG}</p>"), int(seen.path.rsplit("/", 1)[1])
        ),
        "/busy/seconds": Answer("busy", 429, (("Retry-After", "7"),)),
        "/busy/date": lambda _: Answer("down", 503, (("Retry-After", _in_an_hour()),)),
        "/robots.txt": Answer("User-agent: *\nDisallow: /private/\n", type="text/plain"),
        "/private/*": Answer(article("Not for robots")),
        "/gbk/header": Answer(_gbk(""), type="text/html; charset=GBK"),
        "/gbk/meta": Answer(_gbk('<meta charset="gb2312">'), type="text/html"),
        "/gbk/lie": Answer(_gbk('<meta charset="utf-8">'), type="text/html; charset=gb18030"),
        "/broken": Answer(
            f"<table><p>{LONG}<td>cell</b><div id=a id=b>&#xD800;&bogus;<p>last</article><body x=1>"
        ),
        "/empty-page": Answer(""),
        "/nothing": Answer(status=204, type=None),
        "/nothing/205": Answer(status=205),
        **_files(),
        **_coded(),
        "/short": Answer("<p>cut off here", length=5000, end="close"),
        "/reset": Answer("<p>reset here", length=5000, end="reset"),
        "/junk": Answer(raw=b"\x00\x01 this is no HTTP\r\n\r\n", end="close"),
        "/flood": Answer("<p>flood", pieces=_flood),
        **_behaviour(),
        **_state(),
        **ithome_pages(),
    }


def _list(seen: Seen) -> Answer:
    number = int(seen.query.get("page", "1"))
    items = "".join(f'<li><a href="/article/{number}{n}">Story {number}{n}</a>' for n in range(5))
    return Answer(page("A list", f'<ul>{items}</ul><a rel="next" href="/list?page={number + 1}">'))


def _endless() -> str:
    return script(
        """
        let next = 1, busy = false
        async function more() {
          if (busy || next > 5 || innerHeight + scrollY < document.body.scrollHeight - 50) return
          busy = true
          const part = await fetch('/endless/more?part=' + next++)
          document.getElementById('feed').insertAdjacentHTML('beforeend', await part.text())
          busy = false
          if (next > 5) document.body.insertAdjacentHTML('beforeend', '<p id="end">end</p>')
        }
        addEventListener('scroll', more)
        """,
        '<div id="feed"><p style="height:1500px">part 0</p></div>',
    )


def _more(seen: Seen) -> Answer:
    return Answer(f'<p style="height:1500px">part {seen.query["part"]}</p>')


def _lazy() -> str:
    pictures = (
        '<img class="lazy" src="/pictures/t.png" data-original="/pictures/one.png" alt="one">'
        '<img loading="lazy" src="/pictures/t.png" srcset="/pictures/two.png 2x" alt="two">'
        '<p style="height:4000px">a long way down</p>'
        '<img id="seen" src="/pictures/t.png" data-src="/pictures/guarded/three.png" alt="three">'
        f"<p>{LONG}</p>"
    )
    watch = """
        new IntersectionObserver(seen => seen.forEach(one => {
          if (one.isIntersecting) one.target.src = one.target.dataset.src
        })).observe(document.getElementById('seen'))
    """
    return article("Lazy pictures", f"<p>{LONG}</p>{pictures}<script>{watch}</script>")


def _scripted() -> str:
    return script(
        """
        fetch('/api/article.json').then(answer => answer.json()).then(article => {
          document.title = article.title + ' - The Quiet Paper'
          document.getElementById('app').innerHTML =
            `<article><h1>${article.title}</h1>` +
            `<time datetime="2024-05-06T07:08:09Z">6 May</time><p id="text">${article.text}</p>`
        })
        """,
        '<div id="app">loading</div>',
    )


def _shadowed() -> str:
    return script(
        f"document.querySelector('x-story').attachShadow({{mode: 'open'}}).innerHTML = "
        f"'<p id=inside>{LONG}</p><slot></slot>'",
        "<x-story><b>outside</b></x-story><input value=typed>",
    )


def _worked() -> str:
    return script(
        "new Worker('/api/work.js').onmessage = e => "
        "document.body.insertAdjacentHTML('beforeend', `<p id=text>${e.data.text}</p>`)"
    )


def _guarded(seen: Seen) -> Answer:
    referer = seen.headers.get("referer", "")
    if f"//{seen.host}/" not in referer:
        return Answer("not for strangers", 403, type="text/plain")
    return Answer(png(grey=len(seen.path)), type="image/png")


def _redirect(seen: Seen) -> Answer:
    kind = seen.path.partition("?")[0].removeprefix("/redirect/")
    if kind.startswith("chain/"):
        left = int(kind.removeprefix("chain/"))
        target = f"/redirect/chain/{left - 1}" if left > 1 else "/article/plain"
    else:
        target = {
            "loop": "/redirect/loop/back",
            "loop/back": "/redirect/loop",
            "private": "http://10.0.0.1/secret",
            "file": "file:///etc/passwd",
            "host": f"http://{seen.query.get('to', '')}/article/plain",
            "nowhere": "",
        }.get(kind, "")
        if kind.startswith("long"):
            target = f"/redirect/long{len(kind) - 4}" + "x" * (len(kind) - 3)
    headers = (("Location", target),) if target else ()
    return Answer(f"to {target}", 302, headers)


def _in_an_hour() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)


def _gbk(head: str) -> bytes:
    text = "清晨的港口很安静，渔船随着潮水缓缓驶入码头，岸上的灯一盏一盏熄灭。" * 5
    return f"<html><head>{head}<title>港口的早晨</title></head><p>{text}</p>".encode("gb18030")


def _files() -> dict[str, Answer | Handler]:
    pdf = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    return {
        "/files/report.pdf": Answer(pdf, type="application/pdf"),
        "/files/disguised.pdf": Answer(pdf),
        "/files/data.json": Answer('{"a": 1}', type="application/json"),
        "/files/picture.png": Answer(png(), type="image/png"),
        "/files/plain.txt": Answer(LONG, type="text/plain"),
        "/files/untyped": Answer(article("Untyped"), type=None),
        "/files/download": Answer(
            article("Kept as a file"), headers=(("Content-Disposition", "attachment; filename=a"),)
        ),
    }


def _coded() -> dict[str, Answer | Handler]:
    def coded(body: bytes, encoding: str) -> Answer:
        return Answer(body, headers=(("Content-Encoding", encoding),))

    plain = article("Encoded").encode()
    return {
        "/coded/gzip": coded(gzip.compress(plain), "gzip"),
        "/coded/deflate": coded(zlib.compress(plain), "deflate"),
        "/coded/br": coded(brotli.compress(plain), "br"),
        "/coded/zstd": coded(zstandard.compress(plain), "zstd"),
        "/coded/nested": coded(gzip.compress(brotli.compress(plain)), "br, gzip"),
        "/coded/odd": coded(plain, "x-unheard-of"),
        "/coded/false": coded(plain, "gzip"),
        "/coded/cut": coded(gzip.compress(plain)[:-40], "gzip"),
        "/coded/bomb": lambda _: coded(_gzip_bomb(), "gzip"),
        "/coded/bomb-br": lambda _: coded(_brotli_bomb(), "br"),
    }


@cache
def _gzip_bomb() -> bytes:
    bomb = zlib.compressobj(9, wbits=31)
    return b"".join(bomb.compress(bytes(2**20)) for _ in range(256)) + bomb.flush()


@cache
def _brotli_bomb() -> bytes:
    bomb = brotli.Compressor(quality=5)
    packed: bytes = b"".join(bomb.process(bytes(2**20)) for _ in range(256)) + bomb.finish()
    return packed


async def _flood() -> AsyncIterator[bytes]:
    for _ in itertools.count():
        yield b"<p>more and more of it</p>" * 2000
        await asyncio.sleep(0)


def _behaviour() -> dict[str, Answer | Handler]:
    text = f"<p>{LONG}</p>"
    return {
        "/dialogs": Answer(
            script(
                "alert('a'); confirm('b'); prompt('c'); print();"
                "document.body.insertAdjacentHTML('beforeend', '<p id=past>past them')",
                text,
            )
        ),
        "/popups": Answer(
            script("for (let i = 0; i < 20; i++) open('/article/plain?popup=' + i)", text)
        ),
        "/leave": Answer(script("onbeforeunload = e => { e.preventDefault(); return 'no' }", text)),
        "/spin": Answer(script("while (true) {}", text)),
        "/spin/later": Answer(script("setTimeout(() => { while (true) {} }, 30)", text)),
        "/ticker": Answer(
            script(
                "let n = 0, t = document.getElementById('t');"
                "setInterval(() => t.append(' tick ' + n++), 20)",
                f"{text}<p id=t></p>",
            )
        ),
        "/moves": Answer(script("location.href = '/article/plain'", text)),
        "/moves/file": Answer(script("location.href = 'file:///etc/passwd'", text)),
        "/moves/private": Answer(script("location.href = 'http://10.0.0.1/secret'", text)),
        "/storm": Answer(script("setInterval(() => { location.hash = Math.random() }, 5)", text)),
        "/reloads": Answer(script("location.reload()", text)),
        "/private-parts": Answer(
            page(
                "Parts",
                f'{text}<iframe src="http://10.0.0.1/"></iframe><img src="http://10.0.0.2/">',
            )
        ),
        "/tamper": Answer(
            script(
                """
                Object.defineProperty(Element.prototype, 'outerHTML', {get: () => 'fooled'})
                Element.prototype.getHTML = () => 'fooled'
                Document.prototype.querySelector = () => null
                JSON.stringify = () => 'fooled'; Array.prototype.map = () => ['fooled']
                for (let i = 0; i < 2000; i++) { clearTimeout(i); clearInterval(i) }
                """,
                f"{text}<form name=documentElement><input name=shadowRoot></form>",
            )
        ),
    }


def _state() -> dict[str, Answer | Handler]:
    leave = """
        document.cookie = 'left=behind; max-age=3600'
        localStorage.left = sessionStorage.left = name = 'behind'
        const opening = indexedDB.open('left')
        const done = new Promise(r => { opening.onsuccess = opening.onerror = r })
        Promise.all([done, caches.open('left').catch(() => 0)]).then(async () => {
          const found = await indexedDB.databases()
          document.body.insertAdjacentHTML('beforeend', '<p id="done">' + found.length)
        })
    """
    show = """
        const found = [document.cookie, localStorage.left, sessionStorage.left, name]
        const keys = 'caches' in self ? caches.keys() : Promise.resolve([])
        Promise.all([indexedDB.databases(), keys]).then(([bases, kept]) => {
          found.push(bases.length, kept.length)
          document.body.insertAdjacentHTML('beforeend', '<p id="found">' + found.join('|'))
        })
    """
    return {
        "/state/leave": Answer(script(leave)),
        "/state/show": Answer(script(show)),
        "/cookie/set": Answer(
            article("Set"), headers=(("Set-Cookie", "crumb=1; Path=/"), ("Set-Cookie", "other=2"))
        ),
        "/cookie/show": lambda seen: Answer(
            page("Shown", f"<p>cookies:[{seen.headers.get('cookie', '')}] {LONG}")
        ),
        "/cookie/away": lambda seen: Answer(
            "away",
            302,
            (
                ("Set-Cookie", "crumb=1; Path=/"),
                ("Location", f"http://{seen.query['to']}/cookie/show"),
            ),
        ),
        "/worker/page": Answer(
            script(
                "navigator.serviceWorker?.register('/worker/sw.js').catch(e => 0)", f"<p>{LONG}</p>"
            )
        ),
        "/worker/sw.js": Answer(
            "self.addEventListener('fetch', () => 0)",
            headers=(("Service-Worker-Allowed", "/"),),
            type="text/javascript",
        ),
    }

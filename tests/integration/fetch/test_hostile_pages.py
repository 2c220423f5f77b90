"""Answers and pages made to break a reader: each comes to something in its time, and the next page
is fine."""

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from scraper.errors import PageError
from scraper.fetch.documents import MOST_ASKED
from tests.integration.fetch.web import Render, Web
from tests.site import Answer, TestSite
from tests.site.pages import LONG, script

pytestmark = pytest.mark.asyncio(loop_scope="module")

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
BODY = b"<p>the body"

WIRE = {
    "no reason": (b"HTTP/1.1 200\r\nContent-Type: text/html\r\n\r\n" + BODY, "page"),
    "until closed": (OK + b"\r\n" + BODY, "page"),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + BODY, "page"),
    "early hints": (
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 3 + OK + b"\r\n" + BODY,
        "page",
    ),
    "another protocol": (b"ICY 200 OK\r\n\r\n" + BODY, "connect"),
    "nothing": (b"", "connect"),
    "half a status line": (b"HTTP/1.1 2", "connect"),
    "half a head": (OK + b"X-Half: ", "connect"),
    "letters as status": (b"HTTP/1.1 abc OK\r\n\r\n" + BODY, "connect"),
    "NUL in a header": (OK + b"X-Nul: a\0b\r\n\r\n" + BODY, "any"),
    "no colon": (OK + b"nonsense\r\n\r\n" + BODY, "any"),
    "two lengths": (OK + b"Content-Length: 3\r\nContent-Length: 9\r\n\r\n" + BODY, "any"),
    "negative length": (OK + b"Content-Length: -1\r\n\r\n" + BODY, "any"),
    "bad chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + BODY, "any"),
    "cut chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\n" + BODY, "body.incomplete"),
    "long header": (OK + b"X-Long: " + b"x" * 200_000 + b"\r\n\r\n" + BODY, "connect"),
    "many headers": (OK + b"X-Many: x\r\n" * 20_000 + b"\r\n" + BODY, "any"),
}

SCRIPTS = {
    "dialogs": "for (;;) alert('again')",
    "console": "for (let i = 0; i < 20000; i++) console.log('x'.repeat(100), i)",
    "errors": "setInterval(() => { throw new Error('again') }, 0)",
    "rejections": "setInterval(() => { Promise.reject(1) }, 0)",
    "frames": "for (let i = 0; i < 150; i++)"
    " document.body.append(document.createElement('iframe'))",
    "workers": "for (let i = 0; i < 40; i++) new Worker(URL.createObjectURL(new Blob(['1'])))",
    "sockets": "for (let i = 0; i < 100; i++) new WebSocket(`ws://${location.host}/never?${i}`)",
    "requests": "for (let i = 0; i < 300; i++) fetch('/status/404?' + i)",
    "downloads": "const a = document.body.appendChild(document.createElement('a'));"
    "a.download = 'x'; a.href = 'data:,x'; for (let i = 0; i < 50; i++) a.click()",
    "pushed history": "for (let i = 0; i < 500; i++) history.pushState(0, '', '/pushed/' + i)",
    "microtasks": "const again = () => Promise.resolve().then(again); setTimeout(again, 50)",
    "writing": "setInterval(() => document.write('<p>again'), 5)",
    "emptied": "document.documentElement.remove()",
    "busy leaving": "onpagehide = onbeforeunload = onunload = () => { for (;;); }",
    "printing": "print(); window.stop(); window.close()",
    "permissions": "navigator.geolocation.getCurrentPosition(() => 0);"
    "Notification.requestPermission()",
    "shared workers": "for (let i = 0; i < 50; i++)"
    " new SharedWorker(URL.createObjectURL(new Blob(['1' + i])))",
    "workers that talk": "for (let i = 0; i < 200; i++)"
    " new Worker(URL.createObjectURL(new Blob(['setInterval(() => postMessage(1), 1)'])))",
    "history with luggage": "setInterval(() =>"
    " history.pushState('x'.repeat(1e6), '', '?' + Math.random()), 5)",
    "choosers": "const i = document.createElement('input'); i.type = 'file';"
    " document.body.append(i); for (let n = 0; n < 50; n++) i.click()",
    "full screen": "for (let i = 0; i < 50; i++) {"
    " document.body.requestFullscreen().catch(() => 0); document.body.requestPointerLock() }",
    "other programs": "setInterval(() => { location = 'mailto:a@b.test' }, 5)",
    "much memory": "const a = []; for (;;) a.push(new Uint8Array(1e8).fill(1))",
    "deep": "let at = document.body; for (let i = 0; i < 20000; i++)"
    " at = at.appendChild(document.createElement('b'))",
}

PAGES = {
    "many nodes": "<i>x</i>" * 300_000,
    "deep": "<div>" * 100_000 + "deep",
    "giant attribute": f"<p title='{'x' * 8_000_000}'>{LONG}",
    "giant title": f"<title>{'x' * 8_000_000}</title><p>{LONG}",
    "control characters": "<p>\x01\x02\x1b[31m\x7f\u2028\u202e text",
    "meta refresh": "<meta http-equiv=refresh content=0><p>again",
}


async def outcome(web: Web, where: str, render: Render = "browser") -> str:
    """`page`, or the code of the failure."""
    try:
        snapshot = await asyncio.wait_for(web.fetch(where, render), 60)
    except PageError as error:
        return error.code
    assert snapshot.dom is not None or snapshot.document is not None
    return "page"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hurried(whole_site: TestSite) -> AsyncIterator[Web]:
    async with Web(whole_site, {"timeout": 8.0, "max_bytes": 2**25}) as web:
        yield web


@pytest.mark.parametrize("render", ["browser", "http"])
@pytest.mark.parametrize("name", sorted(WIRE))
async def test_on_the_wire(hurried: Web, site: TestSite, render: Render, name: str) -> None:
    raw, expected = WIRE[name]
    site.pages["/x"] = Answer(raw=raw)
    came_to = await outcome(hurried, "/x", render)
    assert came_to == expected or (
        expected == "any" and came_to in ("page", "connect", "body.incomplete")
    )


@pytest.mark.parametrize("render", ["browser", "http"])
async def test_endless_early_hints(hurried: Web, site: TestSite, render: Render) -> None:
    async def hints() -> AsyncIterator[bytes]:
        for _ in itertools.count():
            yield b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100

    site.pages["/x"] = Answer(raw=b"", verbatim=hints)
    assert await outcome(hurried, "/x", render) in ("timeout", "connect")


@pytest.mark.parametrize("name", sorted(SCRIPTS))
async def test_scripts(hurried: Web, site: TestSite, name: str) -> None:
    site.pages["/x"] = Answer(script(SCRIPTS[name], f"<p>{LONG}"))
    assert await outcome(hurried, "/x") in ("page", "timeout", "browser.crashed")
    assert await outcome(hurried, "/article/plain") == "page"


@pytest.mark.parametrize(
    "again",
    [
        "location = '/x?' + Math.random()",
        "location = '/files/download?' + Math.random()",
        "document.forms[0].submit()",
        "onbeforeunload = event => event.preventDefault(); location = '/x?' + Math.random()",
    ],
)
async def test_navigation_without_end(hurried: Web, site: TestSite, again: str) -> None:
    form = "<form method=post action=/x></form>"
    for path in ("/x", "/x?*"):
        site.pages[path] = Answer(script(f"setInterval(() => {{ {again} }}, 1)", form + LONG))
    assert await outcome(hurried, "/x") in ("page", "timeout")
    assert 10 < len(site.requests) <= MOST_ASKED
    assert await outcome(hurried, "/article/plain") == "page"


@pytest.mark.parametrize("name", sorted(PAGES))
async def test_markup(hurried: Web, site: TestSite, name: str) -> None:
    site.pages["/x"] = Answer(PAGES[name])
    assert await outcome(hurried, "/x") in ("page", "timeout", "browser.crashed")
    assert await outcome(hurried, "/article/plain") == "page"

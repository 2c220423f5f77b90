"""The ways in which a page can make a browser, or us, ask for an address.

`PARTS` are loaded by a page that stays: markup for one address, or a script that runs for each.
`MOVES` leave the page.  What is named in `STOPPED` comes to nothing in our browser for another
reason than the address, which is given.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from tests.hostile.spellings import SPELLINGS, target
from tests.site.hostile_wire import kept, pictured
from tests.site.pages import page
from tests.site.wire import Answer, Handler, Seen

MARKUP = {
    "img": "<img src='{u}'>",
    "srcset": "<img srcset='{u} 2x'>",
    "picture": "<picture><source srcset='{u}'><img></picture>",
    "input": "<input type=image src='{u}'>",
    "svg": "<svg><image href='{u}'/><use href='{u}#x'/></svg>",
    "css-picture": "<p style=\"background: url('{u}')\">x</p>",
    "script": "<script async src='{u}'></script>",
    "module": "<script type=module src='{u}'></script>",
    "stylesheet": "<link rel=stylesheet href='{u}'>",
    "css-import": "<style>@import '{u}';</style>",
    "css-font": "<style>@font-face {{font-family: f{n}; src: url('{u}')}}</style>"
    "<p style='font-family: f{n}'>x</p>",
    "frame": "<iframe src='{u}'></iframe>",
    "object": "<object data='{u}'></object>",
    "embed": "<embed src='{u}'>",
    "video": "<video src='{u}' poster='{u}' preload=auto></video>",
    "audio": "<audio src='{u}' preload=auto></audio>",
    "track": "<video preload=auto><track default src='{u}'></video>",
    "favicon": "<link rel=icon href='{u}'>",
    "manifest": "<link rel=manifest href='{u}'>",
    "prefetch": "<link rel=prefetch href='{u}'>",
    "preload": "<link rel=preload as=fetch href='{u}'>",
    "modulepreload": "<link rel=modulepreload href='{u}'>",
    "preconnect": "<link rel=preconnect href='{u}'>",
    "dns-prefetch": "<link rel=dns-prefetch href='{u}'>",
    "prerender": "<link rel=prerender href='{u}'>",
    "speculation": '<script type=speculationrules>{{"prefetch": [{{"source": "list", "urls": [{j}],'
    ' "eagerness": "immediate"}}]}}</script>',
    "base": "<iframe srcdoc=\"<base href='{u}/'><link rel=stylesheet href=x>\"></iframe>",
    "frame-refresh": "<iframe srcdoc=\"<meta http-equiv=refresh content='0;url={u}'>\"></iframe>",
    "frame-script": "<iframe srcdoc='<script>location = {j}</script>'></iframe>",
    "attribution": "<img attributionsrc='{u}'>",
    "canonical": "<link rel=canonical href='{u}'><link rel=amphtml href='{u}'>",
    "redirected-script": "<script async src='/to?{u}'></script>",
    "redirected-frame": "<iframe src='/to?{u}'></iframe>",
}
SCRIPTS = {
    "fetch": "fetch(u, {mode: 'no-cors'}).catch(e => 0)",
    "fetch-post": "fetch(u, {mode: 'no-cors', method: 'POST', body: 'x'}).catch(e => 0)",
    "fetch-keepalive": "fetch(u, {mode: 'no-cors', keepalive: true}).catch(e => 0)",
    "fetch-redirected": "fetch('/to?' + u, {mode: 'no-cors'}).catch(e => 0)",
    "xhr": "const x = new XMLHttpRequest(); x.open('GET', u); x.send()",
    "beacon": "navigator.sendBeacon(u, 'x')",
    "ping": "const a = document.body.appendChild(document.createElement('a'));"
    " a.href = '#'; a.ping = u; a.click()",
    "websocket": "new WebSocket(u.replace('http', 'ws'))",
    "eventsource": "new EventSource(u)",
    "import": "import(u).catch(e => 0)",
    "worker": "work(`importScripts('${u}')`)",
    "worker-fetch": "work(`fetch('${u}', {mode: 'no-cors'}).catch(e => 0)`)",
    "worker-websocket": "work(`new WebSocket('${u.replace('http', 'ws')}')`)",
    "shared-worker": "share(`fetch('${u}', {mode: 'no-cors'}).catch(e => 0)`)",
    "popup": "open(u)",
    "link": "const a = document.body.appendChild(document.createElement('a'));"
    " a.href = u; a.target = '_blank'; a.click()",
    "form": "const f = document.body.appendChild(document.createElement('form'));"
    " const i = document.createElement('iframe'); i.name = f.target = u.length + u.slice(-9);"
    " document.body.append(i); f.method = 'post'; f.action = u; f.submit()",
    "font-face": "new FontFace('f', `url(${u})`).load().catch(e => 0)",
    "webtransport": "new WebTransport(u.replace('http:', 'https:'))",
    "tls": "fetch(u.replace('http:', 'https:'), {mode: 'no-cors'}).catch(e => 0)",
}
HEADERS = {
    "link-header": ("Link", "<{u}>; rel=preload; as=fetch"),
    "report": ("Content-Security-Policy-Report-Only", "style-src 'none'; report-uri {u}"),
}
PARTS = (*MARKUP, *SCRIPTS, *HEADERS, "record", "record-redirected")
MOVES = ("redirect", "refresh", "refresh-header", "location", "post", "click", "base-location")
OUR_MOVES = ("redirect", "robots")
"""Those that need no browser."""

_PICTURE = "pictures are not loaded by the browser; the crawl fetches those of the record"
_LATER = "what belongs to no shown page has no way out"
STOPPED = {
    **dict.fromkeys(("input", "css-picture", "svg", "favicon"), _PICTURE),
    **dict.fromkeys(
        ("video", "audio", "track", "css-font", "font-face"), "fonts and media are not loaded"
    ),
    **dict.fromkeys(("beacon", "ping", "attribution"), "pings are not sent"),
    **dict.fromkeys(("prerender", "speculation", "dns-prefetch", "webtransport"), _LATER),
    **dict.fromkeys(("manifest", "canonical"), "nobody asks for it"),
    **dict.fromkeys(("popup", "link"), "popups are closed"),
    "preconnect": "a proxy is asked only when there is a request",
    "tls": "it comes, but with nothing that the canary could read as a request",
}

_SCRIPT = """
const urls = %s
const blob = code => URL.createObjectURL(new Blob([code], {type: 'text/javascript'}))
const attempts = []
const work = code => attempts.push(code), share = work
for (const u of urls) try { %s } catch {}
const tried = attempts.map(code => `try { ${code} } catch {}`).join('\\n')
if (attempts.length) new %s(blob(tried))
"""


def part_pages(port: int, spellings: Iterable[str] = SPELLINGS) -> dict[str, Answer | Handler]:
    """For each of `PARTS` a page that tries all spellings, at `/part/<route>`."""
    return {f"/part/{route}": _part(route, port, list(spellings)) for route in PARTS}


def move_pages(port: int) -> dict[str, Answer | Handler]:
    """For each of `MOVES` and each spelling a page that moves there, at `/move/<route>/<n>`."""
    return {
        f"/move/{route}/{n}": _move(route, target(spelling, route, port))
        for route in MOVES
        for n, spelling in enumerate(SPELLINGS)
    }


def scheme_pages(addresses: Iterable[str]) -> dict[str, Answer | Handler]:
    """The same for addresses of other schemes, and pages that show all of them."""
    addresses = list(addresses)
    frames = "".join(MARKUP["frame"].format(u=a) + MARKUP["object"].format(u=a) for a in addresses)
    return {
        **{
            f"/move/{route}/{n}": _move(route, address)
            for route in MOVES
            for n, address in enumerate(addresses)
        },
        "/part/frame": Answer(kept(frames)),
        "/part/record": Answer(pictured(*addresses)),
    }


def robots_pages(port: int) -> Mapping[str, Answer | Handler]:
    """At `r<n>.robots.test` robots files that lead to each spelling."""
    return {
        f"r{n}.robots.test/robots.txt": _to(target(spelling, "robots", port))
        for n, spelling in enumerate(SPELLINGS)
    }


def redirecting(seen: Seen) -> Answer:
    """`/to?ADDRESS` leads there."""
    return _to(seen.path.partition("?")[2])


def _in_header(address: str) -> str:
    """To a browser headers are Latin-1."""
    return quote(address, safe="".join(map(chr, range(0x21, 0x7F))))


def _to(address: str) -> Answer:
    return Answer("away", 302, (("Location", address.encode().decode("latin-1")),))


def _part(route: str, port: int, spellings: list[str]) -> Answer:
    addresses = [target(spelling, route, port) for spelling in spellings]
    if route in MARKUP:
        pieces = (
            MARKUP[route].format(u=address, j=json.dumps(address), n=n)
            for n, address in enumerate(addresses)
        )
        return Answer(kept("".join(pieces)))
    if route in SCRIPTS:
        kind = "SharedWorker" if "share(" in SCRIPTS[route] else "Worker"
        code = _SCRIPT % (json.dumps(addresses), SCRIPTS[route], kind)
        return Answer(kept(f"<script>{code}</script>"))
    if route in HEADERS:
        name, value = HEADERS[route]
        headers = tuple((name, value.format(u=_in_header(address))) for address in addresses)
        return Answer(kept("<p style='color: red'>x</p>"), headers=headers)
    before = "/to?" if route == "record-redirected" else ""
    return Answer(pictured(*(before + address for address in addresses)))


def _move(route: str, address: str) -> Answer:
    quoted = json.dumps(address)
    if route == "redirect":
        return _to(address)
    if route == "refresh-header":
        return Answer(kept(), headers=(("Refresh", f"0;url={_in_header(address)}"),))
    head = {
        "refresh": f"<meta http-equiv=refresh content='0;url={address}'>",
        "base-location": f"<base href='{address}/'>",
    }.get(route, "")
    code = {
        "location": f"location = {quoted}",
        "base-location": "location = 'x'",
        "click": "document.querySelector('a').click()",
        "post": "document.forms[0].submit()",
    }.get(route, "")
    body = f"<a href='{address}'>x</a><form method=post action='{address}'></form>"
    return Answer(page("Away", f"{body}<p>moving</p><script>{code}</script>", head))

"""Pages whose bytes, text or markup mislead, overwhelm or break out.  By path; the faults' names
come first."""

from __future__ import annotations

import json
from functools import cache

from tests.site.hostile_wire import kept
from tests.site.pages import LONG, page
from tests.site.pictures import png
from tests.site.wire import Answer, Handler

CHINESE = "清晨的港口很安静，渔船随着潮水缓缓驶入码头，岸上的灯一盏一盏熄灭。" * 3
SECRET = "planted words that nobody sees"
STEERING = "Fine\x1b]0;owned\x07\x1b[2J\x9b31m\x00\x08\u202egnp\u2066\u2028\u0085 [red]:smile:"
MARKUP = "</title><script>alert(1)</script> =cmd|' /C calc'!A0 --- \"x\": [y](javascript:z)"
_HTML = "text/html; charset=utf-8"


def content_pages() -> dict[str, Answer | Handler]:
    """Faults 26 to 36."""
    return {
        **_charsets(),
        **_lying(),
        **_giants(),
        **{f"/slow-patterns/{name}": Answer(kept(text)) for name, text in _REPEATED.items()},
        **_characters(),
        **_injections(),
        **{f"/metadata/{name}": Answer(kept(head=head)) for name, head in _METADATA.items()},
        **{f"/unseen/{name}": Answer(kept(body)) for name, body in _UNSEEN.items()},
    }


def _charsets() -> dict[str, Answer | Handler]:
    def chinese(head: str = "") -> str:
        body = f"<article><h1>港口的早晨</h1><p>{CHINESE}</p><p>{CHINESE}</p></article>"
        return f"<html><head>{head}<title>港口的早晨</title></head>{body}"

    gbk = chinese().encode("gb18030")
    return {
        "/charset/header": Answer(gbk, type="text/html; charset=GBK"),
        "/charset/meta": Answer(
            chinese('<meta charset="gb2312">').encode("gb18030"), type="text/html"
        ),
        "/charset/lying meta": Answer(
            chinese('<meta charset="utf-8">').encode("gb18030"), type="text/html; charset=gb18030"
        ),
        "/charset/utf-16": Answer(b"\xff\xfe" + chinese().encode("utf-16-le"), type="text/html"),
        "/charset/mark": Answer(
            b"\xef\xbb\xbf" + chinese().encode(), type="text/html; charset=gbk"
        ),
        "/charset/unheard of": Answer(chinese(), type="text/html; charset=x-unheard-of"),
        "/charset/utf-7": Answer(
            kept().replace("boats", "+ADw-script+AD4-"), type="text/html; charset=utf-7"
        ),
        "/charset/broken": Answer(kept().encode() + b"<p>\xff\xfe\xc0\xaf\xed\xa0\x80", type=_HTML),
    }


def _lying() -> dict[str, Answer | Handler]:
    pdf = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    binary = bytes(range(256)) * 64
    return {
        "/lying/pdf": Answer(pdf, type="application/pdf"),
        "/lying/pdf as html": Answer(pdf),
        "/lying/picture": Answer(png(), type="image/png"),
        "/lying/picture as html": Answer(png()),
        "/lying/json": Answer('{"a": "<p>b"}', type="application/json"),
        "/lying/script": Answer("location = 'http://127.0.0.1/'", type="text/javascript"),
        "/lying/text": Answer(LONG, type="text/plain"),
        "/lying/svg": Answer(SVG, type="image/svg+xml"),
        "/lying/video": Answer(b"\0\0\0\x18ftypmp42" + binary, type="video/mp4"),
        "/lying/binary": Answer(binary),
        "/lying/binary without a type": Answer(binary, type=None),
        "/lying/attachment": Answer(
            kept(), headers=(("Content-Disposition", "attachment; filename=../../planted.sh"),)
        ),
        "/lying/html without a type": Answer(kept(), type=None),
        "/lying/many types": Answer(kept(), headers=(("Content-Type", "image/png"),)),
        "/lying/multipart": Answer("--x\r\n\r\n", type="multipart/x-mixed-replace; boundary=x"),
        "/empty/nothing": Answer(""),
        "/empty/blanks": Answer(" \n\t " * 1000),
        "/empty/markup": Answer(page("", "<div></div>" * 50)),
        "/empty/script": Answer(page("", "<script>document.body.remove()</script>")),
    }


def _giants() -> dict[str, Answer | Handler]:
    def lazily(name: str) -> Handler:
        return lambda _: Answer(_giant(name))

    return {f"/giant/{name}": lazily(name) for name in _GIANTS}


_GIANTS = {
    "page": ("<p>{text}</p>", 20_000),
    "depth": ("<div>", 30_000),
    "formatting": ("<b><i><a>", 1_000),
    "nodes": ("<i>x</i>", 50_000),
    "attribute": ("{x}", 1),
    "attributes": ("{attributes}", 1),
    "title": ("{title}", 1),
    "word": ("{word}", 1),
    "table": ("<table><tr><td>", 3_000),
    "links": ("<a href='/landed?{n}'>link</a> ", 20_000),
}


@cache
def _giant(name: str) -> str:
    text, times = _GIANTS[name]
    if name == "title":
        return kept(head=f"<title>{'x' * 1_000_000}</title>")
    if name == "links":
        return kept("".join(text.format(n=n) for n in range(times)))
    values = {
        "{text}": LONG[:75],
        "{x}": f"<p title='{'x' * 1_000_000}'>{LONG}",
        "{attributes}": f"<p {' '.join(f'a{n}=x' for n in range(100_000))}>{LONG}",
        "{word}": f"<p>{'x' * 1_000_000}",
    }
    for place, value in values.items():
        text = text.replace(place, value)
    return kept(text * times)


_REPEATED = {
    "blanks": f"<p>{' ' * 500_000}x{chr(160) * 200_000}y",
    "brackets": f"<p>{'(' * 100_000}{'<' * 50_000}",
    "dates": f"<p>{'1-1-' * 50_000} {'2024年' * 20_000} {'12:' * 50_000}",
    "digits": f"<p>{'1' * 300_000}. {'1,' * 100_000}",
    "letters": f"<p>By {'A ' * 100_000} {'by ' * 50_000}",
    "comments": f"{'<!--' * 30_000}-->{'<!' * 30_000}",
    "entities": f"<p>{'&' * 100_000}{'&amp' * 50_000}{'&#x' * 30_000}",
    "addresses": f"<p>{'http://' * 40_000} {'a@' * 50_000}<img srcset='{'a 1x,' * 40_000}'>",
    "quotes": f"<p title='{chr(34) * 100_000}'>{'“' * 50_000}{'|' * 50_000}",
}


def _characters() -> dict[str, Answer | Handler]:
    odd = "a\x01b\x0bc\u2028d\u2029e\u0085f\ufefff\ufffeg\U0010ffffh"
    numbers = "".join(f"&#{n};" for n in (0, 1, 27, 0x85, 0x9B, 0x2028, 0xD800, 0xDFFF, 0x110000))
    body = f"<article><h1>{odd}</h1><p>{odd} {numbers} {LONG}</p><p>{LONG}</p></article>"
    script = (
        "<script>document.querySelector('h1').textContent = document.title = 'half \\ud83d pair';"
        "document.querySelector('p').append('\\udc00\\ud800 \\0 \\u2028')</script>"
    )
    return {
        "/characters/odd": Answer(page(odd, body)),
        "/characters/header": Answer(
            kept(), headers=(("X-Odd", "\xe9; a=\xfc"), ("Link", "</\xef\xbc\x91>; rel=x"))
        ),
        "/characters/nul": Answer(kept().replace("boats", "bo\0ats")),
        "/characters/surrogates": Answer(kept(script)),
        "/characters/combining": Answer(kept(f"<p>Z{chr(0x301) * 50_000}")),
        "/escape-codes/title": Answer(page(STEERING, f"<h1>{STEERING}</h1><p>{LONG}</p>")),
        "/escape-codes/type": Answer("x", type="x/\x1b[31m\x9b2Jred"),
        "/escape-codes/reason": Answer(
            raw=b"HTTP/1.1 404 \x1b[2J\x9bm\r\nContent-Length: 0\r\n\r\n"
        ),
        "/escape-codes/header": Answer(
            kept(), headers=(("X-\x1b[31m", "\x1b[2J"), ("Content-Encoding", ""))
        ),
        "/escape-codes/encoding": Answer(
            kept(), headers=(("Content-Encoding", "\x1b]0;owned\x07\x1b[31m"),)
        ),
        "/escape-codes/framing": Answer(raw=b"HTTP/1.1 \x1b[31m\x9b2J nonsense\r\n\r\n"),
        "/escape-codes/picture": Answer(
            kept("<article><img src='/x\x1b[31m\x9b2J.png' alt='\x1b[2J'></article>")
        ),
    }


def _injections() -> dict[str, Answer | Handler]:
    escaped = MARKUP.replace("&", "&amp;").replace("<", "&lt;")
    evil = (
        f"<article><h1>{escaped}</h1><p onclick='alert(1)'>{LONG}<a href='javascript:alert(1)'>a"
        "</a><img src='x' onerror='alert(1)'><a href='data:text/html,<script>1</script>'>b</a></p>"
        f"<p>{escaped} {LONG}</p><svg><script>alert(1)</script></svg><style>@import 'x'</style>"
        "<math><mtext><img src=x onerror=alert(1)></mtext></math></article>"
    )
    return {"/injection/everywhere": Answer(page(escaped, evil))}


def _ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


_METADATA = {
    "deep": f'<script type="application/ld+json">{"[" * 100_000}</script>',
    "deep and whole": _ld(None).replace("null", '{"@graph":[' * 3000 + "1" + "]}" * 3000),
    "no json": '<script type="application/ld+json">{"headline": "fooled", </script>',
    "types": _ld(
        {
            "@type": "NewsArticle",
            "headline": {"a": ["b"]},
            "datePublished": [-1],
            "author": [[[{"name": 5}]]],
            "image": {"url": {"url": 7}},
            "publisher": True,
            "articleBody": 9,
        }
    ),
    "numbers": _ld({"@type": "Article", "datePublished": 10**30, "wordCount": 1e308})
    + '<script type="application/ld+json">{"@type": "Article", "datePublished": 1e999}</script>'
    + f'<script type="application/ld+json">{"9" * 10_000}</script>',
    "dates": "".join(
        f'<meta property="article:published_time" content="{date}">'
        for date in ("99999-99-99", "0000-00-00T00:00:00Z", "2024-02-31", "9" * 400, "\x00", "-1")
    ),
    "another headline": _ld({"@type": "NewsArticle", "headline": STEERING, "author": STEERING}),
    "keys": _ld({"@type": "Article", "@context": "http://127.0.0.1/", "__proto__": {"a": 1}}),
    "many": "".join(_ld({"@type": "Article", "headline": f"h{n}"}) for n in range(2000)),
    "addresses": '<link rel="canonical" href="http://127.0.0.1/x"><link rel="canonical" href="//[">'
    '<meta property="og:image" content="file:///etc/passwd">'
    '<meta property="og:url" content="javascript:1"><base href="file:///">',
}

_UNSEEN = {
    "display": f"<p style='display:none'>{SECRET}</p>",
    "attribute": f"<p hidden>{SECRET}</p>",
    "template": f"<template><p>{SECRET}</p></template><noscript><p>{SECRET}</p></noscript>",
    "comment": f"<!-- <p>{SECRET}</p> --><script type='text/plain'><p>{SECRET}</p></script>",
    "dialog": f"<dialog><p>{SECRET}</p></dialog>",
}

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="10" height="10"><script>fetch("http://127.0.0.1/")</script>'
    '<image xlink:href="file:///etc/passwd"/><foreignObject><p>svg</p></foreignObject></svg>'
)

"""A kept page is shown without anything that runs, sends or leads away."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from urllib.parse import quote

import pytest

from scraper.serve.harmless import harmless_css, harmless_page
from tests.unit.samples import address, snapshot

KEPT = {"https://news.example/a.png", "https://news.example/style.css", "https://x.example/b.png"}


def local(url: str) -> str | None:
    return f"http://kept/?part={quote(url, safe='')}" if url in KEPT else None


def shown(body: str, **places: str) -> tuple[str, dict[str, str]]:
    return harmless_page(snapshot(1, body), local, places)


@pytest.mark.parametrize(
    "body",
    [
        "<script>evil()</script>",
        "<p onclick='evil()'>",
        "<svg><script>evil()</script><a xlink:href='javascript:evil()'><text>x</text></a></svg>",
        "<iframe srcdoc='<script>evil()</script>'></iframe>",
        "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
        "<object data='https://evil.example/'></object>",
        "<embed src='https://evil.example/'>",
        "<form action='https://evil.example/'><button formaction='//evil.example/'>",
        "<base href='https://evil.example/'>",
        "<noscript><img src='https://evil.example/'></noscript>",
        "<link rel=preload href='https://evil.example/'>",
        "<img src='https://evil.example/' srcset='https://evil.example/ 2x'>",
        "<p style='background: url(https://evil.example/)'>",
        "<style>@import 'https://evil.example/'; p {background: url(//evil.example/)}</style>",
        "<video autoplay src='https://evil.example/' poster='https://evil.example/'>",
        "<a ping='https://evil.example/'>x</a>",
    ],
)
def test_what_would_run_or_load_is_gone(body: str) -> None:
    page, _ = shown(body)
    assert "evil" not in page


def test_what_is_kept_comes_from_the_archive() -> None:
    html, _ = shown(
        '<link rel="stylesheet" href="/style.css" integrity="sha256-x"><img src="../a.png">'
        '<img srcset="/a.png 1x, /gone.png 2x"><p style="background:url(\'/a.png\')">'
        '<img src="data:image/gif;base64,AAAA">'
    )
    part = "http://kept/?part=https%3A%2F%2Fnews.example%2F"
    assert f'href="{part}style.css"' in html
    assert f'src="{part}a.png"' in html
    assert f'srcset="{part}a.png 1x"' in html
    assert f'url("{part}a.png")' in unescape(html)
    assert 'src="data:image/gif;base64,AAAA"' in html
    assert "integrity" not in html


def test_links_look_like_links_and_say_where_they_led() -> None:
    html, _ = shown("<a href='/more?x=1#y' target=_top>more</a><a href='#here'>here</a>")
    assert 'href="#" title="https://news.example/more?x=1#y"' in html
    assert 'href="#here"' in html
    assert "_top" not in html


def test_nodes_that_gave_fields_are_led_to() -> None:
    html, fragments = shown(
        "<h1 id='top'>T</h1><p>1</p><p id='top'>2</p><div id='a b'>3</div>",
        title="/html/body/h1",
        first="/html/body/p[1]",
        second="/html/body/p[2]",
        odd="/html/body/div",
        again="/html/body/h1",
        unknown="/html/body/h6",
        wrong="//*[evil()]",
        head="/html/head",
    )
    assert fragments == {
        "title": "top",
        "again": "top",
        "first": "scraper-from-1",
        "second": "scraper-from-2",
        "odd": "a%20b",
    }
    assert '<h1 id="top" data-scraper-from="title again">' in html
    assert ":target[data-scraper-from]" in html


def test_the_doctype_stays() -> None:
    assert not shown("<p>x")[0].startswith("<!")
    page = snapshot(1)
    strict = replace(page, dom=f"<!DOCTYPE html>{page.dom}")
    assert harmless_page(strict, local)[0].startswith("<!DOCTYPE html><html")


def test_style_sheets() -> None:
    css = (
        "@import url(b.css); @import '/style.css' screen; a{background:url( \"/a.png\" )}"
        "b{background:URL(x.png);mask:url(#m)} c{src:url(data:font/woff;base64,AA==)}"
    )
    base = f"{address(1)}.css"
    part = "http://kept/?part=https%3A%2F%2Fnews.example%2F"
    assert harmless_css(css, base, local) == (
        f'@import url("about:blank"); @import "{part}style.css" screen; '
        f'a{{background:url("{part}a.png")}}'
        'b{background:url("about:blank");mask:url(#m)} c{src:url(data:font/woff;base64,AA==)}'
    )

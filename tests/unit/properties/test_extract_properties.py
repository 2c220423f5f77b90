"""Whatever a page holds, extraction gives a record or a PageError, soon."""

from __future__ import annotations

import json
from functools import lru_cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.errors import PageError
from scraper.extraction import extract
from scraper.extraction.blocks import paragraphs_of, text_of
from scraper.extraction.encoding import decode
from scraper.extraction.images import parse_srcset, widest
from scraper.extraction.text import BREAK, collapse, passages
from scraper.recipe import Recipes
from scraper.record import Article, ImageBlock, to_json_line

URLS = ("https://news.example/a", "https://www.ithome.com/0/630/872.htm")

TAGS = (
    "div p span a b strong h1 h3 ul ol li dl dt dd blockquote pre code table tr td th caption "
    "figure figcaption img picture source noscript iframe video br hr math annotation script "
    "style template svg button select textarea title meta base link time article section o:p "
    "plaintext xmp frameset form input"
).split()
NAMES = (
    "id class style hidden aria-hidden href src srcset data-src data-srcset alt width height "
    "colspan rowspan content property name type datetime lang rel role onclick itemprop w"
).split()
WORDS = (
    "paragraph body story caption emoji lazy gutter display:none true 1 999999999999 -1 0 "
    "javascript:0 data:image/gif;base64,R0 http://[ //a.example/b.jpg ?q#f mailto:x "
    "og:title article:published_time application/ld+json math/tex canonical text/html "
    "2026-05-04T03:02:01Z 99.99.9999 presentation nan 1e999w \ud800 \x00 {{x}} &#x0; 中文"
).split()
VALUES = st.one_of(
    st.sampled_from([*WORDS, "a.jpg 1w, b.jpg nanw", "a b\tc\n", ""]), st.text(max_size=12)
)
PROSE = ["word " * 60, "一段很长的中文，带有标点。" * 20]
ODDITIES = ["中文\n换行", "[[[", "]]>", "<!--", "&#xD800;&#0;&#1;", "<", "</p>", "\x1b[2J"]
BROKEN_JSON = '{"@type": "Article", "headline": 1e999, "author": [[[{}]]], "datePublished": {}}'
TEXTS = st.one_of(st.text(max_size=40), st.sampled_from([*PROSE, *ODDITIES, BROKEN_JSON]))


def _opened(tag: str, attributes: dict[str, str]) -> str:
    words = "".join(f" {name}='{value}'" for name, value in attributes.items())
    return f"<{tag}{words}>"


PAGES = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])

OPENED = st.builds(
    _opened, st.sampled_from(TAGS), st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4)
)
CLOSED = st.sampled_from([f"</{tag}>" for tag in TAGS])
MARKUP = st.lists(st.one_of(OPENED, OPENED, CLOSED, TEXTS), max_size=40).map("".join)
"""Tags opened and closed in any order, with attributes that mean something somewhere."""


@lru_cache
def _recipes() -> Recipes:
    return Recipes.load()


def _extract(html: str | bytes, url: str) -> Article | None:
    try:
        return extract(html, url, recipes=_recipes())
    except PageError:
        return None


def _check(article: Article | None) -> None:
    if article is None:
        return
    line = to_json_line(article)
    assert line.count(b"\n") == 1
    Article.model_validate_json(line)
    for number, image in enumerate(article.images):
        assert image.position is not None
        assert article.blocks[image.position] == ImageBlock(image=number)
    assert article.paragraphs == tuple(paragraphs_of(article.blocks))
    assert article.text == text_of(article.blocks, article.images)
    assert all(text == text.strip() for text in article.paragraphs)
    assert "<script" not in article.html


@PAGES
@given(st.binary(max_size=400), st.sampled_from(URLS))
def test_arbitrary_bytes(body: bytes, url: str) -> None:
    _check(_extract(body, url))


@PAGES
@given(MARKUP, st.sampled_from(URLS))
def test_arbitrary_markup(html: str, url: str) -> None:
    _check(_extract(html, url))


@PAGES
@given(MARKUP)
def test_arbitrary_markup_as_the_body_of_a_known_site(html: str) -> None:
    page = (
        "<div id=dt><div class=content><h1>题</h1><i id=pubtime_baidu>2026/1/2 3:04:05</i>"
        f"<div id=paragraph><p>正文</p>{html}</div></div></div>"
    )
    _check(_extract(page, URLS[1]))


@PAGES
@given(MARKUP, st.sampled_from(["gbk", "utf-16", "shift_jis", "utf-8", "nonsense"]))
def test_arbitrary_encodings(html: str, codec: str) -> None:
    known = codec if codec != "nonsense" else "utf-8"
    body = html.encode(known, "ignore")
    text = decode(body, f"text/html; charset={codec}")
    assert json.dumps(text)


@PAGES
@given(MARKUP, st.sampled_from(URLS))
def test_the_same_page_gives_the_same_record(html: str, url: str) -> None:
    assert _extract(html, url) == _extract(html, url)


@PAGES
@given(st.text())
def test_collapse_is_idempotent_and_one_line(text: str) -> None:
    once = collapse(text)
    assert collapse(once) == once
    assert "\n" not in once


@PAGES
@given(st.lists(st.text(), max_size=6))
def test_passages_hold_no_breaks(texts: list[str]) -> None:
    for passage in passages(BREAK.join(texts)):
        assert BREAK not in passage
        assert passage.strip() == passage != ""


@PAGES
@given(st.text(alphabet="ab, .1wx\n\t", max_size=200))
def test_any_srcset(text: str) -> None:
    for reference, _ in parse_srcset(text):
        assert not set(reference) & set(" \n\t")
    best = widest(text)
    assert best is None or best in text

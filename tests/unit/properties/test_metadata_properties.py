"""Whatever a page holds: metadata is read or left out, and nothing raises."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.extraction.bylines import names_of
from scraper.extraction.dates import parse_date
from scraper.extraction.metadata import read_metadata
from scraper.extraction.structured import read_jsonld
from tests.unit.extraction.pages import page

WORDS = st.sampled_from(
    ["2024", "05", "13", "May", "мая", "年", "月", "日", "/", ".", "-", ":", ",", " ", "T", "Z",
     "by", "Von", "Ada", "Byron", "作者：", "|", "and", "۱۴۰۳", "เม.ย.", "am", "令和", "元", "+"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=20).map("".join))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                ["@type", "@id", "@graph", "@value", "name", "headline", "author", "datePublished",
                 "image", "url", "keywords", "itemListElement", "publisher", "inLanguage"]
            ),
            inner,
            max_size=6,
        ),
    ),
    max_leaves=15,
)  # fmt: skip


@given(TEXTS)
def test_dates(text: str) -> None:
    found = parse_date(text)
    assert found is None or found.at.tzinfo is not None


@given(TEXTS, st.booleans())
def test_bylines(text: str, stated: bool) -> None:
    assert all(name and len(name) <= 120 for name in names_of(text, stated=stated))


@given(st.one_of(TEXTS, VALUES.map(json.dumps)))
def test_jsonld(text: str) -> None:
    read_jsonld([text])


@settings(max_examples=60)
@given(VALUES, TEXTS, TEXTS)
def test_pages(value: object, text: str, other: str) -> None:
    data = json.dumps(value).replace("<", "\\u003c")
    safe = text.replace('"', "").replace("<", "")
    read_metadata(
        page(
            f"""<html lang="{safe}"><head><title>{safe}</title><base href="{safe}">
            <meta property="og:title" content="{safe}"><meta name="date" content="{safe}">
            <meta name="author" content="{safe}"><meta property="og:image" content="{safe}">
            <link rel="canonical" href="{safe}">
            <script type="application/ld+json">{{"@type": "NewsArticle", "author": {data}}}</script>
            <script type="application/ld+json">{data}</script></head>
            <body><h1>{other}</h1><p class="author date">{safe}</p><time>{other}</time></body>"""
        )
    )

from __future__ import annotations

import pytest

from scraper.extraction.metadata import Metadata, read_metadata
from tests.unit.extraction.pages import page

URL = "https://www.morningpost.example/world/bridge"

HTML = """<html lang="en"><head><title>Bridge opens | Morning Post</title>
<base href="https://www.morningpost.example/static/">
<link rel="canonical" href="/world/bridge-opens">
<meta property="og:type" content="article">
<meta property="og:site_name" content="Morning Post">
<meta property="og:image" content="/img/logo.png">
<meta name="twitter:image" content="//cdn.morningpost.example/bridge.jpg">
<meta property="og:description" content="Bridge opens">
<meta name="description" content="The new bridge was opened on Monday.">
<meta property="article:tag" content="Bridges"><meta property="article:tag" content="Harbour">
<script type="application/ld+json">{"@type": "BreadcrumbList", "itemListElement": [
 {"@type": "ListItem", "position": 1, "name": "Home"},
 {"@type": "ListItem", "position": 2, "item": {"name": "World"}},
 {"@type": "ListItem", "position": 3, "name": "Bridge opens"}]}</script>
</head><body><h1>Bridge opens</h1><p>Text.</p></body></html>"""


def value(metadata: Metadata, name: str) -> object:
    found = getattr(metadata, name)
    return found.value if found else None


def test_the_other_fields() -> None:
    metadata = read_metadata(page(HTML, URL))
    assert {name: value(metadata, name) for name in ("source", "kind", "tags", "categories")} == {
        "source": "Morning Post",
        "kind": "article",
        "tags": ("Bridges", "Harbour"),
        "categories": ("World",),
    }
    assert value(metadata, "description") == "The new bridge was opened on Monday."
    assert value(metadata, "canonical_url") == "https://www.morningpost.example/world/bridge-opens"


FIELDS = """"headline": "Harbour bridge opens", "datePublished": "2024-05-03T10:00:00+02:00",
 "description": "Crowds came at dawn.", "author": {"@type": "Person", "name": "Ada Byron"}"""
MARKUP = """<article vocab="https://schema.org/" {kind}="NewsArticle"><h2 {name}="headline">Harbour
 bridge opens</h2><time {name}="datePublished" datetime="2024-05-03T10:00:00+02:00">today</time>
 <meta {name}="description" content="Crowds came at dawn."><p {name}="author" {kind}="Person">
 <span {name}="name">Ada Byron</span></p></article>"""
METAS = """<meta {0}="{1}" content="Harbour bridge opens"><meta {0}="{2}" content=
 "2024-05-03T10:00:00+02:00"><meta {0}="{3}" content="Crowds came at dawn."><meta {0}="{4}"
 content="Ada Byron">"""


WAYS = {
    "JSON-LD": '{"@type": "NewsArticle", FIELDS}',
    "array": '[{"@type": "Organization"}, {"@type": "NewsArticle", FIELDS}]',
    "graph": """{"@graph": [{"@type": "WebSite", "name": "Post"},
        {"@type": ["Thing", "http://schema.org/NewsArticle"], FIELDS}]}""",
    "nested": '{"@type": "WebPage", "mainEntity": {"@type": "Article", FIELDS}}',
    "broken": '<!-- {"@type": "Article", FIELDS,} -->',
    "microdata": MARKUP.format(kind="itemscope itemtype", name="itemprop"),
    "RDFa": MARKUP.format(kind="typeof", name="property"),
    "RDFa with a prefix": MARKUP.format(kind="typeof", name="property").replace(
        'property="', 'property="schema:'
    ),
    "OpenGraph": METAS.format(
        "property", "og:title", "article:published_time", "og:description", "article:author"
    ),
    "Dublin Core": METAS.format(
        "name", "DC.title", "DC.date.issued", "DC.description", "DC.creator"
    ),
    "Dublin Core terms": METAS.format(
        "name", "dcterms.title", "dcterms.issued", "dcterms.description", "dcterms.creator"
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_state_metadata(way: str) -> None:
    html = WAYS[way].replace("FIELDS", FIELDS)
    if FIELDS in html:
        html = f'<script type="application/ld+json">{html}</script>'
    metadata = read_metadata(page(f"{html}<p>Words of the article.</p>", URL))
    assert value(metadata, "title") == "Harbour bridge opens"
    assert metadata.published is not None
    assert metadata.published.value.at.isoformat() == "2024-05-03T10:00:00+02:00"
    assert value(metadata, "description") == "Crowds came at dawn."
    assert value(metadata, "authors") == ("Ada Byron",)


def test_a_picture_of_the_article_before_the_logo() -> None:
    found = read_metadata(page(HTML, URL)).lead_image
    assert found is not None
    assert found.value == "https://cdn.morningpost.example/bridge.jpg"
    only_logo = HTML.replace('name="twitter:image"', 'name="x"')
    assert value(read_metadata(page(only_logo, URL)), "lead_image") == (
        "https://www.morningpost.example/img/logo.png"
    )


def test_addresses_that_are_none_are_left_out() -> None:
    html = """<link rel=canonical href="javascript:alert(1)"><meta property="og:image"
        content="data:image/png;base64,AAAA"><meta property="og:url" content="http://[">"""
    metadata = read_metadata(page(html, URL))
    assert metadata.canonical_url is None
    assert metadata.lead_image is None


def test_an_empty_page_says_nothing() -> None:
    assert read_metadata(page("<p></p>", URL)) == Metadata()


def test_hostile_values_are_left_out_one_by_one() -> None:
    html = f"""<html lang="{"x" * 5000}"><head><title>{"a | " * 5000}</title>
        <meta property="article:published_time" content="{"9" * 5000}">
        <meta name="author" content="{"By " * 5000}">
        <meta name="keywords" content="{"," * 5000}">
        <script type="application/ld+json">{{"@type": [[[["NewsArticle"]]]], "author": {{"name":
        {{"name": {{"name": 1}}}}}}, "datePublished": {{"x": []}}, "headline": ["", 5, null],
        "image": [[], {{"url": 7}}], "keywords": {{"a": 1}}}}</script>
        <meta property="og:title" content="Bridge opens"></head>
        <body class="{"author date " * 3000}"><h1>Bridge opens</h1>
        <time datetime="0000-00-00T99:99:99+99:99">x</time></body>"""
    metadata = read_metadata(page(html, URL))
    assert value(metadata, "title") == "Bridge opens"
    assert metadata.published is None
    assert metadata.authors is None


def test_a_publisher_given_by_reference() -> None:
    html = """<script type="application/ld+json">{"@graph": [
        {"@type": "NewsArticle", "publisher": {"@id": "#o"}},
        {"@type": "Organization", "@id": "#o", "name": "Morning Post"}]}</script>"""
    assert value(read_metadata(page(html, URL)), "source") == "Morning Post"

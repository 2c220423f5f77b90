from __future__ import annotations

import pytest

from scraper.extraction.metadata import read_metadata
from tests.unit.extraction.pages import page

URL = "https://www.morningpost.example/2024/05/harbour-bridge-opens-early"


def title(html: str) -> str | None:
    found = read_metadata(page(html, URL)).title
    return found.value if found else None


@pytest.mark.parametrize(
    "suffix",
    [" | Morning Post", " - Morning Post", " – The Morning Post", " :: morningpost.example"],
)
def test_the_sites_name_is_cut_off(suffix: str) -> None:
    html = f"""<head><title>Harbour bridge opens early{suffix}</title>
        <meta property="og:title" content="Harbour bridge opens early{suffix}">
        <meta property="og:site_name" content="Morning Post"></head><body><p>Text</p></body>"""
    assert title(html) == "Harbour bridge opens early"


def test_sections_before_the_sites_name_go_with_it() -> None:
    for text in (
        "大桥今日通车：市民称便_社会_新闻频道_某某网",
        "大桥今日通车：市民称便--社会--某某网",
    ):
        assert title(f"<title>{text}</title><p>Text</p>") == "大桥今日通车：市民称便"


def test_the_logo_is_no_title() -> None:
    html = """<head><title>Harbour bridge opens early - Morning Post</title></head>
        <body><h1>Morning Post</h1><h1>Harbour bridge opens early</h1></body>"""
    assert title(html) == "Harbour bridge opens early"


def test_a_head_that_only_names_the_site_says_nothing() -> None:
    html = "<head><title>Morningpost</title></head><body><h1>Harbour bridge opens</h1></body>"
    found = read_metadata(page(html, "https://www.morningpost.example/?p=7")).title
    assert found is not None
    assert found.value == "Harbour bridge opens"


def test_a_heading_of_something_else_is_no_title() -> None:
    html = """<head><title>Harbour bridge opens early</title>
        <meta property="og:title" content="Harbour bridge opens early"></head>
        <body><h1>Subscribe now</h1><h2>Harbour bridge opens early</h2></body>"""
    assert title(html) == "Harbour bridge opens early"


def test_the_provenance_names_the_place() -> None:
    html = (
        "<head><title>Bridge opens - Morning Post</title></head><body><h1>Bridge opens</h1></body>"
    )
    found = read_metadata(page(html, URL)).title
    assert found is not None
    assert (found.value, found.candidate) == ("Bridge opens", "tag:h1")
    assert found.node is not None
    assert found.node.tag == "h1"


def test_the_sign_of_a_link_to_itself_is_no_text() -> None:
    assert title("<h1>Models<a class=headerlink href='#models'>¶</a></h1>") == "Models"


def test_escaped_text_in_jsonld() -> None:
    html = """<script type="application/ld+json">{"@type": "NewsArticle",
        "headline": "Tom &amp; Ann&#039;s bridge"}</script>"""
    assert title(html) == "Tom & Ann's bridge"


def test_a_kicker_is_no_part_of_the_title() -> None:
    heading = "<h1><span>New in town</span><span>Harbour bridge opens early</span></h1>"
    head = """<title>Harbour bridge opens early | Morning Post</title>
        <meta property="og:title" content="Harbour bridge opens early">"""
    assert title(f"<head>{head}</head><body>{heading}</body>") == "Harbour bridge opens early"
    assert title(heading) == "New in town Harbour bridge opens early"


def test_what_is_called_a_kicker_is_none_even_where_the_head_repeats_it() -> None:
    heading = "<h1><span class='overline'>New in town</span> Harbour bridge opens early</h1>"
    head = """<title>New in town: Harbour bridge opens early | Morning Post</title>
        <meta property="og:title" content="New in town: Harbour bridge opens early">"""
    html = f"<head>{head}</head><body>{heading}</body>"
    assert title(html) == "Harbour bridge opens early"
    assert title(html.replace("overline", "first")) == "New in town Harbour bridge opens early"


def test_a_colon_alone_parts_no_title() -> None:
    html = "<title>Bridges: a guide to the many that open early and close late</title><p>Text</p>"
    assert title(html) == "Bridges: a guide to the many that open early and close late"


def test_a_cut_that_leaves_little_is_none() -> None:
    text = "What we know - all about harbours, bridges and what moves them every day"
    html = f'<title>{text}</title><meta property="og:title" content="{text}"><p>Text</p>'
    assert title(html) == text


def test_another_heading_shows_the_title_where_no_h1_does() -> None:
    html = """<head><title>Notes :: Archive :: Harbour bridge opens early</title></head>
        <body><h1>Notes</h1><h2>Harbour bridge opens early</h2><p>Text</p></body>"""
    found = read_metadata(page(html, URL)).title
    assert found is not None
    assert (found.value, found.candidate) == ("Harbour bridge opens early", "tag:h2")


def test_a_plain_title_goes_before_a_heading_of_its_own() -> None:
    html = """<head><title>Building bridges that open</title></head>
        <body><h1>Bridges, an introduction</h1><p>Text</p></body>"""
    assert title(html) == "Building bridges that open"


def test_no_title() -> None:
    assert title("<p>Text</p>") is None

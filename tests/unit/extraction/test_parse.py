"""A snapshot becomes a page: which text, which type, how deep, how clean."""

from __future__ import annotations

import pytest

from scraper.errors import EmptyPage, NotAPage
from scraper.extraction.parse import MAX_CHARACTERS, MOST_ATTRIBUTES, parse, parse_text
from scraper.extraction.text import node_text
from tests.unit.extraction.pages import page, snapshot


def test_the_rendered_dom_is_preferred() -> None:
    found = parse(snapshot(b"<p>raw</p>", dom="<p>rendered</p>"))
    assert node_text(found.tree) == "rendered"


def test_a_recipes_charset_beats_what_the_page_says() -> None:
    body = "<p>中文".encode("gbk")
    found = parse(snapshot(body, content_type="text/html; charset=utf-8"), "gbk")
    assert node_text(found.tree) == "中文"


def test_references_are_relative_to_the_base_element() -> None:
    assert page("<base href='/other/'><p>x").base_url == "https://news.example/other/"
    assert page("<base target=_top><p>x").base_url == "https://news.example/2026/story.html"
    assert page("<base href='javascript:0'><p>x").base_url == "https://news.example/2026/story.html"


@pytest.mark.parametrize("text", ["", "   \n", "<!-- only a comment -->", "\0\0"])
def test_nothing_is_an_empty_page(text: str) -> None:
    with pytest.raises(EmptyPage):
        parse_text(text, snapshot())


@pytest.mark.parametrize(
    ("body", "kind", "mime"),
    [
        (b"%PDF-1.7 ...", "text/html", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "text/html", "image/png"),
        (b"x", "application/pdf", "application/pdf"),
        (b'{"a": 1}', "application/json; charset=utf-8", "application/json"),
        (b"plain words", "text/plain", "text/plain"),
        (b'<?xml version="1.0"?><rss version="2.0">', "application/xml", "application/xml"),
    ],
)
def test_other_types_are_no_pages(body: bytes, kind: str, mime: str) -> None:
    with pytest.raises(NotAPage) as caught:
        parse(snapshot(body, content_type=kind))
    assert caught.value.mime == mime


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", None, "text/html"])
def test_markup_under_a_vague_type_is_a_page(kind: str | None) -> None:
    found = parse(snapshot(b"<!DOCTYPE html><p>words", content_type=kind))
    assert node_text(found.tree) == "words"


def test_a_million_nested_elements_are_survived() -> None:
    found = parse(snapshot(b"<p>before</p>" + b"<div>" * 1_000_000 + b"deep"))
    assert "before" in node_text(found.tree)


@pytest.mark.parametrize("one", ["a{}=x ", "a{}='>' ", 'a{}="<p>"', "a{}/", "a{}< ", "'a{} = x "])
def test_elements_keep_some_hundred_attributes(one: str) -> None:
    """A hundred thousand would keep the parser busy for minutes."""
    crowded = "".join(one.format(number) for number in range(100_000))
    tree = page(f"<p first {crowded}>words</p><p second>more").tree
    assert [len(p.attrib) for p in tree.iter("p")] == [MOST_ATTRIBUTES, 1]
    assert node_text(tree) == "words more"


@pytest.mark.parametrize("text", ["a <b " + "c " * 500, "'<p '" * 500, '"' * 999])
def test_what_is_no_tag_has_no_attributes(text: str) -> None:
    kept = f"<script>{text}</script><!-- {text} --><style>{text}</style>"
    tree = page(f"{kept}<p>words").tree
    assert [node.text for node in tree.iter("script", "style")] == [text, text]
    assert [p.text for p in tree.iter("p")] == ["words"]


def test_controls_and_lone_surrogates_are_cleaned() -> None:
    text = node_text(page("<p>a\x00b\x1bc\ud800d&#1;e&#xD800;f</p>").tree)
    assert text.encode("utf-8")
    assert "\x00" not in text
    assert "\x1b" not in text
    assert "\x01" not in text


def test_a_huge_document_is_cut() -> None:
    assert len(page("<p>" + "x" * (MAX_CHARACTERS + 10)).source) == MAX_CHARACTERS


def test_comments_do_not_split_text() -> None:
    assert node_text(page("<p>one<!-- x -->two</p>").tree) == "onetwo"


def test_void_elements_hold_nothing() -> None:
    tree = page("<picture><source srcset=a.webp><SOURCE src='b'/><img src=c></picture>x<wbr>y").tree
    assert [len(node) for node in tree.iter("source", "wbr")] == [0, 0, 0]
    assert tree.xpath("//picture/img")
    assert node_text(tree) == "xy"


@pytest.mark.parametrize("name", ["article", "main", "x-story"])
def test_an_element_that_is_none_of_the_heads_opens_the_body(name: str) -> None:
    html = f"<!doctype html><title>Rain</title><meta name=a><{name}><p>It rained.</p></{name}> tail"
    tree = parse_text(html, snapshot(html.encode())).tree
    assert [child.tag for child in tree] == ["head", "body"]
    assert [child.tag for child in tree[0]] == ["title", "meta"]
    assert tree[1].text_content() == "It rained. tail"

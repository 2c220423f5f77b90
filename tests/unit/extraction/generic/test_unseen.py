"""Text the visible page does not show, and when it is used."""

from __future__ import annotations

import json

import pytest

from scraper.extraction.generic import find_body
from scraper.extraction.generic.unseen import as_tree
from tests.unit.extraction.generic.test_body import ARTICLE, TEXTS, page, text

POSTS = "".join(f'<div class="post"><p>{one}</p></div>' for one in TEXTS)


def test_noscript_is_read_when_the_page_shows_nothing() -> None:
    body = find_body(page(f'<div id="app"></div><noscript><div>{POSTS}</div></noscript>'))
    assert body is not None
    assert body.candidate == "generic:noscript"
    assert all(one in text(body) for one in TEXTS)


def test_noscript_is_not_read_beside_a_visible_article() -> None:
    found = page(
        f"<article>{ARTICLE}</article><noscript><p>{'Turn scripts on. ' * 60}</p></noscript>"
    )
    assert "Turn scripts on" not in text(find_body(found))


def test_a_hidden_article_is_read_when_nothing_else_is_there() -> None:
    body = find_body(page(f'<div style="display:none"><article>{ARTICLE}</article></div>'))
    assert body is not None
    assert body.candidate == "generic:hidden"
    assert TEXTS[0] in text(body)


@pytest.mark.parametrize(
    "markup",
    [
        '<script type="application/json">{data}</script>',
        "<script>window.__STATE__ = {data};</script>",
        "<div data-preloaded='{data}'></div>",
    ],
)
def test_data_of_scripts_is_read_when_the_page_is_a_shell(markup: str) -> None:
    posts = [{"id": n, "cooked": f"<p>{one}</p>", "url": "/x"} for n, one in enumerate(TEXTS)]
    data = json.dumps({"stream": json.dumps({"posts": posts}), "css": "a{b:c}" * 50})
    body = find_body(page('<div id="app"></div>' + markup.replace("{data}", data)))
    assert body is not None
    assert body.candidate == "generic:script"
    assert TEXTS[0] in text(body)
    assert TEXTS[5] in text(body)


def described(words: str) -> str:
    data = json.dumps({"@type": "NewsArticle", "articleBody": words})
    return f'<script type="application/ld+json">{data}</script>'


def test_articlebody_is_read_when_the_page_shows_a_teaser_of_it() -> None:
    body = find_body(page(f"<article><p>{TEXTS[0]}</p></article>", described("\n".join(TEXTS))))
    assert body is not None
    assert body.candidate == "jsonld:articleBody"
    assert [one.text for one in body.roots[0]] == TEXTS


def test_articlebody_is_not_read_beside_the_whole_article() -> None:
    whole = page(f"<article>{ARTICLE}</article>", described("\n".join(TEXTS)))
    body = find_body(whole)
    assert body is not None
    assert body.candidate == "generic:model"


def test_markup_in_data_becomes_elements_and_lines_become_paragraphs() -> None:
    tree = as_tree(["<p>one</p><p>two</p>", "three\n\nfour"])
    assert tree is not None
    assert [one.text for one in tree.iter("p")] == ["one", "two", "three", "four"]


def test_a_short_visible_body_is_not_replaced_by_a_long_hidden_notice() -> None:
    notice = "We use cookies and other technologies to provide you our services. " * 20
    short = (
        f'<main><article class="article-body"><p>{TEXTS[0]}</p></article></main>'
        f'<div style="display:none"><p>{notice}</p></div>'
    )
    body = find_body(page(short))
    assert body is not None
    assert body.candidate == "generic:model"

"""The generic body: what is kept of whole pages."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from scraper.extraction.generic import find_body
from scraper.extraction.page import Body, Page
from scraper.snapshot import Snapshot

URL = "https://news.example/2024/05/harbour-bridge-opens"

NAVIGATION = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(12))
TEXTS = [
    f"The harbour bridge opened on day {n} after years of work, and the town came to see it. "
    "Engineers said that the last cables had been tested twice, in rain and in wind."
    for n in range(6)
]
ARTICLE = "".join(f"<p>{text}</p>" for text in TEXTS)


def page(body: str, head: str = "", url: str = URL) -> Page:
    html = f"<html><head><title>Harbour bridge opens</title>{head}</head><body>{body}</body></html>"
    snapshot = Snapshot(
        request_url=url, url=url, status=200, headers=(), document=html.encode(), dom=None,
        fetched_at=None, rendered_with="file",
    )  # fmt: skip
    return Page(tree=document_fromstring(html), url=url, base_url=url, snapshot=snapshot)


def text(body: Body | None) -> str:
    """The body's text, as a plain walk over its nodes sees it."""
    assert body is not None
    pieces: list[str] = []

    def walk(node: object) -> None:
        if node in body.dropped:
            return
        pieces.append(node.text or "")  # type: ignore[attr-defined]
        for child in node:  # type: ignore[attr-defined]
            walk(child)
            pieces.append(child.tail or "")

    for root in body.roots:
        walk(root)
    return " ".join(" ".join(pieces).split())


def news(extra: str = "") -> Page:
    return page(
        f'<nav><ul>{NAVIGATION}</ul></nav><main><article class="article-body">'
        f"<h1>Harbour bridge opens</h1>{ARTICLE}{extra}</article></main>"
        '<aside class="related"><h3>Related articles</h3><ul>'
        '<li><a href="/a">Ferry line closes</a></li><li><a href="/b">Tolls</a></li></ul></aside>'
        "<footer><p>Copyright Example News. All rights reserved.</p></footer>"
    )


def test_an_article_is_kept_whole() -> None:
    found = text(find_body(news()))
    assert all(one in found for one in TEXTS)


def test_navigation_related_links_and_footer_are_dropped() -> None:
    found = text(find_body(news()))
    assert "Section 3" not in found
    assert "Ferry line closes" not in found
    assert "All rights reserved" not in found


def test_hidden_text_inside_the_article_is_dropped() -> None:
    found = text(find_body(news('<p style="display: none">Nobody sees this sentence here.</p>')))
    assert "Nobody sees" not in found


def test_repeated_paragraphs_are_kept() -> None:
    found = text(find_body(news(f"<p>{TEXTS[0]}</p>")))
    assert found.count(TEXTS[0]) == 2


def test_a_page_without_text_has_no_body() -> None:
    assert find_body(page("<div></div>")) is None


def test_no_root_stands_inside_another_and_every_segment_has_a_reason() -> None:
    body = find_body(news())
    assert body is not None
    assert len(body.roots) == 1
    assert any("kept" in reason for reason in body.reasons.values())
    assert any("dropped" in reason for reason in body.reasons.values())


def test_the_result_is_the_same_every_time() -> None:
    assert text(find_body(news())) == text(find_body(news()))


def shown(body: Body | None) -> list[str]:
    """Addresses of the pictures that are not dropped."""
    assert body is not None
    return [
        str(node.get("src"))
        for root in body.roots
        for node in root.iter("img")
        if body.dropped.isdisjoint([node, *node.iterancestors()])
    ]


def test_pictures_of_the_article_are_kept_and_those_of_the_page_are_not() -> None:
    figure = (
        '<figure><img src="/media/bridge.jpg" width="800" height="500">'
        "<figcaption>The bridge at noon.</figcaption></figure>"
    )
    found = page(
        '<header class="site-header"><a href="/"><img class="logo" src="/img/logo.png" width="90" '
        f'height="30"></a><nav><ul>{NAVIGATION}</ul></nav></header>'
        f'<main><article class="article-body">{ARTICLE}{figure}{ARTICLE}</article></main>'
        '<footer><img src="/img/badge.png" width="40"></footer>'
    )
    assert shown(find_body(found)) == ["/media/bridge.jpg"]


@pytest.mark.parametrize("count", [2, 3, 6])
def test_pictures_in_a_row_stay_together(count: int) -> None:
    row = "".join(f'<p><img src="/p{n}.png"></p>' for n in range(count))
    found = page(f"<main><article>{ARTICLE}{row}</article></main>")
    assert shown(find_body(found)) == [f"/p{n}.png" for n in range(count)]


def test_a_caption_goes_with_its_picture() -> None:
    figure = '<figure><img src="{}"><figcaption>{}</figcaption></figure>'
    found = page(
        f'<nav><ul>{NAVIGATION}</ul></nav><main><article class="article-body">{ARTICLE}'
        + figure.format("/media/bridge.jpg", "The bridge at noon, seen from the harbour.")
        + f"{ARTICLE}</article></main><footer>"
        + figure.format("/img/badge.png", "The badge of the town, which is a bridge, too.")
        + "</footer>"
    )
    words = text(find_body(found))
    assert "The bridge at noon" in words
    assert "The badge" not in words

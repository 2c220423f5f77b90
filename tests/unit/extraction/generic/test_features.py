"""The numbers the models see."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from scraper.extraction.generic.features import NAMES, Weights, mark_words, rows, sizes_of
from scraper.extraction.generic.head import read_address, read_head
from scraper.extraction.generic.layout import Layout
from scraper.extraction.generic.model import build
from scraper.extraction.generic.pictures import PICTURE_NAMES, drop_previews, picture_rows
from scraper.extraction.generic.segments import Segments, cut

WEIGHTS = Weights(marks={"sidebar": -2.0, "story": 1.5}, phrases={"share": -2.0})
PROSE = "The town council met on Monday, and after a long debate it voted for the new bridge. " * 3


def read(body: str, title: str = "") -> tuple[Segments, list[list[float] | None], Layout]:
    tree = document_fromstring(
        f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    )
    page = cut(tree)
    found, layout = rows(page, read_head(tree), WEIGHTS, sizes_of(page))
    return page, found, layout


def value(row: list[float] | None, name: str) -> float:
    assert row is not None
    return row[NAMES.index(name)]


def test_a_row_has_a_number_for_each_name() -> None:
    _, found, _ = read(f"<p>{PROSE}</p><ul><li><a href=x>a</a></li></ul>")
    assert all(row is not None and len(row) == len(NAMES) for row in found)


def test_short_texts_of_navigation_need_no_row() -> None:
    _, found, _ = read(f"<div role=navigation><a href=x>Home</a></div><p>{PROSE}</p>")
    assert found[0] is None
    assert found[1] is not None


def test_links_titles_and_words_are_seen() -> None:
    _, found, _ = read(
        f'<h1>Bridge voted</h1><div class="story"><p>{PROSE}</p></div>'
        '<div class="sidebar"><p>Share <a href=x>everywhere</a></p></div>',
        title="Bridge voted",
    )
    heading, prose, aside = found
    assert value(heading, "title") == 1.0
    assert value(prose, "link_share") == 0.0
    assert value(prose, "mark_up1") == 1.5
    assert value(aside, "mark_min") == -2.0
    assert value(aside, "phrase_min") == -2.0
    assert value(aside, "link_share") > 0.5


def test_the_densest_block_and_the_largest_group() -> None:
    cards = "".join(f"<div class=card><h3>Card {n}</h3><p>{PROSE}</p></div>" for n in range(4))
    _, _, layout = read(f"<main>{cards}</main><p>{PROSE}</p>")
    assert layout.group.count == 4
    assert layout.best.tag == "main"


def test_words_of_classes() -> None:
    assert mark_words("articleBody-text_2 x") == ["article", "body", "text"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/", (0, 0, 0)),
        ("https://a.example/2024/05/one-two-three?x=12345", (4, 2, 3)),
    ],
)
def test_what_an_address_tells(url: str, expected: tuple[int, int, int]) -> None:
    address = read_address(url)
    assert (address.digits, address.hyphens, address.depth) == expected


def test_pictures_far_from_any_text_need_no_row() -> None:
    page, _, layout = read(
        f"<div><img src=/a.png></div><article><p>{PROSE}</p><figure><img src=/b.jpg></figure>"
        f"<p>{PROSE}</p></article><div role=contentinfo><img src=/c.png></div>"
    )
    tree = document_fromstring("<html></html>")
    found = picture_rows(page, read_head(tree), layout, [0.9, 0.9], WEIGHTS)
    assert found[1] is not None
    assert len(found[1]) == len(PICTURE_NAMES)
    assert found[2] is None


def test_a_picture_knows_whether_its_own_figure_has_a_caption() -> None:
    page, _, layout = read(
        f"<p>{PROSE}</p><figure><div><img src=/a.jpg></div><figcaption>A</figcaption></figure>"
        f"<p>{PROSE}</p><figure><img src=/b.jpg><figure><img src=/c.jpg><p>{PROSE}</p>"
        f"<figcaption>C</figcaption></figure></figure><p>{PROSE}</p>"
    )
    chances = [0.9] * len(page.segments)
    found = picture_rows(page, read_head(document_fromstring("<p>x")), layout, chances, WEIGHTS)
    at = PICTURE_NAMES.index("caption")
    assert [row and row[at] for row in found] == [1.0, 0.0, 1.0]


def test_a_model_of_other_features_is_refused() -> None:
    with pytest.raises(ValueError, match="other features"):
        build({"features": ["size"], "picture_features": []})


def test_a_preview_gives_way_to_the_picture_in_noscript() -> None:
    page, _, _ = read(
        "<figure><div><img src=/max/60/harbour-bridge.jpg></div>"
        "<noscript><img src=/max/1400/harbour-bridge.jpg></noscript></figure>"
        "<figure><img src=/max/60/harbour-bridge.jpg></figure>"
    )
    shown = [True, False, True]
    drop_previews(page, shown)
    assert shown == [False, True, True]

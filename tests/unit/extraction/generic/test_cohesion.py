"""Lists, headings and captions follow what they belong to."""

from __future__ import annotations

from lxml.html import document_fromstring

from scraper.extraction.generic.cohesion import (
    agreed,
    drop_captions,
    drop_twins,
    keep_headings,
    keep_lists_whole,
)
from scraper.extraction.generic.segments import Segments, cut


def segments(body: str) -> Segments:
    return cut(document_fromstring(f"<html><body>{body}</body></html>"))


def test_texts_of_one_template_share_their_chances() -> None:
    page = segments("".join(f"<div class=post><p>{n}</p></div>" for n in range(3)) + "<p>4</p>")
    assert agreed(page, [0.9, 0.9, 0.0, 0.1], [1.0] * 4) == [0.75, 0.75, 0.3, 0.1]


def test_two_boxes_make_no_template() -> None:
    page = segments("<p>1</p><p>2</p>")
    assert agreed(page, [0.9, 0.1], [1.0] * 2) == [0.9, 0.1]


def test_a_list_is_kept_or_dropped_whole() -> None:
    page = segments("<ul><li>a</li><li>b</li><li>c</li></ul><ol><li>d</li><li>e</li></ol>")
    kept = [True, True, False, True, False]
    keep_lists_whole(page, [0.9, 0.8, 0.2, 0.5, 0.1], [1.0] * 5, 0.45, kept)
    assert kept == [True, True, True, False, False]


def test_a_heading_stays_with_its_text() -> None:
    page = segments("<h2>One</h2><p>a</p><h2>Two</h2><h3>Three</h3><p>b</p><h2>Four</h2><p>c</p>")
    kept = [False, True, False, False, True, False, False]
    keep_headings(page, [0.3, 0.9, 0.3, 0.3, 0.9, 0.3, 0.1], kept)
    assert kept == [True, True, True, True, True, False, False]


def test_an_unlikely_heading_and_one_of_another_box_are_left_alone() -> None:
    page = segments("<h2>One</h2><p>a</p><div><h2>Two</h2></div><p>b</p>")
    kept = [False, True, False, True]
    keep_headings(page, [0.05, 0.9, 0.4, 0.9], kept)
    assert kept == [False, True, False, True]


def test_a_caption_goes_with_the_pictures_of_its_figure() -> None:
    figure = "<figure><img src=x><figcaption>{}</figcaption></figure>"
    page = segments(figure.format("a") + figure.format("b") + "<figcaption>c</figcaption>")
    kept = [True, True, True]
    drop_captions(page, kept, [True, False])
    assert kept == [True, False, True]


def test_a_part_written_twice_is_kept_once() -> None:
    part = "".join(f"<p>{word * 12}</p>" for word in ("mill ", "weir ", "wheel "))
    page = segments(
        f"<div class=phone><div>{part}</div></div><p>between</p><div class=desk>{part}</div>"
        "<p>after</p>"
    )
    kept = [True] * 8
    drop_twins(page, [90.0] * 8, kept)
    assert kept == [True, True, True, True, False, False, False, True]


def test_what_is_dropped_there_stays_here_and_few_or_short_texts_may_repeat() -> None:
    part = "".join(f"<p>{word * 12}</p>" for word in ("mill ", "weir ", "wheel "))
    page = segments(f"<div>{part}</div><div>{part}</div>")
    kept = [False, False, False, True, True, True]
    drop_twins(page, [90.0] * 6, kept)
    assert kept == [False, False, False, True, True, True]
    kept = [True] * 6
    drop_twins(page, [20.0] * 6, kept)
    assert kept == [True] * 6
    twice = segments("<div><p>turn</p><p>wheel</p></div>" * 3)
    kept = [True] * 6
    drop_twins(twice, [150.0] * 6, kept)
    assert kept == [True] * 6

"""How a page is cut into segments, boxes and pictures."""

from __future__ import annotations

import pytest
from lxml.etree import SubElement
from lxml.html import document_fromstring

from scraper.extraction.generic import segments as segments_module
from scraper.extraction.generic.segments import Segments, cut, weigh


def segments(body: str) -> Segments:
    return cut(document_fromstring(f"<html><body>{body}</body></html>"))


def texts(body: str) -> list[str]:
    return [one.text for one in segments(body).segments]


def test_inline_elements_stay_in_their_segment() -> None:
    assert texts("<p>One <b>two</b> <a href=x>three</a></p><p>four</p>") == [
        "One two three", "four",
    ]  # fmt: skip


def test_loose_text_around_blocks_is_cut_at_them() -> None:
    assert texts("<div>before<p>inside</p>after</div>") == ["before", "inside", "after"]


def test_blocks_inside_a_link_are_links() -> None:
    (one,) = segments('<a href="x"><div>A card</div></a>').segments
    assert one.linked == one.size


def test_scripts_and_hidden_elements_are_not_text() -> None:
    found = segments("<p hidden>no</p><script>var no</script><div style='display:none'>no</div>yes")
    assert [one.text for one in found.segments] == ["yes"]
    assert len(found.hidden) == 2


def test_preformatted_text_is_one_segment() -> None:
    assert texts("<pre><div>a</div><div>b</div></pre>") == ["ab"]


def test_a_box_knows_its_segments() -> None:
    found = segments("<ul><li>a</li><li>b</li></ul><p>c</p>")
    (items,) = [box for box in found.boxes if box.tag == "ul"]
    assert (items.start, items.end) == (0, 2)


def test_pictures_know_how_much_text_stands_before_them() -> None:
    (one,) = segments("<p>a</p><p>b<img src=x></p>").pictures
    assert one.after == 2


def test_deep_nesting_needs_no_stack() -> None:
    root = node = document_fromstring("<div></div>")
    for _ in range(5000):
        node = SubElement(node, "div")
    node.text = "deep"
    assert [one.text for one in cut(root).segments] == ["deep"]


def test_a_page_without_end_is_cut_and_nothing_of_the_rest_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(segments_module, "MOST_NODES", 4)
    found = segments("<div><p>one</p><p>two</p><p>three</p></div><p>four</p>")
    assert [one.text for one in found.segments] == ["one", "two"]
    assert [node.text for node in found.beyond] == ["three", "four"]
    assert all(box.end <= 2 for box in found.boxes)


def test_a_character_of_chinese_weighs_more_than_a_letter() -> None:
    assert weigh("大桥今天通车") > weigh("bridge")


def test_a_bar_of_links_is_not_looked_into() -> None:
    assert texts("<nav><ul><li><a href=x>Home</a></ul></nav><p>text</p>") == ["text"]


def test_a_navigation_that_swallowed_the_article_is() -> None:
    assert texts("<nav><a href=x>Home</a><article><p>text</p></article></nav>") == ["Home", "text"]

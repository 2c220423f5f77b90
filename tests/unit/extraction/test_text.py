"""White space, scripts and line breaks."""

from __future__ import annotations

import pytest

from scraper.extraction.text import BREAK, collapse, node_text, one_line, passages
from tests.unit.extraction.pages import page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  a \n\t b  ", "a b"),
        ("a\u00a0\u00a0b\u3000c", "a b c"),
        ("\u3000\u3000中文段落", "中文段落"),
        ("中文\n  换行", "中文换行"),
        ("中文\nEnglish", "中文 English"),
        ("，\n他说", "，他说"),
        ("日本語\nです", "日本語です"),
        ("한국어\n문장", "한국어 문장"),
        ("soft\u00adhyphen zero\u200bwidth \ufeffmark", "softhyphen zerowidth mark"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("bell\x07 c1\x9b", "bell c1"),
        ("", ""),
    ],
)
def test_collapse(text: str, expected: str) -> None:
    assert collapse(text) == expected


def test_one_break_is_a_line_end_two_separate_paragraphs() -> None:
    text = f"one{BREAK} two{BREAK} \n {BREAK}three{BREAK}{BREAK}{BREAK}"
    assert passages(text) == ["one\ntwo", "three"]
    assert one_line(text) == "one two three"


def test_the_text_of_a_node_keeps_blocks_apart_and_leaves_scripts_out() -> None:
    tree = page("<h1>Title<br>over two <i>lin</i>es<script>x()</script></h1>").tree
    assert node_text(tree) == "Title over two lines"
    assert node_text(tree.xpath("//script")[0]) == "x()"

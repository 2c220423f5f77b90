"""Nothing from a page may steer a terminal."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scraper.cli.printable import json_line, printable

STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def steers(text: str) -> bool:
    return any(
        unicodedata.category(char) in STEERING
        for char in text.replace("\u200c", "").replace("\u200d", "")
    )


@given(st.text(st.characters(codec=None)))
@example("\x1b]0;owned\x07\u202e\x9b2J\n\ud800\U000e0041")
def test_no_steering_character_is_left(text: str) -> None:
    shown = printable(text)
    assert not steers(shown)
    assert printable(shown) == shown


@given(st.dictionaries(st.text(), st.text()))
@example({"a\u202e": "\x9b31m\u2028\U000e0041\x7f"})
def test_json_lines_are_safe_and_equal_as_json(value: dict[str, str]) -> None:
    line = json_line(value)
    assert line.endswith("\n")
    assert not steers(line[:-1])
    assert json.loads(line) == value


@pytest.mark.parametrize(
    "text", ["plain", "茶农，账", "naïve – “yes”", "👩\u200d🚀", "می\u200cشود", "a\u3000b"]
)
def test_ordinary_text_stays(text: str) -> None:
    assert printable(text) == text


def test_escapes_are_visible() -> None:
    assert printable("a\x1b[31m\r\nb\u202e") == r"a\x1b[31m\r\nb\u202e"

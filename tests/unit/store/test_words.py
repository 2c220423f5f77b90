"""What a query finds, by the words of the index."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.store.words import TOKENIZER, indexed, match_expression, shown_terms, single

TEXT = "步行桥通了，用iPhone手机付款。Harbours freeze; the café closes. ภาษาไทย 𬭎"


def is_found(query: str, text: str = TEXT) -> bool:
    must, must_not = match_expression(query)
    db = sqlite3.connect(":memory:")
    columns = f'body, single, content="", tokenize="{TOKENIZER}"'
    db.execute(f"CREATE VIRTUAL TABLE words USING fts5 ({columns})")
    texts = indexed(text), single(text)
    db.execute("INSERT INTO words (rowid, body, single) VALUES (1, ?, ?)", texts)

    def matches(expression: str) -> bool:
        found = db.execute("SELECT 1 FROM words WHERE words MATCH ?", (expression,))
        return found.fetchone() is not None

    try:
        return bool(must) and matches(must) and not (must_not and matches(must_not))
    finally:
        db.close()


@pytest.mark.parametrize(
    "query",
    [
        "步行", "行桥", "步行桥通了", "桥", "了", "付款", "款", "用iPhone手机", "机付", "iphone",
        "IPHONE", "harbour", "harbours", "café", "cafe", "ｃａｆｅ", "freeze 桥",
        "harbours -trains", '"harbours freeze"', "ไทย", "𬭎", "closes 付款 步行",
    ],
)  # fmt: skip
def test_it_is_found(query: str) -> None:
    assert is_found(query)


@pytest.mark.parametrize(
    "query",
    ["桥步", "了用", "行通", "支付", "arbours", '"freeze harbours"', "harbours -桥",
     '"harbour"', "trains", "款H", "茶"],
)  # fmt: skip
def test_it_is_not_found(query: str) -> None:
    assert not is_found(query)


@pytest.mark.parametrize("query", ["", "  ", "!?", '""', '"', "-", "- -", "，。", "*", "()"])
def test_a_query_without_words_asks_for_nothing(query: str) -> None:
    assert match_expression(query) == ("", "")


def test_only_what_is_wanted_is_marked() -> None:
    assert shown_terms('tide -train "last night" 桥') == ["tide", "last night", "桥"]


@given(st.text(), st.text())
def test_any_query_may_be_asked_of_any_text(query: str, text: str) -> None:
    is_found(query, text.encode("utf-8", "replace").decode())


@given(
    st.text("步行桥通了用手机", min_size=1, max_size=6), st.text("步行桥通了用手机", max_size=30)
)
def test_without_spaces_a_query_finds_exactly_the_texts_it_stands_in(query: str, text: str) -> None:
    assert is_found(query, text) == (query in text)

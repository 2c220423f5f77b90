"""What changed between two revisions, as people read it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.changes import Passage, Piece, changes, compare, compare_passages, recorded
from scraper.record import Heading, Image, ImageBlock, ListBlock, ListItem, Paragraph
from tests.unit.samples import article


def written(passage: Passage) -> str:
    marks = {"same": "{}", "gone": "[-{}-]", "new": "[+{}+]"}
    return "".join(marks[piece.kind].format(piece.text) for piece in passage)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("The tide is high.", "The tide was high.", "The tide [-is-][+was+] high."),
        ("步行桥通了", "步行桥已通了", "步行桥[+已+]通了"),
        ("开起了面馆", "开起了茶馆", "开起了[-面-][+茶+]馆"),
        ("नमस्ते दुनिया, again", "नमस्ते दोस्त, again", "नमस्ते [-दुनिया-][+दोस्त+], again"),
        ("A 👩‍👩‍👧 there", "A 👩‍👩‍👦 there", "A [-👩‍👩‍👧-][+👩‍👩‍👦+] there"),
        ("Nothing alike", "步行桥通了", "[-Nothing alike-][+步行桥通了+]"),
        ("", "New", "[+New+]"),
        ("Old", "", "[-Old-]"),
        ("", "", ""),
    ],
)
def test_texts(before: str, after: str, expected: str) -> None:
    assert written(compare(before, after)) == expected


def test_a_very_long_text_is_replaced_as_a_whole() -> None:
    before, after = "a " * 1500, "a " * 1500 + "b"
    assert [piece.kind for piece in compare(before, after)] == ["gone", "new"]


def test_passages_are_compared_in_their_places() -> None:
    found = compare_passages(
        ["One stays.", "The tide is high.", "Gone."],
        ["First of all.", "One stays.", "The tide was high."],
    )
    assert [written(passage) for passage in found] == [
        "[+First of all.+]", "One stays.", "The tide [-is-][+was+] high.", "[-Gone.-]",
    ]  # fmt: skip


@given(st.lists(st.text(max_size=40), max_size=8), st.lists(st.text(max_size=40), max_size=8))
def test_both_texts_can_be_read_from_it(before: list[str], after: list[str]) -> None:
    found = compare_passages(before, after)
    sides = {"gone": "", "new": ""}
    for piece in (piece for passage in found for piece in passage):
        for side in sides:
            if piece.kind in ("same", side):
                sides[side] += piece.text
    assert sides == {"gone": "".join(before), "new": "".join(after)}


def test_fields_body_and_pictures_of_a_record() -> None:
    before = article(
        title="The tide is high",
        blocks=(Heading(level=2, text="A"), ListBlock(items=(ListItem(text="one"),))),
        images=(Image(url="https://a.example/1"),),
    )
    after = article(
        title="The tide was high",
        authors=("Quill", "Ellery"),
        published=datetime(2026, 3, 1, tzinfo=UTC),
        blocks=(
            Heading(level=2, text="A"),
            ListBlock(items=(ListItem(text="one"), ListItem(text="two"))),
            ImageBlock(image=0),
            Paragraph(text="End"),
        ),
        images=(Image(url="https://a.example/2", caption="A boat"),),
    )
    found = changes(before, after)
    assert found.any
    assert {one.field: written(one.pieces) for one in found.fields} == {
        "title": "The tide [-is-][+was+] high",
        "published": "[+2026-03-01 00:00:00+00:00+]",
        "authors": "[+Quill, Ellery+]",
    }
    assert [written(one) for one in found.body] == [
        "A",
        "• one",
        "[+• two+]",
        "[+A boat+]",
        "[+End+]",
    ]
    assert found.pictures == (
        Piece("gone", "https://a.example/1"), Piece("new", "https://a.example/2"),
    )  # fmt: skip
    assert not changes(after, after).any


def test_what_a_record_says_of_itself() -> None:
    before = article(title="A", blocks=(Paragraph(text="One stays."), Paragraph(text="It is.")))
    after = article(title="A", blocks=(Paragraph(text="One stays."), Paragraph(text="It was.")))
    (change,) = recorded(before, after)
    assert change.field == "text"
    assert [(one.kind, one.text) for one in change.pieces] == [
        ("same", "It "), ("gone", "is"), ("new", "was"), ("same", "."),
    ]  # fmt: skip
    assert recorded(after, after) == ()


def test_pages_made_to_be_slow_are_replaced_as_a_whole() -> None:
    before, after = ["a"] * 50_000, ["a"] * 49_999 + ["b"]
    found = compare_passages(before, after)
    assert written(found[-2]) == "[-a-]"
    assert written(found[-1]) == "[+b+]"
    words = "a " * 900
    many = compare_passages(
        [f"{n} {words}" for n in range(99)], [words + str(n) for n in range(99)]
    )
    assert [piece.kind for piece in many[-1]] == ["new"]

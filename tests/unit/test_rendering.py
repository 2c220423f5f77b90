"""When a page is rendered, by what its layout has taught."""

from __future__ import annotations

import pytest

from scraper.rendering import (
    AGREEMENTS_IN_DOUBT,
    DEARER,
    SUSPICION,
    Evidence,
    Layout,
    Observation,
    decide,
    differing,
)
from tests.unit.samples import MOMENT, article

EASY = (1).to_bytes(8) + bytes(8)  # no page that is checked again by its address


def taught(known: Layout, *outcomes: str | None, marks: frozenset[int] = frozenset()) -> Layout:
    """`outcomes`: None for a page taken as it came, "" for one that agreed, else what differed."""
    for outcome in outcomes:
        parts = None if outcome is None else tuple(outcome.split())
        known = known.after(Observation("news.example", "l", marks, parts))
    return known


def test_a_layout_earns_its_trust() -> None:
    known = Layout()
    for _ in range(3):
        assert decide(Evidence("l"), known, EASY) == ("browser", "learning")
        known = taught(known, "")
    assert decide(Evidence("l"), known, EASY) == ("http", "agreed")


@pytest.mark.parametrize(
    ("evidence", "needed"),
    [
        (Evidence("l", scripted=False), 2),
        (Evidence("l"), 3),
        (Evidence("l", doubts=("more",)), AGREEMENTS_IN_DOUBT),
    ],
)
def test_the_more_doubt_the_more_pages(evidence: Evidence, needed: int) -> None:
    known = [taught(Layout(), *[""] * n, marks=evidence.all_marks) for n in range(10)]
    ways = [decide(evidence, one, EASY)[0] for one in known]
    assert ways == ["browser"] * needed + ["http"] * (10 - needed)


def test_a_doubt_is_the_pages_own() -> None:
    plain, doubtful = Evidence("l"), Evidence("l", doubts=("more",))
    known = taught(taught(Layout(), "", "", ""), "body", marks=doubtful.all_marks)
    assert decide(plain, known, EASY) == ("http", "agreed")
    known = taught(known, *[""] * AGREEMENTS_IN_DOUBT, marks=doubtful.all_marks)
    assert decide(doubtful, known, EASY) == ("browser", "doubts")


def test_some_doubts_no_page_removes() -> None:
    page = Evidence("l", doubts=("no_body",))
    known = taught(Layout(), *[""] * 500, marks=page.all_marks)
    assert decide(page, known, EASY) == ("browser", "doubts")


def test_misplaced_trust_costs() -> None:
    known = taught(Layout(), "", "", "", "title")
    assert decide(Evidence("l"), known, EASY) == ("browser", "differed")
    known = taught(known, *[""] * (3 * DEARER - 1))
    assert decide(Evidence("l"), known, EASY) == ("browser", "differed")
    assert decide(Evidence("l"), taught(known, ""), EASY) == ("http", "agreed")


def test_a_page_with_new_parts_is_compared_and_clears_them() -> None:
    known = taught(Layout(), "", "", "", marks=frozenset({1, 2}))
    page = Evidence("l", marks=frozenset({2, 3}))
    assert decide(page, known, EASY) == ("browser", "new_parts")
    assert decide(page, taught(known, "", marks=page.marks), EASY) == ("http", "agreed")


def test_new_parts_are_to_blame_first() -> None:
    known = taught(Layout(), "", "", "", marks=frozenset({1}))
    known = taught(known, "pictures", marks=frozenset({1, 2}))
    assert decide(Evidence("l", marks=frozenset({1})), known, EASY) == ("http", "agreed")
    suspect = Evidence("l", marks=frozenset({1, 2}))
    for _ in range(2 * (1 + SUSPICION)):
        assert decide(suspect, known, EASY) == ("browser", "new_parts")
        known = taught(known, "", marks=suspect.marks)
    assert decide(suspect, known, EASY) == ("http", "agreed")


def test_some_pages_are_checked_again_whatever_came_before() -> None:
    known = taught(Layout(), "", "", "", *[None] * 100, "")
    ways = [decide(Evidence("l"), known, n.to_bytes(8) + bytes(8))[0] for n in range(200)]
    assert 10 <= ways.count("browser") <= 25


def test_never_too_many_in_a_row() -> None:
    known, row = taught(Layout(), "", "", ""), 0
    while decide(Evidence("l"), known, EASY) == ("http", "agreed"):
        known, row = taught(known, None), row + 1
    assert row == 12
    assert decide(Evidence("l"), known, EASY) == ("browser", "recheck")
    assert decide(Evidence("l"), taught(known, ""), EASY) == ("http", "agreed")


def test_what_differs() -> None:
    one = article("1").model_copy(update={"published": MOMENT})
    assert differing(one, one.model_copy(update={"authors": ("A",), "rendered_with": "http"})) == ()
    other = one.model_copy(update={"title": "Another", "published": None, "blocks": ()})
    assert differing(one, other) == ("title", "published", "body")
    soon = one.model_copy(update={"published": None, "published_raw": "1 hour ago"})
    later = one.model_copy(update={"published_raw": "1 hour ago"})
    assert differing(soon, later) == ()

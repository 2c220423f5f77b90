"""What no sequence of pages can talk the predictor into."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scraper.rendering import (
    AGREEMENTS,
    DEARER,
    DECISIVE,
    DOUBTS,
    MOST_MARKS,
    RECHECK_TO,
    Evidence,
    Layout,
    Observation,
    decide,
)

marks = st.frozensets(st.integers(0, 6), max_size=4)
evidence = st.builds(
    Evidence,
    layout=st.just("l"),
    marks=marks,
    doubts=st.lists(st.sampled_from(sorted(DOUBTS)), max_size=2).map(tuple),
    scripted=st.booleans(),
)
fingerprints = st.binary(min_size=16, max_size=16)
pages = st.lists(st.tuples(evidence, fingerprints, st.booleans()), max_size=200)


def crawl(pages: list[tuple[Evidence, bytes, bool]]) -> tuple[Layout, list[Observation]]:
    """Each page is decided on, and teaches: whether it would differ stands in it."""
    known, seen = Layout(), []
    for page, fingerprint, differs in pages:
        way, _ = decide(page, known, fingerprint)
        parts = None if way == "http" else ("title",) if differs else ()
        seen.append(Observation("s", "l", page.all_marks, parts))
        known = known.after(seen[-1])
    return known, seen


@given(pages, evidence, fingerprints)
def test_after_a_page_of_known_parts_differed_nothing_is_taken_until_enough_agreed(
    before: list[tuple[Evidence, bytes, bool]], page: Evidence, fingerprint: bytes
) -> None:
    known, _ = crawl(before)
    clear = page.marks.difference(known.unclear(page.marks))
    known = known.after(Observation("s", "l", clear, ("body",)))
    for _ in range(AGREEMENTS["plain"] * DEARER):
        assert decide(page, known, fingerprint)[0] == "browser"
        known = known.after(Observation("s", "l", page.marks, ()))


@given(pages, evidence, fingerprints)
def test_what_is_taken_has_only_parts_that_agreed_and_no_decisive_doubt(
    before: list[tuple[Evidence, bytes, bool]], page: Evidence, fingerprint: bytes
) -> None:
    known, seen = crawl(before)
    way, reason = decide(page, known, fingerprint)
    if way == "http":
        assert DECISIVE.isdisjoint(page.doubts)
        agreed = [one.marks for one in seen if one.differing == ()]
        assert reason == "agreed"
        assert page.all_marks <= frozenset[int]().union(*agreed)


@given(st.binary(min_size=16, max_size=16), st.integers(0, 5000))
def test_no_row_of_unchecked_pages_is_long(fingerprint: bytes, accepted: int) -> None:
    known = Layout(agreed=9, accepted=accepted)
    row = 0
    while decide(Evidence("l"), known, fingerprint)[0] == "http":
        known = known.after(Observation("s", "l", frozenset(), None))
        row += 1
    assert row <= RECHECK_TO * 3 // 2


def test_a_page_of_endless_parts_is_bounded() -> None:
    known = Layout().after(Observation("s", "l", frozenset(range(10_000)), ()))
    assert len(known.waiting) == MOST_MARKS

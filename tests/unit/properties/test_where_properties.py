"""Whatever is written, a comparison is understood or refused with its place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import WhereRefused
from scraper.selection import parse_where
from tests.unit.samples import article

WORDS = st.sampled_from(
    "title published status blocks.type extra.a count ( ) = != < >= in contains matches and or not "
    "null true 3 2026-03 'a' \"b\" , images ' .*".split()
)


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=12).map(" ".join)))
def test_it_is_understood_or_refused(text: str) -> None:
    place: int | None = None
    try:
        parse_where(text)(article())
    except WhereRefused as refused:
        place = refused.at
    assert place is None or 0 <= place <= len(text)


@given(st.text(min_size=1, max_size=40))
def test_any_text_can_be_asked_for(text: str) -> None:
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert parse_where(f"title = {quoted}")(article(title=text))

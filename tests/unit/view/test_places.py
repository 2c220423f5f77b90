"""A row stays in its shard, whatever happens to others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.view.places import memory, places

ROWS = "abcdefgh"
BEFORE = memory(ROWS, [0, 0, 0, 1, 1, 1, 2, 2])
"""Three rows a shard."""


@pytest.mark.parametrize(
    ("rows", "shards"),
    [
        ("abcdefghi", [0, 0, 0, 1, 1, 1, 2, 2, 2]),
        ("abcdefghijkl", [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]),
        ("acdefghb", [0, 0, 1, 1, 1, 2, 2, 2]),
        ("adefghxyz", [0, 1, 1, 1, 2, 2, 2, 3, 3]),
        ("xabcdefgh", [0, 0, 0, 1, 1, 1, 2, 2, 2]),
        ("defgh", [0, 0, 0, 1, 1]),
        ("ad", [0, 0]),
        ("", []),
    ],
)
def test_only_the_last_shard_grows(rows: str, shards: list[int]) -> None:
    """Laid out anew where a row came before, a shard is empty, or most of the room is."""
    changed = rows.replace("b", "B") if rows.endswith("b") else rows
    assert places(changed, BEFORE, 3) == shards


@given(
    st.lists(st.integers(0, 40), unique=True),
    st.lists(st.integers(0, 40), unique=True),
    st.integers(1, 7),
    st.integers(1, 7),
)
def test_every_shard_has_rows_in_their_order(
    before: list[int], after: list[int], old: int, size: int
) -> None:
    known = list(map(str, before))
    rows = list(map(str, after))
    found = places(rows, memory(known, places(known, b"", old)), size)
    assert found == sorted(found)
    assert set(found) == set(range(len(set(found))))
    assert all(found.count(shard) <= size for shard in found)

"""Front matter that YAML reads back as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from scraper.view.front_matter import front_matter

TEXTS = st.text(max_size=40)
VALUES = st.recursive(
    st.one_of(TEXTS, st.booleans(), st.integers(-(2**40), 2**40), st.none()),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3),
    max_leaves=6,
)


def loaded(text: str) -> Any:
    head, _, rest = text.partition("\n")
    assert head == "---"
    assert rest.endswith("---\n")
    assert "\n---\n" not in rest[:-4]
    return YAML(typ="safe", pure=True).load(rest.removesuffix("---\n"))


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_it_is_read_as_it_was_written(values: dict[str, Any]) -> None:
    assert (loaded(front_matter(values)) or {}) == values


def test_halves_of_characters_do_not_stop_it() -> None:
    assert loaded(front_matter({"title": "a\ud800b"})) == {"title": "a?b"}


def test_moments_and_numbers() -> None:
    at = datetime(2026, 3, 14, 9, 26, tzinfo=UTC)
    text = front_matter({"date": at, "no": "no", "off": 1.5, "nan": float("nan")})
    assert 'date: 2026-03-14T09:26:00+00:00\n"no": "no"\n"off": 1.5\nnan: null\n' in text

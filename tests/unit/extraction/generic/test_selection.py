"""From which chance on a text is kept."""

from __future__ import annotations

import pytest

from scraper.extraction.generic.selection import (
    CLEAR,
    TEXT_RANGE,
    text_threshold,
    threshold,
)

EVERYTHING = (0.0, 1.0)


def test_half_of_the_best_expected_f1_is_the_threshold() -> None:
    assert threshold([1.0, 1.0, 0.0], [5.0, 5.0, 3.0], EVERYTHING) == pytest.approx(0.5)
    # Both kept: 2 * 0.8 / (2 + 0.8).
    assert threshold([0.4, 0.4], [1.0, 1.0], EVERYTHING) == pytest.approx(0.8 / 2.8)


@pytest.mark.parametrize("chance", [0.95, 0.7, 0.4, 0.3])
def test_more_is_asked_for_on_a_clear_page_and_less_on_an_unclear_one(chance: float) -> None:
    chances, sizes = [chance] * 4 + [0.02] * 4, [100.0] * 8
    plain = threshold(chances, sizes, EVERYTHING)
    bent = text_threshold(chances, sizes)
    assert (bent > plain) == (plain > CLEAR)


def test_a_threshold_has_limits() -> None:
    assert text_threshold([0.01] * 5, [1.0] * 5) == TEXT_RANGE[0]
    assert text_threshold([], []) == TEXT_RANGE[0]
    assert text_threshold([1.0] * 5, [1.0] * 5) <= TEXT_RANGE[1]

"""Compiled trees give what walking them would."""

from __future__ import annotations

import pytest

from scraper.extraction.generic.trees import FIRST, SURE, compile_trees, probability


def test_trees_are_added_up() -> None:
    score = compile_trees([[0, 1.5, -1.0, [1, 0.5, 2.0, 3.0]], 0.25])
    assert score([1.0, 9.0]) == -0.75
    assert score([2.0, 0.0]) == 2.25
    assert score([2.0, 1.0]) == 3.25


@pytest.mark.parametrize("bad", ["__import__('os')", ["x", 1, 2, 3], [0, "1", 2, 3]])
def test_anything_but_numbers_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match=r"not a tree|unpack"):
        compile_trees([bad])


def test_probability_is_bounded() -> None:
    assert probability(-1e9) == 0.0
    assert probability(0.0) == 0.5
    assert probability(700.0) == 1.0


def test_what_the_first_trees_are_sure_of_is_not_looked_at_further() -> None:
    assert compile_trees([-SURE / FIRST - 0.1] * FIRST + [100.0])([]) < -SURE
    assert compile_trees([0.0] * FIRST + [100.0])([]) == 100.0

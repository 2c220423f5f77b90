"""Inheritance between versions, windows, ids."""

from __future__ import annotations

from datetime import date

import pytest

from scraper.recipe.fields import Candidate, Transform
from scraper.recipe.model import IdRule, Version
from tests.unit.recipe.samples import TEXT, recipe

OLD = """\
  - id: old
    extends: new
    valid_until: "2024-01-01"
    when: {lacks: "h1.new"}
    fields:
      title: {from: [{css: h2}]}
      source: {from: [{meta: "og:site_name"}]}
    extra:
      shares: {type: integer, from: [{css: .shares}]}
    expect: {body_chars_min: 5}
"""


def test_a_version_takes_what_it_does_not_say() -> None:
    new, old = recipe(TEXT + OLD).whole_versions
    assert set(old.fields.declared()) == {"title", "published", "authors", "source"}
    assert old.fields.title is not None
    assert old.fields.title.from_[0].css == "h2"
    assert old.fields.published == new.fields.published
    assert old.body == new.body
    assert list(old.extra) == ["shares"]
    assert old.expect.body_chars_min == 5
    # Its own time and look are not inherited.
    assert (old.valid_from, old.valid_until) == (None, "2024-01-01")
    assert set(new.fields.declared()) == {"title", "published", "authors"}


def test_windows_begin_with_the_first_day_and_end_before_the_last() -> None:
    version = Version(id="v", valid_from="2021-06-01", valid_until="2022-01-01")
    assert version.holds(date(2021, 6, 1))
    assert version.holds(date(2021, 12, 31))
    assert not version.holds(date(2022, 1, 1))
    assert not version.holds(date(2021, 5, 31))
    assert Version(id="v").holds(date(1999, 1, 1))


def test_ids_and_back() -> None:
    rule = IdRule.model_validate({"join": ["a", "b", "c"], "pad": [0, 3, 3], "as": "int"})
    assert rule.make({"a": "0", "b": "30", "c": "7"}) == "30007"
    assert rule.undo("30007") == {"a": "0", "b": "030", "c": "007"}
    assert rule.undo("1000123") == {"a": "1", "b": "000", "c": "123"}
    assert rule.undo("abc") is None
    assert IdRule(join=("n",)).make({"n": "007"}) == "007"
    assert IdRule(join=("a", "b")).undo("12") is None


@pytest.mark.parametrize(
    ("written", "step"),
    [
        ("lower", ("lower", True)),
        ({"lower": True}, ("lower", True)),
        ({"drop_first": 0}, ("drop_first", 0)),
        ({"join": ""}, ("join", "")),
    ],
)
def test_transforms(written: object, step: tuple[str, object]) -> None:
    candidate = Candidate.model_validate({"css": "p", "then": [written]})
    assert isinstance(candidate.then[0], Transform)
    assert candidate.then[0].step == step


def test_candidates_have_the_names_provenance_uses() -> None:
    assert Candidate(css="a.x", attr="href").name == "css:a.x@href"
    assert Candidate(meta="og:title").name == "meta:og:title"
    assert Candidate(jsonld="author.name").name == "jsonld:author.name"

"""When recipes are said not to fit any more, and when not."""

from __future__ import annotations

from collections.abc import Iterable
from math import comb

import pytest

from scraper import health
from scraper.health import Alarm, Share, Sighting, sightings, watch
from scraper.record import Provenance, RecipeRef
from tests.unit.samples import article, failure, seeds

REF = RecipeRef(id="gazette", revision=1, version="v1", hash="0" * 16)


def run(number: int, pages: int, hash: str = "a", **found: dict[str, int]) -> list[Sighting]:
    """A run over so many articles; of each field, how many pages each candidate gave."""
    made = (number, "gazette", hash)
    seen = [Sighting(*made, "", "", "article", pages), Sighting(*made, "v1", "", "article", pages)]
    for name, candidates in found.items():
        seen += [Sighting(*made, "v1", name, one, count) for one, count in candidates.items()]
    return seen


def alarms(*runs: Iterable[Sighting]) -> list[Alarm]:
    return [alarm for one in watch(seen for part in runs for seen in part) for alarm in one.alarms]


def test_a_field_that_is_not_found_any_more() -> None:
    before = run(1, 200, title={"0: css:h1": 200}, authors={"0: css:.by": 150})
    [alarm] = alarms(before, run(2, 12, title={"0: css:h1": 1}, authors={"0: css:.by": 9}))
    assert (alarm.recipe, alarm.version, alarm.field) == ("gazette", "v1", "title")
    assert alarm.text == (
        "recipe gazette, version v1: title found on 1 of 12 pages, before 200 of 200"
    )


def test_another_candidate_that_has_to_stand_in() -> None:
    before = run(1, 200, title={"0: css:h1": 195, "1: meta:og:title": 5})
    [alarm] = alarms(before, run(2, 12, title={"1: meta:og:title": 12}))
    assert alarm.what == "0: css:h1"
    assert alarm.text.endswith(
        "title found by 0: css:h1 on 0 of 12 pages, before 195 of 200; now 1: meta:og:title"
    )


@pytest.mark.parametrize(
    ("pages", "of", "pages_before", "of_before"),
    [
        (0, 1, 200, 200),
        (0, 3, 10, 10),
        (8, 10, 190, 200),
        (0, 12, 10, 200),
        (950, 1000, 5000, 5000),
    ],
    ids=["one page", "little is known", "by chance", "rare before", "by little"],
)
def test_what_is_no_change(pages: int, of: int, pages_before: int, of_before: int) -> None:
    before = run(1, of_before, authors={"0: css:.by": pages_before})
    assert alarms(before, run(2, of, authors={"0: css:.by": pages})) == []


def test_few_pages_a_run_are_looked_at_together() -> None:
    whole = run(1, 200, title={"0: css:h1": 200})
    later = [run(number, 1) for number in range(2, 5)]
    assert alarms(whole, *later[:2]) == []
    filler = run(2, 7, title={"0: css:h1": 7})
    assert len(alarms(whole, filler, *[run(number, 1) for number in range(3, 6)])) == 1


def test_an_alarm_is_new_once() -> None:
    before = run(1, 200, title={"0: css:h1": 200}, authors={"0: css:.by": 200})
    second = run(2, 12, authors={"0: css:.by": 12})
    [first] = health.alarms([*before, *second])
    assert (first.field, first.new) == ("title", True)
    again = health.alarms([*before, *second, *run(3, 12)])
    assert [(one.field, one.new) for one in again] == [("authors", True), ("title", False)]
    assert health.alarms([]) == ()


def test_a_change_is_told_until_it_is_mended() -> None:
    """Also where little is known from before."""
    whole, broken = run(1, 12, title={"0: css:h1": 12}), [run(n, 12) for n in range(2, 5)]
    assert alarms(whole, *broken[:1])
    assert alarms(whole, *broken[:2])
    assert alarms(whole, *broken)
    assert alarms(whole, *broken, run(5, 12, title={"0: css:h1": 12})) == []


def test_the_baseline_rolls_on() -> None:
    """What has been so for long is how it is."""
    runs = [run(1, 600, title={"0: css:h1": 600})]
    runs += [run(number, 100) for number in range(2, 10)]
    assert alarms(*runs[:2])
    assert alarms(*runs) == []


def test_a_recipe_that_was_changed_is_judged_by_itself() -> None:
    before = run(1, 200, hash="old", editors={"0: css:.ed": 200})
    assert alarms(before, run(2, 12, hash="new")) == []
    assert alarms(before, run(2, 12, hash="old"))


def test_pages_that_are_refused() -> None:
    refused = [Sighting(2, "gazette", "a", "", "", "verdict.login", 12)]
    [alarm] = alarms(run(1, 200), refused)
    assert alarm.text == "recipe gazette: verdict.login on 12 of 12 pages, before 0 of 200"


def test_a_required_field_that_is_missing_counts_for_the_field_too() -> None:
    missing = [
        Sighting(2, "gazette", "a", "", "", "field.missing", 12),
        Sighting(2, "gazette", "a", "v1", "title", "", 12),
    ]
    found = alarms(run(1, 200, title={"0: css:h1": 200}), missing)
    assert [(one.field, one.what) for one in found] == [("", "field.missing"), ("title", "")]


def test_warnings_that_tell_of_the_recipe() -> None:
    warned = run(2, 12, warning={"expect.body_chars_min": 11})
    [alarm] = alarms(run(1, 200, warning={"expect.body_chars_min": 2}), warned)
    assert "warning expect.body_chars_min on 11 of 12 pages, before 2 of 200" in alarm.text


def test_the_test_is_fishers() -> None:
    """Compared with the sum itself."""
    for pages, of, pages_before, of_before in ((0, 4, 20, 20), (2, 9, 30, 40), (5, 30, 60, 90)):
        hits, every = pages + pages_before, of + of_before
        ways = sum(comb(hits, n) * comb(every - hits, of - n) for n in range(pages + 1))
        expected = ways / comb(every, of)
        share = Share(pages, of, pages_before, of_before)
        assert share.fell == (expected < 0.0001)


def test_large_runs_are_no_work() -> None:
    before = run(1, 10**6, title={"0: css:h1": 10**6})
    assert alarms(before, run(2, 10**6, title={"0: css:h1": 5 * 10**5}))


def test_what_is_counted_of_a_record() -> None:
    provenance = {
        "title": Provenance(candidate="css:h1", index=0),
        "description": Provenance(candidate="meta:description"),
    }
    warnings = ("load_timeout", "layout_surprise")
    made = article(1, recipe=REF, provenance=provenance, warnings=warnings)
    assert [(one.version, one.field, one.found) for one in sightings(3, made)] == [
        ("", "", "article"),
        ("v1", "", "article"),
        ("v1", "title", "0: css:h1"),
        ("v1", "warning", "layout_surprise"),
    ]
    assert list(sightings(3, article(1))) == []


def test_what_is_counted_of_a_failure() -> None:
    missing = failure(seeds(1)[0], "field.missing")
    given = missing.model_copy(update={"recipe": REF, "field": "title"})
    assert [(one.version, one.field, one.found) for one in sightings(3, given)] == [
        ("", "", "field.missing"),
        ("v1", "title", ""),
    ]
    assert list(sightings(3, missing)) == []


EXPECTED = {("gazette", "a", "v1", "authors"): 0.9, ("gazette", "a", "v1", "images"): 0.5}


def expecting(*runs: Iterable[Sighting]) -> list[Alarm]:
    seen = [one for part in runs for one in part]
    return [alarm for one in watch(seen, EXPECTED) for alarm in one.alarms]


def test_less_than_the_recipe_expects_from_the_first_run_on() -> None:
    found = {"authors": {"0: css:.by": 8}, "images": {"body": 9}}
    [alarm] = expecting(run(1, 20, "a", **found))
    assert (alarm.field, alarm.what) == ("authors", "expected")
    assert alarm.text.endswith("authors found on 8 of 20 pages, where the recipe expects 90%")
    assert [one.field for one in expecting(run(1, 40, authors={"0: css:.by": 38}))] == ["images"]
    [told] = health.alarms([*run(1, 20, "a", **found), *run(2, 20, "a", **found)], EXPECTED)
    assert not told.new


def test_a_field_that_was_never_found_is_expected_all_the_same() -> None:
    fields = {alarm.field for alarm in expecting(run(1, 40, title={"0: css:h1": 40}))}
    assert fields == {"authors", "images"}


@pytest.mark.parametrize("pages", [0, 1, 2, 3])
def test_few_pages_say_nothing_of_what_is_expected(pages: int) -> None:
    assert expecting(run(1, 3, authors={"0: css:.by": pages}, images={"body": 1})) == []


def test_what_came_back_is_as_expected() -> None:
    good = {"authors": {"0: css:.by": 30}, "images": {"body": 30}}
    poor = {"authors": {"0: css:.by": 3}, "images": {"body": 30}}
    assert (
        expecting(run(1, 30, "a", **good), run(2, 30, "a", **poor), run(3, 30, "a", **good)) == []
    )
    assert expecting(run(1, 30, "b", **poor)) == [], "another recipe expects something else"

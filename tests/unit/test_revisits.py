from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.revisits import Known, Validators, rest
from tests.unit.samples import MOMENT

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_page_that_changed_is_visited_sooner_and_one_that_did_not_later() -> None:
    assert rest(8 * HOUR, changed=True, age=None) == 4 * HOUR
    assert rest(8 * HOUR, changed=False, age=None) == 12 * HOUR


def test_a_young_article_is_visited_more_often() -> None:
    assert rest(DAY, changed=False, age=8 * HOUR) == 2 * HOUR
    assert rest(DAY, changed=False, age=365 * DAY) == 1.5 * DAY


def test_the_first_rest_is_by_age() -> None:
    assert rest(None, changed=True, age=4 * DAY) == DAY
    assert rest(None, changed=True, age=None) == DAY
    assert rest(None, changed=True, age=None, most=9 * HOUR) == 9 * HOUR


spans = st.timedeltas(timedelta(0), timedelta(days=4000))


@given(st.none() | spans, st.booleans(), st.none() | st.timedeltas(-DAY, 4000 * DAY), spans, spans)
def test_the_job_bounds_it(
    before: timedelta | None,
    changed: bool,
    age: timedelta | None,
    one: timedelta,
    other: timedelta,
) -> None:
    least, most = min(one, other), max(one, other)
    assert least <= rest(before, changed=changed, age=age, least=least, most=most) <= most


def test_what_a_server_said_is_said_back() -> None:
    known = Validators.of((("etag", '"a"'), ("Last-Modified", "Mon, 04 May 2026 12:00:00 GMT")))
    assert known
    assert known.headers == {
        "If-None-Match": '"a"',
        "If-Modified-Since": "Mon, 04 May 2026 12:00:00 GMT",
    }
    assert Validators.of((("Content-Type", "text/html"),)) is None
    assert Validators('"a"').headers == {"If-None-Match": '"a"'}


@pytest.mark.parametrize(
    ("visits", "after", "gone"),
    [(1, DAY, False), (2, 9 * DAY, False), (3, 23 * HOUR, False), (3, DAY, True), (9, DAY, True)],
)
def test_gone_is_what_was_confirmed(visits: int, after: timedelta, gone: bool) -> None:
    known = Known(None, True, "", MOMENT + after, HOUR, gone=visits, gone_since=MOMENT)
    assert known.is_gone is gone


def test_it_is_due_when_it_has_rested() -> None:
    known = Known(None, True, "", MOMENT, HOUR)
    assert not known.is_due(MOMENT + timedelta(minutes=59))
    assert known.is_due(MOMENT + HOUR)

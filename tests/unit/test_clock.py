from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from scraper import wiring
from scraper.wiring import SystemClock


@pytest.mark.parametrize("years", [-20, 20])
def test_a_wall_clock_that_is_set_moves_nothing(
    monkeypatch: pytest.MonkeyPatch, years: int
) -> None:
    """Pauses, deadlines and the order of records hang on it."""
    clock = SystemClock()
    before = clock.now()

    class Set(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(days=365 * years)

    monkeypatch.setattr(wiring, "datetime", Set)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + years * 365 * 24 * 3600)
    assert timedelta(0) <= clock.now() - before < timedelta(hours=1)
    assert abs(SystemClock().now() - before) > timedelta(days=365)


def test_it_goes_on_as_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = [100.0]
    monkeypatch.setattr(wiring, "_passed", lambda: passed[0])
    clock = SystemClock()
    before = clock.now()
    passed[0] += 90
    assert clock.now() - before == timedelta(seconds=90)
    assert abs(datetime.now(UTC) - before) < timedelta(minutes=10)

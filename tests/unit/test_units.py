"""Sizes and ages as people write them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scraper.errors import UsageError
from scraper.job import make_job
from scraper.units import as_timedelta, in_bytes


@pytest.mark.parametrize(
    ("text", "size"), [("1", 1), ("700B", 700), ("3kB", 3000), ("500MB", 5 * 10**8), ("1GB", 10**9)]
)
def test_sizes(text: str, size: int) -> None:
    assert in_bytes(text) == size


@pytest.mark.parametrize(("text", "days"), [("1d", 1), ("8w", 56), ("2y", 730)])
def test_ages(text: str, days: int) -> None:
    assert as_timedelta(text) == timedelta(days=days)


@pytest.mark.parametrize("given", [500000, "500kB"])
def test_a_number_of_bytes_will_do(given: Any) -> None:
    assert in_bytes(make_job({"warc_size": given}).warc_size) == 500_000


@pytest.mark.parametrize("given", ["0", "-1", "1TB", "much", "", True, 1.5, "9" * 40])
def test_what_is_no_size_is_refused(given: Any) -> None:
    with pytest.raises(UsageError, match="warc_size"):
        make_job({"warc_size": given})

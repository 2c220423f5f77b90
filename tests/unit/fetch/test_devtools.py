"""What the browser's refusals mean."""

import pytest
from playwright.async_api import Error

from scraper.errors import BrowserCrashed
from scraper.fetch.devtools import CommandRefused, bounded


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("Target page, context or browser has been closed", BrowserCrashed),
        ("Target crashed", BrowserCrashed),
        ("Protocol error (Page.x): Inspected target navigated or closed", CommandRefused),
        ("Protocol error (Fetch.x): Invalid InterceptionId.", CommandRefused),
    ],
)
async def test_a_tab_that_moved_on_is_not_dead(said: str, means: type[Exception]) -> None:
    async def call() -> None:
        raise Error(said)

    with pytest.raises(means):
        await bounded(call())

"""What the browser's refusals mean."""

import pytest

from scraper.errors import BrowserCrashed
from scraper.fetch.devtools import CommandRefused, refusal


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("Target page, context or browser has been closed", BrowserCrashed),
        ("Target crashed", BrowserCrashed),
        ("Session with given id not found.", BrowserCrashed),
        ("Protocol error (Page.x): Inspected target navigated or closed", CommandRefused),
        ("Protocol error (Fetch.x): Invalid InterceptionId.", CommandRefused),
    ],
)
def test_a_tab_that_moved_on_is_not_dead(said: str, means: type[Exception]) -> None:
    assert type(refusal(said)) is means

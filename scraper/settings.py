"""Fixed facts about the program, and what it takes from the environment."""

from __future__ import annotations

import os
from functools import cache

ROBOTS_TOKEN = "HeadlessScraper"  # noqa: S105 - a product token, no secret
"""The name by which robots.txt files address us (RFC 9309, product token)."""

BROWSER_VARIABLE = "SCRAPER_BROWSER"

DEFAULT_DELAY = 1.0
DEFAULT_PER_HOST = 2
MOST_PAGES = 16
"""In flight at once where the machine decides."""
DEFAULT_LANGUAGE = "en-US"


@cache
def program_version() -> str:
    """The installed version, `0+unknown` when run from a bare source tree."""
    # It takes as long to import as all the rest of a start.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("headless-scraper")
    except PackageNotFoundError:
        return "0+unknown"


def default_user_agent() -> str:
    """Honest and the same over HTTP and in the browser."""
    return f"Mozilla/5.0 (compatible; {ROBOTS_TOKEN}/{program_version()})"


def browser_from_environment() -> str | None:
    """Path of the browser the user wants; None when unset or empty."""
    return os.environ.get(BROWSER_VARIABLE) or None

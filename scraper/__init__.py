"""Crawl pages in a headless browser into validated records, pictures and an archive.

The names below are the library; everything else may change.  They are loaded when they are first
used, so that `import scraper` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scraper.errors import PageError, ScraperError
    from scraper.extraction import extract
    from scraper.job import Job, load_job
    from scraper.opening import open_collection
    from scraper.protocols import Collection, Reporter
    from scraper.recipe import Recipes
    from scraper.record import Article, Failure
    from scraper.snapshot import Exchange, Snapshot
    from scraper.summary import Summary
    from scraper.wiring import retry, run

__all__ = [
    "Article",
    "Collection",
    "Exchange",
    "Failure",
    "Job",
    "PageError",
    "Recipes",
    "Reporter",
    "ScraperError",
    "Snapshot",
    "Summary",
    "extract",
    "load_job",
    "open_collection",
    "retry",
    "run",
]

_HOMES = {
    "Article": "record",
    "Collection": "protocols",
    "Exchange": "snapshot",
    "Failure": "record",
    "Job": "job",
    "PageError": "errors",
    "Recipes": "recipe",
    "Reporter": "protocols",
    "ScraperError": "errors",
    "Snapshot": "snapshot",
    "Summary": "summary",
    "extract": "extraction",
    "load_job": "job",
    "open_collection": "opening",
    "retry": "wiring",
    "run": "wiring",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'scraper' has no attribute {name!r}")
    value = getattr(import_module(f"scraper.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

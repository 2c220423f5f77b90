"""One page, fetched as a crawl fetches it or out of a collection, for commands that look at
pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from scraper.cli.errors import fail
from scraper.cli.options import make
from scraper.errors import UsageError
from scraper.frontier.seeds import make_request
from scraper.opening import open_collection
from scraper.recipe import Recipes
from scraper.snapshot import Snapshot
from scraper.wiring import fetch_page

_JUDGED = ("verdict.", "field.missing")


def fetched(url: str, recipes: Recipes, options: dict[str, Any] | None = None) -> Snapshot:
    """The page, also one that gives no record by its content; for any other failure the command
    ends.  `options` are a job's."""
    page, failure, summary = fetch_page(url, make(options or {}), recipes)
    if failure and not failure.code.startswith(_JUDGED):
        raise typer.Exit(fail(f"{failure.code}: {url}: {failure.message}", 1))
    if page is None:
        problem = summary.error or summary.outcome
        raise typer.Exit(fail(f"{url} was not fetched: {problem}", summary.exit_code or 1))
    return page


def kept(collection: Path, id: str | None) -> Snapshot:
    """The page of a record.  Raises UsageError."""
    with open_collection(collection) as opened:
        article = opened.article(id) if id else None
        if article is None:
            raise UsageError(f"which record of {collection}? Add --id; scraper records lists them")
        page = opened.snapshot(article)
    if page is None:
        raise UsageError(f"the page of {id} was not kept")
    return page


def kept_at(collection: Path, url: str) -> Snapshot:
    """The page of an address that was asked for, whether it gave a record or not.  Raises
    UsageError."""
    with open_collection(collection) as opened:
        failure = next((one for one in opened.failures() if one.url == url and one.archive), None)
        id = opened.id_of(make_request(url))
        of = failure or (opened.article(id) if id else None)
        page = opened.snapshot(of) if of else None
    if page is None:
        raise UsageError(f"{collection} keeps no page of {url}")
    return page

"""One page, fetched as a crawl fetches it or out of a collection, for commands that look at
pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scraper.cli.options import make
from scraper.errors import UsageError
from scraper.snapshot import Snapshot
from scraper.wiring import open_collection, run


def fetched(
    url: str, recipes: Sequence[Path] = (), options: dict[str, Any] | None = None
) -> Snapshot:
    """The page as the archive keeps it.  `options` are a job's.  Raises UsageError when it gives no
    record."""
    with TemporaryDirectory(prefix="scraper-") as directory:
        wanted = {"urls": [url], "output": directory, "recipes": [str(path) for path in recipes]}
        summary = run(make((options or {}) | wanted | {"media": False}))
        with open_collection(Path(directory)) as collection:
            for article in collection.articles():
                if page := collection.snapshot(article):
                    return page
            for failure in collection.failures():
                raise UsageError(f"{url} gave no record: {failure.code}: {failure.message}")
    raise UsageError(f"{url} was not fetched: {summary.error or summary.outcome}")


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

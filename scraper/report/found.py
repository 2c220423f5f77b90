"""What a run found, out of its collection: what its page shows besides the counts."""

from __future__ import annotations

import base64
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from scraper.record import Article, Failure
from scraper.store.reading import Reader

FIELDS: Final = (
    "title", "published", "authors", "text", "images", "language", "description", "source",
    "categories", "tags",
)  # fmt: skip
MOST: Final = 10_000
"""Records that are looked at; a run that made more is described by its first ones."""

_EXAMPLES: Final = 3
_MOST: Final = 18
"""Thumbnails."""
_LARGEST: Final = 200_000
_ALL: Final = 1_500_000
_ALL_GLIMPSES: Final = 1_000_000
"""Bytes of pictures that may stand in the page, and of what failed pages showed: it must open on a
phone."""


@dataclass(slots=True)
class Coverage:
    """How many of a recipe's records have each field."""

    records: int = 0
    fields: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture as a data URL, with the title of its article or the address of its page."""

    source: str
    title: str


@dataclass(slots=True)
class FoundInRun:
    """`recipes` by id, the empty one for general rules; `failures` are some examples by code,
    `glimpses` what the browser showed of the first."""

    looked_at: int = 0
    recipes: defaultdict[str, Coverage] = field(default_factory=lambda: defaultdict(Coverage))
    warnings: Counter[str] = field(default_factory=Counter)
    pictures: int = 0
    pictures_failed: Counter[str] = field(default_factory=Counter)
    thumbnails: list[Thumbnail] = field(default_factory=list)
    failures: defaultdict[str, list[Failure]] = field(default_factory=lambda: defaultdict(list))
    glimpses: dict[str, Thumbnail] = field(default_factory=dict)


def found_in_run(collection: Reader, run: str) -> FoundInRun:
    """Raises StorageError."""
    found = FoundInRun()
    room = _ALL
    for article in islice(collection.articles(run=run), MOST):
        found.looked_at += 1
        _cover(found.recipes[article.recipe.id if article.recipe else ""], article)
        found.warnings.update(article.warnings)
        found.pictures += sum(image.media is not None for image in article.images)
        problems = (image.media_failure for image in article.images)
        found.pictures_failed.update(problem.code for problem in problems if problem)
        shown = _thumbnail(collection.path, article) if len(found.thumbnails) < _MOST else None
        if shown and len(shown.source) <= room:
            room -= len(shown.source)
            found.thumbnails.append(shown)
    for failure in collection.first_failures(run, _EXAMPLES):
        found.failures[failure.code].append(failure)
    room = _ALL_GLIMPSES
    for failure, picture in collection.failure_pictures(run):
        if len(picture) <= room:
            room -= len(picture)
            found.glimpses[failure.code] = _picture(picture, "image/webp", failure.url)
    return found


def _cover(coverage: Coverage, article: Article) -> None:
    coverage.records += 1
    coverage.fields.update(name for name in FIELDS if getattr(article, name))


def _thumbnail(collection: Path, article: Article) -> Thumbnail | None:
    """Its first small enough picture, which is put in as it is: none is ever decoded here."""
    for image in article.images:
        if image.media and image.media.bytes <= _LARGEST:
            try:
                body = (collection / image.media.path).read_bytes()
            except OSError:
                return None
            return _picture(body, image.media.mime, article.title or "")
    return None


def _picture(body: bytes, mime: str, title: str) -> Thumbnail:
    return Thumbnail(f"data:{mime};base64,{base64.b64encode(body).decode()}", title)

"""What an exporter is, what it is given, and how one is found by its name.

An exporter of yours is such a function behind an entry point of the group `scraper.exporters`; its
name is what `--to` takes.
"""

from __future__ import annotations

import hashlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Literal, Protocol

import orjson

from scraper.errors import UsageError
from scraper.record import Article, Media
from scraper.selection import FieldPath
from scraper.view.folder import View

GROUP = "scraper.exporters"
PACKAGE = "scraper.export"

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS

Pictures = Literal["local", "remote", "none"]


@dataclass(frozen=True, slots=True)
class Source:
    """The records to export.  `name` is the collection's, `path` its folder; `articles` reads them
    anew at each call, in the order of the collection."""

    name: str
    path: Path
    articles: Callable[[], Iterator[Article]]

    def picture(self, media: Media) -> Path | None:
        """Its file; None when somebody removed it."""
        path = self.path / media.path
        return path if path.is_file() and not path.is_symlink() else None


@dataclass(frozen=True, slots=True)
class Wish:
    """How it is exported.  `pictures`: as files of the export, by their address on the web, or left
    out.  `profile` holds what the pages do not say, in the exporter's own words.  `fields` is empty
    for all.  `every_revision` says that a record may come more than once.  `maker` is the program
    with its version."""

    pictures: Pictures = "local"
    profile: Mapping[str, Any] = field(default_factory=dict)
    fields: tuple[FieldPath, ...] = ()
    every_revision: bool = False
    maker: str = "scraper"

    def stamp(self, *what: object) -> bytes:
        """Of what a unit is made from, these settings included."""
        settings = (self.pictures, dict(self.profile), [f.name for f in self.fields], self.maker)
        value = orjson.dumps([settings, what], default=str, option=_OPTIONS)
        return hashlib.sha256(value).digest()

    def stamp_of(self, article: Article, *more: object) -> bytes:
        """A revision never changes: what it is called and who made it tells it."""
        return self.stamp(article.id, article.revision, article.run, *more)

    def refuse_fields(self, form: str) -> None:
        """For a form with fields of its own.  Raises UsageError."""
        if self.fields:
            raise UsageError(f"--fields: {form} has fields of its own; leave it out")


class Exporter(Protocol):
    """Brings the view up to date with the records.  Raises UsageError for a wish that makes no
    sense in this form."""

    def __call__(self, source: Source, view: View, wish: Wish) -> None: ...


def names() -> list[str]:
    """Of all forms that are installed."""
    package = import_module(PACKAGE)
    ours = {module.name for module in pkgutil.iter_modules(package.__path__)}
    return sorted(ours | {point.name for point in entry_points(group=GROUP)})


def find(name: str) -> Exporter:
    """Ours first.  Raises UsageError."""
    if name not in names():
        raise UsageError(f"--to {name}: no such form; there are {', '.join(names())}")
    package = import_module(PACKAGE)
    if name in {module.name for module in pkgutil.iter_modules(package.__path__)}:
        try:
            exporter: Exporter = import_module(f"{PACKAGE}.{name}").export
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("scraper"):
                raise
            raise UsageError(
                f"--to {name} needs a library ({error.name}): "
                "pip install 'headless-scraper[datasets]'"
            ) from error
        return exporter
    (point, *_) = entry_points(group=GROUP, name=name)
    try:
        loaded: Exporter = point.load()
    except (ImportError, AttributeError) as error:
        raise UsageError(f"--to {name}: {point.value} cannot be loaded: {error}") from error
    return loaded

"""Coming back to a page: what is asked of its server, when that is worth it, and when a page that
is gone counts as gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scraper.snapshot import Headers, header

LEAST: Final = timedelta(hours=1)
MOST: Final = timedelta(days=30)
"""Between two visits, unless the job says otherwise."""

_SHORTER, _LONGER = 0.5, 1.5
_FIRST = timedelta(days=1)
"""Of a page whose age nobody knows; what the next visits find decides from there."""
_YOUNG = 0.25
"""The first article of a day is looked at again on the same day: a page rests for no more than this
share of its age."""

GONE: Final = frozenset({"http.404", "http.410", "verdict.gone"})
"""Failures that say that a page is no more."""
CONFIRMATIONS: Final = 3
CONFIRMED_IN: Final = timedelta(days=1)
"""A page is gone when so many visits in a row said so, the last of them so long after the first:
sites lose all their pages for an afternoon."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server knows a version of a document by; without either, any version is wanted."""

    etag: str | None = None
    last_modified: str | None = None

    @classmethod
    def of(cls, headers: Headers) -> Validators | None:
        """None when the server gave none."""
        etag, modified = header(headers, "ETag"), header(headers, "Last-Modified")
        return cls(etag, modified) if etag or modified else None

    @property
    def headers(self) -> dict[str, str]:
        """Of the request that is answered with 304 while the version is the same."""
        sent = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in sent.items() if value}


@dataclass(frozen=True, slots=True)
class Known:
    """What a collection knows of an address that gave a record.

    `validators` are those of its document; `alone` says that the record came from the document and
    nothing else; `rules` names the recipe and the program that made it.  `rests` is how long the
    page is left alone after `checked_at`.  `gone` visits in a row found it gone, since
    `gone_since`.
    """

    validators: Validators | None
    alone: bool
    rules: str
    checked_at: datetime
    rests: timedelta
    gone: int = 0
    gone_since: datetime | None = None

    @property
    def is_gone(self) -> bool:
        """Whether that is confirmed."""
        since = self.gone_since
        enough = self.gone >= CONFIRMATIONS
        return enough and since is not None and self.checked_at - since >= CONFIRMED_IN

    def is_due(self, now: datetime) -> bool:
        """Whether it has rested long enough."""
        return now >= self.checked_at + self.rests


def rest(
    before: timedelta | None,
    *,
    changed: bool,
    age: timedelta | None,
    least: timedelta = LEAST,
    most: timedelta = MOST,
) -> timedelta:
    """How long to leave a page alone: less than before (None at the first visit) when it changed,
    more when it did not, and never long in view of its age (None when nobody knows it)."""
    if before is None:
        wanted = _FIRST if age is None else age * _YOUNG
    else:
        wanted = before * (_SHORTER if changed else _LONGER)
    if age is not None:
        wanted = min(wanted, max(age, timedelta()) * _YOUNG)
    return min(max(wanted, least), most)

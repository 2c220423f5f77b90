"""What an invocation of a run came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scraper.health import Alarm
from scraper.protocols import Captured, Tally
from scraper.record import Article, Failure
from scraper.store.erasure import Removal


@dataclass(frozen=True, slots=True)
class Summary:
    """`outcome` is finished, interrupted, limit, or the code of the error that ended it (its
    sentence is in `error`).  `left` URLs are queued; `articles` are the last records committed, at
    most 20; `bytes` and `seconds` are of this invocation, the tally, `manners` and `captured` are
    the whole run's.  `limits` tells by name how often one kept a link from being followed.
    `packed` are the WACZ files that were made, also of earlier runs that were killed before it,
    `alarms` what is to be looked at in the recipes."""

    run: str
    collection: Path
    outcome: str
    exit_code: int
    tally: Tally
    left: int
    seconds: float
    bytes: int
    articles: tuple[Article, ...]
    error: str | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    manners: Mapping[str, Any] = field(default_factory=dict)
    captured: Captured = field(default_factory=Captured)
    packed: tuple[Path, ...] = ()
    alarms: tuple[Alarm, ...] = ()


_HOW = {"recipe", "provenance"}


@dataclass(frozen=True, slots=True)
class Rederived:
    """A stored record, or a failure whose page was kept, beside the record derived again from its
    archived page; `problem` says why there is none."""

    stored: Article | Failure
    derived: Article | None
    problem: str | None = None

    @property
    def gained(self) -> bool:
        """A page that was refused gives a record now."""
        return isinstance(self.stored, Failure) and self.derived is not None

    @property
    def changes(self) -> tuple[str, ...]:
        """The fields that differ: what the record says, not how it was found (`recipe`,
        `provenance`)."""
        if self.derived is None or isinstance(self.stored, Failure):
            return ()
        before, after = self.stored.model_dump(), self.derived.model_dump()
        return tuple(n for n in before if n not in _HOW and before[n] != after[n])

    @property
    def changed(self) -> bool:
        return bool(self.changes)


@dataclass(frozen=True, slots=True)
class Packed:
    """A run's web archives in one WACZ file; `pages` are those it lists."""

    run: str
    path: Path
    pages: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A record that was removed, or would be, and what that takes."""

    id: str
    url: str
    removal: Removal

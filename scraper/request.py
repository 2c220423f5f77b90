"""A wish for one URL, and what became of it in a run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal

OutcomeKind = Literal["record", "unchanged", "duplicate", "failed", "listing"]


@dataclass(frozen=True, slots=True)
class Request:
    """`url` as it was asked for; `key` is its canonical form, by which a run knows it
    (`url.canonical`).

    `host` is the host's name in lower case with the port unless it is the scheme's own.
    `attempts` counts earlier
    tries in this run.  `meta` came with the seed line or the list page, JSON values only.  `within`
    is what a scope is measured by: the seed that led here, and where that one led if elsewhere;
    empty for a seed itself.
    """

    url: str
    key: str
    host: str
    depth: int = 0
    found_on: str | None = None
    attempts: int = 0
    meta: dict[str, Any] = field(default_factory=dict)
    within: tuple[str, ...] = ()

    @property
    def form(self) -> dict[str, str] | None:
        """What is posted to a list for its next page; None for what is just asked for."""
        place = self.meta.get("list")
        form = place.get("form") if isinstance(place, dict) else None
        return form if isinstance(form, dict) else None

    @property
    def seed(self) -> str:
        """The address the user gave that led here."""
        return self.within[0] if self.within else self.url

    @property
    def fingerprint(self) -> bytes:
        """16 bytes that stand for `key` in an index."""
        return hashlib.sha256(self.key.encode("utf-8", "surrogatepass")).digest()[:16]

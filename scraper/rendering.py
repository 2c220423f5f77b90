"""Whether a page has to be rendered: what speaks against its static form, and what its site's pages
have taught.

Pages of one layout are first read both ways, without the browser and with it, and the records are
compared.  Once enough of them agreed, a page that nothing speaks against is taken as it came; now
and then one is read both ways again.  Nothing here fetches or remembers: `auto` and the store do.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from scraper.record import Article

Way = Literal["browser", "http"]
Reason = Literal[
    "asked", "recipe", "agreed", "doubts", "learning", "differed",
    "new_parts", "recheck",
]  # fmt: skip

REASONS: Final[dict[Reason, str]] = {
    "asked": "the job or the recipe says so; full archives are always rendered",
    "recipe": "the recipe keeps a session, or acts on the page: only the browser does",
    "agreed": "pages of its layout were the same both ways",
    "doubts": "something says that the static page is not all: `doubts` tells what",
    "learning": "too few pages of its layout were compared yet",
    "differed": "pages of its layout were not the same both ways",
    "new_parts": "it has parts that no compared page of its layout had, or only one that differed",
    "recheck": "pages of its layout were the same both ways; this one is compared again",
}
"""Why a page was rendered, or was not."""

DOUBTS: Final = {
    "failed": "no record can be made of it",
    "refresh": "it sends on to another page",
    "no_body": "it has no text",
    "unseen_body": "its text is in data or in parts that are not shown",
    "expectations": "its record is not as the recipe expects",
    "no_title": "it has no title",
    "undated": "it has no date",
    "shorter": "it says of itself that it has more text",
    "more": "it offers to load more",
    "loading": "it says that something is loading, or holds a place for it",
    "empty_parts": "it has parts that wait for content",
    "templates": "it has templates that a script can fill",
    "hidden_text": "it hides text that a script can show",
    "data": "it carries text in its data that it does not show",
    "pictures": "it has pictures without an address",
    "noscript": "it has a notice for readers without scripts",
}
"""What speaks against a static page."""

DECISIVE: Final = frozenset({"failed", "refresh", "no_body", "unseen_body", "expectations"})
"""Doubts that no agreement of other pages removes."""

AGREEMENTS: Final = {"plain": 2, "scripted": 3}
"""So many pages must have agreed before one is taken as it came."""
AGREEMENTS_IN_DOUBT: Final = 8
"""So many of them with the same doubt, before it no longer counts."""
DEARER: Final = 4
"""By so much more must agree after each time that trust was misplaced."""
SUSPICION: Final = 6
"""Agreements more that a new part of a page that differed needs; then twice as many."""

RECHECK_FROM, RECHECK_TO, RECHECK_SHARE = 8, 50, 8
"""One in so many pages is compared again: an eighth of those that were taken so far, within these
bounds."""

MOST_MARKS: Final = 4000
"""Of one layout; pages with yet others stay unknown."""
_MOST_WAITING: Final = 255
_DOUBTS: Final = {zlib.crc32(f"doubt {name}".encode()): name for name in DOUBTS}
_MOST_DIFFERED: Final = 10


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a static page tells of itself.  `layout` names its structure (16 hex digits), `marks`
    are 32-bit hashes of what scripts are, or could act on; `doubts` are keys of DOUBTS, `scripted`
    says that scripts could change the page."""

    layout: str
    marks: frozenset[int] = frozenset()
    doubts: tuple[str, ...] = ()
    scripted: bool = True

    @property
    def all_marks(self) -> frozenset[int]:
        """With one for each doubt."""
        return self.marks.union(zlib.crc32(f"doubt {name}".encode()) for name in self.doubts)


@dataclass(frozen=True, slots=True)
class Observation:
    """What one page taught; `marks` are all of its.  `differing` are the parts of the record that
    were not the same both ways; None when the page was taken as it came."""

    site: str
    layout: str
    marks: frozenset[int]
    differing: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of one layout of a site.

    `agreed` pages were the same both ways since the last time that trust was misplaced, which
    happened `differed` times; `accepted` were taken as they came since then, `unchecked` of them
    since the last comparison.  `waiting` says of each mark that was met how many agreements it
    still needs; one that was never met needs a single one, or that of a doubt several.
    """

    agreed: int = 0
    differed: int = 0
    accepted: int = 0
    unchecked: int = 0
    waiting: Mapping[int, int] = field(default_factory=dict)

    def after(self, seen: Observation) -> Layout:
        """What is known when one more page was seen."""
        if seen.differing is None:
            return replace(self, accepted=self.accepted + 1, unchecked=self.unchecked + 1)
        unclear = self.unclear(seen.marks)
        if not seen.differing:
            clearer = {mark: self._needs(mark) - 1 for mark in unclear}
            waiting = self.waiting if not clearer else _bounded({**self.waiting, **clearer})
            return replace(self, agreed=self.agreed + 1, unchecked=0, waiting=waiting)
        if unclear and self.agreed:  # its new parts are to blame
            blamed = {
                mark: min(2 * (self._needs(mark) + SUSPICION), _MOST_WAITING) for mark in unclear
            }
            return replace(self, waiting=_bounded({**self.waiting, **blamed}))
        return Layout(differed=min(self.differed + 1, _MOST_DIFFERED))

    def unclear(self, marks: frozenset[int]) -> list[int]:
        """Those that no compared page has cleared."""
        return [mark for mark in marks if self._needs(mark)]

    def _needs(self, mark: int) -> int:
        return self.waiting.get(mark, AGREEMENTS_IN_DOUBT if mark in _DOUBTS else 1)


def decide(evidence: Evidence, known: Layout, fingerprint: bytes) -> tuple[Way, Reason]:
    """The way, and the reason.  A page for the browser is compared with its static form."""
    if not DECISIVE.isdisjoint(evidence.doubts):
        return "browser", "doubts"
    needed = AGREEMENTS["scripted" if evidence.scripted else "plain"]
    if known.agreed < needed * DEARER**known.differed:
        return "browser", "differed" if known.differed else "learning"
    if unclear := known.unclear(evidence.all_marks):
        return "browser", "new_parts" if _DOUBTS.keys().isdisjoint(unclear) else "doubts"
    return ("browser", "recheck") if _is_due(known, fingerprint) else ("http", "agreed")


def differing(static: Article, rendered: Article) -> tuple[str, ...]:
    """The parts in which two records of a page are not the same."""
    parts = {
        "title": static.title == rendered.title,
        "published": static.published == rendered.published
        # "three hours ago" is another time a second later
        or bool(static.published_raw and static.published_raw == rendered.published_raw),
        "body": static.blocks == rendered.blocks,
        "pictures": static.picture_urls() == rendered.picture_urls(),
    }
    return tuple(name for name, same in parts.items() if not same)


def _is_due(known: Layout, fingerprint: bytes) -> bool:
    """By the page's address, and never too many in a row without."""
    every = min(max(known.accepted // RECHECK_SHARE, RECHECK_FROM), RECHECK_TO)
    chosen = int.from_bytes(fingerprint[:8]) % every == 0
    return chosen or known.unchecked >= every + every // 2


def _bounded(waiting: Mapping[int, int]) -> Mapping[int, int]:
    return dict(list(waiting.items())[:MOST_MARKS]) if len(waiting) > MOST_MARKS else waiting

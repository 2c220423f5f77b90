"""What a run does, measured while it does it, in figures whose size is bounded."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from types import MappingProxyType
from typing import Any, Final

from scraper import url
from scraper.errors import HttpStatus, PageError
from scraper.protocols import Admit, Committed, Fetcher, Judge, Progress, Run
from scraper.recipe import FetchRule
from scraper.request import Request
from scraper.revisits import Validators
from scraper.snapshot import Exchange, Snapshot

_STEPS: Final = 120
"""Of the line of time; when they are used up, two become one."""
_FIRST_STEP: Final = 0.5
_MOST_HOSTS: Final = 10_000
"""Of which something is remembered."""
_TOLD: Final = 200
_ASKED_TO_WAIT: Final = (429, 503)
_REFUSALS: Final = ("robots", "opt_out.")
"""Codes of failures: by robots.txt, by the page itself."""


class Timeline:
    """How many of each kind happened in each step of time, from the start.  `facts` are those of
    an earlier part of it."""

    def __init__(self, facts: Mapping[str, Any] | None = None) -> None:
        self.step = facts["step"] if facts else _FIRST_STEP
        self._steps: list[Counter[str]] = []
        for kind, counts in facts["counts"].items() if facts else ():
            self._steps += [Counter() for _ in range(len(counts) - len(self._steps))]
            for at, count in enumerate(counts):
                self._steps[at][kind] = count

    def note(self, seconds: float, kind: str) -> None:
        while (at := int(seconds / self.step)) >= _STEPS:
            self.step *= 2
            pairs = (self._steps[one : one + 2] for one in range(0, len(self._steps), 2))
            self._steps = [sum(pair, Counter()) for pair in pairs]
        self._steps += [Counter() for _ in range(at + 1 - len(self._steps))]
        self._steps[at][kind] += 1

    def facts(self) -> dict[str, Any]:
        """As plain values: the length of a step in seconds, and counts by kind."""
        kinds = sorted({kind for step in self._steps for kind in step})
        counts = {kind: [step[kind] for step in self._steps] for kind in kinds}
        return {"step": self.step, "counts": counts}


@dataclass(slots=True)
class _Host:
    pages: int = 0
    failed: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    asked: float | None = None
    gap: float | None = None


@dataclass(slots=True)
class Measured:
    """A reporter, and a fetcher around the run's own.  All on the event loop's thread.  `earlier`
    are the facts that the run's last invocation left: what is told is of the whole run."""

    clock: Callable[[], float] = time.monotonic
    earlier: InitVar[Mapping[str, Any]] = MappingProxyType({})
    _timeline: Timeline = field(default_factory=Timeline)
    _hosts: dict[str, _Host] = field(default_factory=dict)
    _began: float = 0.0
    _requests: int = 0
    _retries: int = 0
    _told_to_wait: int = 0
    _refused: Counter[str] = field(default_factory=Counter)
    _bytes: int = 0
    _browser: str | None = None
    _invocations: int = 1
    _before: float = 0.0
    """Seconds that earlier invocations took."""

    def __post_init__(self, earlier: Mapping[str, Any]) -> None:
        self._began = self.clock()
        if not earlier:
            return
        manners = earlier["manners"]
        self._timeline = Timeline(earlier["timeline"])
        self._before, self._bytes = earlier["seconds"], earlier["bytes"]
        self._browser = earlier["browser"]
        self._invocations += earlier.get("invocations", 1)
        self._requests, self._retries = manners["requests"], manners["retries"]
        self._told_to_wait = manners["told_to_wait"]
        self._refused.update(manners["refused"])
        for name, told in earlier["hosts"].items():
            seconds = told["seconds"] * told["pages"]
            self._hosts[name] = _Host(told["pages"], told["failed"], seconds, told["slowest"])
        for name, gap in manners["smallest_gap_by_host"].items():
            self._hosts.setdefault(name, _Host()).gap = gap

    def fetcher(self, fetcher: Fetcher) -> Fetcher:
        """The same, and its documents are counted and timed."""
        return _MeasuredFetcher(fetcher, self)

    def facts(self, received: int, browser: str | None) -> dict[str, Any]:
        """For the run's row: plain values.  `hosts` are the slowest, by the mean of their pages;
        `received` are the bytes, and `browser` is the one, of this invocation."""
        known = {name: host for name, host in self._hosts.items() if host.pages}
        slowest = sorted(known, key=lambda name: -known[name].seconds / known[name].pages)
        gaps = {name: host.gap for name, host in known.items() if host.gap is not None}
        closest = min(gaps, key=lambda name: gaps[name], default=None)
        return {
            "seconds": round(self._before + self.clock() - self._began, 3),
            "invocations": self._invocations,
            "bytes": self._bytes + received,
            "browser": browser or self._browser,
            "timeline": self._timeline.facts(),
            "hosts": {
                name: {
                    "pages": known[name].pages,
                    "failed": known[name].failed,
                    "seconds": round(known[name].seconds / known[name].pages, 3),
                    "slowest": round(known[name].slowest, 3),
                }
                for name in slowest[:_TOLD]
            },
            "manners": {
                "requests": self._requests,
                "hosts": len(known),
                "smallest_gap": round(gaps[closest], 3) if closest else None,
                "smallest_gap_host": closest,
                "smallest_gap_by_host": {
                    name: round(gaps[name], 3)
                    for name in sorted(gaps, key=gaps.__getitem__)[:_TOLD]
                },
                "refused": dict(self._refused),
                "retries": self._retries,
                "told_to_wait": self._told_to_wait,
            },
        }

    # -- as a reporter

    def started(self, run: Run, queued: int) -> None:
        """The time counts from when this was made."""

    def progress(self, progress: Progress) -> None:
        """Nothing that is not known from the rest."""

    def settled(self, committed: Committed) -> None:
        self._timeline.note(self._before + self.clock() - self._began, committed.kind)
        if committed.failure and committed.failure.code.startswith(_REFUSALS):
            self._refused[committed.failure.code] += 1

    def retried(self, request: Request, error: PageError, seconds: float) -> None:  # noqa: ARG002
        self._retries += 1
        if isinstance(error, HttpStatus) and error.status in _ASKED_TO_WAIT:
            self._told_to_wait += 1

    def noted(self, message: str) -> None:
        """For people."""

    # -- as told by the fetcher

    def asked(self, host: str, *, follows: bool = False) -> None:
        """A document request leaves; one that `follows` a redirect owes the host no pause."""
        self._requests += 1
        if follows:
            return
        if known := self._host(host):
            now = self.clock()
            if known.asked is not None:
                gap = now - known.asked
                known.gap = gap if known.gap is None else min(gap, known.gap)
            known.asked = now

    def fetched(self, host: str, seconds: float, *, failed: bool, goes_on: bool) -> None:
        """A page came, or did not; waiting for its turn does not count.  One that `goes_on` is
        counted already: its document came, now it is rendered."""
        if known := self._host(host):
            known.pages += not goes_on
            known.failed += failed
            known.seconds += seconds
            known.slowest = max(known.slowest, seconds)

    def _host(self, name: str) -> _Host | None:
        if name not in self._hosts and len(self._hosts) >= _MOST_HOSTS:
            return None
        return self._hosts.setdefault(name, _Host())


class _MeasuredFetcher:
    def __init__(self, fetcher: Fetcher, measured: Measured) -> None:
        self._fetcher, self._measured = fetcher, measured
        self.get, self.close = fetcher.get, fetcher.close

    @property
    def received(self) -> int:
        return self._fetcher.received

    async def fetch(
        self,
        request: Request,
        rule: FetchRule,
        admit: Admit,
        at_hand: Sequence[Exchange] = (),
        unless: Validators | None = None,
        judge: Judge | None = None,
    ) -> Snapshot:
        clock, waited, follows = self._measured.clock, 0.0, False

        async def admitted(address: str) -> None:
            nonlocal waited, follows
            began = clock()
            await admit(address)
            waited += clock() - began
            self._measured.asked(url.host(address), follows=follows)
            follows = True

        began, failed = clock(), True
        try:
            snapshot = await self._fetcher.fetch(request, rule, admitted, at_hand, unless, judge)
            failed = False
        finally:
            seconds = clock() - began - waited
            goes_on = bool(at_hand)
            self._measured.fetched(request.host, seconds, failed=failed, goes_on=goes_on)
        return snapshot

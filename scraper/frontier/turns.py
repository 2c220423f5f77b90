"""Hosts take turns: which one may be asked next, in memory alone.  Times are Unix seconds."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from itertools import count

from scraper.frontier.politeness import Pace


@dataclass(slots=True)
class Host:
    """`fresh` tells that requests may wait which were never handed out, `after` is the id of the
    last one that was.  `again` holds (not before, id) of those that were given back.  `planned` is
    when the schedule looks at the host next, None for not at all."""

    pace: Pace = field(default_factory=Pace)
    fresh: bool = False
    after: int = 0
    again: list[tuple[float, int]] = field(default_factory=list)
    leased: int = 0
    planned: float | None = None

    def due(self) -> float:
        """When something of it may start; inf for not before something changes."""
        if self.pace.probing and self.leased:
            return math.inf
        if self.fresh or (self.again and self.pace.given_up):
            return self.pace.free_at()
        if self.again:
            return max(self.pace.free_at(), self.again[0][0])
        return math.inf

    def pop_again(self, now: float) -> int | None:
        """A request that was given back and may start now."""
        if self.again and (self.again[0][0] <= now or self.pace.given_up):
            return heapq.heappop(self.again)[1]
        return None


class Turns:
    """A heap of (when, host).  An entry whose host was planned anew since is stale and skipped."""

    def __init__(self) -> None:
        self._hosts: dict[str, Host] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._number = count()

    def __getitem__(self, name: str) -> Host:
        """The host, new when it is not known yet."""
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = Host()
        return host

    def __contains__(self, name: str) -> bool:
        return name in self._hosts

    def plan(self, name: str) -> None:
        """To be called after each change of a host."""
        host = self[name]
        due = host.due()
        if due < math.inf and (host.planned is None or due < host.planned):
            host.planned = due
            heapq.heappush(self._heap, (due, next(self._number), name))

    def plan_all(self) -> None:
        """After loading."""
        for name in self._hosts:
            self.plan(name)

    def bring_forward(self, latest: float) -> None:
        """Nothing waits beyond `latest`."""
        for name, host in self._hosts.items():
            host.pace.held_until = min(host.pace.held_until, latest)
            host.again = [(min(at, latest), id) for at, id in host.again]
            self.plan(name)

    def next(self, now: float) -> str | float:
        """The host that has been due longest, then to be planned again; else when the next one will
        be due, inf for not before something changes."""
        while self._heap:
            when, _, name = self._heap[0]
            host = self._hosts[name]
            due = host.due()
            if when == host.planned == due:
                if when > now:
                    return when
                heapq.heappop(self._heap)
                host.planned = None
                return name
            heapq.heappop(self._heap)
            if when == host.planned:
                host.planned = None
                self.plan(name)
        return math.inf

    def clear(self) -> None:
        """Forget all hosts."""
        self._hosts.clear()
        self._heap.clear()

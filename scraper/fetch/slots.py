"""How many connections of a host may be in use at once, whoever uses them."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from types import TracebackType


class HostSlots:
    """First come, first served, each host for itself."""

    def __init__(self, default: int) -> None:
        self._default = default
        self._limits: dict[str, int] = {}
        self._held: dict[str, int] = defaultdict(int)
        self._waiting: dict[str, deque[asyncio.Future[None]]] = defaultdict(deque)

    def limit(self, host: str, slots: int) -> None:
        """From now on so many for this host."""
        self._limits[host] = slots
        self._hand_on(host)

    def take_free(self, host: str) -> bool:
        """Take a slot if there is one, without waiting."""
        free = self._held[host] < self._limit(host) and not self._waiting[host]
        self._held[host] += free
        return free

    async def take(self, host: str) -> None:
        """Waits for a slot.  Every `take` is followed by one `free`."""
        if self.take_free(host):
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[host].append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._waiting[host].remove(turn)
            else:  # the slot was handed over and the waiter cancelled in the same moment
                self.free(host)
            raise

    def free(self, host: str) -> None:
        self._held[host] -= 1
        self._hand_on(host)
        if not self._held[host] and not self._waiting[host]:
            del self._held[host], self._waiting[host]

    def in_use(self, host: str) -> int:
        return self._held.get(host, 0)

    def _limit(self, host: str) -> int:
        return self._limits.get(host, self._default)

    def _hand_on(self, host: str) -> None:
        queue = self._waiting[host]
        while queue and self._held[host] < self._limit(host):
            turn = queue.popleft()
            if not turn.done():
                self._held[host] += 1
                turn.set_result(None)


class Lease:
    """One connection's use of a slot: taken when a request starts, freed when it is over; both may
    be asked for twice."""

    def __init__(self, slots: HostSlots, host: str) -> None:
        self._slots, self._host = slots, host
        self.held = False

    def take_free(self) -> bool:
        """Without waiting; False when all are in use."""
        self.held = self.held or self._slots.take_free(self._host)
        return self.held

    async def take(self) -> None:
        if not self.held:
            await self._slots.take(self._host)
            self.held = True

    def free(self) -> None:
        if self.held:
            self.held = False
            self._slots.free(self._host)

    async def __aenter__(self) -> Lease:
        await self.take()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.free()

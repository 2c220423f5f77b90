"""Manners towards one host: may an address be asked for, and when."""

from __future__ import annotations

import math
from collections.abc import Callable

from scraper import url
from scraper.errors import PageError
from scraper.protocols import Admit, Clock
from scraper.robots import Robots


class Manners:
    """For one run.  `paced(host, delay)` is called as soon as a host's pace is known; a delay of
    None says that it could not be learned.  Without `robots` no file is read or obeyed."""

    def __init__(
        self, robots: Robots | None, clock: Clock, paced: Callable[[str, float | None], None]
    ) -> None:
        self._robots, self._clock, self._paced = robots, clock, paced
        self._delays: dict[str, float] = {}
        self._turns: dict[str, float] = {}  # the earliest start of the next page
        self._started: dict[str, float] = {}

    async def admit(self, address: str) -> None:
        """Raises PageError for what robots.txt forbids, and for what is no address."""
        try:
            url.host(address)
            if self._robots:
                await self._robots.admit(address)
        except PageError as error:
            error.final_url = address
            raise

    def at_its_turn(self, host: str) -> Admit:
        """Admits a page's documents, the first not before the host's delay has passed since the
        page before it really set out: the way from the queue to the wire is not always as long."""
        first = True

        async def admit(address: str) -> None:
            nonlocal first
            await self.admit(address)
            if first:
                first = False
                now = self._clock.now().timestamp()
                turn = max(now, self._turns.get(host, now))
                self._turns[host] = turn + self._delays.get(host, 0.0)
                if turn > now:
                    await self._clock.sleep(turn - now)
                # Who woke late is not to be followed the sooner.
                while (early := self._free_at(host) - self._clock.now().timestamp()) > 0:
                    await self._clock.sleep(early)
                self._started[host] = self._clock.now().timestamp()

        return admit

    def _free_at(self, host: str) -> float:
        return self._started.get(host, -math.inf) + self._delays.get(host, 0.0)

    async def learn_pace(self, host: str, address: str, delay: float) -> None:
        """Raises what reading robots.txt met."""
        try:
            if self._robots:
                delay = max(delay, (await self._robots.rules(address)).crawl_delay)
        except PageError as error:
            error.final_url = None  # robots.txt is nothing the user asked for
            self._paced(host, None)
            raise
        self._delays[host] = delay
        self._paced(host, delay)

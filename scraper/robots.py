"""What robots.txt lets us fetch (RFC 9309).  Read once an origin, kept in the frontier."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from protego import Protego

from scraper import url
from scraper.errors import (
    BodyIncomplete,
    BodyTooLarge,
    BodyUndecodable,
    PageTimeout,
    RedirectRefused,
    RobotsRefused,
)
from scraper.protocols import Clock, Fetcher, Frontier, InWriter

MAX_BYTES = 500 * 1024
"""A parser must read at least this much of the file (RFC 9309, 2.5); we read no more."""
MAX_CRAWL_DELAY = 30.0
"""Seconds; a longer Crawl-delay is taken for this."""
_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin's file says to us.  `refusal` refuses every address with that reason."""

    parser: Protego | None = None
    refusal: str | None = None
    crawl_delay: float = 0.0


class Robots:
    """Answers for one run."""

    def __init__(
        self,
        fetcher: Fetcher,
        frontier: Frontier,
        clock: Clock,
        token: str,
        in_writer: InWriter,
    ) -> None:
        self._fetcher = fetcher
        self._frontier = frontier
        self._clock = clock
        self._token = token
        self._in_writer = in_writer
        self._rules: OrderedDict[str, asyncio.Future[Rules]] = OrderedDict()

    async def admit(self, address: str) -> None:
        """Raises RobotsRefused, and what reading robots.txt itself met (no such host, a private
        address, no connection): the address would meet the same."""
        rules = await self.rules(address)
        if rules.refusal:
            raise RobotsRefused(address, rules.refusal)
        if rules.parser and not rules.parser.can_fetch(address, self._token):
            raise RobotsRefused(address)

    async def rules(self, address: str) -> Rules:
        """The rules of the address's origin; readers that come together share one request, and one
        that gives up does not take the others with it."""
        origin = url.origin(address)
        reading = self._rules.get(origin)
        if reading is None:
            reading = self._rules[origin] = asyncio.ensure_future(self._read(origin))
            reading.add_done_callback(lambda done: self._forget_failure(origin, done))
            while len(self._rules) > _KEPT:
                self._rules.popitem(last=False)
        return await asyncio.shield(reading)

    def _forget_failure(self, origin: str, done: asyncio.Future[Rules]) -> None:
        if (done.cancelled() or done.exception()) and self._rules.get(origin) is done:
            del self._rules[origin]

    async def _read(self, origin: str) -> Rules:
        now = self._clock.now().timestamp()
        answer = await self._in_writer(lambda: self._frontier.robots(origin, now))
        if answer is None:
            status, body = await self._fetch(origin)
            await self._in_writer(lambda: self._frontier.keep_robots(origin, status, body, now))
            answer = status, body
        return self._understand(*answer)

    async def _fetch(self, origin: str) -> tuple[int, bytes]:
        async def admit(target: str) -> None:
            url.parse(target)

        try:
            exchange = await self._fetcher.get(
                origin + "/robots.txt", admit=admit, accept="text/plain"
            )
        except RedirectRefused:
            return 404, b""  # too many redirects count as no file (RFC 9309, 2.3.1.2)
        except (BodyTooLarge, BodyUndecodable, BodyIncomplete, PageTimeout):
            return 500, b""  # as good as a server error; the page may well be there
        return exchange.status, exchange.body[:MAX_BYTES]

    def _understand(self, status: int, body: bytes) -> Rules:
        if status >= 500 or status == 429:
            return Rules(refusal=f"robots.txt could not be read (status {status})")
        if not 200 <= status < 300:
            return Rules()
        parser = Protego.parse(body.decode("utf-8-sig", errors="replace"))
        delay = parser.crawl_delay(self._token) or 0.0
        return Rules(parser, None, min(max(float(delay), 0.0), MAX_CRAWL_DELAY))

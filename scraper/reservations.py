"""What a site's file /.well-known/tdmrep.json reserves (W3C's TDM Reservation Protocol).  Read once
an origin, kept in the frontier as robots.txt is."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final
from urllib.parse import urlsplit

import orjson

from scraper import url
from scraper.errors import PageError
from scraper.protocols import Admit, Clock, Fetcher, Frontier, InWriter

FILE: Final = "/.well-known/tdmrep.json"
RESERVED: Final = "tdm-reservation"

MAX_BYTES: Final = 500 * 1024
MOST_RULES: Final = 1_000
_KEPT: Final = 1_000

Rules = tuple[tuple[str, bool], ...]
"""Patterns of paths, and whether such are reserved."""


class Reservations:
    """Answers for one run.  `admit` says whether the file itself may be asked for."""

    def __init__(
        self, fetcher: Fetcher, frontier: Frontier, clock: Clock, in_writer: InWriter, admit: Admit
    ) -> None:
        self._fetcher, self._frontier, self._clock = fetcher, frontier, clock
        self._in_writer, self._admit = in_writer, admit
        self._rules: OrderedDict[str, asyncio.Task[Rules]] = OrderedDict()

    async def of(self, address: str) -> tuple[str, ...]:
        """The directives that the file has for a page, as `Snapshot.asked` names them."""
        origin = url.origin(address)
        reading = self._rules.get(origin)
        if reading is None:
            reading = self._rules[origin] = asyncio.create_task(self._read(origin))
            while len(self._rules) > _KEPT:
                self._rules.popitem(last=False)
        rules = await asyncio.shield(reading)
        return (RESERVED,) if is_reserved(rules, address) else ()

    async def _read(self, origin: str) -> Rules:
        """What cannot be had reserves nothing."""
        now, where = self._clock.now().timestamp(), origin + FILE
        answer = await self._in_writer(lambda: self._frontier.robots(where, now))
        if answer is None:
            answer = await self._fetch(where)
            status, body = answer
            await self._in_writer(lambda: self._frontier.keep_robots(where, status, body, now))
        status, body = answer
        return read_rules(body) if 200 <= status < 300 else ()

    async def _fetch(self, where: str) -> tuple[int, bytes]:
        try:
            await self._admit(where)
            answer = await self._fetcher.get(where, admit=self._admit, accept="application/json")
        except PageError as error:
            return error.status or 0, b""
        return answer.status, answer.body[:MAX_BYTES]


def read_rules(body: bytes) -> Rules:
    """In their order.  A file that is none has no rules."""
    try:
        entries = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ()
    found = []
    for entry in entries[:MOST_RULES] if isinstance(entries, list) else ():
        place = entry.get("location") if isinstance(entry, dict) else None
        if isinstance(place, str) and place:
            found.append((place, entry.get(RESERVED) in (1, "1", True)))
    return tuple(found)


def is_reserved(rules: Rules, address: str) -> bool:
    """By the longest pattern that the path fits, as in robots.txt: `*` is anything, `$` the end;
    among equally long ones a reservation wins."""
    parts = urlsplit(address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fitting = [(len(place), reserved) for place, reserved in rules if _fits(place, path)]
    return max(fitting, default=(0, False))[1]


def _fits(place: str, path: str) -> bool:
    """Linear in time: each part between stars is looked for once, from left to right."""
    ends = place.endswith("$")
    first, *rest = place.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1] if ends and rest else rest:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    if not ends:
        return True
    return path[at:].endswith(rest[-1]) if rest else at == len(path)

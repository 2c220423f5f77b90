"""What an archive answers, by address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from scraper import url
from scraper.errors import PageError
from scraper.snapshot import Exchange


class Answers:
    """Where no exchange has the very address, one that differs only in its query is given, if there
    is no other such: many are made of the time of day.  `picture` gives stored pictures for what
    was not kept with the page."""

    def __init__(
        self, exchanges: Iterable[Exchange], picture: Callable[[str], bytes | None] = lambda _: None
    ) -> None:
        self._exact: dict[tuple[str, str], Exchange] = {}
        self._by_path: defaultdict[tuple[str, str], list[Exchange]] = defaultdict(list)
        self._picture = picture
        for exchange in exchanges:
            address = comparable(exchange.url)
            self._exact.setdefault((exchange.method, address), exchange)
            self._by_path[exchange.method, address.partition("?")[0]].append(exchange)

    def find(self, method: str, address: str) -> Exchange | None:
        """None when the archive has no answer."""
        address = comparable(address)
        found = self._exact.get((method, address))
        if found is None:
            alike = self._by_path.get((method, address.partition("?")[0]), [])
            found = alike[0] if len(alike) == 1 else None
        if found is None and (body := self._picture(address)) is not None:
            return Exchange(address, 200, (), body, datetime.now(UTC))
        return replace(found, url=address) if found else None


def comparable(address: str) -> str:
    """The address in the one form that stands for all its spellings."""
    try:
        return url.clean(address)
    except PageError:
        return address

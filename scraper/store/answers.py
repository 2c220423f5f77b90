"""What an archive answers, by address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote_plus

from scraper import url
from scraper.credentials import WITHHELD
from scraper.errors import PageError
from scraper.parameters import Parameters
from scraper.record import Article
from scraper.snapshot import Exchange
from scraper.store.warc import LONGEST_SENT


class Answers:
    """Where no exchange has the very address, one that differs only in its query is given, if there
    is no other such: many are made of the time of day.  Of several answers to what was posted to
    one address, that to the same body is given, else the first.  `picture` gives stored pictures
    for what was not kept with the page."""

    def __init__(
        self, exchanges: Iterable[Exchange], picture: Callable[[str], bytes | None] = lambda _: None
    ) -> None:
        self._exact: dict[tuple[str, str], Exchange] = {}
        self._posted: dict[tuple[str, str, bytes], Exchange] = {}
        self._by_path: defaultdict[tuple[str, str], list[Exchange]] = defaultdict(list)
        self._picture, self._hidden = picture, Hidden()
        for exchange in exchanges:
            address = comparable(exchange.url)
            self._hidden.learn(address)
            self._exact.setdefault((exchange.method, address), exchange)
            if exchange.request_body:
                key = exchange.method, address, exchange.request_body
                self._posted.setdefault(key, exchange)
            self._by_path[exchange.method, address.partition("?")[0]].append(exchange)

    def find(self, method: str, address: str, body: bytes = b"") -> Exchange | None:
        """None when the archive has no answer."""
        address = comparable(address)
        known = self._hidden.of(address)
        found = self._posted.get((method, known, self._hidden.posted(body)))
        found = found or self._exact.get((method, known))
        if found is None:
            alike = self._by_path.get((method, known.partition("?")[0]), [])
            found = alike[0] if len(alike) == 1 else None
        if found is None and (stored := self._picture(known)) is not None:
            return Exchange(address, 200, (), stored, datetime.now(UTC))
        return replace(found, url=address) if found else None


class Hidden:
    """Which parameters are withheld from an archive's addresses, as these show."""

    def __init__(self) -> None:
        self._parameters = Parameters(())

    def learn(self, address: str) -> None:
        if WITHHELD in address:
            parts = (part.partition("=") for part in address.partition("?")[2].split("&"))
            names = {unquote_plus(name) for name, _, value in parts if value == WITHHELD}
            if not names <= set(self._parameters.names):
                self._parameters = Parameters([*self._parameters.names, *names])

    def posted(self, body: bytes) -> bytes:
        """The same of what is posted, as far as it is kept."""
        return self._parameters.posted(body)[:LONGEST_SENT]

    def of(self, address: str) -> str:
        """The address as it would stand in the archive."""
        return self._parameters.hidden(address)


def comparable(address: str) -> str:
    """The address in the one form that stands for all its spellings."""
    try:
        return url.clean(address)
    except PageError:
        return address


def stored_pictures(collection: Path, article: Article) -> Callable[[str], bytes | None]:
    """The record's pictures out of the collection, by address."""
    stored = {comparable(one.url): one.media.path for one in article.images if one.media}

    def picture(address: str) -> bytes | None:
        name = stored.get(address)
        return (collection / name).read_bytes() if name else None

    return picture

"""The pictures of a record: each address is fetched once in an invocation, with the Referer the
browser would send."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Literal
from urllib.parse import urljoin

from scraper import url
from scraper.backoff import backoff
from scraper.errors import HttpStatus, PageError
from scraper.protocols import Admit, Clock, Fetcher
from scraper.record import Article, Media, MediaFailure
from scraper.referrer import policy, referrer
from scraper.snapshot import Exchange, Snapshot, header

ACCEPT = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
MOST_REDIRECTS = 10
_TOGETHER = 6
_REMEMBERED = 100_000

_Key = tuple[str, bool]
"""An address, and whether it is of its page's own origin: then it may need a login."""


class Pictures:
    """`keep` stores bytes and says what they are (see `Store.put_media`), off the event loop;
    `retries` is how often more a picture is tried after a transient failure."""

    def __init__(
        self,
        fetcher: Fetcher,
        keep: Callable[[bytes], Awaitable[Media]],
        admit: Admit,
        clock: Clock,
        retries: int,
    ) -> None:
        self._fetcher = fetcher
        self._keep = keep
        self._admit = admit
        self._clock = clock
        self._retries = retries
        self._known: OrderedDict[_Key, asyncio.Future[Media | MediaFailure]] = OrderedDict()

    async def complete(
        self,
        article: Article,
        snapshot: Snapshot,
        referer: Literal["page", "origin", "none"],
        true: Mapping[str, str] | None = None,
    ) -> tuple[Article, Snapshot]:
        """The record with its pictures stored, or with the reason why not beside each.  What the
        page has loaded already is not fetched again; where the page's parts are kept, pictures
        that had to be fetched are among them afterwards.  `true` has the address to ask for where
        another is written down.  Raises only what ends a run."""
        loaded = {part.url: part for part in snapshot.parts or ()}
        fetched: list[Exchange] = []
        markup = snapshot.dom or (snapshot.document or b"")[:65536].decode("latin-1")
        rule = policy(header(snapshot.headers, "Referrer-Policy"), markup)
        rule = {"page": rule, "origin": "origin", "none": "no-referrer"}[referer]
        addresses = article.picture_urls()
        true = true or {}
        page = true.get(snapshot.url, snapshot.url)
        gate = asyncio.Semaphore(_TOGETHER)

        async def one(address: str) -> Media | MediaFailure:
            async with gate:
                try:
                    if part := _answer(address, loaded):
                        return await self._stored(part)
                except PageError as error:
                    return MediaFailure(code=error.code, message=str(error))
                address = true.get(address, address)
                sent = referrer(page, address, rule)
                return await self._once(address, page, sent, fetched)

        results = await asyncio.gather(*(one(address) for address in addresses))
        if snapshot.parts is not None and fetched:
            snapshot = replace(snapshot, parts=(*snapshot.parts, *fetched))
        return article.with_media(dict(zip(addresses, results, strict=True))), snapshot

    async def _once(
        self,
        address: str,
        page: str,
        referer: str | None,
        fetched: list[Exchange],
    ) -> Media | MediaFailure:
        try:
            address = url.clean(address)
            key = address, url.origin(address) == url.origin(page)
        except PageError as error:
            return MediaFailure(code=error.code, message=str(error))
        fetching = self._known.get(key)
        if fetching is None:
            fetching = asyncio.ensure_future(self._fetch(address, page, referer, fetched))
            self._known[key] = fetching
            fetching.add_done_callback(lambda done: self._forget_crash(key, done))
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return await asyncio.shield(fetching)

    def _forget_crash(self, key: _Key, done: asyncio.Future[Media | MediaFailure]) -> None:
        if (done.cancelled() or done.exception()) and self._known.get(key) is done:
            del self._known[key]

    async def _fetch(
        self, address: str, page: str, referer: str | None, fetched: list[Exchange]
    ) -> Media | MediaFailure:
        attempt = 0
        while True:
            try:
                return await self._try(address, page, referer, fetched)
            except PageError as error:
                if not error.retryable or attempt >= self._retries:
                    return MediaFailure(code=error.code, message=str(error))
            attempt += 1
            await self._clock.sleep(backoff(attempt))

    async def _try(
        self, address: str, page: str, referer: str | None, fetched: list[Exchange]
    ) -> Media:
        await self._admit(address)
        exchange = await self._fetcher.get(
            address, admit=self._admit, page=page, referer=referer, accept=ACCEPT
        )
        fetched += [*exchange.redirects, exchange]
        return await self._stored(exchange)

    async def _stored(self, exchange: Exchange) -> Media:
        if exchange.status != 200:
            raise HttpStatus(exchange.status)
        return await self._keep(exchange.body)


def _answer(address: str, loaded: Mapping[str, Exchange]) -> Exchange | None:
    """What a page that loaded this address got at the end of its redirects."""
    address = url.clean(address)
    for _ in range(MOST_REDIRECTS):
        part = loaded.get(address)
        location = header(part.headers, "Location") if part else None
        if part is None or not (location and 300 <= part.status < 400):
            return part
        address = url.clean(urljoin(address, location))
    return None

"""Gives a tab its documents.

The browser asks for a page, we fetch it with the HTTP client and hand it over.  So redirects,
limits, cut answers and refused addresses are the same with and without a browser, the document's
bytes are exactly the server's, and it is requested once.  Cookies stay the browser's affair.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from scraper import url
from scraper.errors import BrowserCrashed, NotAPage, PageError
from scraper.fetch.content import declared_type, other_type
from scraper.fetch.deadline import Deadline
from scraper.fetch.devtools import CommandRefused, Devtools
from scraper.fetch.http import HttpClient
from scraper.fetch.redirects import Trail, target
from scraper.snapshot import Exchange, Headers

MOST_DOCUMENTS = 10
"""Of one page, redirects not counted: what its scripts and `meta refresh` may move on to."""

_NO_DOCUMENT = {204, 205, 304}
_FRAMING = {"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"}


class Documents:
    """Of one page, in one tab; each is admitted before it is asked for."""

    def __init__(
        self,
        devtools: Devtools,
        client: HttpClient,
        first: str,
        *,
        admit: Callable[[str], Awaitable[None]],
        deadline: Deadline,
    ) -> None:
        self._devtools, self._client = devtools, client
        self._admit, self._deadline = admit, deadline
        self._trail = Trail(first, returns=1)
        self._documents = 0
        self.where = first
        """The address asked for last."""
        self.under_way = 0
        self.exchanges: list[Exchange] = []
        self.answer: Exchange | None = None
        """The latest document, shown or not."""
        self.origins: set[str] = set()
        """Of the documents that the tab got to show."""
        self.failed: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
        """Why there is no page: a PageError, or what ends the run."""

    async def serve(self, event: dict[str, Any]) -> None:
        """Answer the main frame's request that `event` (Fetch.requestPaused) holds up."""
        request, paused = event["request"], event["requestId"]
        address = request["url"]
        self.under_way += 1
        try:
            self.where = address = url.clean(address)
            await self._give(paused, await self._fetch(address, request))
        except (CommandRefused, BrowserCrashed):
            pass  # the tab has moved on; who waits for it sees that for himself
        except Exception as error:  # noqa: BLE001 - handed to the task that waits for the page
            await self._refuse(paused, error, address)
        finally:
            self.under_way -= 1

    async def _fetch(self, address: str, request: dict[str, Any]) -> Exchange:
        with self._deadline.paused():
            await self._admit(address)
        return await self._client.exchange(
            address,
            headers={**request["headers"], **_navigation(address, request["headers"])},
            method=request["method"],
            body=_posted(request),
            pause=self._deadline.paused,
        )

    async def _give(self, paused: str, exchange: Exchange) -> None:
        following = target(exchange)
        if following is not None:
            self._trail.follow(following)
            self.exchanges.append(exchange)
            await self._fulfil(paused, exchange, b"")
            return
        self._documents += 1
        if self._documents > MOST_DOCUMENTS:
            await self._devtools.send("Fetch.failRequest", requestId=paused, errorReason="Aborted")
            return
        other = other_type(exchange.headers, exchange.body)
        usual = 200 <= exchange.status < 300
        if other and usual and exchange.status not in _NO_DOCUMENT:
            error = NotAPage(other)
            error.status = exchange.status
            raise error
        if not other and exchange.status not in _NO_DOCUMENT:
            self.exchanges.append(exchange)
            self.answer = exchange
            self.origins.add(url.origin(exchange.url))
            await self._fulfil(paused, exchange, exchange.body)
            return
        if not self.origins:  # else the page stays
            self.exchanges.append(exchange)
            self.answer = exchange
        await self._devtools.send("Fetch.failRequest", requestId=paused, errorReason="Aborted")

    async def _fulfil(self, paused: str, exchange: Exchange, body: bytes) -> None:
        await self._devtools.send(
            "Fetch.fulfillRequest",
            requestId=paused,
            responseCode=exchange.status,
            responsePhrase=exchange.reason or "-",
            responseHeaders=[{"name": n, "value": v} for n, v in _passed_on(exchange.headers)],
            body=base64.b64encode(body).decode(),
        )

    async def _refuse(self, paused: str, error: Exception, address: str) -> None:
        """The page's failure; except that a page stays when its script starts a download."""
        if isinstance(error, PageError):
            error.final_url = error.final_url or address
        if not (self.origins and isinstance(error, NotAPage)) and not self.failed.done():
            self.failed.set_result(error)
        with contextlib.suppress(CommandRefused, BrowserCrashed):
            await self._devtools.send("Fetch.failRequest", requestId=paused, errorReason="Aborted")


def _navigation(address: str, headers: dict[str, str]) -> dict[str, str]:
    """What the browser's network layer would have added."""
    referer = next((v for k, v in headers.items() if k.lower() == "referer"), None)
    site = "none"
    if referer:
        site = "same-origin" if url.origin(referer) == url.origin(address) else "cross-site"
    return {
        "Sec-Fetch-Site": site,
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }


def _posted(request: dict[str, Any]) -> bytes | None:
    entries = request.get("postDataEntries") or []
    if entries:
        return b"".join(base64.b64decode(entry.get("bytes", "")) for entry in entries)
    posted = request.get("postData")
    return posted.encode() if posted is not None else None


def _passed_on(headers: Headers) -> Headers:
    """What the browser may know of the answer: not how its bytes travelled."""
    kept = tuple((name, value) for name, value in headers if name.lower() not in _FRAMING)
    return kept if declared_type(headers) else (*kept, ("Content-Type", "text/html"))

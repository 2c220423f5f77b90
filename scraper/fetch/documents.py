"""Gives a tab its documents, what else only a login can get, and for a full archive everything.

The browser asks for a page, we fetch it with the HTTP client and hand it over.  So redirects,
limits, cut answers and refused addresses are the same with and without a browser, the document's
bytes are exactly the server's, and it is requested once.  Cookies stay the browser's affair,
except those of a login: these it never has.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import Protocol

from scraper import url
from scraper.errors import BrowserCrashed, NotAPage, PageError
from scraper.fetch.budget import Budget
from scraper.fetch.content import declared_type, other_type
from scraper.fetch.deadline import Deadline
from scraper.fetch.devtools import CommandRefused
from scraper.fetch.held import HeldRequest
from scraper.fetch.http import Pause, navigation
from scraper.fetch.logins import NO_LOGINS, Logins
from scraper.fetch.redirects import Trail, target
from scraper.listing import listing_kind
from scraper.snapshot import Exchange, Headers, header

MOST_DOCUMENTS = 10
"""Of one page, redirects not counted: what its scripts and `meta refresh` may move on to."""
MOST_ASKED = 40
"""Of one page, redirects and what was given up or is no document included."""

PARTS = {
    "Script": "script", "Stylesheet": "style", "XHR": "empty", "Fetch": "empty",
    "Document": "iframe", "Manifest": "manifest", "TextTrack": "track", "Prefetch": "empty",
    "Other": "empty",
}  # fmt: skip
"""Kinds of requests that a login may go with, and what headers call them."""
MORE_PARTS = {"Image": "image", "Media": "video", "Font": "font", "Ping": "empty"}
"""Those a full archive keeps besides."""
STREAM = "stream: it has no end"
SOCKET = "socket: it has no answer that could be kept"
LATE = "late: it had not come when the page was read"
"""Why a full archive lacks something; what failed has the code and the sentence of its error."""
LARGEST_SHOWN = 8 * 2**20
"""Bytes; a longer document is not rendered.  On its way to the browser it would stall all other
pages, and it needs more memory than a page gets."""

_NO_DOCUMENT = {204, 205, 304}
_FRAMING = {"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"}


class Client(Protocol):
    """Who answers: the web, or an archive."""

    async def exchange(
        self,
        address: str,
        *,
        headers: dict[str, str],
        method: str = "GET",
        body: bytes | None = None,
        logins: Logins = NO_LOGINS,
        pause: Pause = nullcontext,
    ) -> Exchange:
        """One request and its answer, no redirect followed.  Raises PageError."""
        ...


class Documents:
    """Of one page, in the main `frame` of one tab; each is admitted before it is asked for.
    `at_hand` are answers we got for the page already: they are not asked for again."""

    def __init__(
        self,
        frame: str,
        client: Client,
        first: str,
        *,
        logins: Logins = NO_LOGINS,
        full: bool = False,
        budget: Budget,
        admit: Callable[[str], Awaitable[None]],
        deadline: Deadline,
        at_hand: Sequence[Exchange] = (),
    ) -> None:
        self._at_hand = deque(_as_for_a_browser(at_hand))
        self._frame, self._client, self._logins = frame, client, logins
        self._budget, self._admit, self._deadline = budget, admit, deadline
        self._trail = Trail(first, returns=1)
        self._documents = self._asked = 0
        self.where = first
        """The address asked for last."""
        self.under_way = 0
        self.full = full
        self.exchanges: list[Exchange] = []
        self.parts: list[Exchange] = []
        """What `serve_part` got."""
        self.missed: list[tuple[str, str]] = []
        """What a full archive lacks: the address and the reason, a word, a colon and more."""
        self._pending: dict[HeldRequest, str] = {}
        self.answer: Exchange | None = None
        """The latest document, shown or not."""
        self.origins: set[str] = set()
        """Of the documents that the tab got to show."""
        self.failed: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
        """Why there is no page: a PageError, or what ends the run."""

    async def serve(self, held: HeldRequest) -> None:
        """Answer a request of the main frame."""
        address = held.url
        self._asked += 1
        if self._asked > MOST_ASKED:
            await held.fail()
            return
        self.under_way += 1
        try:
            self.where = address = url.clean(address)
            answer = self._taken_from_hand(held, address)
            if answer is None:
                with self._deadline.paused():
                    await self._admit(address)
                site = _site(held.referer, address) if held.referer else "none"
                answer = await self._fetch(held, address, navigation(site))
            await self._give(held, answer)
        except (CommandRefused, BrowserCrashed):
            pass  # the tab has moved on; who waits for it sees that for himself
        except Exception as error:  # noqa: BLE001 - handed to the task that waits for the page
            await self._refuse(held, error, address)
        finally:
            self.under_way -= 1

    def _taken_from_hand(self, held: HeldRequest, address: str) -> Exchange | None:
        """In their order and each once: a page that calls itself up again wants a new answer."""
        if held.method == "GET" and self._at_hand and self._at_hand[0].url == address:
            return self._at_hand.popleft()
        self._at_hand.clear()
        return None

    def serves(self, held: HeldRequest) -> bool:
        """Whether a part of the page is ours to get, by `serve_part`."""
        if self.full:
            stream = held.header("accept") == "text/event-stream"
            known = held.kind in PARTS or held.kind in MORE_PARTS
            if not held.url.startswith(("http:", "https:")):
                return False  # made by the page itself
            if stream:
                self.missed.append((held.url, STREAM))
            elif not known:
                self.missed.append((held.url, f"kind: {held.kind}"))
            return known and not stream
        return held.kind in PARTS and self._logins_for(held).at(held.url) is not None

    async def serve_part(self, held: HeldRequest) -> None:
        """Answer a request for what a page consists of; redirects are the browser's to follow."""
        if not self._budget.request():
            await held.fail()
            return
        self.under_way += 1
        self._pending[held] = held.url
        try:
            got = await self._fetch(held, url.clean(held.url), self._as_part(held))
        except PageError as error:
            self.missed.append((held.url, f"{error.code}: {error}"))
            await held.fail("Failed")
        else:
            self.parts.append(got)
            self._budget.passed(len(got.body))
            if len(got.body) > LARGEST_SHOWN:
                await held.fail("Failed")
            else:
                await held.fulfil(got.status, _passed_on(got.headers), got.body, got.reason)
        finally:
            self.under_way -= 1
            self._pending.pop(held, None)

    def _as_part(self, held: HeldRequest) -> dict[str, str]:
        """What the browser's network layer would have added."""
        shown = self.answer.url if self.answer else held.url
        return {
            "Accept": "*/*",
            "Sec-Fetch-Site": _site(held.referer or shown, held.url),
            "Sec-Fetch-Dest": (PARTS | MORE_PARTS)[held.kind],
        }

    def end(self) -> None:
        """The page was read: what is still on its way comes too late."""
        self.missed += [(address, LATE) for address in self._pending.values()]
        self._pending.clear()

    async def _fetch(self, held: HeldRequest, address: str, headers: dict[str, str]) -> Exchange:
        return await self._client.exchange(
            address,
            headers=headers | held.headers,
            method=held.method,
            body=held.body,
            logins=self._logins_for(held),
            pause=self._deadline.paused,
        )

    def _logins_for(self, held: HeldRequest) -> Logins:
        """Logins are for what we ask for, and for pages that ask for what is their own: no page may
        act in the user's name elsewhere."""
        own = url.origin(held.url)
        if held.referer:
            trusted = url.origin(held.referer) == own
        else:
            trusted = held.frame == self._frame and self.origins <= {own}
        return self._logins if trusted else NO_LOGINS

    async def _give(self, held: HeldRequest, exchange: Exchange) -> None:
        following = target(exchange)
        if following is not None:
            self._trail.follow(following)
            self.exchanges.append(exchange)
            await held.fulfil(exchange.status, _passed_on(exchange.headers), b"", exchange.reason)
            return
        self._documents += 1
        if self._documents > MOST_DOCUMENTS:
            self._set_aside(exchange)
            await held.fail()
            return
        listing = listing_kind(exchange.body)
        other = other_type(exchange.headers, exchange.body)
        usual = 200 <= exchange.status < 300
        if other and usual and not listing and exchange.status not in _NO_DOCUMENT:
            self._set_aside(exchange)
            error = NotAPage(other)
            error.status = exchange.status
            raise error
        large = len(exchange.body) > LARGEST_SHOWN
        if not (other or listing or large) and exchange.status not in _NO_DOCUMENT:
            self.exchanges.append(exchange)
            self.answer = exchange
            self.origins.add(url.origin(exchange.url))
            await held.fulfil(
                exchange.status, _as_page(exchange.headers), exchange.body, exchange.reason
            )
            return
        if not self.origins:  # else the page stays
            self.exchanges.append(exchange)
            self.answer = exchange
        else:
            self._set_aside(exchange)
        await held.fail()

    def _set_aside(self, exchange: Exchange) -> None:
        """No document of the page; all the same it came when the page was loaded."""
        if self.full:
            self.parts.append(exchange)

    async def _refuse(self, held: HeldRequest, error: Exception, address: str) -> None:
        """The page's failure; except that a page stays when its script starts a download."""
        if isinstance(error, PageError):
            error.final_url = error.final_url or address
        if not (self.origins and isinstance(error, NotAPage)) and not self.failed.done():
            self.failed.set_result(error)
        with contextlib.suppress(CommandRefused, BrowserCrashed):
            await held.fail()


def _as_for_a_browser(answers: Sequence[Exchange]) -> Iterator[Exchange]:
    """Of the answers to a client without cookies, those that a browser would have got too: after a
    redirect that sets one it comes to another page."""
    for answer in answers:
        yield answer
        if header(answer.headers, "Set-Cookie") is not None:
            return


def _site(of: str, address: str) -> str:
    return "same-origin" if url.origin(of) == url.origin(address) else "cross-site"


def _passed_on(headers: Headers) -> Headers:
    """What the browser may know of the answer: not how its bytes travelled."""
    return tuple((name, value) for name, value in headers if name.lower() not in _FRAMING)


def _as_page(headers: Headers) -> Headers:
    passed_on = _passed_on(headers)
    return passed_on if declared_type(headers) else (*passed_on, ("Content-Type", "text/html"))

"""One page at one moment, frozen: whatever reads it cannot tell a live page from one out of an
archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from scraper.mention import Mention

Headers = tuple[tuple[str, str], ...]
RenderedWith = Literal["browser", "http", "file"]

UNSEEN_MARK = "data-scraper-unseen"
"""The attribute by which a rendered DOM says of an element that no text in it could be seen:
`display` (it has no box), `collapsed` (its box has no height), `clip` (a box of a pixel),
`visibility`, `opacity`, `colour` (transparent), `size` (of the letters), `place` (where nobody
scrolls to)."""


def header(headers: Headers, name: str) -> str | None:
    """The first value of a header, whatever its case; None when it is absent."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request/response pair seen on the wire.

    `body` is the payload after transfer and content decoding.  `headers` are the server's,
    unchanged; `status_line`
    text such as `OK` is `reason`.  `started_at` is when the request left.  `redirects` are those
    that were followed to get here, where one call asked for them all.  `request_body` is what was
    posted.
    """

    url: str
    status: int
    headers: Headers
    body: bytes
    started_at: datetime
    method: str = "GET"
    reason: str = ""
    request_headers: Headers = ()
    request_body: bytes = b""
    redirects: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`request_url` was asked for, `url` answered (after redirects).

    `document` holds the document's own bytes (content encoding undone), None when only a rendered
    DOM is known.
    `dom` is the rendered DOM serialised as HTML, None when nothing was rendered.  `exchanges` are
    the document's own,
    redirects first.  `fetched_at` is aware, None for a file whose time nobody knows.  `warnings`
    say what was odd
    about the fetch (`load_timeout`: the page never finished loading and was read at the deadline;
    `load_limited`: it asked for more than one page may load; `not_rendered`: its document is too
    large for the browser).  `parts` are what the page loaded, None where that was not asked for;
    `missed` are addresses of parts that could not be had, each with the reason.  `redacted` names
    the parameters whose values are withheld from its addresses.  `screenshot` is a picture of the
    whole page, where one was asked for.  `mentions` are what led here, `further` the
    article's other pages, in order.  `asked` are directives that its site has for robots elsewhere
    than in its pages.
    """

    request_url: str
    url: str
    status: int
    headers: Headers
    document: bytes | None
    dom: str | None
    fetched_at: datetime | None
    rendered_with: RenderedWith
    exchanges: tuple[Exchange, ...] = ()
    warnings: tuple[str, ...] = ()
    parts: tuple[Exchange, ...] | None = None
    missed: tuple[tuple[str, str], ...] = ()
    redacted: tuple[str, ...] = ()
    screenshot: bytes | None = None
    mentions: tuple[Mention, ...] = ()
    further: tuple[Snapshot, ...] = ()
    asked: tuple[str, ...] = ()

"""Where a redirect leads, and when to stop following."""

from __future__ import annotations

from collections import Counter

import ada_url

from scraper import url
from scraper.errors import InvalidAddress, RedirectRefused
from scraper.snapshot import Exchange, header

MOST_REDIRECTS = 20
_STATUSES = {301, 302, 303, 307, 308}


def target(exchange: Exchange) -> str | None:
    """The address a redirect names, without fragment and user info; None for any other answer.
    Raises RedirectRefused, InvalidAddress and SchemeRefused."""
    if exchange.status not in _STATUSES:
        return None
    location = (header(exchange.headers, "Location") or "").strip()
    if not location:
        raise RedirectRefused("no_location", exchange.url)
    try:
        return url.clean(str(ada_url.URL(location, base=exchange.url).href))
    except (ValueError, UnicodeError) as error:
        raise InvalidAddress(location[:200], "a redirect to what is no address") from error


class Trail:
    """The addresses of one chain of redirects.  `returns` is how often one may be met again: once
    where cookies can change the answer, never where they cannot."""

    def __init__(self, first: str, returns: int = 0) -> None:
        self._met = Counter({first: 1})
        self._returns = returns

    def follow(self, to: str) -> None:
        """Raises RedirectRefused."""
        self._met[to] += 1
        if self._met[to] > 1 + self._returns:
            raise RedirectRefused("loop", to)
        if self._met.total() > 1 + MOST_REDIRECTS:
            raise RedirectRefused("too_many", to)

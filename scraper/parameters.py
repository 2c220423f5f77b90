"""Parameters of addresses whose values are not written down, such as `token` or `sig`.

What a job names is withheld wherever something is stored or shown: in addresses by its name, and
in everything else that no server sent (the rendered DOM, headers, what was posted) its value too.
Only for asking a server the true address is used, and only memory holds it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import quote, unquote, unquote_plus

from scraper import url
from scraper.credentials import WITHHELD
from scraper.snapshot import Exchange, Headers, Snapshot

_SHORTEST = 6
"""Characters of a value that is looked for in other texts; shorter ones are met by chance."""

_REST = r"(?:(?!%26|%23)[^&#\s\"'<>()\\`])+"
_BASE = re.compile(r"<base\s[^>]*?href\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)


class Parameters:
    """False when there are none."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(sorted({name.lower() for name in names}))
        either = "|".join(map(re.escape, self.names)) or r"\Z."
        before = rf"(?:[?&;]|%3F|%26)(?:{either})(?:=|%3D)"
        self._in_text = re.compile(rf"({before}){_REST}", re.IGNORECASE)
        self._reference = re.compile(rf"[^\s\"'<>()\\`]*{before}[^\s\"'<>()\\`]*", re.IGNORECASE)

    def __bool__(self) -> bool:
        return bool(self.names)

    def hidden(self, address: str) -> str:
        """The address, with `***` in the place of the values."""
        if not self.names:
            return address
        front, mark, query = address.partition("?")
        query, hash, fragment = query.partition("#")
        parts = [
            f"{part.partition('=')[0]}={WITHHELD}" if self._value(part) else part
            for part in query.split("&")
        ]
        return self._by_name(f"{front}{mark}{'&'.join(parts)}{hash}{fragment}")

    def lacks_value(self, address: str) -> bool:
        """Whether something was withheld from the address: nobody can be asked for it."""
        query = address.partition("?")[2].partition("#")[0]
        return any(self._value(part) == WITHHELD for part in query.split("&"))

    def snapshot(self, page: Snapshot) -> Snapshot:
        """The page as it may be written down and read: nothing is changed but what servers did not
        send, and the addresses in their headers."""
        if not self.names:
            return page
        exchanges = (*page.exchanges, *(page.parts or ()))
        addresses = [page.request_url, page.url, *(one.url for one in exchanges)]
        hide = self._hiding([*addresses, *(address for address, _ in page.missed)])

        def hide_exchange(one: Exchange) -> Exchange:
            return replace(
                one,
                url=hide(self.hidden(one.url)),
                headers=_each(one.headers, hide),
                request_headers=_each(one.request_headers, hide),
                request_body=_posted(one.request_body, hide),
                redirects=tuple(map(hide_exchange, one.redirects)),
            )

        return replace(
            page,
            request_url=self.hidden(page.request_url),
            url=self.hidden(page.url),
            headers=_each(page.headers, hide),
            dom=None if page.dom is None else hide(page.dom),
            exchanges=tuple(map(hide_exchange, page.exchanges)),
            parts=None if page.parts is None else tuple(map(hide_exchange, page.parts)),
            missed=tuple((hide(self.hidden(where)), hide(why)) for where, why in page.missed),
            redacted=self.names,
        )

    def posted(self, body: bytes) -> bytes:
        """What is posted, with `***` in the place of the values."""
        return _posted(body, self._hiding(()))

    def text(self, text: str, addresses: Iterable[str] = ()) -> str:
        """A text that speaks of addresses; the values in these are withheld from it too."""
        return self._hiding(addresses)(text)

    def true_addresses(self, page: Snapshot) -> dict[str, str]:
        """What the page refers to and is asked for, by the address that is written down."""
        markup = page.dom if page.dom is not None else (page.document or b"").decode("latin-1")
        base = _BASE.search(markup)
        start = (url.join(page.url, html.unescape(base[1])) if base else None) or page.url
        found = {self.hidden(page.url): page.url}
        for reference in self._reference.findall(markup):
            address = url.join(start, html.unescape(reference))
            if address:
                found.setdefault(self.hidden(address), address)
        return found

    def _value(self, part: str) -> str:
        """Of a part of a query; empty when it is none of ours."""
        name, _, value = part.partition("=")
        return value if unquote_plus(name).lower() in self.names else ""

    def _by_name(self, text: str) -> str:
        return self._in_text.sub(rf"\1{WITHHELD}", text)

    def _hiding(self, addresses: Iterable[str]) -> Callable[[str], str]:
        """What hides the values of these addresses wherever they stand, and those of others by
        their names."""
        secrets: set[str] = set()
        for address in addresses if self.names else ():
            for part in address.partition("?")[2].partition("#")[0].split("&"):
                value = self._value(part)
                plain = unquote(value)
                secrets |= {value, plain, unquote_plus(value), quote(plain, safe="")}
        longest = sorted((one for one in secrets if len(one) >= _SHORTEST), key=len, reverse=True)

        def hide(text: str) -> str:
            for secret in longest:
                text = text.replace(secret, WITHHELD)
            return self._by_name(text) if self.names else text

        return hide


def _posted(body: bytes, hide: Callable[[str], str]) -> bytes:
    """A form's parameters are those of a query."""
    return hide(f"?{body.decode('latin-1')}")[1:].encode("latin-1") if body else body


def _each(headers: Headers, hide: Callable[[str], str]) -> Headers:
    return tuple((name, hide(value)) for name, value in headers)

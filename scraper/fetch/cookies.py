"""Cookies (RFC 6265) that are ours to send: which of them an address gets, and what a server makes
of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import ada_url

MOST_COOKIES = 200
"""That one origin may set."""
LONGEST_COOKIE = 4096


@dataclass(frozen=True, slots=True)
class Cookie:
    """`domain` names a host, or with a dot before it all hosts below as well; empty for the origin
    alone that it is kept for.  `expires` is Unix time, None for never."""

    name: str
    value: str = field(repr=False)
    domain: str = ""
    path: str = "/"
    secure: bool = False
    expires: float | None = None

    def is_for(self, address: str, now: float) -> bool:
        """Whether a request for the address carries it."""
        if self.expires is not None and self.expires <= now:
            return False
        url = ada_url.URL(address)
        if self.secure and url.protocol != "https:":
            return False
        return self.is_of(url.hostname) and _below(url.pathname, self.path)

    def is_of(self, host: str) -> bool:
        """Whether the host is one of its domain."""
        bare, host = self.domain.removeprefix(".").lower().strip("[]"), host.strip("[]")
        below = self.domain.startswith(".") and host.endswith(f".{bare}")
        return not bare or host == bare or below


def cookie_header(cookies: Iterable[Cookie]) -> str:
    """Those with longer paths first, as servers expect it."""
    ordered = sorted(cookies, key=lambda cookie: -len(cookie.path))
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in ordered)


def set_cookie(line: str, address: str, now: float) -> Cookie | None:
    """Of a Set-Cookie header that answers a request for `address`; None when it is none.  Its
    domain is left out: it is kept for the one origin."""
    if len(line) > LONGEST_COOKIE:
        return None
    pair, *rest = line.split(";")
    name, equals, value = pair.partition("=")
    if not equals or not name.strip():
        return None
    attributes = {key.strip().lower(): text.strip() for key, _, text in _pairs(rest)}
    path = attributes.get("path", "")
    return Cookie(
        name.strip(),
        value.strip(),
        path=path if path.startswith("/") else _default_path(address),
        secure="secure" in attributes,
        expires=_expiry(attributes, now),
    )


def _pairs(parts: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    return (part.partition("=") for part in parts)


def _expiry(attributes: dict[str, str], now: float) -> float | None:
    age = attributes.get("max-age", "")
    if age.removeprefix("-").isdecimal():
        return now + max(int(age[:12]), 0)
    try:
        return parsedate_to_datetime(attributes["expires"]).timestamp()
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _default_path(address: str) -> str:
    return str(ada_url.URL(address).pathname).rpartition("/")[0] or "/"


def _below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix if prefix.endswith("/") else f"{prefix}/")

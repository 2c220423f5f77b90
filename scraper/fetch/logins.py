"""What origins are shown to let us in.  All of it goes to exactly the origin it is for (scheme,
host, port), and none of it is written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from scraper import credentials, url
from scraper.credentials import WITHHELD
from scraper.errors import PageError, UsageError
from scraper.fetch.cookies import MOST_COOKIES, Cookie, cookie_header, set_cookie
from scraper.job import Job
from scraper.snapshot import Headers

_SHORTEST = 6
_SHORTEST_COOKIE = 12
"""Characters of a secret that is looked for in what servers answer, shorter ones are met by chance;
more of cookies that nobody wrote down as secrets: most are none."""
_MOST_SECRETS = 1000
"""Remembered of an origin that renews its cookies again and again."""


class Login:
    """Of one origin, for one run: a session, whose cookies the origin may renew.  The browser never
    has them: its cookies would be sent to all ports of a host.  `password` is USER:PASS."""

    def __init__(
        self, headers: Mapping[str, str], cookies: Iterable[Cookie], password: str | None = None
    ) -> None:
        self._headers = dict(headers)
        if password:
            self._headers["Authorization"] = credentials.basic(password)
        self._cookies = {(cookie.name, cookie.path): cookie for cookie in cookies}
        values = self._headers.values()
        given = {*values, *(value.rpartition(" ")[2] for value in values)}
        given |= {cookie.value for cookie in self._cookies.values() if not cookie.domain}
        given.add((password or "").partition(":")[2])
        self._secrets = {secret for secret in given if len(secret) >= _SHORTEST}
        for cookie in self._cookies.values():
            self._hide(cookie)

    def headers(self, address: str, now: datetime) -> dict[str, str]:
        """What a request for the address carries."""
        moment = now.timestamp()
        cookies = [one for one in self._cookies.values() if one.is_for(address, moment)]
        return self._headers | ({"Cookie": cookie_header(cookies)} if cookies else {})

    def answered(self, address: str, headers: Headers, now: datetime) -> Headers:
        """The headers of an answer as others may see them; its cookies are kept here."""
        passed_on = []
        for name, value in headers:
            if name.lower() == "set-cookie":
                self._keep(set_cookie(value, address, now.timestamp()))
            else:
                passed_on.append((name, value))
        return tuple((name, self._without_secrets(value)) for name, value in passed_on)

    def _keep(self, cookie: Cookie | None) -> None:
        if cookie is None:
            return
        key = cookie.name, cookie.path
        if key in self._cookies or len(self._cookies) < MOST_COOKIES:
            self._cookies[key] = cookie
        self._hide(cookie)

    def _hide(self, cookie: Cookie) -> None:
        if len(cookie.value) >= _SHORTEST_COOKIE and len(self._secrets) < _MOST_SECRETS:
            self._secrets.add(cookie.value)

    def _without_secrets(self, text: str) -> str:
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, WITHHELD)
        return text


@dataclass(frozen=True, slots=True)
class Logins:
    """By origin.  `storage` is what the pages of an origin find in localStorage."""

    by_origin: Mapping[str, Login]
    storage: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, job: Job, seeds: Iterable[str]) -> Logins:
        """For the origins of the seeds.  Raises UsageError for what cannot be read, is missing, or
        was withheld when the job was written down."""
        headers = {one.name: one.secret() for one in map(credentials.header, job.header)}
        pairs = [(one.name, one.secret()) for one in map(credentials.cookie, job.cookie)]
        passwords = {one.name: one.secret() for one in map(credentials.auth, job.auth)}
        state = _State.read(job.storage_state) if job.storage_state else _State((), {})
        everywhere = [Cookie(name, value) for name, value in pairs]
        by_origin, storage = {}, {}
        for origin in _origins(seeds):
            host = url.host_and_port(origin)[0]
            cookies = [*(one for one in state.cookies if one.is_of(host)), *everywhere]
            if headers or cookies or origin in passwords:
                by_origin[origin] = Login(headers, cookies, passwords.get(origin))
            if items := state.storage.get(origin):
                storage[origin] = items
        return cls(by_origin, storage)

    def at(self, address: str) -> Login | None:
        """The login of the address's origin."""
        return self.by_origin.get(url.origin(address)) if self.by_origin else None

    def within(self, page: str | None) -> Logins:
        """Those that may be used for a page's sake: its own origin's."""
        login = self.at(page) if page else None
        return Logins({url.origin(page): login} if page and login else {}, {})


NO_LOGINS = Logins({}, {})


@dataclass(frozen=True, slots=True)
class _State:
    """What Playwright's `storage_state` wrote."""

    cookies: tuple[Cookie, ...]
    storage: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(cls, where: str) -> _State:
        """`where` is a file, or `env:NAME` for a variable with the JSON itself."""
        try:
            if credentials.is_reference(where):
                text: str | bytes = credentials.revealed("--storage-state", where)
            else:
                text = Path(where).read_bytes()
            state = orjson.loads(text)
            cookies = tuple(_cookie(one) for one in state.get("cookies", []))
            storage = {
                url.origin(one["origin"]): {
                    item["name"]: item["value"] for item in one["localStorage"]
                }
                for one in state.get("origins", [])
            }
        except OSError as error:
            raise UsageError(
                f"cannot read the storage state {where}: {error.strerror}; "
                "name it with --storage-state FILE"
            ) from error
        except (ValueError, TypeError, KeyError, AttributeError, PageError):
            # Without its cause, whose words could hold a value.
            raise UsageError(
                f"{where} is no storage state as Playwright writes them (cookies, origins)"
            ) from None
        return cls(cookies, storage)


def _cookie(item: dict[str, Any]) -> Cookie:
    expires = float(item.get("expires", -1))
    one = credentials.cookie(f"{item['name']}={item['value']}")
    return Cookie(
        one.name,
        one.written,
        domain=str(item["domain"]),
        path=str(item.get("path", "/")),
        secure=bool(item.get("secure", False)),
        expires=expires if expires >= 0 else None,
    )


def _origins(seeds: Iterable[str]) -> set[str]:
    """Seeds that are no addresses fail on their own later."""
    found = set()
    for seed in seeds:
        try:
            found.add(url.origin(seed))
        except PageError:
            continue
    return found

"""Credentials as options hold them: what they are called, what they are, what of them may be
written down.

A value may stand in the environment: `env:NAME`, `Bearer env:NAME`, `user:env:NAME`.  Such a
reference may be written down; in the place of any other value stands `***`.  No sentence of an
error holds a value.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from scraper.errors import PageError, UsageError
from scraper.url import origin, parse

WITHHELD = "***"

_VARIABLE = re.compile(r"(|[A-Za-z]+ |[^\s:]+:)env:(\S+)\Z")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_HEADER_VALUE = re.compile(r"[^\x00-\x1f\x7f]+\Z")
_COOKIE_NAME = re.compile(r"[^\x00-\x20\x7f=;]+\Z")
_COOKIE_VALUE = re.compile(r"[^\x00-\x1f\x7f;]*\Z")
_USER_INFO = re.compile(r"[^\x00-\x1f\x7f:]*:[^\x00-\x1f\x7f]*\Z")
_OWN_OPTION = {
    "cookie": "--cookie",
    "user-agent": "--user-agent",
    "accept-language": "--locale",
    "proxy-authorization": "--proxy",
}
_OF_EACH_REQUEST = {
    "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect",
    "host", "keep-alive", "origin", "proxy-connection", "referer", "te", "trailer",
    "transfer-encoding", "upgrade",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Credential:
    """`name` may be shown: of a header or a cookie its name, of a password the place it is for.
    `written` is the value as the option holds it."""

    option: str
    name: str
    written: str = field(repr=False)
    allowed: re.Pattern[str] = field(repr=False)

    @property
    def kept(self) -> str:
        """What may be written down of the value."""
        return self.written if is_reference(self.written) else WITHHELD

    def check(self) -> Credential:
        """Raises ValueError for a value that cannot be sent, as far as it can be told yet."""
        if WITHHELD != self.written != self.kept and not self.allowed.match(self.written):
            raise ValueError(
                f"the value of {self.name} cannot be sent: it is empty, or has "
                "characters that do not belong there"
            )
        return self

    def secret(self) -> str:
        """The value itself.  Raises UsageError when it was not kept, when its variable is missing
        and when that cannot be sent."""
        if self.written == WITHHELD:
            raise UsageError(
                f"{self.option} {self.name}: its value is never kept, so give the option again"
            )
        value = revealed(self.option, self.written)
        if not self.allowed.match(value):
            raise UsageError(f"{self.option} {self.name}: the variable's value cannot be sent")
        return value


def header(text: str) -> Credential:
    """Of `Name: value`.  Raises ValueError."""
    name, colon, value = text.partition(":")
    name = name.strip()
    if not colon or not _HEADER_NAME.match(name):
        raise ValueError("a header is written as 'Name: value'")
    if name.lower() in _OWN_OPTION:
        raise ValueError(f"the header {name} has its own option, {_OWN_OPTION[name.lower()]}")
    if name.lower() in _OF_EACH_REQUEST or name.lower().startswith("sec-"):
        raise ValueError(f"the header {name} cannot be set: it is made for each request")
    return Credential("--header", name, value.strip(), _HEADER_VALUE).check()


def cookie(text: str) -> Credential:
    """Of `name=value`.  Raises ValueError."""
    name, equals, value = text.partition("=")
    if not equals or not _COOKIE_NAME.match(name.strip()):
        raise ValueError("a cookie is written as 'name=value'")
    return Credential("--cookie", name.strip(), value.strip(), _COOKIE_VALUE).check()


def auth(text: str) -> Credential:
    """Of `USER:PASS@ORIGIN`; its name is the origin.  Raises ValueError."""
    user_info, at, place = text.rpartition("@")
    try:
        address, where = parse(place), origin(place)
    except PageError as error:
        raise ValueError("it is written as USER:PASS@https://host") from error
    if not at or (":" not in user_info and user_info != WITHHELD):
        raise ValueError("it is written as USER:PASS@https://host")
    if address.pathname != "/" or address.search or address.hash:
        raise ValueError("after the @ stands an origin such as https://host, without a path")
    return Credential("--auth", where, user_info, _USER_INFO).check()


def proxy(text: str) -> tuple[str, Credential | None]:
    """Of `http://[USER:PASS@]HOST:PORT`: HOST:PORT, and what it asks for.  Raises ValueError."""
    scheme, _, rest = text.partition("://")
    user_info, at, place = rest.rpartition("@")
    if scheme.lower() != "http":
        raise ValueError("a proxy is written as http://HOST:PORT; no other kind is supported")
    try:
        address = parse(f"http://{place}")
    except PageError as error:
        raise ValueError("a proxy is written as http://HOST:PORT") from error
    if address.pathname != "/" or address.search or address.hash:
        raise ValueError("a proxy has no path: write it as http://HOST:PORT")
    where = f"{address.hostname}:{address.port or 80}"
    if not at:
        return where, None
    return where, Credential("--proxy", where, user_info, _USER_INFO).check()


def keepable(option: str, text: str) -> str:
    """What may be written down of an option's text, in the same form.  Raises ValueError."""
    if option == "proxy":
        where, one = proxy(text)
        return f"http://{one.kept}@{where}" if one else f"http://{where}"
    if option == "notify":
        scheme, url, _ = text.partition("://")
        shown = f"{scheme}://{WITHHELD}" if url else text.strip().partition(" ")[0]
        return text if is_reference(text) else shown
    one = READ[option](text)
    return _FORMS[option].format(name=one.name, kept=one.kept)


def basic(user_info: str) -> str:
    """The header's value for USER:PASS (RFC 7617)."""
    return f"Basic {base64.b64encode(user_info.encode()).decode()}"


def is_reference(written: str) -> bool:
    """Whether the value stands in the environment."""
    return _VARIABLE.match(written) is not None


def revealed(option: str, written: str) -> str:
    """The text, with the value of a variable in the place of its name.  Raises UsageError."""
    reference = _VARIABLE.match(written)
    if not reference:
        return written
    before, name = reference.groups()
    value = os.environ.get(name)
    if not value:
        raise UsageError(f"{option}: the environment variable {name} is not set")
    return f"{before}{value}"


READ: dict[str, Callable[[str], Credential]] = {"auth": auth, "header": header, "cookie": cookie}
"""By the option's name."""

_FORMS = {"auth": "{kept}@{name}", "header": "{name}: {kept}", "cookie": "{name}={kept}"}

"""Addresses: one canonical form by which a run knows a page, its host, its site.

Parsing follows the WHATWG URL standard (ada), so that an address means here what it means to the
browser.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from urllib.parse import unquote_plus

import ada_url
from publicsuffixlist import PublicSuffixList

from scraper.errors import InvalidAddress, SchemeRefused

MAX_LENGTH = 8192
"""Longest address accepted, in characters: what common servers accept."""

DEFAULT_PORTS = {"http": 80, "https": 443}

_REMEMBERED = 1024
"""Addresses of each kind of question: a page's are asked about many times in a row."""

_TRACKING = re.compile(
    r"(utm_[a-z0-9_]*|gclid|dclid|gbraid|wbraid|fbclid|msclkid|yclid|twclid|ttclid|igshid|mc_[ce]id|"
    r"_hs(enc|mi)|mkt_tok|spm|vero_(id|conv)|oly_(anon|enc)_id|rb_clickid|s_cid|wickedid|"
    r"phpsessid|jsessionid|aspsessionid[a-z]{8}|cfid|cftoken)\Z",
    re.IGNORECASE,
)
"""Parameters that say who came from where, or in which session; never what page it is."""
_SESSION_VALUE = re.compile(
    r"(?:sid|s|session_?id)=(?=[0-9a-z]*[0-9])[0-9a-z]{24,}\Z", re.IGNORECASE
)
_SESSION_PATH = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)

_USER_INFO = re.compile(r"\A(\s*(?:[a-z][a-z0-9+.-]*:)?[/\\]*).*@", re.IGNORECASE | re.DOTALL)


def parse(text: str) -> ada_url.URL:
    """Raises InvalidAddress, and SchemeRefused for anything but http and https."""
    if len(text) > MAX_LENGTH:
        raise InvalidAddress(text[:80] + "…", f"longer than {MAX_LENGTH} characters")
    try:
        url = ada_url.URL(text)
    except (ValueError, UnicodeError) as error:
        raise InvalidAddress(text, "it cannot be read as an absolute URL") from error
    scheme = url.protocol.rstrip(":")
    if scheme not in DEFAULT_PORTS:
        raise SchemeRefused(scheme)
    if not url.hostname:
        raise InvalidAddress(text, "it names no host")
    return url


@lru_cache(maxsize=_REMEMBERED)
def clean(text: str) -> str:
    """The address as it may be fetched and written down: normalised, without user name, password
    and fragment."""
    url = parse(text.strip())
    url.username = ""
    url.password = ""
    url.hash = ""
    return str(url.href)


def without_user_info(text: str) -> str:
    """Any text, URL or not, fit to be written down: in a URL user name and password are left out,
    in anything else all that stands before the last @ is."""
    try:
        url = parse(text)
    except (InvalidAddress, SchemeRefused):
        return _USER_INFO.sub(r"\1…@", text)
    return clean(text) if url.username or url.password else text


@lru_cache(maxsize=_REMEMBERED)
def canonical(text: str) -> str:
    """The form by which addresses are compared: `clean`, without tracking parameters and session
    ids.  Idempotent."""
    url = ada_url.URL(clean(text))
    if ";" in url.pathname:
        url.pathname = _SESSION_PATH.sub("", url.pathname)
    query = url.search.removeprefix("?")
    if query:
        kept = [part for part in query.split("&") if part and not _is_tracking(part)]
        url.search = f"?{'&'.join(kept)}" if kept else ""
    elif url.href.endswith("?"):
        url.search = ""
    return str(url.href)


def _is_tracking(parameter: str) -> bool:
    name = unquote_plus(parameter.partition("=")[0])
    return bool(_TRACKING.match(name) or _SESSION_VALUE.match(parameter))


def join(base: str, reference: str) -> str | None:
    """The absolute http(s) address a page's reference means, without user info; None when it means
    none."""
    try:
        href = str(ada_url.join_url(base, reference.strip()))
    except (ValueError, UnicodeError):
        return None
    # A parsed http(s) address always has a host.
    if not href.startswith(("http://", "https://")) or len(href) > MAX_LENGTH:
        return None
    if "@" in href:
        url = ada_url.URL(href)
        url.username = ""
        url.password = ""
        return str(url.href)
    return href


@lru_cache(maxsize=_REMEMBERED)
def host(text: str) -> str:
    """The host's name in lower case, with the port unless it is the scheme's own."""
    return str(parse(text).host)


@lru_cache(maxsize=_REMEMBERED)
def host_and_port(text: str) -> tuple[str, int]:
    """Name (IPv6 without brackets) and port number."""
    url = parse(text)
    port = int(url.port) if url.port else DEFAULT_PORTS[url.protocol.rstrip(":")]
    return str(url.hostname).strip("[]"), port


@lru_cache(maxsize=_REMEMBERED)
def origin(text: str) -> str:
    """scheme://host:port, the port left out when it is the scheme's own."""
    return str(parse(text).origin)


@lru_cache(maxsize=1)
def _public_suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=4096)
def site(host: str) -> str:
    """The registrable domain (public suffix list) of a host; the host itself for addresses and
    bare names."""
    name = host if host.startswith("[") else host.partition(":")[0]
    if name.startswith("[") or re.fullmatch(r"[0-9.]+", name):
        return name.strip("[]")
    return _public_suffixes().privatesuffix(name) or name


def digest(text: str) -> str:
    """16 hex digits of the SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(text).encode()).hexdigest()[:16]

"""The HTTP client: one exchange, or a chain of redirects, through the gateway."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

import aiohttp
from aiohttp import hdrs
from aiohttp.abc import AbstractResolver, ResolveResult
from multidict import CIMultiDict
from yarl import URL

from scraper import url
from scraper.decoding import ACCEPT_ENCODING, BodyDecoder
from scraper.errors import (
    BodyIncomplete,
    BodyTooLarge,
    ConnectFailed,
    InvalidAddress,
    NetworkError,
    PageError,
    PageTimeout,
    PrivateAddress,
    TlsFailed,
)
from scraper.fetch.gateway import CONNECT_SECONDS, AddrInfo, Gateway, explained
from scraper.fetch.logins import NO_LOGINS, Login, Logins
from scraper.fetch.proxy import refusal
from scraper.fetch.redirects import Trail, target
from scraper.snapshot import Exchange, Headers, header

Pause = Callable[[], AbstractContextManager[None]]

LONGEST_WAIT = 600.0
"""Seconds to wait while the connections of a host are in use."""

_LONGEST_HEADER = 2**16
_IDLE_SECONDS = 15.0


def navigation(site: str = "none") -> dict[str, str]:
    """What the browser's network layer would have added; nobody's link led here with `none`."""
    return {
        "Sec-Fetch-Site": site,
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }


class HttpClient:
    """`headers` go with every request unless the request names them itself.  `max_bytes` limits the
    decoded bytes of one answer."""

    def __init__(
        self,
        gateway: Gateway,
        *,
        headers: dict[str, str],
        max_bytes: int,
        insecure: bool,
        now: Callable[[], datetime],
    ) -> None:
        self._gateway = gateway
        self._headers = {**headers, "Accept-Encoding": ACCEPT_ENCODING}
        self._max_bytes = max_bytes
        self._tls = _tls(insecure)
        self._now = now
        self._session: aiohttp.ClientSession | None = None
        self.received = 0
        """Decoded bytes so far."""

    async def follow(
        self,
        address: str,
        *,
        admit: Callable[[str], Awaitable[None]],
        headers: dict[str, str],
        logins: Logins = NO_LOGINS,
        pause: Pause = nullcontext,
    ) -> list[Exchange]:
        """A GET and what its redirects lead to, the answer last.  A Referer in `headers` is not
        sent to another origin than the first.  Raises PageError, with `final_url`."""
        exchanges: list[Exchange] = []
        trail = Trail(address)
        try:
            while True:
                exchanges.append(
                    await self.exchange(address, headers=headers, logins=logins, pause=pause)
                )
                following = target(exchanges[-1])
                if following is None:
                    return exchanges
                trail.follow(following)
                with pause():
                    await admit(following)
                if url.origin(following) != url.origin(address):
                    headers = {k: v for k, v in headers.items() if k.lower() != "referer"}
                address = following
        except PageError as error:
            error.final_url = error.final_url or address
            raise

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
        """One request and its answer, no redirect followed.  What it shows of `logins` is not in
        the exchange.  `pause` is entered while the host's connections are all in use.  Raises
        PageError."""
        host, port = url.host_and_port(address)
        self._gateway.check(host, port)
        lease = self._gateway.lease(host)
        try:
            if not lease.take_free():
                with pause():
                    async with asyncio.timeout(LONGEST_WAIT):
                        await lease.take()
        except TimeoutError as error:
            raise PageTimeout(f"waiting for a free connection to {host}", LONGEST_WAIT) from error
        try:
            complete = CIMultiDict(self._headers)
            complete.update(headers)
            return await self._exchange(host, address, complete, method, body, logins.at(address))
        except PageError:
            raise
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _translated(error, host) from error
        finally:
            lease.free()

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def _exchange(
        self,
        host: str,
        address: str,
        headers: CIMultiDict[str],
        method: str,
        data: bytes | None,
        login: Login | None,
    ) -> Exchange:
        started = self._now()
        private = {}
        if login:
            private = login.headers(address, started)
            if "Cookie" in private and "Cookie" in headers:  # a script's own
                private["Cookie"] += f"; {headers['Cookie']}"
            if "Authorization" in headers:
                private = {k: v for k, v in private.items() if k.lower() != "authorization"}
        proxy = self._gateway.proxy
        if proxy and address.startswith("http:"):
            private |= proxy.headers
        headers.update(private)
        async with self._opened().request(
            method,
            URL(address, encoded=True),
            headers=headers,
            data=data,
            allow_redirects=False,
            ssl=self._tls,
            skip_auto_headers=(hdrs.CONTENT_TYPE, hdrs.USER_AGENT, hdrs.ACCEPT),
            proxy=proxy.address if proxy else None,
            proxy_headers=proxy.headers if proxy else None,
        ) as response:
            received: Headers = tuple((_text(n), _text(v)) for n, v in response.raw_headers)
            sent = response.request_info.headers
            hidden = {name.lower() for name in private}
            return Exchange(
                url=address,
                status=response.status,
                headers=login.answered(address, received, started) if login else received,
                body=await self._body(host, response, received),
                started_at=started,
                method=method,
                reason=response.reason or "",
                request_headers=tuple((n, v) for n, v in sent.items() if n.lower() not in hidden),
                request_body=data or b"",
            )

    async def _body(self, host: str, response: aiohttp.ClientResponse, headers: Headers) -> bytes:
        announced = header(headers, "Content-Length") or ""
        if announced.isdigit() and int(announced) > self._max_bytes:
            response.close()
            raise BodyTooLarge(self._max_bytes)
        encoding = ", ".join(v for n, v in headers if n.lower() == "content-encoding")
        try:
            decoder = BodyDecoder(encoding, self._max_bytes)
            async for piece in response.content.iter_any():
                decoder.feed(piece)
            body = decoder.finish()
        except (aiohttp.ClientPayloadError, ConnectionError) as error:
            raise BodyIncomplete(f"{host} sent less than it announced") from error
        except PageError:
            response.close()
            raise
        self.received += len(body)
        return body

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=_Connector(self._gateway),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                max_line_size=_LONGEST_HEADER,
                max_field_size=_LONGEST_HEADER,
                trust_env=False,
            )
        return self._session


class _Resolver(AbstractResolver):
    """Asks the gateway, which also maps ports."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.approved: set[tuple[str, int]] = set()

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - the gateway gives both
    ) -> list[ResolveResult]:
        if self._gateway.proxy:  # it is what `host` and `port` are
            infos = await self._gateway.proxy_addresses()
        else:
            infos = await self._gateway.addresses(host, port)
        results = []
        for kind, _, protocol, _, address in infos:
            self.approved.add((address[0], address[1]))
            results.append(
                ResolveResult(
                    hostname=host,
                    host=address[0],
                    port=address[1],
                    family=kind,
                    proto=protocol,
                    flags=socket.AI_NUMERICHOST,
                )
            )
        return results

    async def close(self) -> None:
        pass


class _Connector(aiohttp.TCPConnector):
    """Connects to addresses of the gateway and to no others."""

    def __init__(self, gateway: Gateway) -> None:
        self._asked = _Resolver(gateway)
        super().__init__(
            resolver=self._asked,
            use_dns_cache=False,
            limit=0,  # the gateway's slots are the limit
            keepalive_timeout=_IDLE_SECONDS,
            socket_factory=self._socket,
        )

    async def _resolve_host(self, host: str, port: int, traces: Any = None) -> list[ResolveResult]:  # noqa: ARG002
        # The inherited method would take an address written out in a URL without asking.  Should
        # this hook ever go away, `_socket` refuses such addresses.
        return await self._asked.resolve(host, port)

    def _socket(self, info: AddrInfo) -> socket.socket:
        kind, type_, protocol, _, address = info
        if (address[0], address[1]) not in self._asked.approved:
            raise PrivateAddress(str(address[0]), str(address[0]))
        connection = socket.socket(kind, type_, protocol)
        connection.setblocking(False)
        return connection


def _translated(error: Exception, host: str) -> PageError:
    if isinstance(error, (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError)):
        return TlsFailed(host, _tls_problem(error))
    if isinstance(error, (aiohttp.InvalidURL, UnicodeError)):
        return InvalidAddress(host, "it cannot be sent")
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return ConnectFailed(host, "it closed the connection without an answer")
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return ConnectFailed(host, f"the proxy cannot be reached, {explained(error.os_error)}")
    if isinstance(error, aiohttp.ClientConnectorError):
        return ConnectFailed(host, explained(error.os_error))
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return ConnectFailed(host, refusal(error.status))
    if isinstance(error, aiohttp.ClientResponseError):
        return ConnectFailed(
            host, f"its answer is no HTTP ({' '.join(error.message.split())})"[:200]
        )
    if isinstance(error, OSError):
        return ConnectFailed(host, explained(error))
    failed: NetworkError = ConnectFailed(host, str(error)[:200] or type(error).__name__)
    return failed


def _tls_problem(error: Exception) -> str:
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message
    if isinstance(cause, ssl.SSLError) and cause.reason:
        return cause.reason.replace("_", " ").lower()
    return "the handshake failed"


def _tls(insecure: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")

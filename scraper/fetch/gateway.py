"""Every connection to the outside is made here: the name is resolved once, the address is checked,
and that very address is connected to.  Behind a proxy, names are resolved there, and what is
checked here are the addresses that are written out."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import aiohappyeyeballs

from scraper.errors import ConnectFailed, DnsFailed, PortRefused, PrivateAddress
from scraper.fetch.addresses import BAD_PORTS, AddressRules, meant_address
from scraper.fetch.proxy import Proxy
from scraper.fetch.slots import HostSlots, Lease
from scraper.job import Job
from scraper.settings import DEFAULT_PER_HOST

CONNECT_SECONDS = 20.0
_RESOLVED_SECONDS = 30.0
_RESOLVED_MOST = 1000

Endpoint = tuple[str, int]
AddrInfo = aiohappyeyeballs.AddrInfoType


class Gateway:
    """For the HTTP client and, through a `Relay`, for the browser.

    `seeds_allowed` are hosts and ports of the seeds; see `AddressRules`.  The targets of the job's
    `connect_to` are allowed for exactly their mapping.
    """

    def __init__(self, job: Job, seeds_allowed: Iterable[Endpoint] = ()) -> None:
        self.proxy = Proxy.of(job.proxy) if job.proxy else None
        self._mappings = job.mappings()
        self._rules = AddressRules(job.allow_private, seeds_allowed)
        self._slots = HostSlots(job.per_host or DEFAULT_PER_HOST)
        self._resolved: dict[Endpoint, tuple[float, list[AddrInfo]]] = {}
        self._resolvers = ThreadPoolExecutor(8, thread_name_prefix="dns")
        self.relayed = 0
        """Bytes that servers sent to the browser."""

    def limit(self, host: str, slots: int) -> None:
        """So many connections of the host may be in use at once, from now on."""
        self._slots.limit(host, slots)

    def lease(self, host: str) -> Lease:
        """To be held while a request of the host is under way."""
        return Lease(self._slots, host)

    def check(self, host: str, port: int) -> None:
        """What can be told without looking the name up, before every request.  Raises PortRefused,
        and behind a proxy PrivateAddress."""
        if port in BAD_PORTS:
            raise PortRefused(host, port)
        meant = meant_address(host) if self.proxy else None
        if meant and not self._rules.permits(host, port, meant):
            raise PrivateAddress(host, meant)

    async def addresses(self, host: str, port: int) -> list[AddrInfo]:
        """Where to connect to for `host`:`port`.  Raises PortRefused, DnsFailed, and
        PrivateAddress when only refused addresses were found."""
        self.check(host, port)
        if self.proxy:
            return await self.proxy_addresses()
        target = self._mapped(host, port)
        found = await self._resolve(*(target or (host, port)))
        if target:
            return found
        permitted = [info for info in found if self._rules.permits(host, port, info[4][0])]
        if not permitted:
            raise PrivateAddress(host, found[0][4][0])
        return permitted

    async def proxy_addresses(self) -> list[AddrInfo]:
        """Those of the proxy itself, which may be private: the user named it."""
        assert self.proxy is not None
        return await self._resolve(self.proxy.host, self.proxy.port)

    async def connect(
        self, host: str, port: int, *, tunnel: bool = True
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection; with `tunnel` off and behind a proxy, one to the proxy itself, which is
        then told with each request where it goes.  Raises PageError."""
        infos = await self.addresses(host, port)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                connected = await aiohappyeyeballs.start_connection(
                    infos, happy_eyeballs_delay=0.25, interleave=1
                )
                streams = await asyncio.open_connection(sock=connected)
                if self.proxy and tunnel:
                    await self.proxy.tunnel(*streams, host, port)
                return streams
        except TimeoutError as error:
            raise ConnectFailed(host, "no connection in time") from error
        except OSError as error:
            raise ConnectFailed(host, explained(error)) from error

    def close(self) -> None:
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    def _mapped(self, host: str, port: int) -> Endpoint | None:
        for name, only, address, to in self._mappings:
            if name in ("*", host.lower()) and only in ("*", str(port)):
                return address, to
        return None

    async def _resolve(self, host: str, port: int) -> list[AddrInfo]:
        bare = host.strip("[]")
        try:
            ip = ipaddress.ip_address(bare)
        except ValueError:
            return await self._look_up(bare, port)
        if ip.version == 6:
            return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (bare, port, 0, 0))]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (bare, port))]

    async def _look_up(self, host: str, port: int) -> list[AddrInfo]:
        loop = asyncio.get_running_loop()
        until, infos = self._resolved.get((host, port), (0.0, []))
        if loop.time() < until:
            return infos
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                infos = await loop.run_in_executor(self._resolvers, _system_lookup, host, port)
        except (OSError, UnicodeError) as error:  # a timeout is an OSError too
            raise DnsFailed(host) from error
        if not infos:
            raise DnsFailed(host)
        if len(self._resolved) >= _RESOLVED_MOST:
            self._resolved.clear()
        self._resolved[host, port] = loop.time() + _RESOLVED_SECONDS, infos
        return infos


def _system_lookup(host: str, port: int) -> list[AddrInfo]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def explained(error: OSError) -> str:
    """The operating system's words for what went wrong."""
    return (error.strerror or str(error) or type(error).__name__).lower()

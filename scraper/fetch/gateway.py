"""Every connection to the outside is made here: the name is resolved once, the address is checked,
and that very address is connected to."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import aiohappyeyeballs

from scraper.errors import ConnectFailed, DnsFailed, PrivateAddress
from scraper.fetch.addresses import AddressRules
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

    async def addresses(self, host: str, port: int) -> list[AddrInfo]:
        """Where `host`:`port` may be contacted.  Raises DnsFailed, and PrivateAddress when only
        refused addresses were found."""
        target = self._mapped(host, port)
        found = await self._resolve(*(target or (host, port)))
        if target:
            return found
        permitted = [info for info in found if self._rules.permits(host, port, info[4][0])]
        if not permitted:
            raise PrivateAddress(host, found[0][4][0])
        return permitted

    async def connect(
        self, host: str, port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection.  Raises DnsFailed, PrivateAddress, ConnectFailed."""
        infos = await self.addresses(host, port)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                connected = await aiohappyeyeballs.start_connection(
                    infos, happy_eyeballs_delay=0.25, interleave=1
                )
                return await asyncio.open_connection(sock=connected)
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
            infos = await loop.run_in_executor(self._resolvers, _system_lookup, host, port)
        except (OSError, UnicodeError) as error:
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

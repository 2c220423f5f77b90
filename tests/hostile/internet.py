"""A small internet for one process: which addresses a name has, and who answers there.

Names below `.test` lead to the site at a public address; some lead elsewhere.  Every other address,
public or private, leads to the canary, however the product came to it.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

SITE = "93.184.216.34"
CLOSED = "93.184.216.35"
UNREACHABLE = "93.184.216.36"

NAMES: dict[str, tuple[str, ...]] = {
    "test": (SITE,),
    "nowhere.test": (),
    "closed.test": (CLOSED,),
    "unreachable.test": (UNREACHABLE,),
    "private.test": ("10.1.2.3",),
    "loopback.test": ("127.0.0.1",),
    "loopback6.test": ("::1",),
    "mapped.test": ("::ffff:127.0.0.1",),
    "local.test": ("fd00::7",),
    "metadata.test": ("169.254.169.254",),
    "partly.test": ("10.1.2.3", SITE),
    "localhost": ("127.0.0.1", "::1"),
}
"""By the longest suffix."""

REBOUND = "rebound.test"
"""Below it each name has a public address when it is first looked up, and loopback from then on."""


@dataclass
class Internet:
    """Ports on loopback: of the site, with and without TLS, and of the canary."""

    http: int
    https: int
    canary: int
    _asked: Counter[str] = field(default_factory=Counter)

    def install(self) -> None:
        """In this process, for good: Python resolves and connects only here."""
        resolve = socket.getaddrinfo
        loop: Any = asyncio.SelectorEventLoop
        connect = loop.sock_connect

        def getaddrinfo(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
            if _is_literal(host):
                return resolve(host, port, *rest, **more)
            return [_info(address, port) for address in self._addresses(host)]

        async def sock_connect(loop: Any, sock: socket.socket, address: Any) -> None:
            port = self._port(address[0], address[1])
            host = "::ffff:127.0.0.1" if sock.family == socket.AF_INET6 else "127.0.0.1"
            await connect(loop, sock, (host, port))

        socket.getaddrinfo = getaddrinfo  # type: ignore[assignment]
        loop.sock_connect = sock_connect

    def _addresses(self, name: str) -> tuple[str, ...]:
        name = name.lower().rstrip(".")
        self._asked[name] += 1
        if name.endswith(REBOUND):
            return (SITE,) if self._asked[name] == 1 else ("127.0.0.1",)
        labels = name.split(".")
        for at in range(len(labels)):
            found = NAMES.get(".".join(labels[at:]))
            if found:
                return found
            if found == ():
                break
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def _port(self, address: str, port: int) -> int:
        if address == SITE:
            return self.https if port == 443 else self.http
        if address == CLOSED:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        if address == UNREACHABLE:
            raise OSError(errno.EHOSTUNREACH, "No route to host")
        return self.canary


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _info(address: str, port: int) -> tuple[Any, ...]:
    if ":" in address:
        return (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))

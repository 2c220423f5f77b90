"""Which addresses may be contacted: the public internet, and what the user named.  And on which
ports: those of the Fetch standard."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

BAD_PORTS = frozenset({
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
    6668, 6669, 6679, 6697, 10080,
})  # fmt: skip
"""Of services that take a request for commands of their own (Fetch standard, "bad port")."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")


class AddressRules:
    """`allow` holds HOST:PORT or networks (the job's `allow_private`).  `seeds` are hosts and ports
    of the seeds: one that names an address literally, or localhost, allows exactly that."""

    def __init__(self, allow: Iterable[str] = (), seeds: Iterable[tuple[str, int]] = ()) -> None:
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        self._endpoints: set[tuple[str, int]] = set()
        for text in allow:
            try:
                self._networks.append(ipaddress.ip_network(text, strict=False))
            except ValueError:
                name, _, number = text.rpartition(":")
                self._endpoints.add((_spelled(name), int(number)))
        for host, port in seeds:
            if is_local_name(host):
                self._endpoints.add((_spelled(host), port))

    def permits(self, host: str, port: int, address: str) -> bool:
        """Whether a connection to `address` may be made for `host`:`port`."""
        ip = ipaddress.ip_address(address.partition("%")[0])
        if is_public(ip):
            return True
        if {(_spelled(host), port), (_spelled(address), port)} & self._endpoints:
            return True
        return any(form in network for form in _forms(ip) for network in self._networks)


def is_public(ip: IPAddress) -> bool:
    """Globally routable, unicast, in every form that the address carries within it."""
    return all(
        form.is_global
        and not (form.is_multicast or form.is_reserved or form.is_unspecified)
        and not getattr(form, "is_site_local", False)
        for form in _forms(ip)
    )


def is_local_name(host: str) -> bool:
    """An address written out, or localhost: a name that cannot be turned against the user."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def meant_address(host: str) -> str | None:
    """The address that a host means without being looked up; None for other names."""
    bare = host.lower().rstrip(".").strip("[]")
    if bare == "localhost" or bare.endswith(".localhost"):
        return "127.0.0.1"
    return bare if is_local_name(bare) else None


def _forms(ip: IPAddress) -> list[IPAddress]:
    """The address, and the IPv4 addresses that an IPv6 one leads to."""
    if isinstance(ip, ipaddress.IPv4Address):
        return [ip]
    if ip.ipv4_mapped:
        return [ip.ipv4_mapped]
    if ip in _NAT64:  # all there is where a network speaks IPv6 only
        return [_last_four_bytes(ip)]
    forms: list[IPAddress] = [ip]
    if ip.sixtofour:
        forms.append(ip.sixtofour)
    if ip.teredo:
        forms.extend(ip.teredo)
    if ip in _COMPATIBLE:
        forms.append(_last_four_bytes(ip))
    return forms


def _last_four_bytes(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)


def _spelled(host: str) -> str:
    """One spelling for each host, so that they can be compared."""
    bare = host.strip("[]").lower()
    try:
        ip = ipaddress.ip_address(bare)
    except ValueError:
        return bare.rstrip(".")
    return str(getattr(ip, "ipv4_mapped", None) or ip)

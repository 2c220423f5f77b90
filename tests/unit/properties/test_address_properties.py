"""However an address is spelled, it is the same address to the gateway."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from hypothesis import assume, given
from hypothesis import strategies as st

from scraper import url
from scraper.fetch.addresses import AddressRules, is_public, meant_address

V4 = st.ip_addresses(v=4)
V6 = st.ip_addresses(v=6)
NETWORKS = ["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]
PRIVATE = st.sampled_from(NETWORKS).flatmap(lambda network: st.ip_addresses(network=network))
SPELLINGS: list[Callable[[ipaddress.IPv4Address], str]] = [
    str,
    lambda ip: f"{ip}.",
    lambda ip: str(int(ip)),
    lambda ip: hex(int(ip)),
    lambda ip: oct(int(ip)).replace("0o", "0"),
    lambda ip: ".".join(hex(byte) for byte in ip.packed),
    lambda ip: ".".join(f"0{byte:o}" for byte in ip.packed),
    lambda ip: f"{ip.packed[0]}.{int(ip) & 0xFFFFFF}",
    lambda ip: f"{ip.packed[0]}.{ip.packed[1]}.{int(ip) & 0xFFFF}",
    lambda ip: str(ip).replace(".", "。"),
    lambda ip: "".join(chr(0xFF10 + int(c)) if c.isdigit() else c for c in str(ip)),
    lambda ip: "".join(f"%{ord(c):02x}" for c in str(ip)),
    lambda ip: f"user:{ip}@{ip}",
    lambda ip: f"[::ffff:{ip}]",
    lambda ip: f"[::FFFF:{int(ip) >> 16:x}:{int(ip) & 0xFFFF:X}]",
]
V6_SPELLINGS: list[Callable[[ipaddress.IPv6Address], str]] = [
    lambda ip: f"[{ip}]",
    lambda ip: f"[{ip.exploded}]",
    lambda ip: f"[{ip.exploded.upper()}]",
    lambda ip: f"[{ip.exploded[:-9]}{ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)}]",
]


@given(V4, st.sampled_from(SPELLINGS), st.integers(1, 65535))
def test_every_spelling_of_an_ipv4_address(
    ip: ipaddress.IPv4Address, spelled: Callable[[ipaddress.IPv4Address], str], port: int
) -> None:
    host, number = url.host_and_port(f"http://{spelled(ip)}:{port}/")
    meant = meant_address(host)
    assert meant is not None
    assert number == port
    assert AddressRules().permits(host, port, meant) == is_public(ip)
    assert AddressRules([f"{ip}:{port}"]).permits(host, port, meant)
    assert AddressRules(seeds=[(str(ip), port)]).permits(host, port, meant)


@given(V6, st.sampled_from(V6_SPELLINGS))
def test_every_spelling_of_an_ipv6_address(
    ip: ipaddress.IPv6Address, spelled: Callable[[ipaddress.IPv6Address], str]
) -> None:
    host, _ = url.host_and_port(f"http://{spelled(ip)}/")
    meant = meant_address(host)
    assert meant is not None
    assert AddressRules().permits(host, 80, meant) == is_public(ip)
    assert AddressRules([f"[{ip}]:80"]).permits(host, 80, meant)


@given(PRIVATE, st.integers(1, 65535), st.integers(1, 65535))
def test_what_is_allowed_is_allowed_on_its_port_only(
    ip: ipaddress.IPv4Address, port: int, other: int
) -> None:
    assume(port != other)
    rules = AddressRules([f"{ip}:{port}", f"intranet.test:{port}"])
    for host in (str(ip), "rebound.test"):
        assert rules.permits(host, port, str(ip))
        assert not rules.permits(host, other, str(ip))
    assert rules.permits("Intranet.test.", port, str(ip))
    assert not rules.permits("intranet.test", other, str(ip))


@given(PRIVATE)
def test_ipv6_that_leads_to_a_private_address(ip: ipaddress.IPv4Address) -> None:
    low = int(ip)
    for prefix in (0xFFFF << 32, 0x64FF9B << 96, 0):
        assert not is_public(ipaddress.IPv6Address(prefix | low))
    assert not is_public(ipaddress.IPv6Address((0x2002 << 112) | (low << 80)))

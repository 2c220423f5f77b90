"""Which addresses may be contacted."""

import ipaddress

import pytest

from scraper.fetch.addresses import AddressRules, is_public


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.0.9",
        "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1",
        "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.1.1.1", "64:ff9b::10.0.0.1",
        "64:ff9b::169.254.169.254", "64:ff9b:1::1", "100::1", "2001:db8::1", "2001::1",
        "2002:7f00:1::1", "2002:a00:1::", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1",
        "ff02::1",
    ],
)  # fmt: skip
def test_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    assert not AddressRules().permits("host.test", 80, address)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
    ],
)  # fmt: skip
def test_public(address: str) -> None:
    assert AddressRules().permits("host.test", 443, address)


def test_a_link_local_address_with_its_zone() -> None:
    assert not AddressRules().permits("host.test", 80, "fe80::1%eth0")


@pytest.mark.parametrize(
    ("allow", "host", "port", "address", "permitted"),
    [
        ("10.0.0.0/8", "a.test", 80, "10.1.2.3", True),
        ("10.0.0.0/8", "a.test", 80, "11.1.2.3", True),
        ("10.0.0.0/8", "a.test", 80, "192.168.0.1", False),
        ("10.0.0.0/8", "a.test", 80, "::ffff:10.1.2.3", True),
        ("10.0.0.5", "a.test", 9000, "10.0.0.5", True),
        ("intranet:8080", "intranet", 8080, "10.1.2.3", True),
        ("intranet:8080", "INTRANET.", 8080, "10.1.2.3", True),
        ("intranet:8080", "intranet", 8081, "10.1.2.3", False),
        ("intranet:8080", "other", 8080, "10.1.2.3", False),
        ("127.0.0.1:8000", "rebound.test", 8000, "127.0.0.1", True),
        ("127.0.0.1:8000", "rebound.test", 8001, "127.0.0.1", False),
        ("[::1]:8000", "[::1]", 8000, "::1", True),
    ],
)
def test_what_an_option_allows(
    allow: str, host: str, port: int, address: str, permitted: bool
) -> None:
    assert AddressRules([allow]).permits(host, port, address) is permitted


@pytest.mark.parametrize(
    ("seed", "permitted"),
    [
        (("127.0.0.1", 8000), True),
        (("localhost", 8000), False),
        (("127.0.0.1", 8001), False),
        (("innocent.test", 8000), False),
    ],
)
def test_a_seed_allows_the_address_it_names(seed: tuple[str, int], permitted: bool) -> None:
    assert AddressRules(seeds=[seed]).permits("127.0.0.1", 8000, "127.0.0.1") is permitted


def test_a_seeds_name_allows_nothing() -> None:
    rules = AddressRules(seeds=[("intranet.test", 80), ("localhost", 81)])
    assert not rules.permits("intranet.test", 80, "10.0.0.1")
    assert rules.permits("localhost", 81, "::1")

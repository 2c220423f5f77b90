"""Names become addresses at one place."""

import pytest

from scraper.errors import DnsFailed, PortRefused, PrivateAddress
from scraper.fetch.gateway import Gateway
from scraper.job import Job


async def found(gateway: Gateway, host: str, port: int) -> list[tuple[str, int]]:
    return [info[4][:2] for info in await gateway.addresses(host, port)]


async def test_mappings_are_curls() -> None:
    gateway = Gateway(
        Job(connect_to=("a.test:80:127.0.0.1:8001", "*:443:127.0.0.2:8002", "b.test:*:[::1]:8003"))
    )
    assert await found(gateway, "a.test", 80) == [("127.0.0.1", 8001)]
    assert await found(gateway, "A.test", 443) == [("127.0.0.2", 8002)]
    assert await found(gateway, "b.test", 1234) == [("::1", 8003)]
    assert await found(gateway, "10.0.0.1", 443) == [("127.0.0.2", 8002)]


async def test_a_mappings_target_is_allowed_for_the_mapping_only() -> None:
    gateway = Gateway(Job(connect_to=("a.test:80:127.0.0.1:8001",)))
    with pytest.raises(PrivateAddress, match=r"127\.0\.0\.1 leads to"):
        await gateway.addresses("127.0.0.1", 8001)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "10.0.0.1", "[::ffff:192.168.0.1]"])
async def test_written_out_addresses_are_checked(host: str) -> None:
    with pytest.raises(PrivateAddress):
        await Gateway(Job()).addresses(host, 80)


async def test_public_ones_are_not_looked_up() -> None:
    assert await found(Gateway(Job()), "93.184.216.34", 80) == [("93.184.216.34", 80)]
    assert await found(Gateway(Job()), "[2606:4700::1111]", 443) == [("2606:4700::1111", 443)]


async def test_refused_addresses_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"mixed.test": ["10.0.0.1", "93.184.216.34"], "rebound.test": ["127.0.0.1"]}
    asked = []

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(2, 1, 6, "", (address, port)) for address in answers[host]]

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    gateway = Gateway(Job())
    assert await found(gateway, "mixed.test", 80) == [("93.184.216.34", 80)]
    with pytest.raises(PrivateAddress, match=r"rebound\.test leads to the private address 127"):
        await gateway.addresses("rebound.test", 80)
    await found(gateway, "mixed.test", 80)
    assert asked == ["mixed.test", "rebound.test"]


@pytest.mark.parametrize("problem", [OSError(-2, "no such name"), UnicodeError("label too long")])
async def test_names_without_address(monkeypatch: pytest.MonkeyPatch, problem: Exception) -> None:
    def look_up(*_: object, **__: object) -> list[object]:
        raise problem

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    with pytest.raises(DnsFailed, match=r"no address found for nowhere\.test"):
        await Gateway(Job()).addresses("nowhere.test", 80)


@pytest.mark.parametrize("port", [0, 22, 25, 6000, 6667, 10080])
async def test_ports_of_other_services(port: int) -> None:
    """Not even where the user points a name or an address to."""
    gateway = Gateway(
        Job(connect_to=("a.test:*:127.0.0.1:8001",), allow_private=("10.0.0.0/8",)),
    )
    for host in ("a.test", "10.0.0.1", "93.184.216.34"):
        with pytest.raises(PortRefused, match=f"port {port} of {host} is not contacted"):
            await gateway.addresses(host, port)


async def test_behind_a_proxy_names_are_not_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", None)
    gateway = Gateway(Job(proxy="http://127.0.0.1:3128", allow_private=("10.1.0.0/16",)))
    for host in ("a.test", "93.184.216.34", "10.1.2.3", "localhost.test"):
        assert await found(gateway, host, 80) == [("127.0.0.1", 3128)]
    for host in ("127.0.0.1", "localhost", "a.localhost", "LOCALHOST.", "::1", "10.2.0.1"):
        with pytest.raises(PrivateAddress):
            await gateway.addresses(host, 3128)
    with pytest.raises(PortRefused):
        await gateway.addresses("a.test", 25)

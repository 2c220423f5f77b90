"""The HTTP client connects to nothing that the gateway has not approved."""

import socket
from datetime import UTC, datetime

import pytest

from scraper.errors import PortRefused, PrivateAddress
from scraper.fetch.gateway import Gateway
from scraper.fetch.http import HttpClient, _Connector
from scraper.job import Job


async def test_sockets_are_for_approved_addresses_only() -> None:
    connector = _Connector(Gateway(Job(connect_to=("a.test:80:127.0.0.1:8001",))))
    unasked = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 8001))
    with pytest.raises(PrivateAddress):
        connector._socket(unasked)
    await connector._resolve_host("a.test", 80)
    with connector._socket(unasked) as allowed:
        assert not allowed.getblocking()
    await connector.close()


async def test_written_out_addresses_are_resolved_by_the_gateway_too() -> None:
    connector = _Connector(Gateway(Job()))
    with pytest.raises(PrivateAddress):
        await connector._resolve_host("127.0.0.1", 80)
    await connector.close()


async def test_ports_are_checked_before_every_request() -> None:
    client = HttpClient(
        Gateway(Job()), headers={}, max_bytes=1024, insecure=False, now=lambda: datetime.now(UTC)
    )
    with pytest.raises(PortRefused):
        await client.exchange("http://a.test:25/", headers={})
    with pytest.raises(PortRefused):
        await client.follow("https://a.test:6000/", admit=_admit, headers={})


async def _admit(_: str) -> None:
    """All are."""

"""Whatever a page tries, nothing private is contacted."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.integration.fetch.web import Render, Web
from tests.site import Answer, TestSite
from tests.site.pages import LONG, page, script

pytestmark = pytest.mark.asyncio(loop_scope="module")

both = pytest.mark.parametrize("render", ["browser", "http"])


class Trap:
    """A listener on loopback that nobody may reach."""

    def __init__(self) -> None:
        self.visits = 0
        self.port = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Trap"]:
        server = await asyncio.start_server(self._visited, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _visited(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        writer.close()


@both
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
    ],
)
async def test_loopback_in_every_spelling(web: Web, render: Render, host: str) -> None:
    async with Trap().open() as trap:
        error = await web.failure(f"http://{host}:{trap.port}/", render)
        assert error.code == "address.private"
        assert "--allow-private" in str(error)
        assert trap.visits == 0


@both
async def test_a_redirect_to_a_private_address(web: Web, site: TestSite, render: Render) -> None:
    async with Trap().open() as trap:
        target = f"http://127.0.0.1:{trap.port}/secret"
        site.pages["/x"] = Answer(status=302, headers=(("Location", target),))
        error = await web.failure("/x", render)
        assert (error.code, error.final_url) == ("address.private", target)
        assert trap.visits == 0


async def test_a_script_that_moves_to_a_private_address(web: Web, site: TestSite) -> None:
    async with Trap().open() as trap:
        site.pages["/x"] = Answer(script(f"location = 'http://127.0.0.1:{trap.port}/'"))
        assert (await web.failure("/x")).code == "address.private"
        assert trap.visits == 0


async def test_no_part_of_a_page_reaches_a_private_address(web: Web, site: TestSite) -> None:
    async with Trap().open() as trap:
        there = f"127.0.0.1:{trap.port}"
        site.pages["/x"] = Answer(
            page(
                "Parts",
                f"<p id=text>{LONG}</p><iframe src='http://{there}/f'></iframe>"
                f"<img src='http://{there}/i'><script src='http://{there}/s'></script>"
                f"<object data='http://{there}/o'></object><embed src='http://{there}/e'>"
                f"<link rel=stylesheet href='http://{there}/c'>"
                f"<link rel=prefetch href='http://{there}/p'>"
                f"<link rel=preconnect href='http://{there}/'>"
                f"<iframe src='https://{there}/t'></iframe>"
                "<script>"
                f"fetch('http://{there}/x', {{mode: 'no-cors'}}).catch(e => 0);"
                f"new WebSocket('ws://{there}/w'); new EventSource('http://{there}/es');"
                f"navigator.sendBeacon('http://{there}/b');"
                "new Worker(URL.createObjectURL(new Blob(["
                f"`fetch('http://{there}/k', {{mode: 'no-cors'}}).catch(e => 0);"
                f"new WebSocket('ws://{there}/kw')`])));"
                f"open('http://{there}/open')"
                "</script>",
                f"<link rel=icon href='http://{there}/icon'>",
            )
        )
        assert "The harbour" in await web.dom("/x")
        assert trap.visits == 0


async def test_no_packet_goes_around_the_gateway(web: Web, site: TestSite) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.setblocking(False)
        port = listener.getsockname()[1]
        site.pages["/x"] = Answer(
            script(
                f"const peer = new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{port}'"
                "}]}); peer.createDataChannel('x'); peer.onicegatheringstatechange = () => {"
                "if (peer.iceGatheringState == 'complete')"
                " document.body.append(document.createElement('x-done')) };"
                "peer.createOffer().then(offer => peer.setLocalDescription(offer))",
                f"<p>{LONG}",
            )
        )
        assert "x-done>" in await web.dom("/x", ready="x-done")
        with pytest.raises(BlockingIOError):
            listener.recv(100)


@both
async def test_what_the_user_named_is_contacted(whole_site: TestSite, render: Render) -> None:
    port = whole_site.http_port
    whole_site.reset()
    async with Web(whole_site, {"allow_private": (f"localhost:{port}",)}) as web:
        snapshot = await web.fetch(f"http://localhost:{port}/article/plain", render)
        assert snapshot.status == 200
        error = await web.failure(f"http://localhost:{port + 1}/", render)
        assert error.code == "address.private"


@both
async def test_a_network_may_be_allowed(whole_site: TestSite, render: Render) -> None:
    async with Web(whole_site, {"allow_private": ("127.0.0.0/8",)}) as web:
        address = f"http://127.0.0.2:{whole_site.http_port}/"
        assert (await web.failure(address, render)).code == "connect"  # tried, nobody listens there


async def test_the_relay_is_no_way_back_in(web: Web, site: TestSite) -> None:
    """A page that knew the proxy's port could not use it to come home."""
    await web.fetch("/article/plain")
    (session, *_) = web.fetcher._pool._sessions
    server = session.relay._server
    assert server
    port = server.sockets[0].getsockname()[1]
    site.pages["/x"] = Answer(
        script(
            f"fetch('http://127.0.0.1:{port}/', {{mode: 'no-cors'}})"
            ".then(() => document.body.append('reached'), () => document.body.append('refused'))",
            f"<p>{LONG}",
        )
    )
    assert "refused</body>" in await web.dom("/x")

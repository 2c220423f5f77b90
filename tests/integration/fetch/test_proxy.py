"""With `--proxy` everything goes through it, the browser's requests and our own."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.fetch.web import Render, Web
from tests.site import Answer, TestSite
from tests.site.pages import LONG, page
from tests.site.proxy import TestProxy

pytestmark = pytest.mark.asyncio(loop_scope="module")

PASSWORD = f"Basic {base64.b64encode(b'guest:proxy-planted').decode()}"

both = pytest.mark.parametrize("render", ["browser", "http"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def proxy(whole_site: TestSite) -> AsyncIterator[TestProxy]:
    async with TestProxy(whole_site, PASSWORD) as proxy:
        yield proxy


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def behind(whole_site: TestSite, proxy: TestProxy) -> AsyncIterator[Web]:
    written = f"http://guest:proxy-planted@127.0.0.1:{proxy.port}"
    async with Web(whole_site, {"proxy": written, "connect_to": ()}) as web:
        yield web


@both
async def test_pages_and_their_parts(
    behind: Web, proxy: TestProxy, site: TestSite, render: Render
) -> None:
    proxy.asked.clear()
    parts = "<script src=/one.js></script><script src=https://far.test/two.js></script>"
    site.pages["/x"] = Answer(page("Behind", f"<p>{LONG}</p>{parts}"))
    site.pages["/one.js"] = site.pages["/two.js"] = Answer("", type="text/javascript")
    for scheme in ("http", "http", "https"):
        snapshot = await behind.fetch(f"{scheme}://{render}.test/x", render)
        assert snapshot.status == 200
        written = repr(snapshot.exchanges).lower()
        assert "planted" not in written
        assert "proxy-authorization" not in written
    asked = set(proxy.targets)
    assert {f"GET http://{render}.test/x", f"CONNECT {render}.test:443"} <= asked
    if render == "browser":
        assert {f"GET http://{render}.test/one.js", "CONNECT far.test:443"} <= asked
    assert {seen.host for seen in site.requests} <= {f"{render}.test", "far.test"}
    assert all("proxy-authorization" not in seen.headers for seen in site.requests)


@both
@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{}/", "http://localhost:{}/", "http://x.localhost:{}/",
                "https://[::1]:{}/", "http://0x7f.1:{}/", "http://10.0.0.1/"]
)  # fmt: skip
async def test_private_addresses_stay_refused(
    behind: Web, proxy: TestProxy, render: Render, address: str
) -> None:
    """The proxy's own one as well, as a page's."""
    proxy.asked.clear()
    error = await behind.failure(address.format(proxy.port), render)
    assert error.code == "address.private"
    assert proxy.asked == []


async def test_parts_at_private_addresses_too(
    behind: Web, proxy: TestProxy, site: TestSite
) -> None:
    own = f"127.0.0.1:{proxy.port}"
    site.pages["/x"] = Answer(
        page(
            "Parts",
            f"<p>{LONG}</p><script src='http://{own}/s'></script>"
            f"<script>fetch('https://{own}/', {{mode: 'no-cors'}}).catch(() => 0);"
            f"new WebSocket('ws://{own}/'); new WebSocket('wss://{own}/')</script>",
        )
    )
    proxy.asked.clear()
    await behind.fetch("http://near.test/x")
    assert own not in repr(proxy.targets)


async def test_it_is_said_once(behind: Web, proxy: TestProxy) -> None:
    await behind.fetch("http://near.test/article/plain", "http")
    said = [note for note in behind.notes if "proxy" in note]
    assert said == [
        f"names are resolved by the proxy http://127.0.0.1:{proxy.port}: whether they lead to "
        "private addresses is not checked here"
    ]


@both
async def test_a_proxy_that_refuses_or_is_not_there(
    whole_site: TestSite, proxy: TestProxy, render: Render
) -> None:
    wrong = f"http://guest:wrong-planted@127.0.0.1:{proxy.port}"
    async with Web(whole_site, {"proxy": wrong, "connect_to": ()}) as web:
        error = await web.failure("https://near.test/", render)
        assert str(error) == "no answer from near.test: the proxy answered 407"
    async with Web(whole_site, {"proxy": "http://127.0.0.1:81", "connect_to": ()}) as web:
        error = await web.failure("https://near.test/", render)
        assert error.code == "connect"
        assert "the proxy cannot be reached" in str(error)

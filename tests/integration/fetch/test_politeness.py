"""Documents, pictures and what pages load for themselves share a host's connections."""

import asyncio

import pytest

from tests.integration.fetch.web import Web
from tests.site import Answer, TestSite
from tests.site.pages import LONG, page, script

pytestmark = pytest.mark.asyncio(loop_scope="module")


def busy_page(site: TestSite) -> None:
    """Twelve parts, each slow enough to overlap with the others when it may."""
    parts = "".join(f"<script async src='/part.js?{n}'></script>" for n in range(12))
    site.pages["/busy"] = Answer(page("Busy", f"<p>{LONG}</p>{parts}"))
    site.pages["/part.js"] = Answer("1", type="text/javascript", delay=0.05)
    site.pages["/picture.png"] = Answer(b"\x89PNG", type="image/png", delay=0.05)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("limit", [1, 3])
async def test_a_hosts_connections(whole_site: TestSite, scheme: str, limit: int) -> None:
    whole_site.reset()
    busy_page(whole_site)
    host = "busy.test"
    async with Web(whole_site, {"per_host": limit}) as web:
        await asyncio.gather(
            web.fetch(f"{scheme}://{host}/busy"),
            web.fetch(f"{scheme}://{host}/busy?2"),
            web.fetch(f"{scheme}://{host}/article/plain", "http"),
            *(web.get(f"{scheme}://{host}/picture.png?{n}") for n in range(6)),
        )
    assert len(whole_site.paths(host)) == 2 + 24 + 1 + 6
    assert whole_site.most_at_once(host) == limit


async def test_hosts_do_not_wait_for_each_other(whole_site: TestSite) -> None:
    whole_site.reset()
    busy_page(whole_site)
    async with Web(whole_site, {"per_host": 1}) as web:
        stuck = asyncio.ensure_future(web.fetch("http://one.test/never", "http"))
        assert (await web.fetch("http://two.test/busy")).status == 200
        stuck.cancel()
        await asyncio.gather(stuck, return_exceptions=True)


async def test_waiting_for_a_connection_is_not_the_pages_time(whole_site: TestSite) -> None:
    """Eight pages of half a second each, one after the other, with a second for each."""
    whole_site.reset()
    whole_site.pages["/slow"] = Answer(f"<p>{LONG}", delay=0.4)
    async with Web(whole_site, {"per_host": 1, "timeout": 1.5, "concurrency": 8}) as web:
        await web.fetch("http://a.test/article/plain")
        pages = [web.fetch(f"http://b.test/slow?{n}") for n in range(8)]
        assert {page.status for page in await asyncio.gather(*pages)} == {200}
    assert whole_site.most_at_once("b.test") == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_silent_part_does_not_hold_the_next_page_up(
    whole_site: TestSite, scheme: str
) -> None:
    """The connection of a page that was left is given back."""
    whole_site.reset()
    async with Web(whole_site, {"per_host": 1, "timeout": 1.5}) as web:
        for path in ("/hang/fetch", "/hang/async", "/article/plain"):
            assert (await web.fetch(f"{scheme}://c.test{path}")).status == 200
            assert web.fetcher._gateway._slots.in_use("c.test") <= 1
            await web.rest()
        assert web.fetcher._gateway._slots.in_use("c.test") == 0


async def test_a_kept_sessions_silent_part_neither(whole_site: TestSite) -> None:
    whole_site.reset()
    async with Web(whole_site, {"per_host": 1, "timeout": 1.5}) as web:
        for path in ("/hang/socket", "/article/plain"):
            whole_site.pages["/hang/socket"] = Answer(
                script(
                    "for (let i = 0; i < 30; i++) new WebSocket(`ws://${location.host}/never?${i}`)",
                    f"<p>{LONG}",
                )
            )
            assert (await web.fetch(f"http://d.test{path}", session="keep")).status == 200

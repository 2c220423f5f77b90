"""What one page leaves behind is not there for the next, unless the recipe keeps the session."""

import asyncio

import pytest

from tests.integration.fetch.web import Web
from tests.site import Answer, TestSite
from tests.site.pages import script

pytestmark = pytest.mark.asyncio(loop_scope="module")


def found_in(dom: str) -> list[str]:
    """Cookies, localStorage, sessionStorage, window.name, databases, caches."""
    return dom.rpartition('<p id="found">')[2].partition("<")[0].split("|")


async def test_nothing_is_left_between_pages_of_a_host(web: Web) -> None:
    for _ in range(4):
        leaving = await web.dom("https://one.test/state/leave", ready="#done")
        assert '<p id="done">1' in leaving  # the database was there, in its own page
        await web.rest()
        shown = await web.dom("https://one.test/state/show", ready="#found")
        assert found_in(shown) == ["", "", "", "", "0", "0"]
        await web.rest()
    assert len(web.fetcher._pool._sessions) == 1  # it was cleared, not thrown away


async def test_a_kept_session(web: Web) -> None:
    await web.dom("https://kept.test/state/leave", ready="#done", session="keep")
    await web.rest()
    shown = await web.dom("https://kept.test/state/show", ready="#found", session="keep")
    assert found_in(shown)[:2] == ["left=behind", "behind"]
    assert found_in(shown)[4:] == ["1", "1"]


async def test_pages_at_once_share_a_kept_session(web: Web) -> None:
    paths = ("/cookie/set", "/article/plain", "/article/script")
    await asyncio.gather(*(web.fetch(f"https://e.test{path}", session="keep") for path in paths))
    shown = await web.dom("https://e.test/cookie/show", session="keep")
    assert "cookies:[other=2; crumb=1]" in shown or "cookies:[crumb=1]" in shown


async def test_a_kept_session_is_not_seen_by_others(web: Web) -> None:
    await web.dom("https://kept.test/state/leave", ready="#done", session="keep")
    await web.rest()
    shown = await web.dom("https://kept.test/state/show", ready="#found")
    assert found_in(shown) == ["", "", "", "", "0", "0"]


async def test_cookies_are_sent_within_a_kept_session_only(web: Web) -> None:
    await web.fetch("/cookie/set")
    await web.rest()
    assert "cookies:[]" in await web.dom("/cookie/show")
    await web.fetch("/cookie/set", session="keep")
    assert "cookies:[other=2; crumb=1]" in await web.dom("/cookie/show", session="keep")


async def test_what_a_frame_leaves_is_cleared(web: Web, site: TestSite) -> None:
    site.pages["outer.test/x"] = Answer(
        script("", "<iframe src='https://inner.test/frame'></iframe>")
    )
    site.pages["inner.test/frame"] = Answer(
        script(
            "try {"
            "document.body.append('found ' + sessionStorage.left + localStorage.left"
            " + document.cookie + '.');"
            "document.cookie = 'left=1; SameSite=None; Secure';"
            "localStorage.left = sessionStorage.left = 'behind'"
            # Some browsers forbid it.
            "} catch { document.body.append('found undefinedundefined.') }"
            "fetch('/saw?' + encodeURIComponent(document.body.textContent))"
        )
    )
    for _ in range(3):
        await web.fetch("https://outer.test/x")
        await web.rest()
    saw = [path for path in site.paths("inner.test") if path.startswith("/saw")]
    assert len(saw) == 3
    assert all("found%20undefinedundefined." in path for path in saw)


async def test_cookies_of_others_are_cleared(web: Web, site: TestSite) -> None:
    site.pages["host.test/x"] = Answer("<script src='https://third.test/t.js'></script><p>x")
    site.pages["third.test/t.js"] = Answer(
        "1",
        headers=(("Set-Cookie", "seen=1; SameSite=None; Secure"),),
        type="text/javascript",
    )
    for _ in range(2):
        await web.fetch("https://host.test/x")
        await web.rest()
    asked = [seen for seen in site.requests if seen.host == "third.test"]
    assert len(asked) == 2
    assert all("cookie" not in seen.headers for seen in asked)


async def test_pages_of_a_host_share_a_cache_with_no_other_host(web: Web, site: TestSite) -> None:
    cached = (("Cache-Control", "max-age=3600"), ("ETag", '"follows-you"'))
    for host in ("one.test", "two.test"):
        site.pages[f"{host}/x"] = Answer("<script src=http://cdn.test/s.js></script><p>x")
    site.pages["cdn.test/s.js"] = Answer("1", headers=cached, type="text/javascript")
    for host in ("one.test", "one.test", "two.test"):
        await web.fetch(f"http://{host}/x")
        await web.rest()
    asked = [seen for seen in site.requests if seen.host == "cdn.test"]
    assert len(asked) == 2
    assert all("if-none-match" not in seen.headers for seen in asked)


async def test_history_is_empty(web: Web, site: TestSite) -> None:
    site.pages["/x"] = Answer(script("document.body.append('steps ' + history.length + '.')"))
    first = await web.dom("/x")
    await web.rest()
    await web.fetch("/article/plain")
    await web.rest()
    assert (await web.dom("/x")) == first


async def test_service_workers_are_not_registered(web: Web, site: TestSite) -> None:
    await web.fetch("/worker/page")
    assert site.paths() == ["/worker/page"]


async def test_a_page_with_a_worker_gets_a_context_of_its_own(web: Web, site: TestSite) -> None:
    site.pages["w.test/x"] = Answer(
        script(
            "new Worker('/w.js').onmessage = e => document.body.append('worker ' + e.data)", "<p>x"
        )
    )
    site.pages["w.test/w.js"] = Answer(
        "indexedDB.databases().then(all => {"
        "postMessage(all.length + ' found'); setInterval(() => indexedDB.open('left'), 1) })",
        type="text/javascript",
    )
    for _ in range(2):
        assert "worker 0 found" in await web.dom("https://w.test/x")
        await web.rest()


async def test_a_page_that_is_busy_leaving_is_left(web: Web, site: TestSite) -> None:
    site.pages["/x"] = Answer(
        script("onpagehide = onbeforeunload = onunload = () => { for (;;); }", "<p>x")
    )
    await web.fetch("/x")
    await web.rest()
    sessions = set(web.fetcher._pool._sessions)
    await web.fetch("/article/plain")
    await web.rest()
    assert web.fetcher._pool._sessions == sessions  # the same tab


async def test_many_frames_cost_the_context(web: Web, site: TestSite) -> None:
    frames = "".join(f"<iframe src='http://f{n}.test/frame'></iframe>" for n in range(25))
    site.pages["many.test/x"] = Answer(f"<p>x{frames}")
    site.pages["/frame"] = Answer("<p>frame")
    before = set(web.fetcher._pool._sessions)
    await web.fetch("http://many.test/x")
    await web.rest()
    assert web.fetcher._pool._sessions <= before

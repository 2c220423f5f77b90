"""What both drivers of a browser do alike: its pipe, which shows the pages, and Playwright, which
opens a window."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scraper.errors import BrowserCrashed, BrowserUnavailable
from scraper.fetch import launch
from scraper.fetch.pipe_driver import PipeDriver
from scraper.fetch.playwright_driver import PlaywrightDriver
from scraper.recipe import Action, Scroll
from tests.integration.fetch.processes import VARIABLE, Mark
from tests.integration.fetch.web import Web
from tests.site import Answer, TestSite
from tests.site.pages import script


@pytest.fixture(autouse=True, params=[PipeDriver, PlaywrightDriver])
def driver(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test is of both."""
    monkeypatch.setattr(launch, "driver_for", lambda **_: request.param())


@pytest.fixture
async def driven(driver: None, site: TestSite) -> AsyncIterator[Web]:
    async with Web(site, {"locale": "da-DK", "timezone": "Asia/Tokyo"}) as web:
        assert driver is None  # it comes first
        yield web


async def test_what_pages_see(driven: Web, site: TestSite) -> None:
    site.pages["/seen"] = Answer(
        script(
            "const out = document.body.appendChild(document.createElement('p'));"
            "out.textContent = [innerWidth, innerHeight, devicePixelRatio, navigator.language,"
            "Intl.DateTimeFormat().resolvedOptions().timeZone, (1.5).toLocaleString(),"
            "document.visibilityState, document.hasFocus(),"
            "matchMedia('(hover: hover) and (pointer: fine)').matches].join('|')"
        )
    )
    seen = await driven.dom("/seen")
    width, height = driven.job.viewport.split("x")
    assert f">{width}|{height}|1|da-DK|Asia/Tokyo|1,5|visible|true|true</p>" in seen


async def test_what_pages_do(driven: Web, site: TestSite) -> None:
    assert '<p id="past">' in await driven.dom("/dialogs")
    site.reset()
    await driven.fetch("/popups")
    assert site.paths() == ["/popups"]
    assert "part 5" in await driven.dom("/endless", scroll=Scroll(until="#end"))
    site.pages["/frame"] = Answer(
        script(
            "requestAnimationFrame(() => new IntersectionObserver(() =>"
            " document.body.append(document.createElement('x-drawn'))).observe(document.body))"
        )
    )
    assert "x-drawn>" in await driven.dom("/frame", ready="x-drawn")
    site.pages["/more"] = Answer(
        "<button onclick=\"this.after('opened')\">more</button>", type="text/html"
    )
    assert "opened" in await driven.dom("/more", actions=(Action(click="button"),))


async def test_nothing_is_left(driven: Web, site: TestSite) -> None:
    site.pages["/write"] = Answer(
        script(
            "document.cookie = 'a=1'; localStorage.b = 2; name = 'c';"
            "navigator.serviceWorker?.register('/worker.js')"
        )
    )
    site.pages["/read"] = Answer(
        script("document.body.append([document.cookie, localStorage.b, name, history.length])")
    )
    for _ in range(2):
        await driven.fetch("/write")
        await driven.rest()
        assert ",,,2" in await driven.dom("/read")
        await driven.rest()
    assert "/worker.js" not in site.paths()
    # A page with a worker gets a context of its own.
    site.pages["/busy"] = Answer(script("new Worker('data:text/javascript,1')"))
    await driven.fetch("/busy")
    await driven.rest()
    assert not [tab for _, tab in driven.fetcher._pool._idle if tab._spoilt]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are read there")
async def test_what_dies(site: TestSite) -> None:
    with pytest.MonkeyPatch.context() as patch:
        mark = Mark()
        patch.setenv(VARIABLE, mark.value)
        async with Web(site) as web:
            for word in ("--type=renderer", "--remote-debugging-pipe"):
                await web.fetch("/article/plain")
                page = asyncio.ensure_future(web.fetch("/hang/fetch"))
                while "/never?fetch" not in site.paths():  # noqa: ASYNC110 - in another thread
                    await asyncio.sleep(0.02)
                site.reset()
                for pid in mark.pids(word):
                    os.kill(pid, signal.SIGKILL)
                with pytest.raises(BrowserCrashed):
                    await page
            assert (await web.fetch("/article/plain")).status == 200
        assert await mark.gone()


async def test_its_last_words(site: TestSite, tmp_path: Path) -> None:
    wrong = tmp_path / "chromium"
    wrong.write_text(
        "#!/bin/sh\n[ $1 = --version ] && echo Chromium 140.0.1.2 && exit\n"
        "echo 'cannot load libnss3.so' >&2; exit 127\n"
    )
    wrong.chmod(0o755)
    async with Web(site, {"browser": str(wrong)}) as web:
        with pytest.raises(BrowserUnavailable, match=r"does not start \(cannot load libnss3"):
            await web.fetch("/article/plain")

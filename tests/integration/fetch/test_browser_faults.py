"""Tabs, browsers and drivers that hang or die; and nothing of them is left."""

import asyncio
import errno
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scraper.errors import BrowserCrashed, BrowserUnavailable, PageTimeout
from scraper.fetch import devtools, launch, memory, pool, tabs
from scraper.fetch.playwright_driver import PlaywrightDriver
from tests.integration.fetch.processes import VARIABLE, Mark
from tests.integration.fetch.web import Web
from tests.site import Answer, TestSite
from tests.site.pages import script

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are read there")

CHILD = """
import asyncio, signal, sys
from tests.integration.fetch.web import Web
from tests.site import TestSite

async def main():
    told = lambda: print("sigint", flush=True)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, told)
    with TestSite() as site:
        async with Web(site, {"timeout": 60.0}) as web:
            await web.fetch("/article/plain")
            paths = ("/spin", "/hang/fetch", "/ticker")
            hanging = [asyncio.ensure_future(web.fetch(path)) for path in paths]
            while len(site.requests) < 5:
                await asyncio.sleep(0.05)
            print(web.temps[0], flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            print((await web.fetch("/article/plain")).status, flush=True)
            await asyncio.to_thread(sys.stdin.readline)

asyncio.run(main())
"""


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch) -> Mark:
    mark = Mark()
    monkeypatch.setenv(VARIABLE, mark.value)
    return mark


@pytest.fixture
async def own(mark: Mark, site: TestSite) -> AsyncIterator[Web]:
    """A browser that the test may harm."""
    async with Web(site, {"timeout": 3.0}) as web:
        yield web
    assert await mark.gone()
    assert not any(temp.exists() for temp in web.temps)


async def under_way(web: Web, path: str, until: str) -> "asyncio.Task[object]":
    """A page that hangs, and has asked the site for `until`."""
    page = asyncio.ensure_future(web.fetch(path))
    while until not in web.site.paths():  # noqa: ASYNC110 - the site lives in another thread
        await asyncio.sleep(0.02)
    return page


@pytest.mark.parametrize("path", ["/spin", "/spin/later"])
async def test_a_page_that_is_busy_for_ever(own: Web, mark: Mark, path: str) -> None:
    await own.fetch("/article/plain")
    error = await own.failure(path)
    assert (error.code, error.retryable) == ("timeout", True)
    assert (await own.fetch("/article/plain")).status == 200
    assert len(own.temps) == 1  # the same browser
    (stuck,) = await _burning(mark)
    assert stuck is None


async def _burning(mark: Mark) -> list[int | None]:
    """The renderer that still burns a processor after a moment, if one does."""
    for _ in range(100):
        before = {pid: _ticks(pid) for pid in mark.pids("--type=renderer")}
        await asyncio.sleep(0.1)
        busy = [pid for pid, ticks in before.items() if _ticks(pid) - ticks > 5]
        if not busy:
            return [None]
    return list(busy)


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


async def test_a_dead_renderer(own: Web, mark: Mark) -> None:
    page = await under_way(own, "/hang/fetch", "/never?fetch")
    for pid in mark.pids("--type=renderer"):
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(BrowserCrashed, match="tab died"):
        await page
    assert (await own.fetch("/article/plain")).status == 200
    assert len(own.temps) == 1


@pytest.fixture
def playwright(monkeypatch: pytest.MonkeyPatch) -> None:
    """Browsers are driven by it."""
    monkeypatch.setattr(launch, "driver_for", lambda **_: PlaywrightDriver())


@pytest.mark.usefixtures("playwright")
async def test_a_dead_driver(own: Web, mark: Mark) -> None:
    page = await under_way(own, "/hang/fetch", "/never?fetch")
    for pid in mark.pids("run-driver"):
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(BrowserCrashed):
        await page
    assert (await own.fetch("/article/plain")).status == 200
    await own.fetcher.close()
    assert await mark.gone()


async def test_a_dead_browser(own: Web, mark: Mark) -> None:
    page = await under_way(own, "/hang/fetch", "/never?fetch")
    for pid in mark.pids("--remote-debugging-pipe"):
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(BrowserCrashed):
        await page
    assert (await own.fetch("/article/plain")).status == 200
    assert len(own.temps) == 2
    await own.fetcher.close()
    assert await mark.gone()


async def test_a_browser_that_dies_again_and_again(own: Web, mark: Mark) -> None:
    for path in ("/hang/fetch?1", "/hang/fetch?1", "/hang/fetch?2", "/hang/fetch?2"):
        page = await under_way(own, path, "/never?fetch")
        own.site.reset()
        for pid in mark.pids("--remote-debugging-pipe"):
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(BrowserCrashed):
            await page
    with pytest.raises(BrowserUnavailable, match="4 times in a row"):
        await own.fetch("/article/plain")


async def test_a_page_that_kills_the_browser_again_harms_no_other(own: Web, mark: Mark) -> None:
    killer = await under_way(own, "/hang/fetch", "/never?fetch")
    other = await under_way(own, "/article/plain?late", "/article/plain?late")
    for pid in mark.pids("--remote-debugging-pipe"):
        os.kill(pid, signal.SIGKILL)
    for page in (killer, other):
        with pytest.raises(BrowserCrashed):
            await page
    own.site.reset()
    other = await under_way(own, "/ticker", "/ticker")  # in the next browser of all
    before = mark.pids("--remote-debugging-pipe")
    killer = await under_way(own, "/hang/fetch", "/never?fetch")
    for pid in set(mark.pids("--remote-debugging-pipe")) - set(before):
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(BrowserCrashed):
        await killer
    await other
    assert (await own.fetch("/article/plain?late")).status == 200


async def test_what_is_stopped_does_not_keep_the_next_page(
    own: Web, mark: Mark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devtools, "CALL_SECONDS", 2.0)
    monkeypatch.setattr(tabs, "ANSWER_SECONDS", 1.0)
    monkeypatch.setattr(launch, "_CLOSE_SECONDS", 1.0)
    for word in ("--type=renderer", "--remote-debugging-pipe"):
        await own.fetch("/article/plain")
        own.site.reset()
        page = await under_way(own, "/spin/later", "/spin/later")
        for pid in mark.pids(word):
            os.kill(pid, signal.SIGSTOP)
        with pytest.raises(PageTimeout):
            await page
        assert (await own.fetch("/article/plain")).status == 200


async def test_a_page_without_end_of_its_memory(own: Web, mark: Mark) -> None:
    await own.fetch("/article/plain")
    limits = [resource.prlimit(pid, resource.RLIMIT_DATA) for pid in mark.pids("--type=renderer")]
    assert set(limits) == {(memory.ceiling(), memory.ceiling())}
    own.site.pages["/x"] = Answer(script("const a = []; for (;;) a.push(new Array(1e5).fill(1.1))"))
    own.fetcher._renderer._timeout = 30.0
    assert (await own.failure("/x")).code == "browser.crashed"
    assert (await own.fetch("/article/plain")).status == 200
    assert len(own.temps) == 1


@pytest.mark.parametrize("limit", ["BYTES_OF_A_BROWSER", "FAILURES_IN_A_ROW"])
async def test_a_browser_is_replaced_when_it_is_tired(
    own: Web, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(pool, limit, 0)
    for _ in range(2):
        assert (await own.fetch("/article/plain")).status == 200
        await own.rest()
    assert len(own.temps) == 2


async def test_a_tab_that_grew_is_not_used_again(own: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "BYTES_OF_A_TAB", 0)
    await own.fetch("/article/plain")
    await own.rest()
    assert not own.fetcher._pool._idle
    assert (await own.fetch("/article/plain")).status == 200


async def test_a_page_in_between_is_a_new_start(own: Web, mark: Mark) -> None:
    for _ in range(4):
        assert (await own.fetch("/article/plain")).status == 200
        for pid in mark.pids("--remote-debugging-pipe"):
            os.kill(pid, signal.SIGKILL)
        assert await mark.gone("--remote-debugging-pipe")


async def test_a_browser_is_replaced_after_many_pages(
    own: Web, mark: Mark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "PAGES_OF_A_BROWSER", 2)
    for _ in range(6):
        await own.fetch("/article/plain")
    assert 2 <= len(own.temps) <= 3
    while sum(temp.exists() for temp in own.temps) > 1:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def test_closing_while_pages_hang(mark: Mark, site: TestSite) -> None:
    web = Web(site)
    async with web:
        pages = [
            await under_way(web, path, path) for path in ("/spin", "/hang/fetch", "/slow/body")
        ]
        for page in pages:
            page.cancel()
        started = time.monotonic()
        await web.fetcher.close()
        await web.fetcher.close()
        assert time.monotonic() - started < 15
    assert await mark.gone()
    assert not web.temps[0].exists()
    await asyncio.gather(*pages, return_exceptions=True)


async def test_no_browser(site: TestSite, tmp_path: Path) -> None:
    for wrong in (str(tmp_path / "none"), sys.executable, "/bin/false"):
        async with Web(site, {"browser": wrong}) as web:
            with pytest.raises(BrowserUnavailable, match="scraper install"):
                await web.fetch("/article/plain")


async def test_no_room_for_the_browsers_files(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device", "/somewhere")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    async with Web(site) as web:
        with pytest.raises(BrowserUnavailable, match=r"No space left on device\).* in /somewhere"):
            await web.fetch("/article/plain")


async def test_the_sandbox_is_noted_once(site: TestSite) -> None:
    async with Web(site) as web:
        await web.fetch("/article/plain")
        await web.fetch("/article/plain")
    if os.geteuid() == 0:
        (note,) = web.notes
        assert "sandbox is off" in note
    else:
        assert len(web.notes) <= 1


async def test_without_a_sandbox_the_browser_starts_all_the_same(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To root Chromium refuses to start with a sandbox, as it does where there is none."""
    if os.geteuid() != 0:
        pytest.skip("this needs root")
    monkeypatch.setattr(launch, "_sandbox", lambda: launch.Sandbox(on=True))
    async with Web(site) as web:
        assert (await web.fetch("/article/plain")).status == 200
    assert web.notes == ["the browser's sandbox is off: this system offers none to ordinary users"]


def _child(mark: Mark) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {VARIABLE: mark.value},
        start_new_session=True,
    )


async def test_only_our_process_is_killed(mark: Mark) -> None:
    child = _child(mark)
    assert child.stdout
    temp = Path((await asyncio.to_thread(child.stdout.readline)).strip())
    assert temp.is_dir()  # noqa: ASYNC240 - nothing waits for it
    assert len(mark.pids()) > 4
    child.kill()
    child.wait()
    assert await mark.gone()


async def test_what_is_stopped_is_killed_too(mark: Mark) -> None:
    child = _child(mark)
    assert child.stdout
    temp = Path((await asyncio.to_thread(child.stdout.readline)).strip())
    for word in ("--type=", "--remote-debugging-pipe"):
        for pid in mark.pids(word):
            os.kill(pid, signal.SIGSTOP)
    child.kill()
    child.wait()
    assert await mark.gone()
    assert not temp.exists()  # noqa: ASYNC240


@pytest.mark.parametrize("word", ["--type=", "--remote-debugging-pipe"])
async def test_a_launch_that_is_broken_off(own: Web, mark: Mark, word: str) -> None:
    page = asyncio.ensure_future(own.fetch("/article/plain"))
    while not mark.pids(word):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    page.cancel()
    await asyncio.gather(page, return_exceptions=True)
    assert await mark.gone()
    assert (await own.fetch("/article/plain")).status == 200


async def test_an_interrupt_from_the_terminal_leaves_the_browser_alone(mark: Mark) -> None:
    child = _child(mark)
    assert child.stdout
    assert child.stdin
    await asyncio.to_thread(child.stdout.readline)
    os.killpg(child.pid, signal.SIGINT)
    assert (await asyncio.to_thread(child.stdout.readline)).strip() == "sigint"
    child.stdin.write("\n")
    child.stdin.flush()
    assert (await asyncio.to_thread(child.stdout.readline)).strip() == "200"
    child.kill()
    child.wait()
    assert await mark.gone()

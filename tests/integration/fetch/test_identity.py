"""The browser and the HTTP client call themselves the same, and pages see what the job says."""

import json
from typing import Any

import pytest

from scraper.settings import default_user_agent
from tests.integration.fetch.web import Web
from tests.site import Answer, Seen, TestSite

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROBE = """
<p id="seen"></p><script>
const brands = self.navigator.userAgentData?.brands ?? []
const mine = {
  agent: navigator.userAgent, version: navigator.appVersion, language: navigator.language,
  languages: navigator.languages, zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  width: innerWidth, height: innerHeight, brands: brands.map(one => one.brand),
}
const code = `postMessage([navigator.userAgent, (navigator.userAgentData?.brands ?? [])
  .map(one => one.brand)])`
new Worker(URL.createObjectURL(new Blob([code]))).onmessage = event => {
  mine.worker = event.data
  fetch('/told', {method: 'POST', body: JSON.stringify(mine)})
}
</script>
"""


async def told(web: Web) -> dict[str, Any]:
    web.site.pages["/probe"] = Answer(PROBE)
    web.site.pages["/told"] = Answer("ok")
    await web.fetch("/probe")
    found: dict[str, Any] = json.loads(web.site.seen("/told").body)
    return found


def names_itself(seen: Seen) -> str:
    return " ".join(f"{name}: {value}" for name, value in seen.headers.items())


async def test_nothing_calls_itself_headless(web: Web, site: TestSite) -> None:
    mine = await told(web)
    assert "HeadlessChrome" not in json.dumps(mine)
    assert mine["agent"] == mine["worker"][0] == default_user_agent()
    await web.get("/robots.txt")
    await web.fetch("/article/plain", "http")
    assert all("HeadlessChrome" not in names_itself(seen) for seen in site.requests)
    assert {seen.headers["user-agent"] for seen in site.requests} == {default_user_agent()}
    assert {seen.headers["accept-language"] for seen in site.requests} == {"en-US"}


async def test_the_jobs_looks(whole_site: TestSite) -> None:
    options = {
        "user_agent": "Mozilla/5.0 (compatible; Tester/1.0; +https://example.test/bot)",
        "locale": "zh-CN",
        "timezone": "Asia/Shanghai",
        "viewport": "1000x700",
    }
    whole_site.reset()
    async with Web(whole_site, options) as web:
        mine = await told(web)
        await web.fetch("/article/plain", "http")
    assert mine["agent"] == mine["worker"][0] == options["user_agent"]
    assert (mine["language"], mine["languages"]) == ("zh-CN", ["zh-CN"])
    assert mine["zone"] == "Asia/Shanghai"
    assert (mine["width"], mine["height"]) == (1000, 700)
    for seen in whole_site.requests:
        assert seen.headers["user-agent"] == options["user_agent"]
        assert seen.headers["accept-language"] == "zh-CN"


async def test_documents_are_asked_for_as_a_browser_does(web: Web, site: TestSite) -> None:
    await web.fetch("/article/plain")
    headers = site.seen("/article/plain").headers
    assert headers["accept"].startswith("text/html,application/xhtml+xml")
    assert headers["accept-encoding"] == "gzip, deflate, br, zstd"
    assert headers["sec-fetch-mode"] == "navigate"
    assert headers["sec-fetch-site"] == "none"
    assert "referer" not in headers


async def test_the_browser_is_named(web: Web) -> None:
    await web.fetch("/article/plain")
    name = web.fetcher.browser
    assert name
    assert name.split(" ")[0] in ("headless-shell", "chromium")

"""Credentials reach the origin they are for, in whole, and no other origin in any part."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.integration.fetch.web import Render, Web
from tests.site import Answer, Seen, TestSite
from tests.site.pages import LONG, page

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWN = "https://paper.test"
ELSEWHERE = (
    "http://paper.test",
    "https://paper.test:8443",
    "https://other.test",
    "https://sub.paper.test",
)
SECRETS = {
    "password": "pass-planted-1",
    "header": "header-planted-2",
    "cookie": "cookie-planted-3",
    "state": "state-planted-4",
    "storage": "storage-planted-5",
}
STATE = {
    "cookies": [
        {"name": "kept", "value": SECRETS["state"], "domain": ".paper.test", "path": "/",
         "expires": -1, "httpOnly": True, "secure": True, "sameSite": "Lax"},
        {"name": "stale", "value": "stale-state", "domain": "paper.test", "path": "/",
         "expires": 1000, "httpOnly": False, "secure": False, "sameSite": "Lax"},
        {"name": "foreign", "value": "foreign-state", "domain": "other.test", "path": "/",
         "expires": -1, "httpOnly": False, "secure": False, "sameSite": "Lax"},
    ],
    "origins": [
        {"origin": OWN, "localStorage": [{"name": "token", "value": SECRETS["storage"]}]},
        {"origin": "https://other.test",
         "localStorage": [{"name": "token", "value": "foreign-storage"}]},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("state") / "state.json"
    path.write_text(json.dumps(STATE))
    return path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def known(whole_site: TestSite, state: Path) -> AsyncIterator[Web]:
    ports = f"*:8443:127.0.0.1:{whole_site.https_port}"
    options: dict[str, Any] = {
        "connect_to": (*whole_site.connect_to, ports),
        "auth": (f"reader:{SECRETS['password']}@{OWN}",),
        "header": (f"X-Reader: {SECRETS['header']}",),
        "cookie": (f"session={SECRETS['cookie']}",),
        "storage_state": str(state),
        "per_host": 6,
    }
    async with Web(whole_site, options, seeds=(f"{OWN}/start",)) as web:
        yield web


def has_all(seen: Seen) -> bool:
    cookies = seen.headers.get("cookie", "")
    return (
        seen.headers.get("authorization") == "Basic cmVhZGVyOnBhc3MtcGxhbnRlZC0x"
        and seen.headers.get("x-reader") == SECRETS["header"]
        and f"session={SECRETS['cookie']}" in cookies
        and f"kept={SECRETS['state']}" in cookies
        and "stale" not in cookies
        and "foreign" not in cookies
    )


def has_none(seen: Seen) -> bool:
    whole = f"{seen.path} {seen.headers} {seen.body.decode()}"
    return not any(secret in whole for secret in (*SECRETS.values(), "cmVhZGVy", "x-reader"))


def of_own_origin(seen: Seen) -> bool:
    return (seen.scheme, seen.host) == ("https", "paper.test")


PARTS = """
<link rel=stylesheet href=/own.css><script src=/own.js></script><iframe src=/own-frame></iframe>
<script src=/go-away.js></script>
<script>
  fetch('/own.json', {method: 'POST', body: 'posted'})
  fetch('/go-away.json').catch(() => 0)
  fetch('/own-token', {headers: {Authorization: 'Bearer mine'}})
  const told = {cookie: document.cookie, token: localStorage.getItem('token')}
  document.getElementById('token').textContent = told.token ? 'a token' : 'no token'
  fetch('/told', {method: 'POST', body: JSON.stringify(told)})
  for (const there of ELSEWHERE) {
    fetch(there + '/fetched', {mode: 'no-cors', credentials: 'include'}).catch(() => 0)
    const parts = [['script', 'src'], ['iframe', 'src'], ['link', 'href']]
    for (const [name, key] of parts) {
      const part = document.createElement(name)
      part.rel = 'stylesheet'
      part[key] = there + '/' + name
      document.body.append(part)
    }
  }
</script>
"""


def prepare(site: TestSite) -> None:
    parts = PARTS.replace("ELSEWHERE", json.dumps(ELSEWHERE))
    site.pages["/start"] = Answer(page("Start", f"<p id=text>{LONG}</p><p id=token></p>{parts}"))
    site.pages["/told"] = Answer("{}", type="application/json")
    for path in (
        "/own.css",
        "/own.js",
        "/own-frame",
        "/own.json",
        "/own-token",
        "/fetched",
        "/script",
        "/link",
    ):
        site.pages[path] = Answer("", type="text/css" if "css" in path else "text/javascript")
    site.pages["/iframe"] = Answer("<script>fetch('https://paper.test/own-by-others')</script>")
    for number, there in enumerate(ELSEWHERE):
        site.pages[f"/away{number}"] = Answer(status=302, headers=(("Location", f"{there}/x"),))
    away = (("Location", "https://other.test/left"),)
    site.pages["/go-away.js"] = Answer(status=302, headers=away)
    site.pages["/go-away.json"] = Answer(
        status=302, headers=(*away, ("Access-Control-Allow-Origin", "*"))
    )


async def test_a_page_and_its_parts(known: Web, site: TestSite) -> None:
    prepare(site)
    snapshot = await known.fetch(f"{OWN}/start")
    assert "a token" in (snapshot.dom or "")
    own = {seen.path: seen for seen in site.requests if of_own_origin(seen)}
    wanted = "/start /own.css /own.js /own-frame /own.json /told /go-away.js /go-away.json"
    for path in wanted.split():
        assert has_all(own[path]), path
    told = json.loads(own["/told"].body)
    assert told == {"cookie": "", "token": SECRETS["storage"]}
    assert own["/own.json"].body == b"posted"
    assert own["/own-token"].headers["authorization"] == "Bearer mine"
    assert own["/own-token"].headers["x-reader"] == SECRETS["header"]
    elsewhere = [seen for seen in site.requests if not of_own_origin(seen)]
    assert {f"{seen.scheme}://{seen.host}" for seen in elsewhere} == set(ELSEWHERE[1:])  # no mixing
    assert {seen.path for seen in elsewhere} == {"/fetched", "/script", "/iframe", "/link", "/left"}
    assert all(has_none(seen) for seen in elsewhere)
    # What a page of another origin asks of this one is asked in nobody's name.
    assert has_none(own["/own-by-others"])


async def test_what_others_have_stored_for_them_is_not_given(known: Web, site: TestSite) -> None:
    prepare(site)
    site.pages["other.test/"] = Answer(page("Other", "<p id=text></p>" + PARTS_OF_OTHERS))
    site.pages["other.test/told"] = site.pages["/frame-told"] = Answer("{}")
    site.pages["/own-frame"] = Answer(
        "<script>fetch('/frame-told', {method: 'POST', body: localStorage.getItem('token')})"
        "</script>"
    )
    await known.fetch("https://other.test/")
    assert site.seen("/frame-told").body == b""  # nothing
    told = json.loads(site.seen("/told").body)
    assert told == {"cookie": "", "token": None}
    for path in ("/told", "/own.json", "/own-frame"):
        assert has_none(site.seen(path)), path


PARTS_OF_OTHERS = """<script>
const told = {cookie: document.cookie, token: localStorage.getItem('token')}
fetch('/told', {method: 'POST', body: JSON.stringify(told)})
fetch('https://paper.test/own.json', {mode: 'no-cors', credentials: 'include'})
const frame = document.createElement('iframe')
frame.referrerPolicy = 'no-referrer'
frame.src = 'https://paper.test/own-frame'
document.body.append(frame)
</script>"""


@pytest.mark.parametrize("render", ["browser", "http"])
async def test_a_redirect_takes_nothing_along(known: Web, site: TestSite, render: Render) -> None:
    prepare(site)
    site.pages["/x"] = Answer(page("Away", f"<p>{LONG}"))
    for number in range(len(ELSEWHERE)):
        snapshot = await known.fetch(f"{OWN}/away{number}", render)
        assert snapshot.url == f"{ELSEWHERE[number]}/x"
    sent = {of_own_origin(seen): has_all(seen) for seen in site.requests}
    assert sent == {True: True, False: False}
    assert all(has_none(seen) for seen in site.requests if not of_own_origin(seen))


async def test_no_other_page_acts_in_our_name(known: Web, site: TestSite) -> None:
    """Led away, a script comes back with an address of its own choice."""
    there = (("Location", "https://other.test/act"),)
    site.pages["/away"] = Answer(status=302, headers=there)
    site.pages["/act"] = Answer("<meta name=referrer content=no-referrer><form action=DO "
                                "method=post></form><script>document.forms[0].submit()</script>"
                                .replace("DO", f"{OWN}/do"))  # fmt: skip
    site.pages["/do"] = Answer(page("Done", f"<p>{LONG}"))
    await known.fetch(f"{OWN}/away")
    assert has_all(site.seen("/away"))
    assert site.seen("/do").method == "POST"
    assert has_none(site.seen("/do"))


async def test_pictures_and_robots(known: Web, site: TestSite) -> None:
    site.pages["/x.png"] = Answer("")
    site.pages["/robots.txt"] = Answer("")
    await known.fetcher.get(f"{OWN}/x.png", admit=known._admit, page=f"{OWN}/start")
    assert has_all(site.seen("/x.png"))
    for page_ in ("https://other.test/", "http://paper.test/", None):
        await known.fetcher.get(f"{OWN}/x.png", admit=known._admit, page=page_)
        assert has_none(site.seen("/x.png"))
    await known.get(f"{OWN}/robots.txt")
    assert has_none(site.seen("/robots.txt"))


@pytest.mark.parametrize("render", ["browser", "http"])
async def test_a_session_is_renewed_and_stays_ours(
    known: Web, site: TestSite, render: Render
) -> None:
    """The server sends the secrets back, in headers, with the cookie renewed."""
    renewed = f"renewed-{render}"
    site.pages["/renew"] = lambda seen: Answer(
        page("Renewed", f"<p>{LONG}"),
        headers=(
            ("Set-Cookie", f"extra={renewed}; Path=/; Domain=paper.test"),
            ("X-Echo", f"{seen.headers['x-reader']} {seen.headers['cookie'].partition('; ex')[0]}"),
        ),
    )
    site.pages["/after"] = Answer(page("After", f"<p>{LONG}"))
    snapshot = await known.fetch(f"{OWN}/renew", render)
    after = await known.fetch(f"{OWN}/after", render)
    assert f"extra={renewed}" in site.seen("/after").headers["cookie"]
    assert has_all(site.seen("/after"))
    await known.fetch("https://paper.test:8443/after", render)
    assert has_none(site.seen("/after"))
    assert renewed not in str(site.seen("/after"))
    for one in (snapshot, after):
        written = repr((one.headers, one.exchanges))
        assert not any(secret in written for secret in (*SECRETS.values(), renewed, "cmVhZGVy"))
    assert ("X-Echo", "*** kept=***; session=***") in snapshot.headers

"""The reader in a real browser: what a person sees, and what hostile records cannot do."""

from __future__ import annotations

import asyncio
import http.client
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Page, Response, async_playwright

from scraper.errors import UsageError
from scraper.fetch.find_browser import find_browser
from scraper.job import Job
from scraper.protocols import Outcome
from scraper.record import Article, Gone, Provenance
from scraper.serve.server import Reader
from scraper.snapshot import Exchange, Snapshot
from scraper.store.collection import LocalCollection
from tests.unit.samples import (
    MOMENT,
    address,
    article,
    failed,
    nothing,
    outcome,
    png,
    seeds,
    snapshot,
)
from tests.unit.store.opening import opened

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVIL = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
STYLE = "h1 { color: rgb(1, 2, 3); background: url(/boat.png) }"
HARBOUR = (
    "<!DOCTYPE html><html><head><link rel=stylesheet href=/style.css></head><body>"
    "<h1>The harbour</h1><p style='height:3000px'>Long.</p><p id=who>Maud Quill</p>"
    "<img src=/boat.png alt='A boat'><a href=https://elsewhere.example/>away</a></body></html>"
)
HOSTILE = (
    "<!DOCTYPE html><html><head><meta http-equiv=refresh content='0;url=READER'></head><body>"
    f"<h1>Hostile</h1>{EVIL}<script>fetch('READER')</script>"
    "<img id=theirs src='THEIRS'><img id=reader src='READERstatic/icon.svg'>"
    "<iframe src='READER'></iframe><iframe srcdoc=\"<script>top.document.title='owned'</script>\">"
    "</iframe><form id=f action='READER'><input name=q value=x><button>Send</button></form>"
    "<svg><a xlink:href='javascript:top.document.title=1'><text y=20>click</text></a></svg>"
    "<style>@import 'READERstatic/look.css'; p { background: url(READERstatic/icon.svg) }</style>"
    "</body></html>"
)


TRIED = """async ([reader, theirs, media]) => {
  const tries = {
    opener: () => opener.location.href, cookie: () => document.cookie,
    storage: () => localStorage.length, databases: () => indexedDB.open('x'),
    popup: () => open(reader).location, theirs: () => fetch(theirs), media: () => fetch(media),
    reader: () => fetch(reader), json: () => fetch(reader + 'json/news.example:0'),
  }
  if (top !== self) {
    tries.top = () => top.document.body.textContent
    tries.parent = () => parent.document.body.textContent
    tries.lead = () => { top.location.href = reader + 'runs' }
  }
  const got = {}
  for (const [name, attempt] of Object.entries(tries)) {
    try { await attempt(); got[name] = 'done' } catch { got[name] = 'refused' }
  }
  return got
}"""
"""Were a script to run there after all."""


def kept(number: int, html: str, *parts: Exchange) -> Snapshot:
    made = snapshot(number)
    document = replace(made.exchanges[-1], body=html.encode())
    return replace(
        made, document=html.encode(), dom=html, exchanges=(document,), parts=parts, warnings=()
    )


def part(path: str, kind: str, body: bytes) -> Exchange:
    url = f"https://news.example{path}"
    return Exchange(url, 200, (("Content-Type", kind),), body, MOMENT)


def told(number: int, title: str, text: str, **more: Any) -> Article:
    return article(number, text, title=title, **more)


def record(collection: LocalCollection, *outcomes: Outcome) -> None:
    run = collection.begin(Job(archive="full"), [one.request for one in outcomes])
    collection.store(run).commit(outcomes, nothing)
    collection.end(run, "finished", {"seconds": 75.0, "bytes": 1000})


def fill(path: Path) -> None:
    """An ordinary article of two revisions, a Chinese one, a hostile one, a failure."""
    boat = png(40, 30)
    parts = (
        part("/style.css", "text/css", STYLE.encode()),
        part("/boat.png", "image/png", boat),
    )
    harbour, chinese, evil, gone = seeds(4)
    where = {
        "title": Provenance(candidate="css:h1", index=0, xpath="/html/body/h1", raw="The harbour"),
        "authors": Provenance(candidate="css:#who", index=0, xpath="/html/body/p[2]", raw="Quill"),
    }
    quill: dict[str, Any] = {"authors": ("Maud Quill",), "provenance": where}
    nasty = Provenance(candidate=EVIL, xpath="//*", raw=EVIL)
    theirs = {"id": f"news.example:{EVIL}", "site": EVIL, "authors": (EVIL,), "tags": (EVIL,)}
    with opened(path) as collection:
        picture = collection.store(collection.begin(Job(), [harbour])).put_media(boat)
        quill["pictures"] = [picture]
        harboured = told(0, "The harbour", "The tide is high.", **quill)
        record(
            collection,
            outcome(harbour, harboured, snapshot=kept(0, HARBOUR, *parts)),
            outcome(
                chinese,
                told(1, "步行桥通了", "渡船老板改行开起了面馆。", language="zh"),
                snapshot=replace(kept(1, "<h1>步行桥通了</h1>"), parts=None),
            ),
            outcome(
                evil,
                told(
                    2,
                    EVIL,
                    f"word {EVIL}",
                    html=EVIL,
                    description=EVIL,
                    language='en" onload="x',
                    provenance={"title": nasty},
                    extra={EVIL: EVIL},
                    **theirs,
                ),
                snapshot=kept(2, HOSTILE),
            ),
            failed(gone, "http.404"),
        )
        quill |= {"gone": Gone(code="http.410", since=MOMENT, confirmed=MOMENT, visits=3)}
        changed = told(0, "The harbour", "The tide was high.", content_hash="1" * 64, **quill)
        record(collection, outcome(harbour, changed, snapshot=kept(0, HARBOUR, *parts)))


@contextmanager
def running(path: Path, **more: Any) -> Iterator[Reader]:
    reader = Reader(path, 0, **more)
    thread = threading.Thread(target=reader.run)
    thread.start()
    try:
        assert reader.library.up_to_date.wait(60)
        yield reader
    finally:
        reader.stop()
        thread.join(60)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    path = tmp_path_factory.mktemp("reader") / "collection"
    fill(path)
    with running(path) as reader:
        yield reader


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(reader: Reader) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(find_browser(None).path), args=["--no-sandbox"]
        )
        context = await browser.new_context(base_url=reader.address)
        context.set_default_timeout(60_000)
        yield await context.new_page()
        await browser.close()


async def titles(page: Page) -> list[str]:
    return [text.strip() for text in await page.locator(".card h2").all_inner_texts()]


async def test_articles_are_found(page: Page) -> None:
    await page.goto("/")
    assert set(await titles(page)) == {"The harbour", "步行桥通了", EVIL}
    await page.keyboard.press("/")
    await page.keyboard.type("面馆")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/?q=*")
    assert await titles(page) == ["步行桥通了"]
    assert await page.locator("mark").all_inner_texts() == ["面馆"]
    await page.goto("/?q=tide+-boat&changed=1")
    assert await titles(page) == ["The harbour"]
    picture = page.locator(".card img")
    await picture.scroll_into_view_if_needed()
    await page.wait_for_function("document.querySelector('.card img').naturalWidth === 40")


async def test_filters_need_no_button(page: Page) -> None:
    await page.goto("/?q=tide")
    await page.get_by_label("changed since").check()
    await page.wait_for_url("**changed=1*")
    assert (await titles(page), "q=tide" in page.url) == (["The harbour"], True)


async def test_an_article_stands_beside_its_page(page: Page) -> None:
    await page.goto("/")
    await page.get_by_role("link", name="The harbour").click()
    frame = page.frame_locator("iframe[name=page]")
    heading = frame.locator("h1")
    await heading.wait_for()
    colour = "getComputedStyle(document.querySelector('h1')).color"
    shown = next(one for one in page.frames if one.parent_frame)
    await shown.wait_for_function(f"{colour} === 'rgb(1, 2, 3)'")
    await shown.wait_for_function("document.querySelector('img').naturalWidth === 40")
    assert await frame.get_by_text("away").get_attribute("title") == "https://elsewhere.example/"
    assert await page.locator(".hint").count() == 0
    assert "scraper replay" in await page.locator(".more").inner_text()

    # Where a field came from: hovering leads there, and marks it.
    loaded = await shown.evaluate("performance.timeOrigin")
    await page.locator("a.from[data-field=authors]").hover()
    who = frame.locator("#who")
    await shown.wait_for_function("document.querySelector('#who').matches(':target')")
    assert await who.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    await shown.wait_for_function("scrollY > 1000")
    assert await page.locator(".whence:visible code").all_inner_texts() == [
        "css:#who", "/html/body/p[2]",
    ]  # fmt: skip
    assert await shown.evaluate("performance.timeOrigin") == loaded


async def test_what_changed_is_shown_word_by_word(page: Page) -> None:
    await page.goto("/article/news.example:0")
    await page.get_by_role("link", name="What changed").click()
    await page.wait_for_url("**/changes/**")
    assert await page.locator("del").all_inner_texts() == ["is"]
    assert await page.locator("ins").all_inner_texts() == ["was"]
    await page.get_by_text("The page is gone: http.410.").wait_for()
    await page.goto("/article/news.example:0?revision=1")
    assert "The tide is high." in await page.locator(".text").inner_text()
    assert await page.get_by_text("this is the last good copy").count() == 0
    await page.goto("/article/news.example:0")
    assert await page.get_by_text("this is the last good copy").count() == 1


async def test_runs_failures_and_raw_records(page: Page) -> None:
    await page.goto("/recipes")
    assert "No page was read by a recipe yet." in await page.locator("table").inner_text()
    await page.goto("/runs")
    assert await page.get_by_role("row").count() == 4  # a head, one given up, two that ended
    await page.locator("td a").first.click()
    await page.get_by_text("What was asked").wait_for()
    await page.goto("/failures?code=http.404")
    assert address(3) in await page.locator("table").inner_text()
    answer = await page.goto("/json/news.example:0?revision=1")
    assert answer
    assert (await answer.json())["text"] == "The tide is high."
    missing = await page.goto("/article/news.example:77")
    assert missing
    assert missing.status == 404


async def test_a_hostile_record_is_text(page: Page, reader: Reader) -> None:
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    hostile = f"news.example:{EVIL}"
    for path in ("/", "/?q=word", "/failures"):
        await page.goto(path)
        assert "owned" not in await page.title()
    link = page.get_by_role("link", name="owned").first
    await page.goto("/")
    await link.click()
    await page.wait_for_url("**/article/**")
    assert hostile in await page.locator("main").inner_text()
    assert await page.title() == EVIL  # its words, as words
    assert await page.locator("main script, main [onerror], main [onload]").count() == 0
    assert not [one for one in errors if "owned" in one]


async def test_a_hostile_page_reaches_nothing(page: Page, reader: Reader) -> None:
    """Its own markup as it was, without our taking it apart: the browser itself must refuse."""
    library = reader.library
    _, revisions = library.article("news.example:0") or (None, [])
    theirs = library.page_address(library.page_key(revisions[0]), "https://news.example/boat.png")
    found = library.article(f"news.example:{EVIL}")
    assert found
    key = library.page_key(found[0])
    shown = library.kept(key)
    assert shown
    raw = HOSTILE.replace("READER", reader.address).replace("THEIRS", theirs)
    library.remember(key, replace(shown, html=raw))

    answered: list[Response] = []

    def note(response: Response) -> None:
        answered.append(response)

    page.on("response", note)
    in_reader = f"{reader.address}article/{quote(found[0].id, safe='')}"
    for shown_at in (in_reader, library.page_address(key)):  # the other one is opened alone
        answered.clear()
        await page.goto(shown_at)
        shown_in = page.main_frame if shown_at != in_reader else page.frames[1]
        await shown_in.wait_for_selector("h1")
        await shown_in.wait_for_load_state("load")
        theirs_answered = [one.url for one in answered if one.frame != page.main_frame]
        assert theirs_answered in ([library.page_address(key)], [])
        assert await shown_in.evaluate("self.origin") == "null"
        for picture in ("#theirs", "#reader"):
            wide = await shown_in.eval_on_selector(picture, "node => node.naturalWidth")
            assert wide == 0
        tried = await shown_in.evaluate(TRIED, [reader.address, theirs, library.media_base])
        assert set(tried.values()) == {"refused"}, tried
        await shown_in.eval_on_selector("form", "node => node.requestSubmit()")
        assert await shown_in.evaluate("document.title") == ""
        assert await page.title() in (EVIL, "")
    assert len([one for one in answered if one.frame == page.main_frame]) == 1
    page.remove_listener("response", note)


def get(host: str, path: str, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(host, timeout=60)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


async def test_addresses_of_what_came_from_the_web_cannot_be_guessed(reader: Reader) -> None:
    library = reader.library
    found = library.article("news.example:0")
    assert found
    key = library.page_key(found[0])
    mark, _, encoded = key.partition(".")
    host = library.kept_host
    assert get(host, f"/page/{key}")[0] == 200
    assert get(host, f"/page/{key}?part=https%3A%2F%2Fnews.example%2Fgone")[0] == 404
    assert get(host, f"/page/{'0' * len(mark)}.{encoded}")[0] == 404
    assert get(host, f"/page/{mark}.!!!")[0] == 404
    assert get(host, "/static/look.css")[0] == 404
    assert get(host, f"/%E2%82%AC/media/ab/{'0' * 64}.png")[0] == 404
    assert get(host, f"/{'0' * 32}/media/ab/{'0' * 64}.png")[0] == 404
    base = urlsplit(library.media_base).path
    assert get(host, f"{base}../state.sqlite")[0] == 404
    assert get(host, f"{base}media/ab/{'0' * 64}.png")[0] == 404
    assert get(host, f"/page/{key}", Host="evil.example")[0] == 421
    pages = urlsplit(reader.address).netloc
    assert get(pages, "/", Host="evil.example")[0] == 421
    assert get(pages, f"/page/{key}")[0] == 404
    assert get(pages, "/", **{"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"})[0] == 403


async def test_a_page_without_its_styles_says_how_to_keep_them(page: Page) -> None:
    await page.goto("/")
    await page.get_by_role("link", name="步行桥通了").click()
    assert "--archive full" in await page.locator(".hint").inner_text()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
async def test_others_need_the_token(reader: Reader, page: Page, host: str) -> None:
    """On loopback where it is asked for, elsewhere always."""
    if host != "127.0.0.1" and sys.platform != "linux":
        pytest.skip("the machine has one address on loopback")
    with running(reader.library.path, host=host, token=host == "127.0.0.1") as guarded:
        where = urlsplit(guarded.address)
        assert get(where.netloc, "/")[0] == get(where.netloc, "/?token=guessed")[0] == 401
        assert get(where.netloc, "//evil.example/?" + where.query)[0] == 303
        assert get(where.netloc, "/", Cookie=f"scraper-{where.port}=guessed")[0] == 401
        assert get(where.netloc, "/json/news.example:0")[0] == 401
        await page.goto(guarded.address)
        assert page.url == f"http://{where.netloc}/"
        await page.get_by_role("link", name="The harbour").click()
        await page.frame_locator("iframe[name=page]").locator("h1").wait_for()
        (cookie,) = await page.context.cookies(page.url)
        assert (cookie["name"], cookie["httpOnly"]) == (f"scraper-{where.port}", True)
        await page.context.clear_cookies()


@pytest.mark.parametrize(
    ("host", "problem"),
    [
        ("0.0.0.0", "give the one address"),
        ("myhost", "give an IP address"),
        ("192.0.2.1", "has no such address"),
    ],
)
async def test_one_address_of_this_machine(reader: Reader, host: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        Reader(reader.library.path, 0, host=host)


async def test_what_a_crawl_adds_is_found_while_it_is_served(reader: Reader, page: Page) -> None:
    (seed,) = seeds(1, "late.example")
    with opened(reader.library.path) as collection:
        record(collection, outcome(seed, told(9, "A late arrival", "Lanterns.")))
    found: list[str] = []
    while not found:
        reader.library.up_to_date.clear()
        assert await asyncio.to_thread(reader.library.up_to_date.wait, 60)
        await page.goto("/?q=lanterns")
        found = await titles(page)
    assert found == ["A late arrival"]

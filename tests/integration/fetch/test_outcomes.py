"""What a page comes to, with and without a browser: one table for both."""

import pytest

from scraper.errors import ActionFailed, ConnectFailed, EmptyPage, PageError, RobotsRefused
from scraper.recipe import Action
from scraper.snapshot import Snapshot
from scraper.store.signature import mime_type
from tests.integration.fetch.web import Render, Web
from tests.site import Answer, TestSite

pytestmark = pytest.mark.asyncio(loop_scope="module")

both = pytest.mark.parametrize("render", ["browser", "http"])


@both
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/article/plain", "The harbour at dawn"),
        ("/broken", "cell"),
        ("/files/untyped", "Untyped"),
        ("/coded/gzip", "Encoded"),
        ("/coded/deflate", "Encoded"),
        ("/coded/br", "Encoded"),
        ("/coded/zstd", "Encoded"),
        ("/coded/nested", "Encoded"),
    ],
)
async def test_pages(web: Web, render: Render, path: str, text: str) -> None:
    snapshot = await web.fetch(path, render)
    assert snapshot.status == 200
    assert snapshot.url == snapshot.request_url == web.address(path)
    assert snapshot.document
    assert text in snapshot.document.decode()
    assert snapshot.rendered_with == render
    assert (snapshot.dom is not None) == (render == "browser")
    assert text in (snapshot.dom or text)
    assert snapshot.warnings == ()
    assert snapshot.fetched_at
    assert snapshot.fetched_at.tzinfo
    (exchange,) = snapshot.exchanges
    assert (exchange.body, exchange.headers) == (snapshot.document, snapshot.headers)
    assert (exchange.method, exchange.reason) == ("GET", "OK")
    assert ("Host", f"127.0.0.1:{web.site.http_port}") in exchange.request_headers
    assert web.site.paths() == [path]


@both
@pytest.mark.parametrize("path", ["/gbk/header", "/gbk/meta", "/gbk/lie"])
async def test_the_documents_bytes_are_the_servers(web: Web, render: Render, path: str) -> None:
    snapshot = await web.fetch(path, render)
    sent = web.site.pages[path]
    assert not callable(sent)
    assert snapshot.document == sent.content()
    if path != "/gbk/lie":
        assert "清晨的港口很安静" in (snapshot.dom or "清晨的港口很安静")


async def test_a_failed_page_is_drawn_while_it_is_shown(web: Web) -> None:
    error = EmptyPage()

    async def judge(came: Snapshot | PageError) -> PageError:
        assert isinstance(came, Snapshot)
        assert "The harbour at dawn" in (came.dom or "")
        return error

    await web.fetch("/article/plain", judge=judge)
    assert error.picture
    assert mime_type(error.picture) == "image/webp"

    async def pleased(came: Snapshot | PageError) -> None:
        error.picture = None

    await web.fetch("/article/plain", judge=pleased)
    assert error.picture is None


async def test_what_stops_a_page_that_is_shown_is_judged_too(web: Web, site: TestSite) -> None:
    error = ConnectFailed("never.example", "nobody asked")
    judged: list[Snapshot | PageError] = []

    async def judge(came: Snapshot | PageError) -> PageError:
        judged.append(came)
        return error

    secret = Action(fill="input", env="NEVER_SET_IN_ANY_ENVIRONMENT")
    site.pages["/x"] = Answer("<p>The harbour")
    with pytest.raises(ActionFailed) as raised:
        await web.fetch("/x", judge=judge, actions=(secret,))
    assert judged == [raised.value]
    assert error.picture


@both
@pytest.mark.parametrize("status", [400, 404, 418, 429, 500, 503, 599, 999])
async def test_any_status_is_an_answer(web: Web, render: Render, status: int) -> None:
    snapshot = await web.fetch(f"/status/{status}", render)
    assert snapshot.status == status
    assert b"The harbour" in (snapshot.document or b"")


@both
@pytest.mark.parametrize(("path", "status"), [("/nothing", 204), ("/nothing/205", 205)])
async def test_answers_without_a_page(web: Web, render: Render, path: str, status: int) -> None:
    snapshot = await web.fetch(path, render)
    assert (snapshot.status, snapshot.document, snapshot.dom) == (status, b"", None)


@both
@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/files/report.pdf", "content.type"),
        ("/files/disguised.pdf", "content.type"),
        ("/files/data.json", "content.type"),
        ("/files/picture.png", "content.type"),
        ("/files/plain.txt", "content.type"),
        ("/files/download", "content.type"),
        ("/coded/odd", "body.undecodable"),
        ("/coded/false", "body.undecodable"),
        ("/coded/cut", "body.incomplete"),
        ("/short", "body.incomplete"),
        ("/reset", "body.incomplete"),
        ("/junk", "connect"),
        ("/redirect/loop", "redirect.loop"),
        ("/redirect/long", "redirect.too_many"),
        ("/redirect/nowhere", "redirect.no_location"),
        ("/redirect/file", "url.scheme"),
    ],
)
async def test_failures(web: Web, render: Render, path: str, code: str) -> None:
    error = await web.failure(path, render)
    assert error.code == code
    assert error.final_url
    assert error.final_url.startswith(web.address("/"))
    assert "\n" not in str(error)


@both
@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "data:text/html,<p>x", "javascript:1", "chrome://crash"]
)
async def test_other_schemes_are_refused(web: Web, render: Render, address: str) -> None:
    assert (await web.failure(address, render)).code in ("url.scheme", "url.invalid")


@both
async def test_redirects_are_kept_and_admitted(web: Web, render: Render) -> None:
    snapshot = await web.fetch("/redirect/chain/2", render)
    first, second = web.address("/redirect/chain/1"), web.address("/article/plain")
    assert [exchange.status for exchange in snapshot.exchanges] == [302, 302, 200]
    assert snapshot.url == second
    assert web.admitted[1:] == [first, second]


@both
async def test_a_redirect_that_is_not_admitted(web: Web, render: Render) -> None:
    target = web.address("/redirect/chain/1")
    web.refuse[target] = RobotsRefused(target)
    error = await web.failure("/redirect/chain/2", render)
    assert error.code == "robots"
    assert web.site.paths() == ["/redirect/chain/2"]


@both
async def test_what_ends_a_run_comes_through(web: Web, render: Render) -> None:
    web.refuse[web.address("/article/plain")] = OSError("disk full")
    with pytest.raises(OSError, match="disk full"):
        await web.fetch("/redirect/chain/1", render)


@both
async def test_cookies_stay_with_their_host(web: Web, render: Render) -> None:
    snapshot = await web.fetch("/cookie/away?to=b.test", render)
    assert b"cookies:[]" in (snapshot.document or b"")


async def test_a_redirects_cookie_is_sent_back(web: Web) -> None:
    own = web.address("/").removeprefix("http://").strip("/")
    assert "cookies:[crumb=1]" in await web.dom(f"/cookie/away?to={own}")


@both
async def test_https(web: Web, render: Render) -> None:
    snapshot = await web.fetch("https://www.ithome.com/0/999/123.htm", render)
    assert snapshot.url == "https://www.ithome.com/0/999/123.htm"
    assert "青橙工作室".encode() in (snapshot.document or b"")


@both
async def test_an_unknown_certificate_is_refused(whole_site: TestSite, render: Render) -> None:
    async with Web(whole_site, {"insecure": False}) as web:
        error = await web.failure("https://www.ithome.com/", render)
    assert error.code == "tls"
    assert "--insecure" in str(error)


@both
async def test_limits_count_decoded_bytes(whole_site: TestSite, render: Render) -> None:
    async with Web(whole_site, {"max_bytes": 4 * 2**20}) as web:
        for path in ("/coded/bomb", "/coded/bomb-br", "/flood"):
            assert (await web.failure(path, render)).code == "body.too_large"
        assert (await web.fetch("/article/plain", render)).status == 200


@both
@pytest.mark.parametrize("path", ["/slow/headers", "/slow/body"])
async def test_silence_has_an_end(whole_site: TestSite, render: Render, path: str) -> None:
    async with Web(whole_site, {"timeout": 1.5}) as web:
        error = await web.failure(path, render)
        assert (error.code, error.retryable) == ("timeout", True)
        assert error.final_url in (web.address(path), None)
        assert (await web.fetch("/article/plain", render)).status == 200


@both
async def test_nobody_answers(whole_site: TestSite, render: Render) -> None:
    options = {"connect_to": ("closed.test:80:127.0.0.1:1",)}
    async with Web(whole_site, options) as web:
        assert (await web.failure("http://closed.test/", render)).code == "connect"
        assert (await web.failure("http://unknown.invalid/", render)).code == "dns"


async def test_get_sends_the_referer_to_one_origin_only(web: Web, site: TestSite) -> None:
    page = site.url("/article/plain")
    await web.get("/redirect/host?to=b.test", referer=page)
    assert site.requests[0].headers["referer"] == page
    assert "referer" not in site.requests[-1].headers
    assert site.requests[-1].host == "b.test"


async def test_get_counts_what_it_received(web: Web) -> None:
    before = web.fetcher.received
    exchange = await web.get("/pictures/one.png", referer=web.address("/article/plain"))
    assert exchange.body.startswith(b"\x89PNG")
    assert web.fetcher.received - before == len(exchange.body)

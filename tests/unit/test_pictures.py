"""Pictures of a record: once each, with the browser's Referer, every failure beside its picture."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import datetime

from scraper.errors import NotAPage, RobotsRefused
from scraper.pictures import Pictures
from scraper.record import Article, Image, Media, MediaFailure
from scraper.snapshot import Exchange, Headers, Snapshot
from tests.unit.fake_fetcher import NOW, FakeFetcher, unreachable

PAGE = "https://news.example/a"
ONE, TWO = "https://img.example/1.png", "https://img.example/2.png"


class Clock:
    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return NOW

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


async def keep(body: bytes) -> Media:
    if body == b"text":
        raise NotAPage("text/plain")
    name = hashlib.sha256(body).hexdigest()
    return Media(path=f"media/{name}", sha256=name, bytes=len(body), mime="image/png")


async def admit(url: str) -> None:
    if "secret" in url:
        raise RobotsRefused(url)


def article(*urls: str, lead: str | None = None) -> Article:
    return Article(
        id="x",
        url=PAGE,
        final_url=PAGE,
        canonical_url=PAGE,
        site="news.example",
        status=200,
        rendered_with="http",
        content_hash="0" * 64,
        images=tuple(Image(url=url) for url in urls),
        lead_image=Image(url=lead) if lead else None,
    )


def snapshot(headers: Headers = ()) -> Snapshot:
    return Snapshot(PAGE, PAGE, 200, headers, b"", None, NOW, "http")


def pictures(fetcher: FakeFetcher, clock: Clock | None = None) -> Pictures:
    return Pictures(fetcher, keep, admit, clock or Clock(), retries=2)


async def test_each_address_is_fetched_once_across_records() -> None:
    fetcher = FakeFetcher({ONE: b"a", TWO: b"b"})
    run = pictures(fetcher)
    (first, _), (second, _) = await asyncio.gather(
        run.complete(article(ONE, TWO, ONE, lead=TWO), snapshot(), "page"),
        run.complete(article(ONE), snapshot(), "page"),
    )
    assert fetcher.asked == {ONE: 1, TWO: 1}
    assert first.images[0].media == first.images[2].media == second.images[0].media
    assert first.lead_image
    assert first.lead_image.media == first.images[1].media


async def test_the_reason_stands_beside_the_picture() -> None:
    secret, text, gone = (f"https://img.example/{n}" for n in ("secret", "text", "gone"))
    fetcher = FakeFetcher({ONE: b"a", text: b"text", gone: 404})
    record, _ = await pictures(fetcher).complete(
        article(ONE, secret, text, gone, "data:image/png;base64,xx"), snapshot(), "page"
    )
    codes = [image.media_failure and image.media_failure.code for image in record.images]
    assert codes == [None, "robots", "content.type", "http.404", "url.scheme"]
    assert fetcher.asked[secret] == 0


async def test_transient_trouble_is_tried_again_and_then_told() -> None:
    clock = Clock()
    fetcher = FakeFetcher({ONE: [503, b"a"], TWO: unreachable("img.example")})
    record, _ = await pictures(fetcher, clock).complete(article(ONE, TWO), snapshot(), "page")
    assert record.images[0].media
    assert record.images[1].media_failure == MediaFailure(
        code="connect", message="no answer from img.example: refused"
    )
    assert fetcher.asked == {ONE: 2, TWO: 3}
    assert sorted(clock.slept) == [1, 1, 2]


async def test_the_referer_is_the_browsers() -> None:
    own = "https://news.example/p.png"
    fetcher = FakeFetcher({ONE: b"a", own: b"b"})
    await pictures(fetcher).complete(article(ONE, own), snapshot(), "page")
    assert fetcher.referers == {ONE: "https://news.example/", own: PAGE}


async def test_the_page_and_the_recipe_may_say_otherwise() -> None:
    fetcher = FakeFetcher({ONE: b"a"})
    silent = snapshot((("Referrer-Policy", "no-referrer"),))
    await pictures(fetcher).complete(article(ONE), silent, "page")
    assert fetcher.referers[ONE] is None
    await pictures(fetcher).complete(article(ONE), snapshot(), "none")
    assert fetcher.referers[ONE] is None
    await pictures(fetcher).complete(article(ONE), silent, "origin")
    assert fetcher.referers[ONE] == "https://news.example/"


def loaded(url: str, body: bytes = b"", status: int = 200, headers: Headers = ()) -> Exchange:
    return Exchange(url, status, headers, body, NOW)


async def test_what_the_page_loaded_is_not_fetched_again() -> None:
    fetcher = FakeFetcher({})
    parts = (loaded(ONE, status=302, headers=(("Location", "/two"),)),)
    end = ONE.rpartition("/")[0] + "/two"
    page = replace(snapshot(), parts=(*parts, loaded(end, b"b"), loaded(TWO, status=404)))
    record, after = await pictures(fetcher).complete(article(ONE, TWO), page, "page")
    assert record.images[0].media == await keep(b"b")
    assert record.images[1].media_failure
    assert record.images[1].media_failure.code == "http.404"
    assert not fetcher.asked
    assert after == page


async def test_what_had_to_be_fetched_is_among_the_parts() -> None:
    fetcher = FakeFetcher({ONE: b"a"})
    page = replace(snapshot(), parts=())
    _, after = await pictures(fetcher).complete(article(ONE), page, "page")
    assert [part.body for part in after.parts or ()] == [b"a"]
    _, after = await pictures(fetcher).complete(article(ONE), snapshot(), "page")
    assert after.parts is None

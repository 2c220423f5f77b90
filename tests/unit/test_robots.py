"""robots.txt is read once an origin, and means what RFC 9309 says."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from scraper.errors import (
    BodyIncomplete,
    BodyTooLarge,
    BodyUndecodable,
    ConnectFailed,
    PageTimeout,
    RedirectRefused,
    RobotsRefused,
)
from scraper.robots import MAX_CRAWL_DELAY, Robots
from tests.unit.fake_fetcher import NOW, Answer, FakeFetcher

T = TypeVar("T")
FILE = "https://news.example/robots.txt"


class Cache:
    """The frontier's two robots methods."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[int, bytes]] = {}

    def robots(self, origin: str, now: float) -> tuple[int, bytes] | None:
        return self.kept.get(origin)

    def keep_robots(self, origin: str, status: int, body: bytes, now: float) -> None:
        self.kept[origin] = (status, body)


class Clock:
    def now(self):  # type: ignore[no-untyped-def]
        return NOW

    async def sleep(self, seconds: float) -> None: ...


async def in_writer(call: Callable[[], T], /) -> T:
    return call()


def robots(fetcher: FakeFetcher, cache: Cache | None = None) -> Robots:
    return Robots(fetcher, cache or Cache(), Clock(), "HeadlessScraper", in_writer)  # type: ignore[arg-type]


async def refused(address: str, answer: Answer) -> bool:
    try:
        await robots(FakeFetcher({FILE: answer})).admit(address)
    except RobotsRefused:
        return True
    return False


DISALLOW = b"User-agent: *\nDisallow: /private/\n"


@pytest.mark.parametrize(
    ("answer", "path", "expected"),
    [
        (DISALLOW, "/private/a", True),
        (DISALLOW, "/public/a", False),
        (b"User-agent: headlessscraper\nDisallow: /\n\nUser-agent: *\nAllow: /\n", "/a", True),
        (b"User-agent: HeadlessScraper\nAllow: /\n\nUser-agent: *\nDisallow: /\n", "/a", False),
        (b"\xef\xbb\xbfUser-agent: *\nDisallow: /private/\n", "/private/a", True),
        (b"\xff\xfe\x00junk", "/a", False),
        (404, "/a", False),
        (403, "/a", False),
        (429, "/a", True),
        (500, "/a", True),
        (503, "/a", True),
        (RedirectRefused("too_many", FILE), "/a", False),
        (BodyTooLarge(1), "/a", True),
        (BodyUndecodable("x-odd"), "/a", True),
        (BodyIncomplete("cut"), "/a", True),
        (PageTimeout("robots.txt", 10), "/a", True),
    ],
)
async def test_what_the_answer_means(answer: Answer, path: str, expected: bool) -> None:
    assert await refused("https://news.example" + path, answer) is expected


async def test_read_once_however_many_ask_together() -> None:
    fetcher = FakeFetcher({FILE: DISALLOW})
    asked = robots(fetcher)
    await asyncio.gather(*(asked.admit(f"https://news.example/{n}") for n in range(20)))
    assert fetcher.asked[FILE] == 1


async def test_the_cache_outlives_the_process() -> None:
    cache, fetcher = Cache(), FakeFetcher({FILE: DISALLOW})
    await robots(fetcher, cache).admit("https://news.example/a")
    with pytest.raises(RobotsRefused):
        await robots(fetcher, cache).admit("https://news.example/private/a")
    assert fetcher.asked[FILE] == 1


async def test_every_origin_has_its_own() -> None:
    fetcher = FakeFetcher({FILE: DISALLOW})
    asked = robots(fetcher)
    await asked.admit("https://news.example:8443/private/a")
    assert fetcher.asked["https://news.example:8443/robots.txt"] == 1


async def test_trouble_on_the_way_is_the_pages_trouble_and_asked_again() -> None:
    fetcher = FakeFetcher({FILE: [ConnectFailed("news.example", "refused"), DISALLOW]})
    asked = robots(fetcher)
    with pytest.raises(ConnectFailed):
        await asked.admit("https://news.example/a")
    await asked.admit("https://news.example/a")


async def test_one_reader_that_gives_up_leaves_the_others_alone() -> None:
    gate = asyncio.Event()

    class Slow(FakeFetcher):
        async def get(self, url: str, **options: object):  # type: ignore[no-untyped-def]
            await gate.wait()
            return await super().get(url, **options)  # type: ignore[arg-type]

    asked = robots(Slow({FILE: DISALLOW}))
    first = asyncio.create_task(asked.admit("https://news.example/a"))
    second = asyncio.create_task(asked.admit("https://news.example/b"))
    await asyncio.sleep(0)
    first.cancel()
    gate.set()
    await second
    assert first.cancelled() or first.cancelling()


async def test_crawl_delay_is_capped() -> None:
    def rules(text: bytes) -> Awaitable[float]:
        async def delay() -> float:
            asked = robots(FakeFetcher({FILE: text}))
            return (await asked.rules("https://news.example/")).crawl_delay

        return delay()

    assert await rules(b"User-agent: *\nCrawl-delay: 5\n") == 5
    assert await rules(b"User-agent: *\nCrawl-delay: 86400\n") == MAX_CRAWL_DELAY
    assert await rules(b"User-agent: *\nCrawl-delay: soon\n") == 0
    assert await rules(b"User-agent: *\nCrawl-delay: -3\n") == 0

"""What a site's tdmrep.json reserves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import orjson
import pytest

from scraper.errors import RobotsRefused
from scraper.reservations import FILE, MAX_BYTES, Reservations, is_reserved, read_rules
from tests.unit.contracts.fakes import FakeFrontier
from tests.unit.fake_fetcher import Answer, FakeFetcher, unreachable
from tests.unit.samples import HandClock

T = TypeVar("T")
SITE = "https://news.example"
RESERVED = ("tdm-reservation",)


def rules(*places: tuple[str, int]) -> bytes:
    return orjson.dumps([{"location": place, "tdm-reservation": said} for place, said in places])


@pytest.mark.parametrize(
    ("places", "path", "reserved"),
    [
        ([("/", 1)], "/a/b.html", True),
        ([("/", 1)], "", True),
        ([("/news", 1)], "/newsletter", True),
        ([("/news/", 1)], "/blog/", False),
        ([("/", 1), ("/free/", 0)], "/free/a", False),
        ([("/", 0), ("/news/", 1)], "/news/a", True),
        ([("/a", 0), ("/a", 1)], "/a", True),
        ([("/*.pdf$", 1)], "/x/a.pdf", True),
        ([("/*.pdf$", 1)], "/x/a.pdf?page=2", False),
        ([("/a$", 1)], "/a/b", False),
        ([("/*/photos/*/large", 1)], "/x/photos/9/large.html", True),
        ([("*", 1)], "/any", True),
        ([], "/", False),
    ],
)
def test_the_longest_pattern_decides(
    places: list[tuple[str, int]], path: str, reserved: bool
) -> None:
    assert is_reserved(read_rules(rules(*places)), SITE + path) is reserved


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b"[1, null]", b'[{"location": 1, "tdm-reservation": 1}]', b"["]
)
def test_a_file_that_is_none_reserves_nothing(body: bytes) -> None:
    assert read_rules(body) == ()


def test_hostile_patterns_take_no_time() -> None:
    place = "/" + "*a" * 10_000 + "$"
    assert not is_reserved(((place, True),), SITE + "/" + "a" * 9_000 + "b")


class World:
    """A run that may begin anew."""

    def __init__(self, answer: Answer) -> None:
        self.fetcher, self.frontier = FakeFetcher({SITE + FILE: answer}), FakeFrontier()
        self.clock, self.forbidden = HandClock(), False
        self.begin()

    def begin(self) -> None:
        async def in_writer(call: Callable[[], T]) -> T:
            return call()

        def writing(call: Callable[[], T], /) -> Awaitable[T]:
            return in_writer(call)

        self.reservations = Reservations(
            self.fetcher, self.frontier, self.clock, writing, self.admit
        )

    async def admit(self, address: str) -> None:
        if self.forbidden:
            raise RobotsRefused(address)

    @property
    def asked(self) -> int:
        return self.fetcher.asked[SITE + FILE]


async def test_the_file_is_read_once_and_kept() -> None:
    world = World(rules(("/news/", 1)))
    for path, said in (("/news/1", RESERVED), ("/blog/1", ()), ("/news/2", RESERVED)):
        assert await world.reservations.of(SITE + path) == said
    world.begin()
    assert await world.reservations.of(SITE + "/news/3") == RESERVED
    assert world.asked == 1


@pytest.mark.parametrize("answer", [404, 500, unreachable("news.example"), b"x" * (MAX_BYTES + 1)])
async def test_what_cannot_be_had_reserves_nothing(answer: Answer) -> None:
    world = World(answer)
    assert await world.reservations.of(SITE + "/1") == ()
    assert await world.reservations.of(SITE + "/2") == ()
    assert world.asked == 1


async def test_what_robots_may_not_read_is_not_asked_for() -> None:
    world = World(rules(("/", 1)))
    world.forbidden = True
    assert await world.reservations.of(SITE + "/1") == ()
    assert world.asked == 0

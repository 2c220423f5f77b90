"""Which way a page goes, and what it teaches: with the network, the extraction and the store as
functions."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scraper.auto import Auto, Examined, Page
from scraper.errors import EmptyPage, HttpStatus, PageError, RedirectRefused
from scraper.frontier.seeds import make_request
from scraper.protocols import Admit
from scraper.recipe import FetchRule
from scraper.recipe.fetching import Action
from scraper.record import Article
from scraper.rendering import Evidence, Layout
from scraper.request import Request
from scraper.snapshot import Exchange, Snapshot
from tests.unit.samples import article

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SURE = next(
    make_request(f"https://news.example/{n}")
    for n in range(100)
    if int.from_bytes(make_request(f"https://news.example/{n}").fingerprint[:8]) % 8
)
"""A page that is not checked again by its address."""


class World:
    """Pages whose static and rendered forms give these; what was asked for is written down."""

    def __init__(
        self,
        static: Article | PageError | None = None,
        rendered: Article | PageError | None = None,
        evidence: Evidence | None = None,
        known: Layout | None = None,
    ) -> None:
        self.static, self.rendered = static or article("1"), rendered or article("1")
        self.evidence = evidence or Evidence("l")
        self.known = known or Layout()
        self.status = 200
        self.refused: PageError | None = None
        self.fetched: list[tuple[str, int]] = []
        self.recalled: list[tuple[str, str]] = []
        self.auto = Auto(self.fetch, self.examine, self.render, self.recall)

    async def fetch(
        self,
        request: Request,
        rule: FetchRule,
        admit: Admit,
        at_hand: Sequence[Exchange] = (),
    ) -> Snapshot:
        await asyncio.sleep(0)
        self.fetched.append((rule.render, len(at_hand)))
        if rule.render == "http" and self.refused:
            raise self.refused
        url, body = request.url, rule.render.encode()
        return Snapshot(
            request_url=url,
            url=url,
            status=self.status,
            headers=(),
            document=body,
            dom="" if rule.render == "browser" else None,
            fetched_at=NOW,
            rendered_with="browser" if rule.render == "browser" else "http",
            exchanges=(Exchange(url, self.status, (), body, NOW),),
        )

    async def examine(self, _: Snapshot) -> Examined:
        return self.static, self.evidence

    async def render(
        self,
        request: Request,
        rule: FetchRule,
        admit: Admit,
        at_hand: Sequence[Exchange] = (),
    ) -> tuple[Snapshot, Article | PageError]:
        return await self.fetch(request, rule, admit, at_hand), self.rendered

    async def recall(self, site: str, layout: str) -> Layout:
        self.recalled.append((site, layout))
        await asyncio.sleep(0)
        return self.known

    async def page(self, rule: FetchRule | None = None) -> Page:
        async def admit(_: str) -> None: ...

        return await self.auto.page(SURE, rule or FetchRule(render="auto"), admit)


def why(page: Page) -> tuple[str, str]:
    assert isinstance(page.got, Article)
    assert page.got.rendering
    return page.snapshot.rendered_with, page.got.rendering.reason


async def test_both_ways_until_enough_agreed() -> None:
    world = World()
    ways = [why(await world.page()) for _ in range(5)]
    assert ways == [("browser", "learning")] * 3 + [("http", "agreed")] * 2
    assert world.fetched == [("http", 0), ("browser", 1)] * 3 + [("http", 0)] * 2
    assert world.recalled == [("news.example", "l")]


async def test_the_rendered_record_is_the_one_that_counts() -> None:
    world = World(rendered=article("1").model_copy(update={"title": "Another"}))
    page = await world.page()
    assert isinstance(page.got, Article)
    assert page.got.title == "Another"
    assert page.learned
    assert page.learned.differing == ("title",)
    assert page.snapshot.rendered_with == "browser"


async def test_a_page_taken_as_it_came_is_counted() -> None:
    page = await World(known=Layout(agreed=9)).page()
    assert why(page) == ("http", "agreed")
    assert page.learned
    assert page.learned.differing is None


async def test_pages_in_flight_learn_from_each_other() -> None:
    world = World(known=Layout(agreed=2, waiting={}))
    await asyncio.gather(*(world.page() for _ in range(4)))
    assert why(await world.page()) == ("http", "agreed")
    assert world.auto._layouts["news.example", "l"].agreed == 2 + 4


async def test_the_record_says_what_was_in_doubt() -> None:
    page = await World(evidence=Evidence("l", doubts=("no_body", "more"))).page()
    assert isinstance(page.got, Article)
    assert page.got.rendering
    assert page.got.rendering.model_dump() == {
        "reason": "doubts",
        "doubts": ("no_body", "more"),
        "layout": "l",
    }


@pytest.mark.parametrize(
    ("status", "scripted", "ways"),
    [
        (503, True, [("http", 0)]),
        (404, False, [("http", 0)]),
        (404, True, [("http", 0), ("browser", 1)]),
    ],
)
async def test_a_status_is_rendered_only_if_a_script_could_make_a_page_of_it(
    status: int, scripted: bool, ways: list[tuple[str, int]]
) -> None:
    world = World(HttpStatus(status), HttpStatus(status), Evidence("l", scripted=scripted))
    world.status = status
    page = await world.page()
    assert isinstance(page.got, HttpStatus)
    assert world.fetched == ways


async def test_redirects_that_need_cookies_are_the_browsers() -> None:
    world = World()
    world.refused = RedirectRefused("loop", "https://news.example/1")
    assert why(await world.page()) == ("browser", "doubts")
    assert world.fetched == [("http", 0), ("browser", 0)]


async def test_what_else_keeps_a_page_away_does_so_both_ways() -> None:
    world = World()
    world.refused = EmptyPage()
    with pytest.raises(EmptyPage):
        await world.page()
    assert world.fetched == [("http", 0)]


@pytest.mark.parametrize(
    "rule",
    [
        FetchRule(render="auto", session="keep"),
        FetchRule().acting((Action(click="button"),)).model_copy(update={"render": "auto"}),
    ],
)
async def test_a_kept_session_and_what_acts_are_the_browsers(rule: FetchRule) -> None:
    world = World()
    page = await world.page(rule)
    assert why(page) == ("browser", "recipe")
    assert world.fetched == [("browser", 0)]


@pytest.mark.parametrize(
    ("static", "rendered", "differing"),
    [
        (EmptyPage(), article("1"), ("record",)),
        (article("1"), EmptyPage(), ("record",)),
        (EmptyPage(), EmptyPage(), ()),
        (EmptyPage(), HttpStatus(404), ("record",)),
    ],
)
async def test_no_record_is_a_difference_too(
    static: Article | PageError, rendered: Article | PageError, differing: tuple[str, ...]
) -> None:
    page = await World(static, rendered).page()
    assert page.got == rendered or isinstance(page.got, Article)
    assert page.learned
    assert page.learned.differing == differing


async def test_layouts_that_were_not_met_for_long_are_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scraper.auto.MOST_LAYOUTS", 1)
    world = World()
    for layout in ("a", "b", "a"):
        world.evidence = replace(world.evidence, layout=layout)
        await world.page()
    assert [name for _, name in world.recalled] == ["a", "b", "a"]

"""The sites crawled: with the generator for a network, or by real servers and the browser."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from benchmarks.auto.sites import PAGES, SITES
from scraper import run
from scraper.clock import SystemClock
from scraper.crawl import Conductor
from scraper.extraction import examine, extract_snapshot
from scraper.frontier.queue import SqliteFrontier
from scraper.frontier.seeds import make_request
from scraper.job import Job, Render
from scraper.opening import open_collection
from scraper.protocols import Admit, Judge, Tally
from scraper.recipe import FetchRule, Recipes
from scraper.record import Article
from scraper.reporters import Reporters
from scraper.request import Request
from scraper.revisits import Validators
from scraper.snapshot import Exchange, Snapshot
from scraper.store.collection import LocalCollection
from scraper.visit import Parts
from tests.site import Answer, Seen, TestSite

T = TypeVar("T")
Crawled = tuple[dict[str, Article], Counter[str]]
"""Records by address, and how often each document was asked for."""

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
STYLE = "body { font: 16px serif; margin: 2em }"


def addresses(places: Sequence[int]) -> list[str]:
    """The sites take turns."""
    return [site.url(index) for index in places for site in SITES]


class Generated:
    """A Fetcher whose pages are those of the generator."""

    received = 0

    def __init__(self) -> None:
        self._places = {site.url(n): (site, n) for n in range(PAGES) for site in SITES}
        self.asked: Counter[str] = Counter()

    async def fetch(
        self,
        request: Request,
        rule: FetchRule,
        admit: Admit,  # noqa: ARG002 - nothing is asked for
        at_hand: Sequence[Exchange] = (),
        unless: Validators | None = None,  # noqa: ARG002 - no page is known from before
        judge: Judge | None = None,  # noqa: ARG002 - nothing is shown
    ) -> Snapshot:
        site, index = self._places[request.url]
        served = site.page(index)
        body = served.document.encode()
        headers = (("Content-Type", "text/html; charset=utf-8"),)
        if not at_hand:
            self.asked[request.url] += 1
        rendered = rule.render == "browser"
        return Snapshot(
            request_url=request.url,
            url=request.url,
            status=200,
            headers=headers,
            document=body,
            dom=served.rendered if rendered else None,
            fetched_at=NOW,
            rendered_with="browser" if rendered else "http",
            exchanges=at_hand or (Exchange(request.url, 200, headers, body, NOW),),
        )

    async def get(self, url: str, **_: object) -> Exchange:
        return Exchange(url, 404, (), b"", NOW)

    async def close(self) -> None: ...


def simulated(path: Path, places: Sequence[int]) -> Crawled:
    """What the command does, without its browser and its sockets."""
    fetcher = Generated()
    asyncio.run(_crawl(path, fetcher, places))
    return _records(path), fetcher.asked


async def _crawl(path: Path, fetcher: Generated, places: Sequence[int]) -> None:
    loop, recipes = asyncio.get_running_loop(), Recipes([])
    job = Job(render="auto", delay=0.0, media=False, archive="none", ignore_robots=True)
    with ThreadPoolExecutor(1) as writer, ThreadPoolExecutor(2) as threads:

        def in_writer(call: Callable[[], T], /) -> Awaitable[T]:
            return loop.run_in_executor(writer, call)

        collection = LocalCollection.open(path, clock=SystemClock(), frontier=SqliteFrontier)
        current = collection.begin(job, [make_request(one) for one in addresses(places)])
        parts = Parts(
            fetcher=fetcher,
            frontier=collection.frontier(current),
            store=collection.store(current),
            clock=SystemClock(),
            reporter=Reporters(()),
            in_writer=in_writer,
            threads=threads,
            rule=lambda _: FetchRule(),
            extract=partial(extract_snapshot, recipes=recipes),
            examine=partial(examine, recipes=recipes),
            token="Benchmark",
        )
        ending = await Conductor(current, parts, Tally()).crawl()
        collection.end(current, ending, {})
        collection.close()


def by_chromium(path: Path, places: Sequence[int], render: Render) -> Crawled:
    """The command itself.  A page's files are found by the page that asks for them."""
    known = {(site.host, f"/{site.story(n).id}"): (site, n) for n in range(PAGES) for site in SITES}
    asked: Counter[str] = Counter()

    def answer(seen: Seen) -> Answer:
        host = seen.host.partition(":")[0]
        if place := known.get((host, seen.path)):
            asked[f"http://{host}{seen.path}"] += 1
            return Answer(place[0].page(place[1]).document)
        if seen.path == "/style.css":
            return Answer(STYLE, type="text/css")
        origin = seen.headers.get("referer", "").partition("://")[2]
        place = known.get((host, f"/{origin.partition('/')[2]}"))
        files = place[0].page(place[1]).files if place else {}
        kind, body = files.get(seen.path, ("text/plain", None))
        if body is None:
            return Answer("", status=404)
        return Answer(body, type=f"{kind}; charset=utf-8", headers=(("Cache-Control", "no-store"),))

    with TestSite({"/*": answer}) as server:
        run(
            Job(
                urls=tuple(addresses(places)),
                output=str(path),
                render=render,
                delay=0.0,
                per_host=4,
                media=False,
                archive="none",
                ignore_robots=True,
                connect_to=server.connect_to,
                timeout=120.0,
            )
        )
    return _records(path), asked


def _records(path: Path) -> dict[str, Article]:
    with open_collection(path) as collection:
        return {article.url: article for article in collection.articles()}

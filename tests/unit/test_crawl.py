"""The conductor with the network as a dictionary, a clock that jumps and a store in memory."""

from __future__ import annotations

import asyncio
import errno
import itertools
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest

from scraper.crawl import Conductor
from scraper.errors import (
    BrowserUnavailable,
    EmptyPage,
    HttpStatus,
    PageError,
    PageTimeout,
    StorageError,
    VerdictFailed,
)
from scraper.frontier.queue import SqliteFrontier
from scraper.frontier.seeds import make_request
from scraper.job import Job
from scraper.protocols import Committed, Outcome, Progress, Run, Tally
from scraper.recipe import FetchRule, Rate
from scraper.record import Article, Image, Media
from scraper.rendering import Evidence, Layout
from scraper.request import Request
from scraper.revisits import Known
from scraper.snapshot import Snapshot
from scraper.visit import Parts
from tests.unit.fake_fetcher import NOW, Answer, FakeFetcher, busy, unreachable

T = TypeVar("T")
SITE = "https://news.example"


class JumpingClock:
    """Sleeping takes no time; the time slept is added."""

    def __init__(self) -> None:
        self.at = NOW
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        for _ in range(20):  # everybody else goes first
            await asyncio.sleep(0)
        self.at += timedelta(seconds=seconds)


class MemoryStore:
    """Keeps outcomes; `trouble` is raised by the commit of that many."""

    def __init__(self, refuse_after: int | None = None) -> None:
        self.outcomes: list[Outcome] = []
        self.groups: list[int] = []
        self.refuse_after = refuse_after
        self.known: set[str] = set()

    def put_media(self, body: bytes) -> Media:
        return Media(path="media/x", sha256="0" * 64, bytes=len(body), mime="image/png")

    def is_known(self, article: Article) -> bool:
        return article.url in self.known

    def recall(self, request: Request) -> Known | None:
        return None

    def listed(self, request: Request) -> Snapshot | None:
        return None

    def layout(self, site: str, name: str) -> Layout:
        known = Layout()
        for outcome in self.outcomes:
            if outcome.learned and (outcome.learned.site, outcome.learned.layout) == (site, name):
                known = known.after(outcome.learned)
        return known

    def last_read(self, request: Request) -> datetime | None:
        return None

    def commit(
        self, outcomes: Sequence[Outcome], also: Callable[[Sequence[Committed]], None]
    ) -> list[Committed]:
        if self.refuse_after is not None and len(self.outcomes) >= self.refuse_after:
            raise StorageError("state.sqlite", "disk full")
        done = [
            Committed(o.request, "failed", None, None, failure=o.failure)
            if o.failure
            else Committed(o.request, "record", "x", 1, article=o.article)
            for o in outcomes
        ]
        also(done)
        self.outcomes += outcomes
        self.groups.append(len(outcomes))
        return done


class Notes:
    """A reporter that writes everything down."""

    def __init__(self) -> None:
        self.settled_urls: list[str] = []
        self.retries: list[tuple[str, str, float]] = []
        self.last: Progress | None = None
        self.at_settled: Callable[[Committed], None] = lambda committed: None

    def started(self, run: Run, queued: int) -> None: ...

    def progress(self, progress: Progress) -> None:
        self.last = progress

    def settled(self, committed: Committed) -> None:
        self.settled_urls.append(committed.request.url)
        self.at_settled(committed)

    def retried(self, request: Request, error: PageError, seconds: float) -> None:
        self.retries.append((request.url, error.code, seconds))

    def noted(self, message: str) -> None: ...


def extract(snapshot: Snapshot) -> Article:
    body = snapshot.document or b""
    images = (Image(url=SITE + "/picture.png"),) if body == b"pictured" else ()
    if body == b"empty":
        raise EmptyPage
    if body == b"gone":
        raise VerdictFailed("gone", snapshot.status)
    if body == b"bug":
        raise ZeroDivisionError("by design")
    return Article(
        id="x",
        url=snapshot.request_url,
        final_url=snapshot.url,
        canonical_url=snapshot.url,
        site="news.example",
        status=snapshot.status,
        rendered_with="http",
        content_hash="0" * 64,
        images=images,
    )


def is_for_robots(address: str) -> bool:
    return address.endswith(("/robots.txt", "/tdmrep.json"))


def examine(snapshot: Snapshot) -> tuple[Article | PageError, Evidence]:
    body = snapshot.document or b""
    evidence = Evidence("layout", doubts=("no_body",) if body == b"shell" else ())
    try:
        return extract(snapshot), evidence
    except PageError as error:
        return error, replace(evidence, doubts=("failed",))


class Crawl:
    """One invocation over a frontier that may be older."""

    def __init__(
        self,
        answers: dict[str, Answer | list[Answer]],
        *urls: str,
        frontier: SqliteFrontier | None = None,
        store: MemoryStore | None = None,
        rule: FetchRule | None = None,
        **options: Any,
    ) -> None:
        answers = {(at if "//" in at else SITE + at): answer for at, answer in answers.items()}
        self.fetcher = FakeFetcher(answers)
        self.store = store or MemoryStore()
        self.clock, self.notes = JumpingClock(), Notes()
        if frontier is None:
            memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            frontier = SqliteFrontier(memory, "run")
            frontier.add(make_request(url if "//" in url else SITE + url) for url in urls)
        self.frontier = frontier
        self.job = Job(**{"delay": 0.0} | options)
        run = Run("run", self.job, "identity", NOW)
        chosen = rule or FetchRule(render="browser")
        with_threads = ThreadPoolExecutor(1)

        async def in_writer(call: Callable[[], T], /) -> T:
            return call()

        parts = Parts(
            self.fetcher,
            frontier,
            self.store,
            self.clock,
            self.notes,
            in_writer,
            with_threads,
            lambda address: chosen,
            extract,
            examine,
            "HeadlessScraper",
        )
        self.conductor = Conductor(run, parts, Tally())

    async def run(self) -> str:
        return await self.conductor.crawl()

    def outcomes(self) -> dict[str, str]:
        """By path: record, or the failure's code."""
        return {
            o.request.url.removeprefix(SITE): o.failure.code if o.failure else "record"
            for o in self.store.outcomes
        }


async def test_every_request_gets_one_outcome() -> None:
    crawl = Crawl(
        {"/a": b"fine", "/e": b"empty", "/bug": b"bug", "/slow": PageTimeout("the page", 30)},
        *("/a", "/missing", "/e", "/bug", "/slow", "file:///etc/passwd", "not an address"),
        retries=0,
    )
    assert await crawl.run() == "finished"
    assert crawl.outcomes() == {
        "/a": "record",
        "/missing": "http.404",
        "/e": "verdict.empty",
        "/bug": "extract.failed",
        "/slow": "timeout",
        "file:///etc/passwd": "url.scheme",
        "not an address": "url.invalid",
    }
    tally = crawl.conductor.tally()
    assert (tally.record, tally.failed, tally.total) == (1, 6, 7)
    assert tally.failures["http.404"] == 1
    assert crawl.notes.last
    assert crawl.notes.last.tally == tally


async def test_failures_tell_status_and_final_address() -> None:
    crawl = Crawl({"/e": (200, b"empty", ()), "/g": (404, b"gone", ())}, "/e", "/g", "/m")
    await crawl.run()
    told = {o.request.url: o.failure for o in crawl.store.outcomes}
    assert {u: (f.status, f.final_url, f.code) for u, f in told.items() if f} == {
        SITE + "/e": (200, SITE + "/e", "verdict.empty"),
        SITE + "/g": (404, SITE + "/g", "verdict.gone"),
        SITE + "/m": (404, SITE + "/m", "http.404"),
    }


async def test_transient_failures_are_retried_and_bounded() -> None:
    crawl = Crawl(
        {"/once": [503, b"fine"], "/always": 500, "/gone": 404}, "/once", "/always", "/gone"
    )
    await crawl.run()
    assert crawl.outcomes() == {"/once": "record", "/always": "http.500", "/gone": "http.404"}
    asked = crawl.fetcher.asked
    assert [asked[SITE + path] for path in ("/once", "/always", "/gone")] == [2, 3, 1]
    assert sorted(r[2] for r in crawl.notes.retries) == [1, 1, 2]
    attempts = {o.request.url: o.failure.attempts for o in crawl.store.outcomes if o.failure}
    assert attempts == {SITE + "/always": 3, SITE + "/gone": 1}


async def test_retry_after_holds_the_whole_host() -> None:
    started: dict[str, datetime] = {}
    crawl = Crawl(
        {"/a": [(429, b"", (("Retry-After", "40"),)), b"fine"], "/b": b"fine"},
        "/a",
        "/b",
        concurrency=1,
    )
    crawl.fetcher.before = lambda at: started.__setitem__(at, crawl.clock.now())
    await crawl.run()
    assert crawl.outcomes() == {"/a": "record", "/b": "record"}
    assert (started[SITE + "/b"] - NOW).total_seconds() >= 40


async def test_an_absurd_retry_after_is_recorded_not_slept() -> None:
    crawl = Crawl({"/a": (503, b"", (("Retry-After", "86400"),))}, "/a")
    await crawl.run()
    assert crawl.outcomes() == {"/a": "http.503"}
    assert sum(crawl.clock.slept) < 60


async def test_a_dead_host_is_parked_then_given_up_and_others_go_on() -> None:
    dead = [f"https://dead.example/{n}" for n in range(40)]
    answers: dict[str, Answer | list[Answer]] = {at: unreachable("dead.example") for at in dead}
    crawl = Crawl(answers | {"/a": b"fine"}, *dead, "/a", ignore_robots=True)
    assert await crawl.run() == "finished"
    outcomes = crawl.outcomes()
    assert outcomes["/a"] == "record"
    assert {outcomes[at] for at in dead} == {"host.unreachable"}
    tried = sum(n for at, n in crawl.fetcher.asked.items() if "dead" in at)
    assert tried < 20
    attempts = [o.failure.attempts for o in crawl.store.outcomes if o.failure]
    assert sum(attempts) == tried
    assert 0 in attempts


async def test_robots_refuse_pages_and_pictures() -> None:
    robots = b"User-agent: *\nDisallow: /private/\n"
    crawl = Crawl({"/robots.txt": robots, "/private/a": b"fine", "/b": b"fine"}, "/private/a", "/b")
    await crawl.run()
    assert crawl.outcomes() == {"/private/a": "robots", "/b": "record"}
    assert crawl.fetcher.asked[SITE + "/private/a"] == 0
    free = Crawl({"/private/a": b"fine"}, "/private/a", ignore_robots=True)
    await free.run()
    assert free.outcomes() == {"/private/a": "record"}
    assert free.fetcher.asked[SITE + "/robots.txt"] == 0


async def test_documents_of_a_host_are_spaced_out() -> None:
    starts: list[datetime] = []
    paths = ["/1", "/2", "/3"]
    crawl = Crawl(dict.fromkeys(paths, b"fine"), *paths, delay=7.0)
    crawl.fetcher.before = lambda at: (
        None if is_for_robots(at) else starts.append(crawl.clock.now())
    )
    await crawl.run()
    gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(starts)]
    assert len(gaps) == 2
    assert min(gaps) >= 7


async def test_a_page_that_is_late_to_set_out_keeps_its_distance() -> None:
    starts: list[datetime] = []
    paths = ["/1", "/2", "/3"]
    crawl = Crawl(dict.fromkeys(paths, b"fine"), *paths, delay=7.0)

    second_is_on_its_way = asyncio.Event()

    async def way(address: str) -> None:
        if address.endswith("/1"):  # a browser has to be started first
            await second_is_on_its_way.wait()
        second_is_on_its_way.set()

    crawl.fetcher.way = way
    crawl.fetcher.before = lambda at: (
        None if is_for_robots(at) else starts.append(crawl.clock.now())
    )
    await crawl.run()
    gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(starts)]
    assert len(gaps) == 2
    assert min(gaps) >= 7


async def test_crawl_delay_beats_a_shorter_delay_before_the_second_page() -> None:
    starts: list[datetime] = []
    robots = b"User-agent: *\nCrawl-delay: 9\n"
    crawl = Crawl({"/robots.txt": robots, "/1": b"fine", "/2": b"fine"}, "/1", "/2", concurrency=4)
    crawl.fetcher.before = lambda at: (
        None if is_for_robots(at) else starts.append(crawl.clock.now())
    )
    await crawl.run()
    assert (starts[1] - starts[0]).total_seconds() >= 9


async def test_the_command_line_beats_the_recipe_beats_the_default() -> None:
    rule = FetchRule(render="http", rate=Rate(delay=5.0, per_host=1))
    told = Crawl({"/a": b"fine"}, "/a", rule=rule, delay=None)
    await told.run()
    asked = Crawl({"/a": b"fine"}, "/a", rule=rule, delay=0.5, per_host=3, render="browser")
    await asked.run()
    bare = Crawl({"/a": b"fine"}, "/a", delay=None)
    await bare.run()
    seen = [
        (used.render, used.rate.delay, used.rate.per_host)
        for crawl in (told, asked, bare)
        for used in crawl.fetcher.rules.values()
    ]
    assert seen == [("http", 5.0, 1), ("browser", 0.5, 3), ("browser", 1.0, 2)]


async def pictures_of(**options: Any) -> tuple[int, Any]:
    """How often the picture was asked for, and what became of it."""
    crawl = Crawl({"/a": b"pictured", "/picture.png": b"png"}, "/a", **options)
    await crawl.run()
    (outcome,) = crawl.store.outcomes
    assert outcome.article
    return crawl.fetcher.asked[SITE + "/picture.png"], outcome.article.images[0]


async def test_pictures_are_fetched() -> None:
    asked, image = await pictures_of()
    assert (asked, image.media.bytes) == (1, 3)


async def test_no_pictures_when_not_asked_for() -> None:
    asked, image = await pictures_of(media=False)
    assert (asked, image.media_failure.code) == (0, "media.disabled")


async def test_no_pictures_of_a_page_that_adds_no_line() -> None:
    store = MemoryStore()
    store.known.add(SITE + "/a")
    asked, image = await pictures_of(store=store)
    assert (asked, image.media) == (0, None)


async def test_max_pages_stops_and_the_rest_waits() -> None:
    paths = [f"/{n}" for n in range(6)]
    answers: dict[str, Answer | list[Answer]] = dict.fromkeys(paths, b"fine")
    crawl = Crawl(answers, *paths, max_pages=4)
    assert await crawl.run() == "limit"
    assert len(crawl.store.outcomes) == 4
    rest = Crawl(answers, frontier=crawl.frontier, store=crawl.store)
    assert await rest.run() == "finished"
    assert sorted(crawl.outcomes()) == paths


async def test_a_limit_that_is_just_enough_is_no_limit() -> None:
    crawl = Crawl({"/a": [503, b"fine"]}, "/a", max_pages=1)
    assert await crawl.run() == "finished"


async def test_max_time() -> None:
    paths = [f"/{n}" for n in range(9)]
    crawl = Crawl(dict.fromkeys(paths, b"fine"), *paths, delay=10.0, max_time=25.0)
    assert await crawl.run() == "limit"
    assert 2 <= len(crawl.store.outcomes) <= 4


async def test_asked_to_finish_the_pages_in_flight_are_committed() -> None:
    paths = [f"/{n}" for n in range(9)]
    crawl = Crawl(dict.fromkeys(paths, b"fine"), *paths, concurrency=2)
    crawl.notes.at_settled = lambda committed: crawl.conductor.finish_pages()
    assert await crawl.run() == "interrupted"
    taken = {at for at in crawl.fetcher.asked if not is_for_robots(at)}
    assert {o.request.url for o in crawl.store.outcomes} == taken
    assert len(taken) < 9


async def test_asked_to_stop_now_the_pages_in_flight_stay_queued() -> None:
    class Hanging(FakeFetcher):
        async def fetch(self, request: Request, *rest: Any) -> Snapshot:
            crawl.conductor.abandon_pages()
            await asyncio.Event().wait()
            raise AssertionError

    crawl = Crawl({}, "/a", "/b", ignore_robots=True)
    crawl.fetcher.__class__ = Hanging
    assert await crawl.run() == "interrupted"
    assert crawl.store.outcomes == []
    assert crawl.frontier.counts().done == 0


async def test_a_full_disk_ends_the_run_and_says_so() -> None:
    paths = [f"/{n}" for n in range(9)]
    store = MemoryStore(refuse_after=2)
    crawl = Crawl(dict.fromkeys(paths, b"fine"), *paths, store=store, concurrency=1)
    with pytest.raises(StorageError):
        await crawl.run()
    assert 2 <= len(store.outcomes) < 9


async def test_no_browser_ends_the_run() -> None:
    class Broken(FakeFetcher):
        async def fetch(self, *_: Any) -> Snapshot:
            raise BrowserUnavailable("it dies again and again")

    crawl = Crawl({}, "/a")
    crawl.fetcher.__class__ = Broken
    with pytest.raises(BrowserUnavailable):
        await crawl.run()
    assert crawl.store.outcomes == []


@pytest.mark.timeout(20)
@pytest.mark.parametrize("where", ["fetch", "commit"])
async def test_what_nobody_foresaw_ends_the_run_too(where: str) -> None:
    """A page whose task died silently would be waited for, for ever."""

    class Surprised(FakeFetcher):
        async def fetch(self, *_: Any) -> Snapshot:
            raise OSError(errno.EMFILE, "Too many open files")

    class Forgetful(MemoryStore):
        def commit(self, *_: Any) -> list[Committed]:
            raise OSError(errno.EMFILE, "Too many open files")

    store = Forgetful() if where == "commit" else MemoryStore()
    crawl = Crawl({"/a": b"fine", "/b": b"fine"}, "/a", "/b", store=store, ignore_robots=True)
    if where == "fetch":
        crawl.fetcher.__class__ = Surprised
    with pytest.raises(OSError, match="Too many open files"):
        await crawl.run()
    assert crawl.frontier.counts().done == 0


async def test_what_comes_together_is_committed_together() -> None:
    gate = asyncio.Event()

    class Gated(FakeFetcher):
        async def fetch(self, request: Request, *rest: Any) -> Snapshot:
            self.waiting = getattr(self, "waiting", 0) + 1
            if self.waiting == 4:
                gate.set()
            await gate.wait()
            return await super().fetch(request, *rest)

    paths = [f"/{n}" for n in range(4)]
    crawl = Crawl(dict.fromkeys(paths, b"fine"), *paths, concurrency=4, media=False)
    crawl.fetcher.__class__ = Gated
    await crawl.run()
    assert sum(crawl.store.groups) == 4


async def test_busy_answers_raised_by_the_fetcher_are_retried_too() -> None:
    crawl = Crawl({"/a": [busy(3.0), b"fine"]}, "/a")
    await crawl.run()
    assert crawl.notes.retries == [(SITE + "/a", "http.503", 3.0)]
    assert HttpStatus(503).retryable

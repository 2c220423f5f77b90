"""Chooses the concrete classes and opens and closes them: the only file that names them, and the
only `asyncio.run`."""

from __future__ import annotations

import asyncio
import platform
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from scraper.crawl import Conductor
from scraper.errors import PageError, ScraperError, UnfinishedRun, UsageError
from scraper.extract import extract_snapshot
from scraper.fetch.fetcher import WebFetcher
from scraper.fetch.find_browser import FoundBrowser, install_browser
from scraper.frontier.queue import SqliteFrontier
from scraper.job import Job
from scraper.protocols import InWriter, Reporter, Run, Tally
from scraper.recipe import Recipes
from scraper.record import Article
from scraper.reporters import Reporters
from scraper.request import Request
from scraper.settings import ROBOTS_TOKEN, program_version
from scraper.signals import Signals
from scraper.start import default_collection, job_seeds
from scraper.store.collection import LocalCollection
from scraper.visit import Parts

T = TypeVar("T")
Resume = Literal["equal", "continue", "new"]

_INVOCATION = (
    "concurrency", "max_pages", "max_time", "timeout", "retries", "browser", "quiet", "log",
    "json_summary", "output",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """What an invocation of a run came to.  `outcome` is finished, interrupted, limit, or the code
    of the error that ended it (its sentence is in `error`).  `left` URLs are queued; `articles`
    are the last records committed, at most 20; `bytes` and `seconds` are of this invocation."""

    run: str
    collection: Path
    outcome: str
    exit_code: int
    tally: Tally
    left: int
    seconds: float
    bytes: int
    articles: tuple[Article, ...]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Rederived:
    """A stored record beside the one derived again from its archived page; `problem` says why
    there is none."""

    stored: Article
    derived: Article | None
    problem: str | None = None

    @property
    def equal(self) -> bool:
        return self.derived == self.stored


class SystemClock:
    """The machine's."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run(job: Job, *, resume: Resume = "equal", reporters: Sequence[Reporter] = ()) -> Summary:
    """Crawl.  Works inside a running event loop too (in a thread of its own).

    An unfinished run of an equal job is continued; of another job it raises UnfinishedRun unless
    `resume` says to `continue` it (as it was asked for) or to give it up for a `new` one.  Raises
    UsageError, RecipeError, CollectionBusy and CollectionVersion before anything is fetched; what
    ends a run later stands in the summary's `error` and `exit_code`.
    """
    recipes = Recipes.load([Path(directory) for directory in job.recipes])
    seeds = job_seeds(job, recipes)
    if not seeds and resume != "continue":
        raise UsageError("nothing to crawl: give URLs, --from FILE or a job file with urls")
    if job.output == "-":
        quiet = job.model_copy(update={"media": False, "archive": "none"})
        with tempfile.TemporaryDirectory(prefix="scraper-") as directory:
            return _run_in_loop(
                partial(_crawl, Path(directory), quiet, seeds, recipes, resume, reporters)
            )
    path = Path(job.output) if job.output else default_collection(job, seeds)
    return _run_in_loop(partial(_crawl, path, job, seeds, recipes, resume, reporters))


def retry(
    collection: Path, *, codes: Sequence[str] = (), reporters: Sequence[Reporter] = ()
) -> Summary:
    """A new run over the URLs whose latest outcome is a failure (with one of `codes`), with the
    options of the collection's last run.  Raises as `run` does."""
    with open_collection(collection) as opened:
        last = opened.latest_run()
        failed = [f.url for f in opened.failures() if not codes or f.code in codes]
    if last is None or not failed:
        raise UsageError(f"{collection} has no such failures to try again")
    again = {"urls": tuple(failed), "from_file": None, "output": str(collection)}
    return run(last.job.model_copy(update=again), reporters=reporters)


def open_collection(path: Path) -> LocalCollection:
    """For reading; needs no lock.  Raises UsageError when there is none."""
    return LocalCollection.open(path, clock=SystemClock(), frontier=SqliteFrontier, writable=False)


def install(explicit: str | None, *, yes: bool, say: Callable[[str], None]) -> FoundBrowser:
    """The browser crawls would use; where there is none, one is installed, with `yes` by the
    system's package manager too.  Raises BrowserUnavailable."""
    return install_browser(explicit, system=yes, say=say)


def reextract(
    collection: Path, *, id: str | None = None, recipes: Sequence[Path] = ()
) -> Iterator[Rederived]:
    """Derive records again, offline, from the pages the collection keeps; all of them, or the
    latest revision of one."""
    known = Recipes.load(list(recipes))
    with open_collection(collection) as opened:
        article = opened.article(id) if id else None
        if id and article is None:
            raise UsageError(f"{collection} has no record {id!r}")
        for stored in [article] if article else opened.articles():
            snapshot = opened.snapshot(stored)
            if snapshot is None:
                yield Rederived(stored, None, "the page was not kept")
                continue
            try:
                derived = extract_snapshot(snapshot, known, requested_url=stored.url)
            except PageError as error:
                yield Rederived(stored, None, str(error))
            else:
                yield Rederived(stored, _as_stored(derived, stored))


def _as_stored(derived: Article, stored: Article) -> Article:
    """What only the crawl knows is taken over from the stored record."""
    pictures = [*stored.images, *([stored.lead_image] if stored.lead_image else [])]
    known = {p.url: p.media or p.media_failure for p in pictures}
    derived = derived.with_media({at: what for at, what in known.items() if what})
    facts = {name: getattr(stored, name) for name in ("run", "revision", "archive")}
    return derived.model_copy(update=facts)


def _run_in_loop(start: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run to the end, in a thread of its own where an event loop runs already."""
    if not _loop_is_running():
        return asyncio.run(start())
    with ThreadPoolExecutor(1, thread_name_prefix="crawl") as thread:
        return thread.submit(lambda: asyncio.run(start())).result()


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def _crawl(
    path: Path,
    job: Job,
    seeds: Sequence[Request],
    recipes: Recipes,
    resume: Resume,
    reporters: Sequence[Reporter],
) -> Summary:
    loop = asyncio.get_running_loop()
    writer = ThreadPoolExecutor(1, thread_name_prefix="writer")

    def in_writer(call: Callable[[], T], /) -> Awaitable[T]:
        return loop.run_in_executor(writer, call)

    clock = SystemClock()
    versions = {"scraper": program_version(), "python": platform.python_version()}
    opening = partial(LocalCollection.open, path, clock=clock, frontier=SqliteFrontier)
    collection = await in_writer(partial(opening, versions=versions))
    try:
        current = await in_writer(lambda: _begin(collection, job, seeds, resume))
        return await _invocation(collection, current, recipes, Reporters(reporters), in_writer)
    finally:
        await in_writer(collection.close)
        writer.shutdown()


def _begin(collection: LocalCollection, job: Job, seeds: Sequence[Request], resume: Resume) -> Run:
    unfinished = collection.unfinished()
    if unfinished is None:
        if not seeds:
            raise UsageError("no run is unfinished here: give URLs to start one")
        return collection.begin(job, seeds)
    equal = unfinished.identity == job.identity([seed.key for seed in seeds])
    if resume == "continue" or (resume == "equal" and equal):
        options = {name: getattr(job, name) for name in _INVOCATION}
        return Run(
            unfinished.id,
            unfinished.job.model_copy(update=options),
            unfinished.identity,
            unfinished.started_at,
            resumed=True,
        )
    if resume == "equal":
        counts = collection.frontier(unfinished).counts()
        raise UnfinishedRun(unfinished.id, counts.queued + counts.leased)
    collection.abandon(unfinished)
    return collection.begin(job, seeds)


async def _invocation(
    collection: LocalCollection,
    current: Run,
    recipes: Recipes,
    reporter: Reporters,
    in_writer: InWriter,
) -> Summary:
    job, clock = current.job, SystemClock()
    started = time.monotonic()
    frontier = await in_writer(lambda: collection.frontier(current))
    store = await in_writer(lambda: collection.store(current))
    fetcher = WebFetcher(
        job,
        seeds=await in_writer(frontier.seeds),
        now=clock.now,
        note=reporter.noted,
        on_temp=collection.remember_leftover,
    )
    threads = ThreadPoolExecutor(2, thread_name_prefix="extract")
    parts = Parts(
        fetcher=fetcher,
        frontier=frontier,
        store=store,
        clock=clock,
        reporter=reporter,
        in_writer=in_writer,
        threads=threads,
        rule=recipes.rule,
        extract=lambda snapshot: extract_snapshot(snapshot, recipes),
        token=ROBOTS_TOKEN,
    )
    tally = await in_writer(lambda: collection.tally(current.id))
    conductor = Conductor(current, parts, tally)
    counts = await in_writer(frontier.counts)
    reporter.started(current, counts.queued)
    error: ScraperError | None = None
    with Signals(conductor, reporter.noted) as signals:
        try:
            outcome: str = await conductor.crawl()
        except ScraperError as caught:
            error, outcome = caught, caught.code
        finally:
            await fetcher.close()
            threads.shutdown(wait=False, cancel_futures=True)
    seconds = time.monotonic() - started
    facts = {"seconds": round(seconds, 3), "bytes": fetcher.received, "browser": fetcher.browser}
    with suppress(ScraperError):  # a full disk refuses this too; the run just stays unfinished
        await in_writer(lambda: collection.end(current, outcome, facts))
    counts = await in_writer(frontier.counts)
    tally = conductor.tally()
    return Summary(
        run=current.id,
        collection=collection.path,
        outcome=outcome,
        exit_code=_exit_code(outcome, error, signals.received, tally),
        tally=tally,
        left=counts.queued + counts.leased,
        seconds=seconds,
        bytes=fetcher.received,
        articles=tuple(reporter.articles),
        error=str(error) if error else None,
    )


def _exit_code(outcome: str, error: ScraperError | None, signum: int, tally: Tally) -> int:
    if outcome == "interrupted":
        return 128 + (signum or signal.SIGINT)
    if error:
        return error.exit_code
    if outcome == "limit":
        return 5
    return 1 if tally.failed else 0

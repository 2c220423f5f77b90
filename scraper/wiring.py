"""Chooses the concrete classes and opens and closes them: the only file that names them, and the
only way into an event loop."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from scraper import clock, credentials, notify
from scraper.auto import Examined
from scraper.clock import SystemClock
from scraper.crawl import Conductor
from scraper.discovery.follow import Follower
from scraper.errors import ScraperError, UnfinishedRun, UsageError
from scraper.extraction import examine, extract_snapshot
from scraper.extraction.public import following_page
from scraper.fetch.fetcher import WebFetcher
from scraper.fetch.find_browser import FoundBrowser, install_browser
from scraper.frontier.queue import SqliteFrontier
from scraper.frontier.seeds import make_request
from scraper.health import Alarm, alarms
from scraper.job import Job
from scraper.packing import check_can_pack, pack_runs
from scraper.parameters import Parameters
from scraper.protocols import RETRY, InWriter, Reporter, Run
from scraper.recipe import Recipes
from scraper.record import Article, Failure
from scraper.report.measured import Measured
from scraper.report.page import write_report
from scraper.reporters import Reporters
from scraper.request import Request
from scraper.settings import ROBOTS_TOKEN, program_version
from scraper.signals import Signals
from scraper.snapshot import Snapshot
from scraper.start import check_ways, default_collection, job_seeds, withheld
from scraper.store.collection import LocalCollection
from scraper.summary import Summary
from scraper.visit import Parts
from scraper.width import Width

T = TypeVar("T")
Resume = Literal["equal", "continue", "new"]

_NOTHING_KEPT = {"media": False, "archive": "none", "wacz": False, "screenshot": False}
_PASSING = "scraper-passing-"
"""Temporary collections of crawls to stdout."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What an invocation was asked for.  An unfinished run with the same `identity` is what it
    means, whatever `resume` says.  For `addresses` see `Parts`."""

    job: Job
    seeds: Sequence[Request]
    identity: str
    recipes: Recipes
    resume: Resume
    extract: Callable[[Snapshot], Article]
    examine: Callable[[Snapshot], Examined]
    addresses: Mapping[str, str] = field(default_factory=dict)
    occasion: str | None = None


def run(
    job: Job,
    *,
    resume: Resume = "equal",
    occasion: str | None = None,
    reporters: Sequence[Reporter] = (),
) -> Summary:
    """Crawl.  Works inside a running event loop too (in a thread of its own).

    An unfinished run of an equal job is continued; of another job it raises UnfinishedRun unless
    `resume` says to `continue` it first (as it was asked for, but with the options that `job` sets)
    or to give it up for a `new` one.  An `occasion` is served once: asked for again, its run
    goes on, and where that is finished nothing is done.

    Raises UsageError, RecipeError, CollectionBusy and CollectionVersion before anything is fetched;
    what ends a run later stands in the summary's `error` and `exit_code`.
    """
    job = _with_lasting_paths(job)
    recipes = Recipes.load([Path(directory) for directory in job.recipes])
    seeds = job_seeds(job, recipes)
    if not seeds and resume != "continue" and not (job.revisit and job.output):
        raise UsageError(
            "nothing to crawl: give URLs, --from FILE or a job file with urls, or try --demo"
        )
    check_ways(job, seeds)
    notify.check(job.notify)
    if job.wacz:
        check_can_pack()
    seeds, addresses = withheld(seeds, job)
    if job.output == "-":
        job = job.model_copy(update=_NOTHING_KEPT)
    identity = job.identity(seed.key for seed in seeds)
    how = *_extraction(recipes), addresses, occasion
    wish = _Wish(job, seeds, identity, recipes, resume, *how)
    if job.output != "-":
        path = Path(job.output) if job.output else default_collection(job, seeds)
        summary = _invoke(path, wish, reporters)
        for problem in notify.notify(job.notify, summary):
            Reporters(reporters).noted(problem)
        return summary
    _sweep_passing_collections()
    with tempfile.TemporaryDirectory(prefix=_PASSING) as directory:
        return _invoke(Path(directory), wish, reporters)


def retry(
    collection: Path,
    *,
    codes: Sequence[str] = (),
    again: Job | None = None,
    reporters: Sequence[Reporter] = (),
) -> Summary | None:
    """A new run over the URLs whose latest outcome is a failure (with one of `codes`), with the
    options of the collection's last run; given again, it continues its own unfinished run.  Of
    `again` only the credentials and the proxy count, whose secrets no run keeps.  None when there
    is nothing to try again.  Raises as `run` does."""
    identity = " ".join([RETRY, *sorted(set(codes))])
    with open_collection(collection) as opened:
        last, unfinished = opened.latest_run(), opened.unfinished()
        failed = [
            make_request(failure.url, **said)
            for failure, said in opened.failed_requests()
            if not codes or failure.code in codes
        ]
    going_on = unfinished is not None and unfinished.identity == identity
    if last is None or not (failed or going_on):
        return None
    urls = tuple(request.url for request in failed)
    asked = {"urls": urls, "from_file": None, "revisit": None, "output": str(collection)}
    job = _with_lasting_paths(last.job.model_copy(update=asked).known_by(again or Job()))
    check_ways(job, ())
    recipes = Recipes.load([Path(directory) for directory in job.recipes])
    wish = _Wish(job, failed, identity, recipes, "equal", *_extraction(recipes))
    return _invoke(collection, wish, reporters)


def fetch_page(
    url: str, job: Job, recipes: Recipes
) -> tuple[Snapshot | None, Failure | None, Summary]:
    """One page as a crawl fetches it, kept nowhere, and why it gives no record, if it does not."""
    pages: list[Snapshot] = []

    def extract(snapshot: Snapshot) -> Article:
        pages.append(snapshot)
        return extract_snapshot(snapshot, recipes)

    def examined(snapshot: Snapshot) -> Examined:
        pages.append(snapshot)
        return examine(snapshot, recipes)

    job = job.model_copy(update=_NOTHING_KEPT)
    wish = _Wish(job, [make_request(url)], "", recipes, "new", extract, examined)
    with tempfile.TemporaryDirectory(prefix=_PASSING) as directory:
        summary = _invoke(Path(directory), wish, ())
        with open_collection(directory) as collection:
            failure = next(iter(collection.failures()), None)
    return pages[-1] if pages else None, failure, summary


def open_collection(path: Path | str) -> LocalCollection:
    """For reading; needs no lock.  Raises UsageError when there is none."""
    return LocalCollection.open(
        Path(path), clock=SystemClock(), frontier=SqliteFrontier, writable=False
    )


def last_recipes(opened: LocalCollection) -> list[Path]:
    """The directories of recipes that the last run used, as far as they are still there."""
    last = opened.latest_run()
    named = [Path(directory) for directory in last.job.recipes] if last else []
    return [directory for directory in named if directory.is_dir()]


def open_for_writing(path: Path) -> LocalCollection:
    """Made where there is none.  Raises UsageError, CollectionBusy, CollectionVersion,
    StorageError."""
    return LocalCollection.open(
        path,
        clock=SystemClock(),
        frontier=SqliteFrontier,
        versions={"scraper": program_version(), "python": platform.python_version()},
    )


def install(explicit: str | None, *, yes: bool, say: Callable[[str], None]) -> FoundBrowser:
    """The browser crawls would use; where there is none, one is installed, with `yes` by the
    system's package manager too.  Raises BrowserUnavailable."""
    return install_browser(explicit, system=yes, say=say)


def _with_lasting_paths(job: Job) -> Job:
    """So that a later run finds its files from wherever it is started."""
    paths: dict[str, Any] = {"recipes": tuple(str(Path(one).absolute()) for one in job.recipes)}
    if job.storage_state and not credentials.is_reference(job.storage_state):
        paths["storage_state"] = str(Path(job.storage_state).absolute())
    return job.model_copy(update=paths)


def _extraction(
    recipes: Recipes,
) -> tuple[Callable[[Snapshot], Article], Callable[[Snapshot], Examined]]:
    return partial(extract_snapshot, recipes=recipes), partial(examine, recipes=recipes)


def _sweep_passing_collections() -> None:
    """Remove what crawls to stdout that were killed left behind."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PASSING}*"):
        with suppress(ScraperError, OSError):
            if path.stat().st_uid == os.getuid() and not path.is_symlink():
                opening = partial(LocalCollection.open, clock=SystemClock())
                opening(path, frontier=SqliteFrontier).close()  # busy ones refuse
                shutil.rmtree(path)


def _invoke(path: Path, wish: _Wish, reporters: Sequence[Reporter]) -> Summary:
    """Run to the end; in a thread of its own where an event loop runs already."""
    reporter = Reporters(reporters)
    with Signals(reporter.noted) as signals:
        start = partial(_crawl, path, wish, reporter, signals)
        if not _loop_is_running():
            return clock.run(start())
        with ThreadPoolExecutor(1, thread_name_prefix="crawl") as thread:
            return thread.submit(lambda: clock.run(start())).result()


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def _crawl(path: Path, wish: _Wish, reporter: Reporters, signals: Signals) -> Summary:
    loop = asyncio.get_running_loop()
    writer = ThreadPoolExecutor(1, thread_name_prefix="writer")

    def in_writer(call: Callable[[], T], /) -> Awaitable[T]:
        return loop.run_in_executor(writer, call)

    collection = await in_writer(lambda: open_for_writing(path))
    for loss in collection.losses:
        reporter.noted(loss)
    crawl = partial(_invocation, collection, wish, reporter, signals, in_writer)
    try:
        if done := await in_writer(lambda: _done(collection, wish)):
            reporter.noted(f"run {done.run} has done this already")
            return done
        current = await in_writer(lambda: _begin(collection, wish))
        summary = await crawl(current)
        if summary.outcome != "finished" or current.identity == wish.identity or not wish.seeds:
            return summary
        # Another job's run was continued first; now what was asked for.
        new = await in_writer(lambda: _begin_new(collection, wish))
        second = await crawl(new)
        return replace(second, exit_code=second.exit_code or summary.exit_code)
    finally:
        await in_writer(collection.close)
        writer.shutdown()


def _done(collection: LocalCollection, wish: _Wish) -> Summary | None:
    """What came of the run that the occasion asked for, where it is finished."""
    run = collection.served(wish.occasion) if wish.occasion else None
    if run is None:
        return None
    tally, news = collection.tally(run.id), _alarms(collection, run.id)
    exit_code = 8 if news else 1 if tally.failed else 0
    return Summary(
        run.id, collection.path, "finished", exit_code, tally, 0, 0.0, 0, (), alarms=news
    )


def _begin(collection: LocalCollection, wish: _Wish) -> Run:
    unfinished = collection.unfinished()
    if unfinished and unfinished.identity != wish.identity and not _left(collection, unfinished):
        collection.end(unfinished, "finished", {})  # it was killed after its last page
        unfinished = None
    if unfinished is None:
        if not wish.seeds and not wish.job.revisit:
            raise UsageError("no run is unfinished here: give URLs to start one")
        return _begin_new(collection, wish)
    if unfinished.identity == wish.identity and wish.resume != "new":
        if wish.occasion:
            collection.serve(unfinished, wish.occasion)
        return replace(unfinished, job=wish.job, resumed=True)
    if wish.resume == "continue":
        said = wish.job.model_fields_set - {
            "name",
            "urls",
            "from_file",
            "output",
            *credentials.READ,
        }
        options = {name: getattr(wish.job, name) for name in said}
        job = unfinished.job.model_copy(update=options).known_by(wish.job)
        check_ways(job, ())
        return replace(unfinished, job=job, resumed=True)
    if wish.resume == "equal":
        raise UnfinishedRun(unfinished.id, _left(collection, unfinished))
    collection.abandon(unfinished)
    return _begin_new(collection, wish)


def _begin_new(collection: LocalCollection, wish: _Wish) -> Run:
    """With the pages that are due, where the job wants them.  They are no seeds: what is for the
    addresses that the user named is not for them."""
    due: list[Request] = []
    if wish.job.revisit:
        secret = Parameters(wish.job.redact)
        addresses = collection.due(SystemClock().now())
        due = [make_request(one, depth=1) for one in addresses if not secret.lacks_value(one)]
    return collection.begin(wish.job, [*wish.seeds, *due], wish.identity, wish.occasion)


def _left(collection: LocalCollection, run: Run) -> int:
    counts = collection.frontier(run).counts()
    return counts.queued + counts.leased


async def _invocation(
    collection: LocalCollection,
    wish: _Wish,
    reporter: Reporters,
    signals: Signals,
    in_writer: InWriter,
    current: Run,
) -> Summary:
    system = SystemClock()
    started = time.monotonic()
    frontier = await in_writer(lambda: collection.frontier(current))
    fetcher = WebFetcher(
        current.job,
        seeds=await in_writer(frontier.seeds),
        now=system.now,
        note=reporter.noted,
        on_temp=collection.remember_leftover,
    )
    measured = Measured()
    told = Reporters([reporter, measured])
    threads = ThreadPoolExecutor(2, thread_name_prefix="extract")
    follower = Follower(current.job, current.started_at, wish.recipes)
    parts = Parts(
        fetcher=measured.fetcher(fetcher),
        frontier=frontier,
        store=await in_writer(lambda: collection.store(current)),
        clock=system,
        reporter=told,
        in_writer=in_writer,
        threads=threads,
        rule=wish.recipes.rule,
        made_with=wish.recipes.made_with,
        extract=wish.extract,
        examine=wish.examine,
        token=ROBOTS_TOKEN,
        addresses=wish.addresses,
        found=follower.found,
        following=partial(following_page, recipes=wish.recipes),
        is_list=follower.is_list,
        allowances=follower.allowances,
        width=Width(),
    )
    conductor = Conductor(current, parts, await in_writer(lambda: collection.tally(current.id)))
    if current.job.depth and current.job.scope == "page":
        reporter.noted(
            "no link is followed with --scope page; say how far --depth may lead: host, …"
        )
    told.started(current, (await in_writer(frontier.counts)).queued)
    signals.reach(conductor)
    error: ScraperError | None = None
    try:
        outcome: str = await conductor.crawl()
    except ScraperError as caught:
        error, outcome = caught, caught.code
    finally:
        signals.leave()
        await fetcher.close()
        threads.shutdown(wait=False, cancel_futures=True)
    seconds = time.monotonic() - started
    limits = await in_writer(frontier.limits)
    measured_facts = measured.facts()
    facts: dict[str, Any] = {
        "seconds": round(seconds, 3),
        "bytes": fetcher.received,
        "browser": fetcher.browser,
        "limits": limits,
        **measured_facts,
    }
    tally = conductor.tally()
    news: tuple[Alarm, ...] = ()
    try:
        news = await in_writer(lambda: _alarms(collection, current.id))
        facts["alarms"] = [alarm.text for alarm in news]
        await in_writer(lambda: collection.end(current, outcome, facts))
        tally = await in_writer(lambda: collection.tally(current.id))
    except ScraperError as caught:  # the run just stays unfinished, or without its report
        error = error or caught
    if not collection.path.name.startswith(_PASSING):
        await in_writer(lambda: _leave_page(collection, current, reporter))
    counts = await in_writer(frontier.counts)
    captured = await in_writer(lambda: collection.captured(current.id))
    packed: tuple[Path, ...] = ()
    if current.job.wacz and not error and outcome != "interrupted":
        try:
            packed = await in_writer(lambda: _packed(collection))
        except ScraperError as caught:
            error = caught
    if outcome == "interrupted":
        exit_code = signals.exit_code
    elif error:
        exit_code = error.exit_code
    else:
        exit_code = 5 if outcome == "limit" else 8 if news else 1 if tally.failed else 0
    return Summary(
        run=current.id,
        collection=collection.path,
        outcome=outcome,
        exit_code=exit_code,
        tally=tally,
        left=counts.queued + counts.leased,
        seconds=seconds,
        bytes=fetcher.received,
        articles=tuple(reporter.articles),
        error=str(error) if error else None,
        limits=limits,
        manners=measured_facts["manners"],
        captured=captured,
        packed=packed,
        alarms=news,
    )


def _alarms(collection: LocalCollection, run: str) -> tuple[Alarm, ...]:
    """Of the recipes that the run met."""
    return alarms(collection.sightings(run))


def _leave_page(collection: LocalCollection, run: Run, reporter: Reporter) -> None:
    """A view of what is committed: the run went as it went, whether there is one or not."""
    try:
        write_report(collection, run.id)
    except Exception as error:  # noqa: BLE001 - even a fault of ours in it must not end the run
        reporter.noted(f"no report was made of run {run.id}: {error}")


def _packed(collection: LocalCollection) -> tuple[Path, ...]:
    """The runs that are done and were to be packed, this one and those killed before they were."""
    return tuple(one.path for one in pack_runs(collection, collection.runs_to_pack(), again=False))

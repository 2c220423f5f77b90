"""The crawls that can be asked for, with the concrete classes behind them; the only way into an
event loop."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from scraper import clock, credentials, notify
from scraper.auto import Examined
from scraper.clock import SystemClock
from scraper.errors import ScraperError, UsageError
from scraper.extraction import examine, extract_snapshot
from scraper.fetch.find_browser import FoundBrowser, install_browser
from scraper.frontier.seeds import make_request
from scraper.invocation import Invocation
from scraper.job import Job
from scraper.opening import open_collection, open_for_writing
from scraper.packing import check_can_pack
from scraper.protocols import RETRY, Reporter
from scraper.recipe import Recipes
from scraper.record import Article, Failure
from scraper.reporters import Reporters
from scraper.signals import Signals
from scraper.snapshot import Snapshot
from scraper.start import check_ways, default_collection, job_seeds, withheld
from scraper.summary import Summary
from scraper.wish import Resume, Wish, begin, begin_new, served

T = TypeVar("T")

_NOTHING_KEPT = {"media": False, "archive": "none", "wacz": False, "screenshot": False}
_PASSING = "scraper-passing-"
"""Temporary collections of crawls to stdout."""


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
    wish = Wish(job, seeds, identity, recipes, resume, *how)
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
    wish = Wish(job, failed, identity, recipes, "equal", *_extraction(recipes))
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
    wish = Wish(job, [make_request(url)], "", recipes, "new", extract, examined)
    with tempfile.TemporaryDirectory(prefix=_PASSING) as directory:
        summary = _invoke(Path(directory), wish, ())
        with open_collection(directory) as collection:
            failure = next(iter(collection.failures()), None)
    return pages[-1] if pages else None, failure, summary


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
                open_for_writing(path).close()  # busy ones refuse
                shutil.rmtree(path)


def _invoke(path: Path, wish: Wish, reporters: Sequence[Reporter]) -> Summary:
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


async def _crawl(path: Path, wish: Wish, reporter: Reporters, signals: Signals) -> Summary:
    loop = asyncio.get_running_loop()
    writer = ThreadPoolExecutor(1, thread_name_prefix="writer")

    def in_writer(call: Callable[[], T], /) -> Awaitable[T]:
        return loop.run_in_executor(writer, call)

    system = SystemClock()
    collection = await in_writer(lambda: open_for_writing(path, clock=system))
    for loss in collection.losses:
        reporter.noted(loss)
    lasts = not path.name.startswith(_PASSING)
    invocation = Invocation(
        collection, wish, reporter, signals, in_writer, system, leaves_page=lasts
    )
    try:
        if done := await in_writer(lambda: served(collection, wish)):
            reporter.noted(f"run {done.run} has done this already")
            return done
        current = await in_writer(lambda: begin(collection, wish, system))
        summary = await invocation.crawl(current)
        if summary.outcome != "finished" or current.identity == wish.identity or not wish.seeds:
            return summary
        # Another job's run was continued first; now what was asked for.
        new = await in_writer(lambda: begin_new(collection, wish, system))
        second = await invocation.crawl(new)
        return replace(second, exit_code=second.exit_code or summary.exit_code)
    finally:
        await in_writer(collection.close)
        writer.shutdown()

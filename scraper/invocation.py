"""One process's work on a run: the conductor with all it needs, and what it leaves behind."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from scraper.crawl import Conductor
from scraper.discovery.follow import Follower
from scraper.errors import ScraperError
from scraper.extraction.public import following_page
from scraper.fetch.fetcher import WebFetcher
from scraper.health import Alarm, alarms
from scraper.packing import pack_runs
from scraper.protocols import Clock, Frontier, InWriter, Reporter, Run, Tally
from scraper.report.measured import Measured
from scraper.report.page import write_report
from scraper.reporters import Reporters
from scraper.settings import ROBOTS_TOKEN
from scraper.signals import Signals
from scraper.store.collection import LocalCollection
from scraper.summary import Summary
from scraper.visit import Parts
from scraper.width import Width
from scraper.wish import Wish


class Invocation:
    """Crawls in the running loop; the collection is touched by `in_writer`'s thread alone.  With
    `leaves_page` the run gets its report."""

    def __init__(
        self,
        collection: LocalCollection,
        wish: Wish,
        reporter: Reporters,
        signals: Signals,
        in_writer: InWriter,
        clock: Clock,
        *,
        leaves_page: bool,
    ) -> None:
        self._collection, self._wish, self._reporter = collection, wish, reporter
        self._signals, self._in_writer, self._clock = signals, in_writer, clock
        self._leaves_page = leaves_page

    async def crawl(self, run: Run) -> Summary:
        """To the end of the run, or of what this process can do of it: an error stands in the
        summary."""
        started, in_writer = time.monotonic(), self._in_writer
        frontier = await in_writer(lambda: self._collection.frontier(run))
        fetcher = WebFetcher(
            run.job,
            seeds=await in_writer(frontier.seeds),
            now=self._clock.now,
            note=self._reporter.noted,
            on_temp=self._collection.remember_leftover,
        )
        before = await in_writer(lambda: self._collection.run(run.id))
        measured = Measured(earlier=before.facts if before else {})
        threads = ThreadPoolExecutor(2, thread_name_prefix="extract")
        parts = await self._parts(run, frontier, fetcher, measured, threads)
        tally = await in_writer(lambda: self._collection.tally(run.id))
        conductor = Conductor(run, parts, tally)
        if run.job.depth and run.job.scope == "page":
            self._reporter.noted(
                "no link is followed with --scope page; say how far --depth may lead: host, …"
            )
        parts.reporter.started(run, (await in_writer(frontier.counts)).queued)
        self._signals.reach(conductor)
        error: ScraperError | None = None
        try:
            outcome: str = await conductor.crawl()
        except ScraperError as caught:
            error, outcome = caught, caught.code
        finally:
            self._signals.leave()
            await fetcher.close()
            threads.shutdown(wait=False, cancel_futures=True)
        seconds = time.monotonic() - started
        limits = await in_writer(frontier.limits)
        facts = {"limits": limits, **measured.facts(fetcher.received, fetcher.browser)}
        tally = conductor.tally()
        news: tuple[Alarm, ...] = ()
        try:
            news = await in_writer(lambda: self._end(run, outcome, facts))
            tally = await in_writer(lambda: self._collection.tally(run.id))
        except ScraperError as caught:  # the run just stays unfinished, or without its report
            error = error or caught
        if self._leaves_page:
            await in_writer(lambda: leave_page(self._collection, run, self._reporter))
        counts = await in_writer(frontier.counts)
        captured = await in_writer(lambda: self._collection.captured(run.id))
        packed: tuple[Path, ...] = ()
        if run.job.wacz and not error and outcome != "interrupted":
            try:
                packed = await in_writer(self._pack)
            except ScraperError as caught:
                error = caught
        return Summary(
            run=run.id,
            collection=self._collection.path,
            outcome=outcome,
            exit_code=self._exit_code(outcome, error, news, tally),
            tally=tally,
            left=counts.queued + counts.leased,
            seconds=seconds,
            bytes=fetcher.received,
            articles=tuple(self._reporter.articles),
            error=str(error) if error else None,
            limits=limits,
            manners=facts["manners"],
            captured=captured,
            packed=packed,
            alarms=news,
        )

    async def _parts(
        self,
        run: Run,
        frontier: Frontier,
        fetcher: WebFetcher,
        measured: Measured,
        threads: ThreadPoolExecutor,
    ) -> Parts:
        wish = self._wish
        follower = Follower(run.job, run.started_at, wish.recipes)
        return Parts(
            fetcher=measured.fetcher(fetcher),
            frontier=frontier,
            store=await self._in_writer(lambda: self._collection.store(run)),
            clock=self._clock,
            reporter=Reporters([self._reporter, measured]),
            in_writer=self._in_writer,
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

    def _end(self, run: Run, outcome: str, facts: dict[str, Any]) -> tuple[Alarm, ...]:
        """Alarms are of the recipes that the run met."""
        news = alarms(self._collection.sightings(run.id), self._wish.recipes.expected())
        facts["alarms"] = [alarm.text for alarm in news]
        self._collection.end(run, outcome, facts)
        return news

    def _pack(self) -> tuple[Path, ...]:
        """The runs that are done and were to be packed, this one and those killed before it."""
        runs = self._collection.runs_to_pack()
        return tuple(one.path for one in pack_runs(self._collection, runs, again=False))

    def _exit_code(
        self, outcome: str, error: ScraperError | None, news: tuple[Alarm, ...], tally: Tally
    ) -> int:
        if outcome == "interrupted":
            return self._signals.exit_code
        if error:
            return error.exit_code
        if outcome == "limit":
            return 5
        return 8 if news else 1 if tally.failed else 0


def leave_page(collection: LocalCollection, run: Run, reporter: Reporter) -> None:
    """A view of what is committed: the run went as it went, whether there is one or not."""
    try:
        write_report(collection, run.id)
    except Exception as error:  # noqa: BLE001 - even a fault of ours in it must not end the run
        reporter.noted(f"no report was made of run {run.id}: {error}")

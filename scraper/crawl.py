"""The conductor: takes requests from the frontier, has their pages visited, commits the outcomes.

It knows protocols only; `invocation` decides what stands behind them.  One task drives the
frontier, one commits, and each page in flight has a task of its own.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

from scraper.backoff import pause
from scraper.errors import (
    ConnectFailed,
    DnsFailed,
    FieldMissing,
    HostUnreachable,
    HttpStatus,
    PageError,
)
from scraper.intake import Intake
from scraper.opt_out import NO_COPY
from scraper.protocols import Committed, Counts, Outcome, Progress, Run, Tally, Wait
from scraper.record import Article, Failure, RecipeRef
from scraper.request import Request
from scraper.visit import Parts, Visit, Visitor

Ending = Literal["finished", "interrupted", "limit"]

_SOON = 0.05
"""Seconds that an outcome waits at most for others to be committed with."""

_KINDS = ("record", "unchanged", "duplicate", "failed", "listing")


class Conductor:
    """One invocation of one run."""

    def __init__(self, run: Run, parts: Parts, tally: Tally) -> None:
        self._run, self._job, self._parts = run, run.job, parts
        self._visitor = Visitor(run.job, parts, self._paced)
        self._intake = Intake(
            run.job, parts.frontier, parts.store, parts.allowances, parts.clock.now
        )
        self._kinds = Counter({kind: getattr(tally, kind) for kind in _KINDS})
        self._failures = Counter(tally.failures)
        self._counts = Counts(0, 0, 0)
        self._pages: dict[asyncio.Task[None], Request] = {}
        self._open = 0  # requests taken and not yet settled or given back
        self._settled = 0
        self._most = 1  # that may be in flight, or wait for their commit
        self._met: set[str] = set()
        self._paces: dict[str, float] = {}
        self._outcomes: asyncio.Queue[Outcome | None] = asyncio.Queue()
        self._wake = asyncio.Event()
        self._ending: Ending = "finished"
        self._stopping = self._abandoned = False
        self._fatal: Exception | None = None

    def finish_pages(self) -> None:
        """Take nothing more; the pages in flight are finished and committed."""
        self._stop("interrupted")

    def abandon_pages(self) -> None:
        """Stop now; the pages in flight stay queued."""
        self._abandoned = True
        self._stop("interrupted")

    def tally(self) -> Tally:
        """The run's outcomes so far."""
        return Tally(**{kind: self._kinds[kind] for kind in _KINDS}, failures=dict(self._failures))

    async def crawl(self) -> Ending:
        """Until the frontier is empty, a limit is reached or a stop is asked for.  Raises what ends
        a run: StorageError, BrowserUnavailable, and what nobody foresaw."""
        committing = asyncio.create_task(self._commit_groups())
        try:
            await self._drive()
            while self._pages and not self._abandoned and not self._fatal:
                self._wake.clear()
                await self._changed()
        finally:
            for page in self._pages:
                page.cancel()
            await asyncio.gather(*self._pages, return_exceptions=True)
            self._outcomes.put_nowait(None)
            await committing
        if self._fatal:
            raise self._fatal
        done = self._counts.queued + self._counts.leased == 0
        return "finished" if done else self._ending

    # -- driving the frontier

    async def _drive(self) -> None:
        clock, job, in_writer = self._parts.clock, self._job, self._parts.in_writer
        self._counts = await in_writer(self._parts.frontier.counts)
        started = clock.now().timestamp()
        left = math.inf
        while not self._stopping:
            self._wake.clear()
            if job.max_time is not None:
                left = started + job.max_time - clock.now().timestamp()
            used_up = job.max_pages is not None and self._settled + self._open >= job.max_pages
            if left <= 0 or (used_up and not self._open):
                self._stop("limit")
            elif used_up or self._busy():
                await self._changed(left)
            else:
                turn = await in_writer(self._take)
                if turn is None:
                    return
                if isinstance(turn, Wait):
                    await self._changed(min(turn.seconds, left))
                else:
                    self._start(turn)

    def _busy(self) -> bool:
        asked = self._job.concurrency
        self._most = self._parts.width(len(self._pages)) if asked == "auto" else asked
        return len(self._pages) >= self._most or self._outcomes.qsize() >= self._most

    def _take(self) -> Request | Wait | None:
        """In the writer's thread.  A host met for the first time waits behind its first page until
        its robots.txt has told the pace."""
        frontier = self._parts.frontier
        while self._paces:
            frontier.pace(*self._paces.popitem())
        turn = frontier.take(self._parts.clock.now().timestamp())
        if isinstance(turn, Request) and turn.host and turn.host not in self._met:
            self._met.add(turn.host)
            frontier.pace(turn.host, math.inf)
        return turn

    def _paced(self, host: str, delay: float | None) -> None:
        if delay is None:
            self._met.discard(host)  # its next page asks again
        self._paces[host] = delay or 0.0
        self._wake.set()

    def _start(self, request: Request) -> None:
        self._open += 1
        page = asyncio.create_task(self._page(request), name=f"page {request.key}")
        self._pages[page] = request
        page.add_done_callback(self._page_done)
        self._report()

    def _page_done(self, page: asyncio.Task[None]) -> None:
        del self._pages[page]
        self._wake.set()

    async def _changed(self, seconds: float = math.inf) -> None:
        """Something happened, or `seconds` have passed."""
        if seconds == math.inf:
            await self._wake.wait()
            return
        waits = [asyncio.create_task(self._wake.wait(), name="wake")]
        waits.append(asyncio.create_task(self._pass(seconds), name="pass"))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in waits:
                waiting.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _pass(self, seconds: float) -> Literal[True]:
        await self._parts.clock.sleep(max(seconds, 0.0))
        return True

    def _stop(self, ending: Ending) -> None:
        if not self._stopping:
            self._stopping, self._ending = True, ending
        self._wake.set()

    def _end_with(self, error: Exception) -> None:
        """Whatever it is, a fault of the program too: else its page would be waited for."""
        self._fatal = self._fatal or error
        self._stop("interrupted")

    # -- one page

    async def _page(self, request: Request) -> None:
        try:
            outcome = await self._outcome(request)
        except Exception as error:  # noqa: BLE001 - it ends the run, and is raised there
            self._end_with(error)
        else:
            if outcome:
                self._outcomes.put_nowait(outcome)

    async def _outcome(self, request: Request) -> Outcome | None:
        """None when the request was queued again."""
        try:
            visit = await self._visitor.visit(request)
        except PageError as error:
            return await self._failed(request, error)
        if visit.error:
            return await self._failed(request, visit.error, visit)
        return Outcome(
            request,
            article=visit.article,
            snapshot=visit.snapshot if self._may_keep(visit.article) else None,
            found=visit.found,
            learned=visit.learned,
            same=visit.same,
        )

    def _may_keep(self, of: Article | PageError | None) -> bool:
        return of is None or self._job.ignore_opt_out or NO_COPY not in of.opt_out

    async def _failed(
        self, request: Request, error: PageError, visit: Visit | None = None
    ) -> Outcome | None:
        frontier, in_writer = self._parts.frontier, self._parts.in_writer
        attempts = request.attempts + (0 if isinstance(error, HostUnreachable) else 1)
        now = self._parts.clock.now()
        if isinstance(error, ConnectFailed | DnsFailed) and error.host in _names(request.host):
            self._visitor.troubled.add(request.host)
            await in_writer(lambda: frontier.unreachable(request.host, now.timestamp()))
        seconds = pause(error, attempts, self._job.retries)
        if seconds is not None:
            until = now.timestamp() + seconds

            def again() -> Counts:
                frontier.retry(request, until)
                if isinstance(error, HttpStatus) and error.retry_after:
                    frontier.hold(request.host, until)
                return frontier.counts()

            self._counts = await in_writer(again)
            self._open -= 1
            self._parts.reporter.retried(request, error, seconds)
            return None
        line = None if request.host else request.meta.get("line")  # of a seed that is no address
        failure = Failure(
            url=request.url,
            final_url=error.final_url,
            code=error.code,
            message=f"{line}: {error}" if line else str(error),
            status=error.status,
            attempts=attempts,
            run=self._run.id,
            at=now,
            recipe=RecipeRef.model_validate(error.recipe) if error.recipe else None,
            field=error.field if isinstance(error, FieldMissing) else None,
        )
        if visit is None:
            return Outcome(request, failure=failure, picture=error.picture)
        return Outcome(
            request,
            failure=failure,
            snapshot=visit.snapshot if error.keeps_page and self._may_keep(error) else None,
            found=visit.found,
            learned=visit.learned,
            picture=error.picture,
        )

    # -- committing

    async def _commit_groups(self) -> None:
        """Commit what has come in, together, until the end mark."""
        going_on = True
        while going_on:
            group = await self._gathered()
            going_on = None not in group
            outcomes = [outcome for outcome in group if outcome]
            if outcomes and not self._fatal:
                try:
                    await self._commit(outcomes)
                except Exception as error:  # noqa: BLE001 - it ends the run, and is raised there
                    self._end_with(error)

    async def _gathered(self) -> list[Outcome | None]:
        """What has come in since the last commit; and what comes soon, where pages are in flight: a
        commit of one costs nearly as much as a commit of several."""
        group = [await self._outcomes.get()]
        with suppress(TimeoutError):
            async with asyncio.timeout(_SOON):
                while group[-1] and len(group) < min(self._open, self._most):
                    group.append(await self._outcomes.get())
        while not self._outcomes.empty():
            group.append(self._outcomes.get_nowait())
        return group

    async def _commit(self, outcomes: Sequence[Outcome]) -> None:
        frontier = self._parts.frontier

        def also(committed: Sequence[Committed]) -> None:
            for one in committed:
                frontier.finish(one.request)
            self._intake.take_in(outcomes)

        def commit() -> tuple[list[Committed], Counts]:
            return self._parts.store.commit(outcomes, also), frontier.counts()

        committed, self._counts = await self._parts.in_writer(commit)
        for one in committed:
            self._kinds[one.kind] += 1
            if one.failure:
                self._failures[one.failure.code] += 1
            self._open -= 1
            self._settled += 1
            self._parts.reporter.settled(one)
        self._report()
        self._wake.set()

    def _report(self) -> None:
        hosts = tuple(dict.fromkeys(request.host for request in self._pages.values()))
        waiting = max(self._counts.queued + self._counts.leased - self._open, 0)
        received = self._parts.fetcher.received
        self._parts.reporter.progress(Progress(waiting, self._open, self.tally(), received, hosts))


def _names(host: str) -> tuple[str, str]:
    """A host with and without its port."""
    return host, host.rpartition(":")[0]

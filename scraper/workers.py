"""Many pages on all cores, in order.

One bad page never ends the work: it becomes a line with its error, also when it takes its whole
worker process down or never comes to an end.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Generic, TypeVar

from scraper.errors import ScraperError
from scraper.recipe import Recipes

LONGEST = 60.0
"""Seconds of one page."""

_AHEAD = 8  # chunks submitted for each worker before the first is taken out

Task = TypeVar("Task")
Line = TypeVar("Line")


class Workers(Generic[Task, Line]):
    """`work` makes a task into a line; `failed` makes one of a task and the error it came to,
    `code: sentence`.  Both are functions of a module: they are called in other processes.  `chunk`
    tasks are handed over at once."""

    def __init__(
        self,
        work: Callable[[Task, Recipes], Line],
        failed: Callable[[Task, str], Line],
        *,
        recipes: Sequence[Path] = (),
        jobs: int | None = None,
        chunk: int = 8,
    ) -> None:
        self._work, self._failed = work, failed
        self._recipes = list(recipes)
        self._jobs = jobs or _cores()
        self._chunk = chunk

    def lines(self, tasks: Iterator[Task]) -> Iterator[Line]:
        """One for each task, in their order, with a bounded number of them in memory."""
        pool = self._pool(self._jobs)
        waiting: deque[tuple[list[Task], Future[list[Line]]]] = deque()
        try:
            while True:
                while len(waiting) < _AHEAD * self._jobs and (
                    chunk := list(islice(tasks, self._chunk))
                ):
                    waiting.append((chunk, self._submitted(pool, chunk)))
                if not waiting:
                    return
                chunk, future = waiting.popleft()
                try:
                    yield from future.result()
                except BrokenProcessPool:
                    pool.shutdown(wait=False, cancel_futures=True)
                    yield from self._one_by_one(chunk)
                    pool = self._pool(self._jobs)
                    again = [later for later, _ in waiting]
                    waiting = deque((later, self._submitted(pool, later)) for later in again)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _submitted(self, pool: ProcessPoolExecutor, chunk: list[Task]) -> Future[list[Line]]:
        """Also of a pool that is broken already: whoever asks the future will see."""
        try:
            return pool.submit(_work_off, chunk, self._work, self._failed)
        except BrokenProcessPool as error:
            future: Future[list[Line]] = Future()
            future.set_exception(error)
            return future

    def _one_by_one(self, chunk: list[Task]) -> Iterator[Line]:
        """A worker died over one of these pages: find out which, and go on with the others."""
        pool = self._pool(1)
        for task in chunk:
            try:
                yield from self._submitted(pool, [task]).result()
            except BrokenProcessPool:
                pool = self._pool(1)
                yield self._failed(task, "extract.failed: the process died over this page")
        pool.shutdown()

    def _pool(self, workers: int) -> ProcessPoolExecutor:
        # A spawned process starts clean: no thread of ours is copied in the middle of its work.
        return ProcessPoolExecutor(
            workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(self._recipes,)
        )


def _cores() -> int:
    """Those this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_known: Recipes


def _begin(recipes: list[Path]) -> None:
    """In the worker: what all its pages share."""
    global _known  # noqa: PLW0603 - a worker's pages arrive one by one, its recipes once
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, _too_long)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _known = Recipes.load(recipes)


def _end_with_parent() -> None:
    """A worker holds both ends of its queue: it would never learn that nobody fills it any more."""
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _too_long(*_: object) -> None:
    raise TimeoutError(f"longer than {LONGEST:g} s")


def _work_off(
    chunk: list[Task],
    work: Callable[[Task, Recipes], Line],
    failed: Callable[[Task, str], Line],
) -> list[Line]:
    return [_worked(task, work, failed) for task in chunk]


def _worked(
    task: Task, work: Callable[[Task, Recipes], Line], failed: Callable[[Task, str], Line]
) -> Line:
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        return work(task, _known)
    except ScraperError as error:
        return failed(task, f"{error.code}: {error}")
    except Exception as error:  # noqa: BLE001 - one bad page never ends the work
        return failed(task, f"extract.failed: {type(error).__name__}: {error}")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)

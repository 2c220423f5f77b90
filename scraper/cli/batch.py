"""`scraper extract --batch`: many saved pages, on all cores.

One bad page never ends the batch: it becomes a line with its error, also when it takes its whole
worker process down or never comes to an end.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import IO, Any, Literal

import orjson

from scraper.errors import ScraperError, UsageError
from scraper.extraction import extract
from scraper.recipe import Recipes
from scraper.record import Article

LONGEST = 60.0
"""Seconds of one page."""

_AHEAD = 8  # chunks submitted for each worker before the first is written
_CHUNK = 8  # pages handed over at once

Task = dict[str, Any]
Line = dict[str, Any]


def extract_batch(
    html_dir: Path,
    manifest: Path,
    out: Path,
    *,
    recipes: Sequence[Path] = (),
    jobs: int | None = None,
) -> tuple[int, int]:
    """Write one line for each page of the manifest, in its order; how many pages, and how many of
    them failed.  Raises UsageError for a manifest that cannot be read."""
    pages = failed = 0
    workers = jobs or _cores()
    with _opened(manifest, "rb") as source, _opened(out, "wb") as lines:
        tasks = _tasks(html_dir, manifest, source)
        for line in _in_order(tasks, workers, recipes):
            lines.write(orjson.dumps(line) + b"\n")
            pages += 1
            failed += "error" in line
    return pages, failed


def flat(article: Article) -> Line:
    """The record's main fields with plain values."""
    return {
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "authors": list(article.authors),
        "text": article.text,
        "paragraphs": list(article.paragraphs),
        "images": [image.url for image in article.images],
        "lead_image": article.lead_image.url if article.lead_image else None,
    }


def _cores() -> int:
    """Those this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _opened(path: Path, mode: Literal["rb", "wb"]) -> IO[bytes]:
    try:
        return path.open(mode)
    except OSError as error:
        verb = "read" if mode == "rb" else "write"
        raise UsageError(f"cannot {verb} {path}: {error.strerror}") from error


def _tasks(html_dir: Path, manifest: Path, source: Iterable[bytes]) -> Iterator[Task]:
    for number, line in enumerate(source, 1):
        if not line.strip():
            continue
        try:
            task = orjson.loads(line)
            yield {
                "id": task["id"],
                "url": str(task["url"]),
                "path": str(html_dir / task["html_path"]),
            }
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{manifest}:{number}: each line is an object with id, url and html_path"
            ) from error


def _in_order(tasks: Iterator[Task], workers: int, recipes: Sequence[Path]) -> Iterator[Line]:
    """The lines of all tasks, with a bounded number of them in memory."""
    pool = _pool(workers, recipes)
    waiting: deque[tuple[list[Task], Future[list[Line]]]] = deque()
    try:
        while True:
            while len(waiting) < _AHEAD * workers and (chunk := list(islice(tasks, _CHUNK))):
                waiting.append((chunk, _submitted(pool, chunk)))
            if not waiting:
                return
            chunk, future = waiting.popleft()
            try:
                yield from future.result()
            except BrokenProcessPool:
                pool.shutdown(wait=False, cancel_futures=True)
                yield from _one_by_one(chunk, recipes)
                pool = _pool(workers, recipes)
                again = [later for later, _ in waiting]
                waiting = deque((later, _submitted(pool, later)) for later in again)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, chunk: list[Task]) -> Future[list[Line]]:
    """Also of a pool that is broken already: whoever asks the future will see."""
    try:
        return pool.submit(_extract_pages, chunk)
    except BrokenProcessPool as error:
        future: Future[list[Line]] = Future()
        future.set_exception(error)
        return future


def _one_by_one(chunk: list[Task], recipes: Sequence[Path]) -> Iterator[Line]:
    """A worker died over one of these pages: find out which, and go on with the others."""
    pool = _pool(1, recipes)
    for task in chunk:
        try:
            yield from pool.submit(_extract_pages, [task]).result()
        except BrokenProcessPool:
            pool = _pool(1, recipes)
            yield _failed(task, "extract.failed: the process died over this page")
    pool.shutdown()


def _pool(workers: int, recipes: Sequence[Path]) -> ProcessPoolExecutor:
    # A spawned process starts clean: no thread of ours is copied in the middle of its work.
    return ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(list(recipes),)
    )


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


def _extract_pages(tasks: list[Task], using: Callable[..., Article] = extract) -> list[Line]:
    return [_extract_page(task, using) for task in tasks]


def _extract_page(task: Task, using: Callable[..., Article]) -> Line:
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        html = Path(task["path"]).read_bytes()
        return {"id": task["id"]} | flat(using(html, task["url"], recipes=_known))
    except ScraperError as error:
        return _failed(task, f"{error.code}: {error}")
    except Exception as error:  # noqa: BLE001 - one bad page never ends the batch
        return _failed(task, f"extract.failed: {type(error).__name__}: {error}")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _failed(task: Task, error: str) -> Line:
    nothing = {"title": None, "published": None, "lead_image": None, "text": ""}
    lists: dict[str, list[str]] = {"authors": [], "paragraphs": [], "images": []}
    return {"id": task["id"]} | nothing | lists | {"error": error}

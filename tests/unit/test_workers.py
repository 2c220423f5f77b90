"""Workers lose no page: not to one that kills its process, not to one that never ends."""

import os
import signal
from concurrent.futures.process import BrokenProcessPool

import pytest

from scraper import workers
from scraper.recipe import Recipes
from scraper.workers import Workers


def deadly(task: int, _: Recipes) -> str:
    """Task 9 takes its process down."""
    if task == 9:
        os._exit(11)
    return f"{task} done"


def failed(task: int, error: str) -> str:
    return f"{task} {error}"


def endless(_: int, __: Recipes) -> str:
    while True:
        pass


def test_a_page_that_kills_its_process_loses_no_other() -> None:
    lines = list(Workers(deadly, failed, jobs=1).lines(iter(range(20))))
    assert [line.split()[0] for line in lines] == [str(n) for n in range(20)]
    assert [line for line in lines if not line.endswith("done")] == [
        "9 extract.failed: the process died over this page"
    ]


def test_a_pool_that_broke_before_a_chunk_was_handed_over_loses_nothing() -> None:
    work = Workers(deadly, failed, jobs=1)
    broken = work._pool(1)
    with pytest.raises(BrokenProcessPool):
        work._submitted(broken, [9]).result()
    assert isinstance(work._submitted(broken, [1]).exception(), BrokenProcessPool)


def test_a_page_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "LONGEST", 0.2)
    monkeypatch.setattr(workers, "_known", None, raising=False)
    before = signal.signal(signal.SIGALRM, workers._too_long)
    try:
        (line,) = workers._work_off([1], endless, failed)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert line == "1 extract.failed: TimeoutError: longer than 0.2 s"

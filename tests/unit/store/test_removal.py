"""What is to go from a collection goes from all of it, and nothing else does."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scraper import housekeeping
from scraper.errors import UsageError
from scraper.frontier.seeds import make_request
from scraper.job import Job
from scraper.store.collection import LocalCollection
from scraper.store.erasure import Removal
from scraper.store.index import Index
from tests.unit.samples import HandClock, address, article, failed, nothing, outcome, png
from tests.unit.store.opening import files, lines, opened
from tests.unit.store.removing import (
    BEACON,
    GONE,
    NAMES,
    SHARED,
    as_kept,
    fill,
    found,
    page_of,
    problems,
    read_back,
    text_of,
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled")
    fill(path)
    return path


@pytest.fixture
def path(filled: Path, tmp_path: Path) -> Path:
    return shutil.copytree(filled, tmp_path / "c")


def forget(
    path: Path, name: str, *, dry_run: bool = False, on_step: Callable[[str], None] | None = None
) -> Removal:
    more: dict[str, Any] = {"on_step": on_step} if on_step else {}
    with opened(path, **more) as collection:
        return collection.forget(
            f"news.example:{name}",
            [address(name)],
            lambda url: make_request(url).fingerprint,
            dry_run=dry_run,
        )


def test_the_pages_of_its_runs_go_too(path: Path) -> None:
    with opened(path, writable=False) as collection:
        runs = [run.id for run in collection.runs()]
        made = {run.id for run in collection.runs() if any(collection.articles(run=run.id))}
        (of_one,) = {one.run for one in collection.revisions("news.example:one")[:1]}
    for run in runs:
        (path / "runs" / f"{run}.html").write_text("the harbour")
    forget(path, "one")
    left = {file.stem for file in (path / "runs").glob("*.html")}
    assert of_one in made
    assert of_one not in left
    assert {file.stem for file in (path / "runs").glob("*.json")} == set(runs)


def content(path: Path) -> dict[str, bytes]:
    return {name: (path / name).read_bytes() for name in files(path) if "sqlite" not in name}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_forgotten_record_is_found(path: Path, name: str) -> None:
    assert found(path, address(name), text_of(name), png(salt=name.encode()))
    forget(path, name)
    assert found(path, address(name), text_of(name), png(salt=name.encode()), f":{name}") == []


@pytest.mark.parametrize("name", NAMES)
def test_everything_else_is_as_it_was(path: Path, name: str) -> None:
    others = [other for other in NAMES if other != name]
    before = [line for line in lines(path) if line["id"] != f"news.example:{name}"]
    size = {file: len(data) for file, data in content(path).items() if file.startswith("archive/")}
    forget(path, name)
    assert problems(path) == []
    assert lines(path) == before
    assert {f: len(d) for f, d in content(path).items() if f.startswith("archive/")} == size
    with opened(path, writable=False) as collection:
        for other in others:
            assert read_back(collection, other) == as_kept(page_of(other))
    for file in (path / "archive").iterdir():
        subprocess.run(["gzip", "-t", file], check=True)


def test_bytes_that_others_need_stay_until_nobody_does(path: Path) -> None:
    forget(path, "one")
    assert found(path, SHARED)
    assert found(path, f"{address('two')}/picture.png")
    forget(path, "two")
    assert found(path, SHARED) == []
    assert found(path, BEACON)
    forget(path, "three")
    forget(path, "four")
    assert found(path, BEACON), "pages of failures need it"
    with opened(path) as collection:
        collection.remove(lambda plan: plan.failures([1, 2]))
    assert not list((path / "archive").iterdir()), "no page is left in them"
    assert problems(path) == []


def test_a_crawl_keeps_what_was_spared_only_once(path: Path) -> None:
    """And does not refer to an address that is forgotten."""
    forget(path, "one")
    with opened(path) as collection:
        run = collection.begin(Job())
        new = outcome(make_request(address("six")), article("six"), snapshot=page_of("six"))
        collection.store(run).commit([new], nothing)
        collection.end(run, "finished", {})
        assert read_back(collection, "six") == as_kept(page_of("six"))
    assert found(path, address("one")) == []
    forget(path, "six")
    assert problems(path) == []


def test_the_report_of_a_run_forgets_too(path: Path) -> None:
    forget(path, "one")
    reports = [report.read_text() for report in (path / "runs").glob("*.json")]
    (first,) = (report for report in reports if address("two") in report)
    (second,) = (report for report in reports if report != first)
    assert '"record": 1' in first
    assert '"record": 2' in second


def test_failures_of_its_address_go_too(path: Path) -> None:
    with opened(path) as collection:
        run = collection.begin(Job(), [make_request(address(GONE))])
        store = collection.store(run)
        store.commit([outcome(make_request(address(GONE)), article(GONE))], nothing)
        collection.frontier(run).finish(make_request(address(GONE)))
        collection.end(run, "finished", {})
    assert found(path, text_of(GONE))
    assert forget(path, GONE).failures == 2
    assert found(path, address(GONE), text_of(GONE)) == []
    assert lines(path, "failures") == []
    assert problems(path) == []


def test_free_pages_of_the_database_hold_nothing_of_it(path: Path) -> None:
    """Whether SQLite overwrites what it deletes depends on how it was built."""
    with opened(path) as collection:
        collection._db.execute("PRAGMA secure_delete = OFF")
        query = "SELECT line FROM records WHERE id = 'news.example:one'"
        (line,) = collection._db.execute(query).fetchone()
        collection.forget(
            "news.example:one", [address("one")], lambda url: make_request(url).fingerprint
        )
    assert line[:200] not in (path / "state.sqlite").read_bytes()


def test_a_wacz_that_holds_it_is_removed(path: Path) -> None:
    (path / "wacz").mkdir()
    for report in (path / "runs").iterdir():
        (path / "wacz" / f"{report.stem}.wacz").write_bytes(address("one").encode())
    forget(path, "four")
    assert len(list((path / "wacz").iterdir())) == 1


def test_links_to_it_are_not_followed_but_it_may_be_asked_for(path: Path) -> None:
    forget(path, "one")
    with opened(path) as collection:
        run = collection.begin(Job())
        link = make_request(address("one"), depth=1, within=(address("two"),))
        assert collection.frontier(run).add([link]) == 0
        assert collection.frontier(run).add([make_request(address("one"))]) == 1


@pytest.mark.parametrize("name", ["records", "failures"])
def test_no_row_gets_the_number_of_one_that_is_gone(path: Path, name: str) -> None:
    """What follows the rows by their numbers would take it for the old one."""

    def newest(collection: LocalCollection) -> int:
        (number,) = collection._db.execute(f"SELECT max(no) FROM {name}").fetchone()
        return int(number or 0)

    with opened(path) as collection:
        before = newest(collection)
    for gone in (NAMES[-1], NAMES[0]):
        forget(path, gone)
    with opened(path) as collection:
        collection.remove(lambda plan: plan.failures([1, 2]))
        run = collection.begin(Job())
        request = make_request(address("six"))
        new = outcome(request, article("six")) if name == "records" else failed(request)
        collection.store(run).commit([new], nothing)
        assert newest(collection) == before + 1
        collection.end(run, "finished", {})
    assert problems(path) == []


def test_the_search_index_goes_with_a_record(path: Path) -> None:
    with opened(path, writable=False) as collection, Index.open(path) as index:
        index.update(collection)
    assert found(path, text_of("one").split()[-1])
    forget(path, "one")
    assert not list(path.glob("index.sqlite*"))


def test_a_rehearsal_changes_nothing(path: Path) -> None:
    before = content(path)
    planned = forget(path, "one", dry_run=True)
    assert content(path) == before
    assert problems(path) == []
    assert found(path, text_of("one"))
    assert forget(path, "one") == planned
    assert (planned.revisions, planned.pages, planned.pictures) == (1, 1, 1)
    assert planned.bytes > 1000


def test_not_while_a_run_is_unfinished(path: Path) -> None:
    with opened(path) as collection:
        collection.begin(Job(), [make_request(address("one"))])
    with pytest.raises(UsageError, match="is unfinished here"):
        forget(path, "one")
    assert problems(path) == []


STEPS = ("removal.committed", "erasure.begun", "erasure.file", "erasure.done")


def test_killed_anywhere_the_same_command_does_the_rest(path: Path) -> None:
    """At each call of each step.  A reader sees the record whole, or not at all."""
    kills = 0
    for step in STEPS:
        died, nth = True, 0
        while died:
            nth += 1
            copy = shutil.copytree(path, path.parent / f"{step}-{nth}")
            died = _killed(copy, step, nth)
            kills += died
            _is_whole(copy, finished=not died)
            if died and step != "erasure.done":
                assert housekeeping.forget(copy, "news.example:one") is None
            else:
                with pytest.raises(UsageError, match="has no record"):
                    housekeeping.forget(copy, "news.example:one")
            _is_whole(copy, finished=True)
            assert found(copy, address("one"), text_of("one")) == []
            shutil.rmtree(copy)
    assert kills >= len(STEPS) + 3, "a file after the other"


def _is_whole(path: Path, *, finished: bool) -> None:
    """As a reader sees it."""
    if finished:
        assert problems(path) == []
    with opened(path, writable=False) as collection:
        assert collection.article("news.example:one") is None
        for name in NAMES[1:]:
            assert read_back(collection, name) == as_kept(page_of(name))


def _killed(path: Path, step: str, nth: int) -> bool:
    child = os.fork()
    if not child:
        seen = 0

        def on_step(name: str) -> None:
            nonlocal seen
            seen += name == step
            if name == step and seen == nth:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            forget(path, "one", on_step=on_step)
            os._exit(0)
        finally:
            os._exit(70)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, -signal.SIGKILL), code
    return code != 0


def test_a_reader_that_stays_delays_the_last_step_only(path: Path) -> None:
    """It may go on reading; when it is gone, the next writer does the rest."""
    with opened(path) as collection:
        reader = opened(path, writable=False)
        reader._db.execute("BEGIN")
        reader._db.execute("SELECT count(*) FROM records").fetchone()
        collection._db.execute("PRAGMA busy_timeout = 0")
        collection.forget(
            "news.example:one", [address("one")], lambda url: make_request(url).fingerprint
        )
        assert read_back(collection, "two") == as_kept(page_of("two"))
        assert reader.article("news.example:one") is not None
        reader.close()
    opened(path).close()
    assert found(path, address("one"), text_of("one")) == []
    assert problems(path) == []


# -- limits


def recrawl(path: Path, clock: HandClock, words: str, **job: Any) -> LocalCollection:
    """One page, whose words changed."""
    with opened(path, clock=clock) as collection:
        run = collection.begin(Job(**job), [make_request(address("one"))])
        new = article("one", words)
        committed = outcome(make_request(address("one")), new, snapshot=page_of("one"))
        collection.store(run).commit([committed], nothing)
        collection.frontier(run).finish(make_request(address("one")))
        collection.end(run, "finished", {})
    return collection


def test_only_the_last_revisions_are_kept(tmp_path: Path) -> None:
    clock = HandClock()
    for number in range(5):
        recrawl(tmp_path, clock, f"version {number}", keep_revisions=2)
    assert [line["revision"] for line in lines(tmp_path)] == [4, 5]
    assert found(tmp_path, "version 1") == []
    assert problems(tmp_path) == []
    with opened(tmp_path) as collection:
        assert len(collection.revisions("news.example:one")) == 2
        assert collection.id_of(make_request(address("one"))) == "news.example:one"
        tallies = [collection.tally(run).record for run in collection.finished_runs()]
        assert tallies == [1] * 5


def test_old_pages_go_and_their_records_stay(tmp_path: Path) -> None:
    clock = HandClock()
    recrawl(tmp_path, clock, "old")
    clock.at += timedelta(days=100)
    recrawl(tmp_path, clock, "new", keep_pages="90d")
    assert [line["revision"] for line in lines(tmp_path)] == [1, 2]
    assert problems(tmp_path) == []
    with opened(tmp_path, writable=False) as collection:
        old, new = collection.revisions("news.example:one")
        assert collection.page_removed(old) == clock.at
        assert collection.snapshot(old) is None
        assert collection.page_removed(new) is None
        assert collection.snapshot(new) == as_kept(page_of("one"))


def test_a_page_that_two_revisions_are_made_from_stays_for_the_later(path: Path) -> None:
    with opened(path) as collection:
        run = collection.begin(Job(), (), "reextract")
        stored = collection.article("news.example:one")
        assert stored
        derived = stored.model_copy(update={"derived_from": 1, "title": "Better"})
        collection.store(run).commit([outcome(make_request(address("one")), derived)], nothing)
        collection.end(run, "finished", {})
        removal = collection.collect_garbage(1, None)
        assert (removal.revisions, removal.pages) == (1, 0)
        assert read_back(collection, "one") == as_kept(page_of("one"))
    assert problems(path) == []
    forget(path, "one")
    assert found(path, address("one"), text_of("one")) == []


def test_garbage_is_what_nothing_refers_to(path: Path) -> None:
    digest = "ab" * 32
    orphans = [
        f"media/ab/{digest}.png",
        "media/ab/.tmp-0123",
        "archive/.tmp-x",
        "wacz/20200101T000000Z-abcd.wacz",
        "wacz/.tmp-20200101T000000Z-abcd.wacz",
        "runs/20200101T000000Z-abcd.json",
        ".tmp-records.jsonl",
    ]
    foreign = ["media/notes.txt", "wacz/mine.wacz", "runs/notes.md", "README"]
    for name in [*orphans, *foreign]:
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(b"x" * 1000)
    before = content(path)
    with opened(path) as collection:
        planned = collection.collect_garbage(None, None, dry_run=True)
    assert content(path) == before
    assert planned.bytes == 1000 * len(orphans)
    with opened(path) as collection:
        assert collection.collect_garbage(None, None) == planned
        assert collection.collect_garbage(None, None) == Removal()
    assert before.keys() - content(path).keys() == set(orphans)
    assert problems(path) == []

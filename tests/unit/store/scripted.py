"""A crawl by script, run as often as it takes, and what must be true of a collection afterwards.

Two runs over the same addresses: in the second some pages changed.  Pages link to further pages,
some fail, two addresses show the same article, pictures are shared.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from scraper.frontier.queue import SqliteFrontier
from scraper.frontier.seeds import make_request
from scraper.job import Job
from scraper.protocols import Committed, Frontier, Outcome, Store
from scraper.record import Article, Failure
from scraper.request import Request
from scraper.store.collection import LocalCollection
from scraper.store.disk import ignore
from tests.unit.samples import HandClock, address, article, failed, outcome, png, seeds, snapshot
from tests.unit.store.opening import files

SEEDS = 6
PAGES = 9
"""Pages 0, 1 and 2 link to pages 6, 7 and 8."""
FAILS, DOUBLES, CHANGES = {4}, {5: 3}, {0, 7}
GROUP = 2
RUNS = 2


def crawl(path: Path, on_step: Callable[[str], None] = ignore) -> None:
    """Open, go on where the last process stopped, close.  Done when both runs are."""
    collection = LocalCollection.open(
        path, clock=HandClock(), frontier=SqliteFrontier, on_step=on_step
    )
    with collection:
        done = len(_reports(path))
        while run := collection.unfinished() or (
            collection.begin(Job(), seeds(SEEDS)) if done < RUNS else None
        ):
            _work(collection.store(run), collection.frontier(run), second=done > 0)
            collection.end(run, "finished", {})
            done += 1


def _reports(path: Path) -> list[str]:
    return sorted(report.stem for report in (path / "runs").glob("[0-9]*.json"))


def _work(store: Store, frontier: Frontier, *, second: bool) -> None:
    group: list[Outcome] = []
    while isinstance(request := frontier.take(0.0), Request) or group:
        if isinstance(request, Request):
            group.append(_visit(store, request, second=second))
        if len(group) == GROUP or not isinstance(request, Request):
            _commit(store, frontier, group)
            group = []


def _visit(store: Store, request: Request, *, second: bool) -> Outcome:
    number = int(request.url.rpartition("/")[2])
    if number in FAILS:
        return failed(request)
    shown = DOUBLES.get(number, number)
    pictures = [store.put_media(png(salt=salt)) for salt in (b"everywhere", b"%d" % shown)]
    text = "The harbour is loud now." if second and shown in CHANGES else "A quiet harbour."
    found = (make_request(address(number + SEEDS)),) if number + SEEDS < PAGES else ()
    return outcome(
        request, article(shown, text, pictures), snapshot=snapshot(shown, f"<p>{text}"), found=found
    )


def _commit(store: Store, frontier: Frontier, group: Sequence[Outcome]) -> None:
    def also(committed: Sequence[Committed]) -> None:
        for one in committed:
            frontier.finish(one.request)
        frontier.add(link for one in group for link in one.found)

    store.commit(group, also)


def check(path: Path) -> None:
    """Exactly once, whole, and nothing left over."""
    assert (path / "state.lock").read_bytes() == b""
    with LocalCollection.open(
        path, clock=HandClock(), frontier=SqliteFrontier, writable=False
    ) as collection:
        articles, failures = list(collection.articles()), _failures(collection)
        assert collection.unfinished() is None
        _check_outcomes(collection, articles)
        _check_lines(path, articles, failures)
        _check_archive(path, collection, articles)
    _check_files(path, articles)


def _failures(collection: LocalCollection) -> list[Failure]:
    runs = _reports(collection.path)
    assert len(runs) == RUNS
    found = [failure for run in runs for failure in collection.failures(run)]
    return sorted(found, key=lambda failure: str(failure.run))


def _check_outcomes(collection: LocalCollection, articles: list[Article]) -> None:
    plain = PAGES - len(FAILS) - len(DOUBLES)
    tallies = [collection.tally(run) for run in _reports(collection.path)]
    first, second = sorted(tallies, key=lambda tally: tally.unchanged)
    for tally in (first, second):
        assert tally.total == PAGES
        assert (tally.failed, tally.duplicate) == (len(FAILS), len(DOUBLES))
    assert (first.record, first.unchanged) == (plain, 0)
    assert (second.record, second.unchanged) == (len(CHANGES), plain - len(CHANGES))
    revisions = Counter((record.id, record.revision) for record in articles)
    shown = {n for n in range(PAGES) if n not in FAILS | DOUBLES.keys()}
    expected = {(f"news.example:{n}", 1) for n in shown}
    expected |= {(f"news.example:{n}", 2) for n in CHANGES}
    assert revisions == Counter(expected)


def _check_lines(path: Path, articles: list[Article], failures: list[Failure]) -> None:
    data = (path / "records.jsonl").read_bytes()
    assert [Article.model_validate_json(line) for line in data.splitlines()] == articles
    assert data.endswith(b"\n")
    data = (path / "failures.jsonl").read_bytes()
    found = [Failure.model_validate_json(line) for line in data.splitlines()]
    assert sorted(found, key=lambda failure: str(failure.run)) == failures
    assert len(found) == len(FAILS) * RUNS


def _check_archive(path: Path, collection: LocalCollection, articles: list[Article]) -> None:
    pages = Counter[str]()
    for file in (path / "archive").iterdir():
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests="raise"):
                record.content_stream().read()
                pages[record.rec_type] += 1
    assert pages["metadata"] == len(articles), "one page for each record and no other"
    for record in articles:
        number = record.id.rpartition(":")[2]
        assert collection.snapshot(record) == snapshot(number, f"<p>{record.text}")


def _check_files(path: Path, articles: list[Article]) -> None:
    found = files(path)
    pictures = {name for name in found if name.startswith("media/")}
    assert pictures == {i.media.path for record in articles for i in record.images if i.media}
    for name in pictures:
        assert hashlib.sha256((path / name).read_bytes()).hexdigest() == Path(name).stem
    others = {name.partition("/")[0] for name in found - pictures}
    assert others == {
        "records.jsonl",
        "failures.jsonl",
        "state.sqlite",
        "state.lock",
        "runs",
        "archive",
    }
    assert not [name for name in found if ".tmp-" in name]

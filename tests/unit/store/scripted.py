"""A crawl by script, run as often as it takes, and what must be true of a collection afterwards.

Two runs over the same addresses: in the second some pages changed.  Pages link to further pages,
some fail, two addresses show the same article, pictures are shared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from scraper.frontier.queue import SqliteFrontier
from scraper.frontier.seeds import make_request
from scraper.job import Job
from scraper.protocols import Committed, Found, Frontier, Outcome, Store, Tally
from scraper.request import Request
from scraper.store.collection import LocalCollection
from scraper.store.disk import ignore
from tests.unit.samples import HandClock, address, article, failed, outcome, png, seeds, snapshot
from tests.unit.store.wholeness import check_whole

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
    links = (make_request(address(number + SEEDS)),) if number + SEEDS < PAGES else ()
    found = Found(links)
    return outcome(
        request, article(shown, text, pictures), snapshot=snapshot(shown, f"<p>{text}"), found=found
    )


def _commit(store: Store, frontier: Frontier, group: Sequence[Outcome]) -> None:
    def also(committed: Sequence[Committed]) -> None:
        for one in committed:
            frontier.finish(one.request)
        frontier.add(link for one in group for link in one.found.requests)

    store.commit(group, also)


def check(path: Path) -> None:
    """Exactly once, whole, and nothing left over."""
    tallies = check_whole(path, lambda a: snapshot(a.id.rpartition(":")[2], f"<p>{a.text}"))
    plain = PAGES - len(FAILS) - len(DOUBLES)
    failed, codes = len(FAILS), {"http.404": len(FAILS)}
    first = Tally(record=plain, duplicate=len(DOUBLES), failed=failed, failures=codes)
    changed = len(CHANGES)
    second = replace(first, record=changed, unchanged=plain - changed)
    assert sorted(tallies.values(), key=lambda tally: tally.unchanged) == [first, second]

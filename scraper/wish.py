"""What an invocation was asked for, and the run of the collection that it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from scraper import credentials
from scraper.auto import Examined
from scraper.errors import UnfinishedRun, UsageError
from scraper.frontier.seeds import make_request
from scraper.health import alarms
from scraper.job import Job
from scraper.parameters import Parameters
from scraper.protocols import Clock, Run
from scraper.recipe import Recipes
from scraper.record import Article
from scraper.request import Request
from scraper.snapshot import Snapshot
from scraper.start import check_ways
from scraper.store.collection import LocalCollection
from scraper.summary import Summary

Resume = Literal["equal", "continue", "new"]

_NO_OPTIONS = frozenset({"name", "urls", "from_file", "output", *credentials.READ})
"""Keys of a job that say what it is, not how it is done."""


@dataclass(frozen=True, slots=True)
class Wish:
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


def served(collection: LocalCollection, wish: Wish) -> Summary | None:
    """What came of the run that the occasion asked for, where it is finished."""
    run = collection.served(wish.occasion) if wish.occasion else None
    if run is None:
        return None
    tally = collection.tally(run.id)
    news = alarms(collection.sightings(run.id), wish.recipes.expected())
    exit_code = 8 if news else 1 if tally.failed else 0
    return Summary(
        run.id, collection.path, "finished", exit_code, tally, 0, 0.0, 0, (), alarms=news
    )


def begin(collection: LocalCollection, wish: Wish, clock: Clock) -> Run:
    """The run to go on with, which may be another job's that `wish` continues first, or a new
    one.  Raises UnfinishedRun, and UsageError where there is nothing to go on with."""
    unfinished = collection.unfinished()
    if unfinished and unfinished.identity != wish.identity and not _left(collection, unfinished):
        collection.end(unfinished, "finished", {})  # it was killed after its last page
        unfinished = None
    if unfinished is None:
        if not wish.seeds and not wish.job.revisit:
            raise UsageError("no run is unfinished here: give URLs to start one")
        return begin_new(collection, wish, clock)
    if unfinished.identity == wish.identity and wish.resume != "new":
        if wish.occasion:
            collection.serve(unfinished, wish.occasion)
        return replace(unfinished, job=wish.job, resumed=True)
    if wish.resume == "continue":
        said = wish.job.model_fields_set - _NO_OPTIONS
        options = {name: getattr(wish.job, name) for name in said}
        job = unfinished.job.model_copy(update=options).known_by(wish.job)
        check_ways(job, ())
        return replace(unfinished, job=job, resumed=True)
    if wish.resume == "equal":
        raise UnfinishedRun(unfinished.id, _left(collection, unfinished))
    collection.abandon(unfinished)
    return begin_new(collection, wish, clock)


def begin_new(collection: LocalCollection, wish: Wish, clock: Clock) -> Run:
    """With the pages that are due, where the job wants them.  They are no seeds: what is for the
    addresses that the user named is not for them."""
    due: list[Request] = []
    if wish.job.revisit:
        secret = Parameters(wish.job.redact)
        addresses = collection.due(clock.now())
        due = [make_request(one, depth=1) for one in addresses if not secret.lacks_value(one)]
    return collection.begin(wish.job, [*wish.seeds, *due], wish.identity, wish.occasion)


def _left(collection: LocalCollection, run: Run) -> int:
    counts = collection.frontier(run).counts()
    return counts.queued + counts.leased

"""What is done with a collection without the network: its records derived again, its archives
packed, its records exported."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Literal, NamedTuple

from scraper.errors import OptedOut, PageError, UnfinishedRun, UsageError
from scraper.extraction import extract_snapshot
from scraper.frontier.seeds import make_request
from scraper.imports import hexo
from scraper.imports.hexo import Imported
from scraper.job import Job
from scraper.opening import last_recipes, open_collection, open_for_writing
from scraper.opt_out import NO_RECORD
from scraper.packing import check_can_pack, pack_runs
from scraper.protocols import Outcome, Store
from scraper.recipe import Recipes
from scraper.record import Article, Failure, Media, MediaFailure
from scraper.selection import EVERY_RECORD, EVERY_REVISION, Selection
from scraper.settings import program_version
from scraper.store.archive import read_snapshot
from scraper.store.collection import LocalCollection
from scraper.summary import Packed, Rederived
from scraper.view.exporter import Source, Wish, find
from scraper.view.folder import Changes, View
from scraper.workers import Workers

_OF_THE_CRAWL = (
    "rendering", "run", "revision", "previous", "changes", "gone", "archive", "derived_from",
)  # fmt: skip

_ARCHIVES = {"hexo": hexo.read}

_GROUP = 100
"""Records committed together."""


def reextract(
    collection: Path,
    *,
    wanted: Selection = EVERY_REVISION,
    recipes: Sequence[Path] = (),
    jobs: int | None = None,
) -> Iterator[Rederived]:
    """Derive the records that are wanted again from the pages the collection keeps, with the
    recipes and the rules of today, and where all are, pages that were refused.  `recipes` come
    before those of the last run."""
    with open_collection(collection) as opened:
        _check_known(opened, wanted)
        yield from _derived(opened, _stored(opened, wanted), recipes, 1 if wanted.id else jobs)


def renew(
    collection: Path,
    *,
    apply: bool = False,
    wanted: Selection = EVERY_RECORD,
    recipes: Sequence[Path] = (),
    jobs: int | None = None,
) -> Generator[Rederived, None, None]:
    """The latest revision of each record that is wanted, and where all are, the pages that were
    refused, derived again.  With `apply` those that `changed` become new revisions, and those that
    are `gained` records, in a run of their own; the work of an interrupted one is done by the next.
    Raises UsageError, and UnfinishedRun while a crawl is."""
    jobs = 1 if wanted.id else jobs
    with open_collection(collection) as opened:
        _check_known(opened, wanted)
        if not apply:
            yield from _derived(opened, _stored(opened, wanted), recipes, jobs)
            return
    with open_for_writing(collection) as opened:
        yield from _applied(opened, wanted, recipes, jobs)


def _check_known(opened: LocalCollection, wanted: Selection) -> None:
    if wanted.id and opened.article(wanted.id) is None:
        raise UsageError(f"{opened.path} has no record {wanted.id!r}")


def _applied(
    opened: LocalCollection, wanted: Selection, recipes: Sequence[Path], jobs: int | None
) -> Iterator[Rederived]:
    _refuse_unfinished(opened)
    last = opened.latest_run()
    run = opened.begin(last.job if last else Job(), (), "reextract")
    store = opened.store(run)
    group: list[Outcome] = []

    def commit() -> None:
        store.commit(group, lambda _: None)
        group.clear()

    outcome = "interrupted"
    try:
        # Those that are made meanwhile come last.
        stored = (one for one in _stored(opened, wanted) if one.run != run.id)
        for one in _derived(opened, stored, recipes, jobs):
            if isinstance(one.stored, Failure):
                if one.derived and not _is_older(one.stored, opened.article(one.derived.id)):
                    page = opened.snapshot(one.stored)
                    asked = make_request(one.stored.url)
                    group.append(Outcome(asked, article=one.derived, snapshot=page))
            elif one.changed and one.derived:
                made = {"derived_from": one.stored.revision}
                article = one.derived.model_copy(update=made)
                group.append(Outcome(make_request(one.stored.url), article=article))
            if len(group) == _GROUP:
                commit()
            yield one
        commit()
        outcome = "finished"
    finally:
        opened.end(run, outcome, {})


def _refuse_unfinished(opened: LocalCollection) -> None:
    if unfinished := opened.unfinished():
        counts = opened.frontier(unfinished).counts()
        if left := counts.queued + counts.leased:
            raise UnfinishedRun(unfinished.id, left)


def _stored(opened: LocalCollection, wanted: Selection) -> Iterator[Article | Failure]:
    """The records that are wanted; of all, also the failures whose page tells why it was refused,
    and is kept."""
    yield from wanted.of(opened)
    if not (wanted.id or wanted.where or wanted.since or wanted.as_of):
        yield from (failure for failure in opened.failures() if failure.archive)


class _Task(NamedTuple):
    """`removed` says when the kept page was."""

    collection: Path
    stored: Article | Failure
    removed: datetime | None


def _derived(
    opened: LocalCollection,
    stored: Iterator[Article | Failure],
    recipes: Sequence[Path],
    jobs: int | None,
) -> Iterator[Rederived]:
    """For one record no process is started."""
    known = [*recipes, *last_recipes(opened)]
    tasks = (_Task(opened.path, one, opened.page_removed(one)) for one in stored)
    if jobs == 1:
        return _one_by_one(tasks, Recipes.load(known))
    return Workers(_derive, _failed, recipes=known, jobs=jobs).lines(tasks)


def _one_by_one(tasks: Iterator[_Task], recipes: Recipes) -> Iterator[Rederived]:
    for task in tasks:
        try:
            yield _derive(task, recipes)
        except PageError as error:
            yield _failed(task, f"{error.code}: {error}")


def _derive(task: _Task, recipes: Recipes) -> Rederived:
    stored = task.stored
    if task.removed:
        return Rederived(stored, None, f"its page was removed on {task.removed:%Y-%m-%d}")
    snapshot = read_snapshot(task.collection, stored.archive) if stored.archive else None
    if snapshot is None:
        return Rederived(stored, None, "the page was not kept")
    derived = extract_snapshot(snapshot, recipes, requested_url=stored.url)
    if isinstance(stored, Failure):
        if asks := NO_RECORD.intersection(derived.opt_out):
            raise OptedOut(min(asks))
        return Rederived(stored, _from_refused(derived, stored))
    return Rederived(stored, _as_stored(derived, stored))


def _failed(task: _Task, error: str) -> Rederived:
    return Rederived(task.stored, None, error)


def _from_refused(derived: Article, refused: Failure) -> Article:
    missing = MediaFailure(code="media.missing", message="pictures were not fetched with the page")
    derived = derived.with_media(dict.fromkeys(derived.picture_urls(), missing))
    return derived.model_copy(update={"run": refused.run, "archive": refused.archive})


def _is_older(refused: Failure, known: Article | None) -> bool:
    """The article was read since, at another address."""
    return bool(known and known.fetched_at and known.fetched_at > refused.at)


def _as_stored(derived: Article, stored: Article) -> Article:
    """What only the crawl knows is taken over from the stored record."""
    pictures = [*stored.images, *([stored.lead_image] if stored.lead_image else [])]
    known = {p.url: p.media or p.media_failure for p in pictures}
    derived = derived.with_media({at: what for at, what in known.items() if what})
    facts = {name: getattr(stored, name) for name in _OF_THE_CRAWL}
    return derived.model_copy(update=facts)


def pack(collection: Path, *, runs: Sequence[str] = ()) -> Iterator[Packed]:
    """Pack the web archives of finished runs, each into wacz/<run>.wacz; those of all runs that are
    not packed yet, or of `runs`.  Raises UsageError for a run that is unknown or unfinished, and
    where the library for it is missing."""
    check_can_pack()
    with open_collection(collection) as opened:
        finished = opened.finished_runs()
        for run in runs:
            if run not in finished:
                raise UsageError(f"{collection} has no finished run {run!r}")
        yield from pack_runs(opened, runs or finished, again=bool(runs))


def export(
    collection: Path,
    output: Path,
    *,
    to: str,
    chosen: Selection = EVERY_RECORD,
    wish: Wish | None = None,
) -> Changes:
    """Bring an export up to date: only what changed is written, what is gone is removed.  Raises
    UsageError, CollectionBusy and StorageError."""
    exporter = find(to)
    wish = wish or Wish()
    wish = replace(
        wish,
        every_revision=chosen.revisions == "all",
        maker=f"scraper {program_version()}",
    )
    origin = collection.resolve()
    if output.resolve().is_relative_to(origin):
        raise UsageError(f"{output} is inside the collection: choose another directory with -o")
    with open_collection(collection) as opened:
        source = Source(origin.name, collection, lambda: chosen.of(opened))
        with View.open(output, form=to, origin=str(origin)) as view:
            exporter(source, view, wish)
    return view.changes


def import_posts(
    folder: Path, collection: Path, *, form: Literal["hexo"] = "hexo"
) -> Iterator[tuple[Path, Literal["record", "unchanged", "failed"], str | None]]:
    """The posts of a blog into a collection, as a run of its own: of each what became of it,
    and why it could not be read.  Raises UsageError, and UnfinishedRun while a crawl is."""
    posts = _ARCHIVES[form](folder)
    first = next(posts)  # before a collection is made for nothing
    with open_for_writing(collection) as opened:
        _refuse_unfinished(opened)
        run = opened.begin(Job(), (), f"import {form}")
        store = opened.store(run)
        outcome = "interrupted"
        try:
            for some in _groups(chain([first], posts)):
                outcomes = [_brought(one, store) for one in some if one.article]
                committed = iter(store.commit(outcomes, lambda _: None))
                for one in some:
                    if one.article is None:
                        yield one.path, "failed", one.problem
                    else:
                        kind = next(committed).kind
                        yield one.path, "record" if kind == "record" else "unchanged", None
            outcome = "finished"
        finally:
            opened.end(run, outcome, {})


def _groups(posts: Iterator[Imported]) -> Iterator[list[Imported]]:
    while some := list(islice(posts, _GROUP)):
        yield some


def _brought(one: Imported, store: Store) -> Outcome:
    """With its pictures in the collection."""
    article = one.article
    assert article
    fetched: dict[str, Media | MediaFailure] = {}
    for url, path in (one.pictures or {}).items():
        try:
            fetched[url] = store.put_media(path.read_bytes())
        except PageError as error:
            fetched[url] = MediaFailure(code=error.code, message=str(error))
        except OSError:  # it has no bytes then, like one that is not there
            continue
    # Two posts may name one address: what tells them apart is the record.
    asked = make_request(article.url)
    return Outcome(replace(asked, key=f"import {article.id}"), article=article.with_media(fetched))

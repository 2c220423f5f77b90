"""Kept pages, shown and compared without the network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from pathlib import Path

from scraper.errors import PageError, UsageError
from scraper.extraction import extract_snapshot
from scraper.fetch.replay import Answers as Answering
from scraper.fetch.replay import Replayer
from scraper.frontier.seeds import make_request
from scraper.job import Job
from scraper.opening import last_recipes, open_collection
from scraper.parameters import Parameters
from scraper.recipe import FetchRule, Recipes
from scraper.record import Article
from scraper.snapshot import Snapshot
from scraper.store.answers import Answers, stored_pictures
from scraper.store.archive_file import ArchiveFile
from scraper.store.collection import LocalCollection
from scraper.store.past import Past

_HTML = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "script-src 'none'"),
)
_PLAIN = FetchRule()


@dataclass(frozen=True, slots=True)
class Shown:
    """`missed` are addresses the archive has no answer to."""

    address: str
    answered: int
    missed: tuple[str, ...]
    picture: bytes | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How much of a record its replayed page gives again, from 0 to 1: of the text, and of the
    pictures.  `problem` says why there is no page."""

    id: str
    revision: int
    text: float
    pictures: float
    problem: str | None = None

    @property
    def whole(self) -> bool:
        return self.problem is None and self.text == self.pictures == 1.0


def page_list(source: Path, as_of: datetime | None = None) -> list[tuple[str, str]]:
    """Address and title of the pages there are to show; titles only of a collection's, which may
    be taken as it was."""
    if source.is_dir():
        with open_collection(source) as opened:
            latest = opened.articles(latest=True, as_of=as_of)
            return [(one.final_url, one.title or "") for one in latest if one.archive]
    with ArchiveFile(source) as archive:
        return [(address, "") for address in archive.pages()]


def show(
    source: Path,
    page: str,
    *,
    as_of: datetime | None = None,
    job: Job,
    window: bool,
    note: Callable[[str], None],
) -> Shown:
    """Show a page of a collection (an id, or an address asked for), perhaps `as_of` a moment, or of
    a WACZ or WARC file (an address); without a window it is drawn.  Raises UsageError for an
    unknown page, PageError, BrowserUnavailable."""
    with _answers(source, page, as_of) as (address, answers):
        return asyncio.run(_show(address, answers, job, window, note))


def scores(collection: Path, *, job: Job, note: Callable[[str], None]) -> Iterator[Score]:
    """Of the latest revision of each record whose page was kept."""
    with open_collection(collection) as opened, asyncio.Runner() as runner:
        recipes = Recipes.load(last_recipes(opened))
        replayer = runner.run(_made(job, note))
        try:
            for article in opened.articles(latest=True):
                if page := opened.snapshot(article):
                    scoring = _scored(replayer, opened.path, article, page, recipes)
                    yield runner.run(scoring)
        finally:
            runner.run(replayer.close())


async def _made(job: Job, note: Callable[[str], None]) -> Replayer:
    return Replayer(job, note=note)


async def _scored(
    replayer: Replayer, collection: Path, article: Article, page: Snapshot, recipes: Recipes
) -> Score:
    answers = _page_answers(collection, article, page)
    try:
        again = await replayer.render(_first(page), answers, recipes.rule(article.final_url))
        again = Parameters(page.redacted).snapshot(again)
        derived = extract_snapshot(again, recipes, requested_url=article.url)
    except PageError as error:
        return Score(article.id, article.revision, 0.0, 0.0, str(error))
    matcher = SequenceMatcher(None, article.paragraphs, derived.paragraphs, autojunk=False)
    wanted = {one.url for one in article.images if one.media}
    found = {address for address in wanted if answers.find("GET", address)}
    shown = found & {one.url for one in derived.images}
    share = len(shown) / len(wanted) if wanted else 1.0
    return Score(article.id, article.revision, matcher.ratio(), share)


async def _show(
    address: str, answers: Answering, job: Job, window: bool, note: Callable[[str], None]
) -> Shown:
    replayer = Replayer(job, note=note, window=window)
    try:
        return await _drawn(replayer, address, answers, window)
    finally:
        await replayer.close()


async def _drawn(replayer: Replayer, address: str, answers: Answering, window: bool) -> Shown:
    if window:
        again = await replayer.render(address, answers, _PLAIN)
    else:
        again = await replayer.draw(address, answers, _PLAIN)
    answered = len(again.exchanges) + len(again.parts or ())
    missed = tuple(dict.fromkeys(address for address, _ in again.missed))
    return Shown(address, answered, missed, again.screenshot)


@contextmanager
def _answers(
    source: Path, page: str, as_of: datetime | None = None
) -> Iterator[tuple[str, Answering]]:
    if not source.is_dir():
        with ArchiveFile(source) as archive:
            document = archive.find("GET", page)
            if document is None:
                raise UsageError(f"{source} has no page {page}: without one, they are listed")
            archive.moment = document.started_at
            yield page, archive
        return
    with open_collection(source) as opened:
        article = opened.article(page) or _by_address(opened, page)
        if article and as_of:
            article = Past(opened, as_of).article(article.id)
        kept = opened.snapshot(article) if article else None
        if article is None or kept is None:
            raise UsageError(f"{source} keeps no page {page}: without one, they are listed")
        yield _first(kept), _page_answers(source, article, kept)


def _by_address(opened: LocalCollection, page: str) -> Article | None:
    page = opened.as_stored(page)
    id = opened.id_of(make_request(page))
    if id is None:
        id = next((a.id for a in opened.articles(latest=True) if a.final_url == page), None)
    return opened.article(id) if id else None


def _first(page: Snapshot) -> str:
    return page.exchanges[0].url if page.exchanges else page.url


def _page_answers(collection: Path, article: Article, page: Snapshot) -> Answers:
    """Where only the document was kept, the rendered DOM stands in its place: its scripts would ask
    for what is not there."""
    exchanges = list(page.exchanges)
    if page.parts is None and page.dom is not None and exchanges:
        exchanges[-1] = replace(exchanges[-1], headers=_HTML, body=page.dom.encode())
    pictures = stored_pictures(collection, article)
    return Answers([*exchanges, *(page.parts or ())], pictures)

"""Takes what pages lead to into the frontier, as far as it is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from scraper.job import Job
from scraper.mention import mentions_in
from scraper.protocols import Allowance, Allowances, Frontier, Outcome, Store
from scraper.request import Request


class Intake:
    """For one run.  An entry of a list whose page is here is not wanted `again`, unless the list
    says that it was changed since.  Links are: behind a known page may be a new one.  Where known
    pages are visited when they are due, that decides for both."""

    def __init__(
        self,
        job: Job,
        frontier: Frontier,
        store: Store,
        allowances: Allowances | None,
        now: Callable[[], datetime],
    ) -> None:
        self._again, self._by_rest, self._now = job.again, job.revisit is not None, now
        self._frontier, self._store, self._limits = frontier, store, allowances

    def take_in(self, outcomes: Iterable[Outcome]) -> None:
        """Inside the store's transaction."""
        for found in (outcome.found for outcome in outcomes):
            if found.following and not self._is_all_here(found.requests[-found.patience :]):
                self._frontier.add([found.following])
            self._frontier.add(found.requests, self._allowances)

    def _is_all_here(self, requests: Sequence[Request]) -> bool:
        return bool(requests) and not self._again and all(map(self._is_unwanted, requests))

    def _allowances(self, request: Request) -> Iterator[Allowance]:
        if not self._again and self._is_unwanted(request):
            yield Allowance("known", "", 0)
        elif self._limits:
            yield from self._limits(request)

    def _is_unwanted(self, request: Request) -> bool:
        mentions = mentions_in(request.meta)
        known = self._store.recall(request) if self._by_rest else None
        if known:
            read: datetime | None = known.checked_at
            wanted = known.is_due(self._now())
        else:
            read, wanted = self._store.last_read(request) if mentions else None, False
        if read is None or wanted:
            return False
        changed = (_moment(mention.modified) for mention in mentions)
        return not any(at and at > read for at in changed)


def _moment(text: str | None) -> datetime | None:
    """Sitemaps and Atom write ISO 8601; other forms say nothing certain here."""
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at

"""Which further requests a page leads to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from scraper.discovery.links import page_links
from scraper.errors import PageError
from scraper.extraction.parse import parse
from scraper.frontier.scope import Scope
from scraper.frontier.seeds import make_request
from scraper.frontier.traps import Traps
from scraper.job import Job
from scraper.protocols import Allowance
from scraper.request import Request
from scraper.snapshot import Snapshot


class Follower:
    """For one run of a job, begun on the day `today`.  Raises UsageError for a scope that is
    none."""

    def __init__(self, job: Job, today: date) -> None:
        self._depth, self._most = job.depth, job.max_pages_per_host
        self._scope, self._traps = Scope(job.scope), Traps(today)

    def found(self, request: Request, snapshot: Snapshot) -> tuple[Request, ...]:
        """The links of a page that are followed, one step deeper."""
        if request.depth >= self._depth or self._scope.is_page or not 200 <= snapshot.status < 300:
            return ()
        within = request.within or tuple(dict.fromkeys((request.url, snapshot.url)))
        if request.within and not self._scope.holds(snapshot.url, within):
            return ()  # it was led out of the scope
        try:
            links = page_links(parse(snapshot))
        except PageError:
            return ()
        return tuple(
            make_request(link, depth=request.depth + 1, found_on=snapshot.url, within=within)
            for link in links
            if self._scope.holds(link, within)
        )

    def allowances(self, request: Request) -> Iterator[Allowance]:
        """What limits the number of such requests."""
        yield from self._traps.allowances(request.key)
        if self._most is not None:
            yield Allowance("max_pages_per_host", request.host, self._most)

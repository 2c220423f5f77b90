"""The seams: what the conductor needs from the rooms, and nothing more.

Every protocol here has one contract suite in `tests/unit/contracts`, run over each implementation,
fakes included.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from scraper.errors import PageError
from scraper.job import Job
from scraper.recipe import FetchRule
from scraper.record import Article, Failure, Media
from scraper.rendering import Layout, Observation
from scraper.request import OutcomeKind, Request
from scraper.revisits import Known, Validators
from scraper.snapshot import Exchange, Snapshot

T = TypeVar("T")

Admit = Callable[[str], Awaitable[None]]
"""Awaited with an address before it is asked for; raises a PageError to refuse."""


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class InWriter(Protocol):
    """Runs a call on the one thread that owns the collection's database."""

    def __call__(self, call: Callable[[], T], /) -> Awaitable[T]: ...


Judge = Callable[[Snapshot | PageError], Awaitable[PageError | None]]
"""Told of a rendered page, or why it cannot be had, while the browser still shows it.  The error
that it returns gets a `picture`."""


class Fetcher(Protocol):
    """Request in, snapshot out; the only part that touches the network.  Raises PageError, and
    BrowserUnavailable when
    no browser can be kept alive."""

    @property
    def received(self) -> int:
        """Decoded bytes so far."""
        ...

    async def fetch(
        self,
        request: Request,
        rule: FetchRule,
        admit: Admit,
        at_hand: Sequence[Exchange] = (),
        unless: Validators | None = None,
        judge: Judge | None = None,
    ) -> Snapshot:
        """Render or get the page, with the browser unless the rule says `http`.  Any HTTP status
        is an answer, not an error; the conductor judges it.  `admit` is awaited right before every
        document request, redirects included; the time it takes does not count.  `at_hand` are
        answers that a moment ago came without the browser: where it would have got the same, they
        are not asked for again.  `unless` its document is still the version known by these, with
        the rule `http`: then the status is 304, and nothing else of the page is loaded.
        `judge` is asked of what the browser shows."""
        ...

    async def get(
        self,
        url: str,
        *,
        admit: Admit,
        page: str | None = None,
        referer: str | None = None,
        accept: str = "*/*",
    ) -> Exchange:
        """One plain GET through the gateway, redirects followed (pictures, robots.txt).  `page` is
        the one it is a part of: it may use the login of that page's origin.  Any status is an
        answer.  Bounded in time as a page is: waiting while the host is busy does not count."""
        ...

    async def close(self) -> None:
        """Leave no process and no temporary file.  Idempotent, bounded in time."""
        ...


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing may start before `seconds` have passed (inf: not before a leased request is given
    back)."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Counts:
    """Requests of the run: waiting (leased ones included in `leased`, not in `queued`), and
    finished."""

    queued: int
    leased: int
    done: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """Of the addresses that share a `key`, a run takes in `most`.  `name` is the limit's."""

    name: str
    key: str
    most: int


Allowances = Callable[[Request], Iterable[Allowance]]


class Frontier(Protocol):
    """What to fetch next, for one run.  Durable, synchronous, never sleeps, never fetches.  `now`
    is Unix time.

    A lease lives in this process only: after a kill every request that was not finished is queued
    again.
    """

    def add(self, requests: Iterable[Request], allowances: Allowances | None = None) -> int:
        """Enqueue those whose `key` this run does not know yet; how many were new.  Those beyond
        one of their `allowances` are left out and counted in `limits`.  What the `meta` of a known
        one mentions is added to it while it waits."""
        ...

    def exclude(self, fingerprints: Iterable[bytes]) -> None:
        """Never add these again, in whatever run, until one is a seed."""
        ...

    def limits(self) -> dict[str, int]:
        """By name, how often a limit kept an address out of this run."""
        ...

    def take(self, now: float) -> Request | Wait | None:
        """A request that may start now, leased; Wait; or None when nothing is queued or leased."""
        ...

    def finish(self, request: Request) -> None:
        """It has its outcome.  Called inside the store's transaction."""
        ...

    def retry(self, request: Request, at: float) -> None:
        """Queue it again, not before `at`, with one more attempt counted."""
        ...

    def release(self, request: Request) -> None:
        """Give the lease back unused (shutdown)."""
        ...

    def pace(self, host: str, delay: float) -> None:
        """At least `delay` seconds between the starts of two documents of the host."""
        ...

    def hold(self, host: str, until: float) -> None:
        """No document of the host before `until` (Retry-After)."""
        ...

    def reached(self, host: str) -> None:
        """The host answered: forget its connection failures."""
        ...

    def unreachable(self, host: str, now: float) -> None:
        """A connection failed: after a few in a row the host is parked, its URLs wait; after a few
        parkings in a row it
        is given up."""
        ...

    def given_up(self, host: str) -> bool:
        """Its remaining requests are still handed out by `take` (without delay), to be failed
        untried."""
        ...

    def robots(self, origin: str, now: float) -> tuple[int, bytes] | None:
        """The cached robots.txt answer (status, body) of scheme://host:port, None when unknown or
        too old; by its whole address, that of another such file."""
        ...

    def keep_robots(self, origin: str, status: int, body: bytes, now: float) -> None: ...

    def counts(self) -> Counts: ...

    def seeds(self) -> list[str]:
        """One address for each origin that a seed of the run names, finished ones included."""
        ...

    def forget(self) -> None:
        """Drop the run's requests: it is complete or given up.  What is known of hosts stays."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """What a page leads to.  `listing` says what it is when listing others is all that it does
    (feed, sitemap, list, page), `entries` how many it has, wanted or not.  `following` is the
    list's next page, not needed when the last `patience` requests are for pages that are here."""

    requests: tuple[Request, ...] = ()
    listing: str | None = None
    entries: int = 0
    following: Request | None = None
    patience: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one request came to, before the store has seen it.  One of `article` and `failure` is
    set, neither for what only lists pages, nor where the `same` page was not sent again.
    `snapshot` is kept in the archive when the job says so, unless its record is known; `learned`
    is what the page taught about rendering its like, `picture` what the browser showed when it
    failed (WebP)."""

    request: Request
    article: Article | None = None
    failure: Failure | None = None
    snapshot: Snapshot | None = None
    found: Found = Found()
    learned: Observation | None = None
    same: bool = False
    picture: bytes | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """What the store made of an outcome.  `id` is the record's (for `duplicate`, the one it
    doubles), None if failed."""

    request: Request
    kind: OutcomeKind
    id: str | None
    revision: int | None
    article: Article | None = None
    failure: Failure | None = None
    found: Found = Found()


RETRY = "retry"
"""The first word of the identity of a run over failures."""


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl into a collection.  `resumed` when it goes on from an earlier process; `identity`
    is its job's (`Job.identity`)."""

    id: str
    job: Job
    identity: str
    started_at: datetime
    resumed: bool = False

    @property
    def is_retry(self) -> bool:
        """Its pages were chosen because they had failed."""
        return self.identity.partition(" ")[0] == RETRY


@dataclass(frozen=True, slots=True)
class Tally:
    """A run's outcomes by kind, and its failures by code.  A `listing` is a feed, a sitemap or a
    page that only lists others."""

    record: int = 0
    unchanged: int = 0
    duplicate: int = 0
    failed: int = 0
    listing: int = 0
    failures: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.record + self.unchanged + self.duplicate + self.failed + self.listing


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of the answers to a run's pages that were kept in full: `exact` are kept byte for
    byte, `missed` are not, by reason; `unanswered` counts requests that nobody answered."""

    exact: int = 0
    missed: dict[str, int] = field(default_factory=dict)
    unanswered: int = 0

    @property
    def seen(self) -> int:
        return self.exact + sum(self.missed.values())

    def facts(self) -> dict[str, Any] | None:
        """As plain values; None where no page was kept in full."""
        if not self.seen:
            return None
        return {
            "seen": self.seen,
            "exact": self.exact,
            "missed": self.missed,
            "unanswered": self.unanswered,
        }


@dataclass(frozen=True, slots=True)
class PastRun:
    """What a collection knows of a run: `outcome`, `ended_at` and `facts` are of its last
    invocation, None and empty while the first has not ended; `complete` when nothing is left."""

    id: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    complete: bool
    tally: Tally
    facts: dict[str, Any]
    job: dict[str, Any]


class Store(Protocol):
    """The write side of a collection, for one run.  Synchronous; raises StorageError."""

    def put_media(self, body: bytes) -> Media:
        """Store a picture under its hash, once; type by signature.  Raises NotAPicture(mime)."""
        ...

    def is_known(self, article: Article) -> bool:
        """Whether its latest revision here says the same: committing it would add no line."""
        ...

    def last_read(self, request: Request) -> datetime | None:
        """When the last run began that found an article behind the address; None when none did."""
        ...

    def recall(self, request: Request) -> Known | None:
        """What earlier visits of the address left; None when none gave a record."""
        ...

    def listed(self, request: Request) -> Snapshot | None:
        """The feed, sitemap or list page that the address gave the last time, with the headers
        that name its version; None when its server named none, or it is too large to keep."""
        ...

    def layout(self, site: str, name: str) -> Layout:
        """What the outcomes committed so far taught about it, in every run."""
        ...

    def commit(
        self, outcomes: Sequence[Outcome], also: Callable[[Sequence[Committed]], None]
    ) -> list[Committed]:
        """Archive, then commit all outcomes in one transaction (`also` runs inside it), then
        append the lines."""
        ...


class Collection(Protocol):
    """The folder that crawls write into, again and again; every reader goes through it."""

    def unfinished(self) -> Run | None: ...

    def begin(self, job: Job, seeds: Sequence[Request] = (), identity: str | None = None) -> Run:
        """`identity` is what an equal run is known by: `job.identity` of the seeds unless given."""
        ...

    def end(self, run: Run, outcome: str, facts: dict[str, Any]) -> None:
        """Write runs/<id>.json.  `outcome`: finished, interrupted, limit, or a code of an error
        that ended it."""
        ...

    def tally(self, run: str) -> Tally: ...

    def articles(self, *, latest: bool = False, as_of: datetime | None = None) -> Iterator[Article]:
        """In the order of records.jsonl; with `latest` the last revision of each, with `as_of` as
        if nothing had been recorded later."""
        ...

    def revisions(self, id: str) -> list[Article]:
        """Of one record, oldest first; empty for an unknown id."""
        ...

    def article(self, id: str) -> Article | None:
        """Its latest revision."""
        ...

    def failures(self, run: str | None = None) -> Iterator[Failure]:
        """Those of one run; without one, of every URL whose latest outcome is a failure."""
        ...

    def snapshot(self, of: Article | Failure) -> Snapshot | None:
        """The page it came from, out of the archive; None when the page was not kept."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands.  `bytes` counts decoded bytes fetched by this invocation, `hosts` the
    hosts of the pages in flight; the counts are the run's."""

    queued: int
    in_flight: int
    tally: Tally
    bytes: int
    hosts: tuple[str, ...] = ()


class Reporter(Protocol):
    """Told what happens, on the event loop's thread; must return at once and never raise.  Texts
    come from pages: whoever shows them escapes them."""

    def started(self, run: Run, queued: int) -> None: ...

    def progress(self, progress: Progress) -> None:
        """Whenever something changed."""
        ...

    def settled(self, committed: Committed) -> None:
        """One URL has its outcome, on disk."""
        ...

    def retried(self, request: Request, error: PageError, seconds: float) -> None:
        """A transient failure; the next try is not before `seconds` have passed."""
        ...

    def noted(self, message: str) -> None:
        """Something to know about the whole run (the sandbox is off, a host was given up)."""
        ...

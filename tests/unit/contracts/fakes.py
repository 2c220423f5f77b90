"""The frontier and the collection in memory: what the contracts ask for, and no durability."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from scraper.errors import NotAPicture
from scraper.frontier.seeds import make_request
from scraper.job import Job
from scraper.mention import joined
from scraper.protocols import Allowances, Committed, Counts, Frontier, Outcome, Run, Tally, Wait
from scraper.record import Article, Failure, Media
from scraper.rendering import Layout
from scraper.request import Request
from scraper.revisits import Known
from scraper.snapshot import Snapshot

PARK_AFTER, PARKINGS, PARKED = 3, 3, 60.0


class FakeFrontier:
    """Looks at every request at each step: right before fast."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Request]] = []
        self.leased: dict[str, Request] = {}
        self.known: set[str] = set()
        self.named: dict[str, str] = {}
        self.used: Counter[tuple[str, str]] = Counter()
        self.left_out: Counter[str] = Counter()
        self.excluded: set[bytes] = set()
        self.done = 0
        self.started: dict[str, float] = {}
        self.delays: dict[str, float] = {}
        self.holds: dict[str, float] = {}
        self.parked: dict[str, float] = {}
        self.failures: Counter[str] = Counter()
        self.parkings: Counter[str] = Counter()
        self.lost: set[str] = set()
        self.answers: dict[str, tuple[int, bytes, float]] = {}

    def add(self, requests: Iterable[Request], allowances: Allowances | None = None) -> int:
        before = len(self.known)
        for request in requests:
            if not request.within:
                self.excluded.discard(request.fingerprint)
            elif request.fingerprint in self.excluded:
                continue
            if request.key in self.known:
                self.waiting = [self._mentioned(*one, request) for one in self.waiting]
            elif self._allowed(request, allowances):
                self.known.add(request.key)
                if request.depth == 0 or request.within:
                    seed = request.seed
                    self.named.setdefault(f"{seed[:6]}{make_request(seed).host}", seed)
                self.waiting.append((-math.inf, request))
        return len(self.known) - before

    def _mentioned(self, at: float, waiting: Request, known: Request) -> tuple[float, Request]:
        more = joined(waiting.meta, known.meta) if waiting.key == known.key else None
        return at, replace(waiting, meta=more) if more else waiting

    def _allowed(self, request: Request, allowances: Allowances | None) -> bool:
        asked = list(allowances(request)) if allowances else []
        for one in asked:
            if self.used[one.name, one.key] >= one.most:
                self.left_out[one.name] += 1
                return False
        self.used.update((one.name, one.key) for one in asked)
        return True

    def exclude(self, fingerprints: Iterable[bytes]) -> None:
        self.excluded |= set(fingerprints)

    def limits(self) -> dict[str, int]:
        return dict(self.left_out.most_common())

    def _free_at(self, host: str) -> float:
        if host in self.lost:
            return -math.inf
        if self.parkings[host] and any(r.host == host for r in self.leased.values()):
            return math.inf
        after_last = self.started.get(host, -math.inf)
        if host in self.started:
            after_last += self.delays.get(host, 0.0)
        return max(after_last, self.holds.get(host, 0.0), self.parked.get(host, 0.0))

    def _due(self, at: float, request: Request) -> float:
        free = self._free_at(request.host)
        return free if request.host in self.lost else max(at, free)

    def take(self, now: float) -> Request | Wait | None:
        if not self.waiting:
            return Wait(math.inf) if self.leased else None
        due = min(self._due(*one) for one in self.waiting)
        if due > now:
            return Wait(due - now)
        ready = [one for one in self.waiting if self._due(*one) <= now]
        # the host that has waited longest, within it those given back, then the oldest
        chosen = min(ready, key=lambda one: self.started.get(one[1].host, -math.inf))
        self.waiting.remove(chosen)
        request = chosen[1]
        self.started[request.host] = now
        self.leased[request.key] = request
        return request

    def finish(self, request: Request) -> None:
        if self.leased.pop(request.key, None):
            self.done += 1

    def retry(self, request: Request, at: float) -> None:
        if self.leased.pop(request.key, None):
            again = Request(
                request.url,
                request.key,
                request.host,
                request.depth,
                request.found_on,
                request.attempts + 1,
                request.meta,
                request.within,
            )
            self.waiting.insert(0, (at, again))

    def release(self, request: Request) -> None:
        if self.leased.pop(request.key, None):
            self.waiting.insert(0, (-math.inf, request))

    def pace(self, host: str, delay: float) -> None:
        self.delays[host] = delay

    def hold(self, host: str, until: float) -> None:
        self.holds[host] = max(until, self.holds.get(host, 0.0))

    def reached(self, host: str) -> None:
        if host not in self.lost:
            self.failures[host] = self.parkings[host] = 0
            self.parked.pop(host, None)

    def unreachable(self, host: str, now: float) -> None:
        if host in self.lost or now < self.parked.get(host, 0.0):
            return
        self.failures[host] += 1
        if self.failures[host] >= PARK_AFTER or self.parkings[host]:
            if self.parkings[host] == PARKINGS:
                self.lost.add(host)
            else:
                self.parked[host] = now + PARKED * 2 ** self.parkings[host]
                self.parkings[host] += 1

    def given_up(self, host: str) -> bool:
        return host in self.lost

    def robots(self, origin: str, now: float) -> tuple[int, bytes] | None:
        status, body, at = self.answers.get(origin, (0, b"", -math.inf))
        trouble = status in {0, 429} or status >= 500
        return (status, body) if 0 <= now - at < (600 if trouble else 86400) else None

    def keep_robots(self, origin: str, status: int, body: bytes, now: float) -> None:
        self.answers[origin] = (status, body, now)

    def counts(self) -> Counts:
        return Counts(len(self.waiting), len(self.leased), self.done)

    def seeds(self) -> list[str]:
        return list(self.named.values())

    def forget(self) -> None:
        self.waiting.clear()
        self.leased.clear()
        self.known.clear()
        self.used.clear()
        self.left_out.clear()
        self.done = 0


class FakeStore:
    """One run's share of a FakeCollection."""

    def __init__(self, collection: FakeCollection, run: str) -> None:
        self._collection, self._run = collection, run

    def put_media(self, body: bytes) -> Media:
        if not body.startswith(b"\x89PNG"):
            raise NotAPicture("application/octet-stream")
        digest = hashlib.sha256(body).hexdigest()
        path = f"media/{digest[:2]}/{digest}.png"
        self._collection.media[path] = body
        width, height = int.from_bytes(body[16:20], "big"), int.from_bytes(body[20:24], "big")
        return Media(
            path=path,
            sha256=digest,
            bytes=len(body),
            mime="image/png",
            width=width,
            height=height,
        )

    def is_known(self, article: Article) -> bool:
        latest = self._collection.article(article.id)
        return latest is not None and latest.content_hash == article.content_hash

    def last_read(self, request: Request) -> datetime | None:
        whole = self._collection
        runs = {r for r, key, _, id in whole.outcomes if key == request.key and isinstance(id, str)}
        return max((run.started_at for run in whole.runs if run.id in runs), default=None)

    def recall(self, request: Request) -> Known | None:
        return None

    def listed(self, request: Request) -> Snapshot | None:
        return None

    def layout(self, site: str, name: str) -> Layout:
        return self._collection.layouts.get((site, name), Layout())

    def commit(
        self, outcomes: Sequence[Outcome], also: Callable[[Sequence[Committed]], None]
    ) -> list[Committed]:
        committed = [self._settle(outcome) for outcome in outcomes]
        also(committed)
        for seen in (outcome.learned for outcome in outcomes):
            if seen:
                known = self.layout(seen.site, seen.layout)
                self._collection.layouts[seen.site, seen.layout] = known.after(seen)
        return committed

    def _settle(self, outcome: Outcome) -> Committed:
        whole, request = self._collection, outcome.request
        made = outcome.article
        if made is None and outcome.failure is None:
            whole.outcomes.append((self._run, request.key, "listing", None))
            return Committed(request, "listing", None, None, found=outcome.found)
        if made is None:
            assert outcome.failure
            failure = outcome.failure.model_copy(update={"run": self._run})
            whole.outcomes.append((self._run, request.key, "failed", failure))
            return Committed(request, "failed", None, None, failure=failure)
        latest = whole.article(made.id)
        met = {(run, id) for run, _, _, id in whole.outcomes}
        if latest and (self._run, made.id) in met:
            whole.outcomes.append((self._run, request.key, "duplicate", None))
            return Committed(request, "duplicate", made.id, latest.revision)
        if latest and latest.content_hash == made.content_hash:
            whole.outcomes.append((self._run, request.key, "unchanged", made.id))
            return Committed(request, "unchanged", made.id, latest.revision)
        revision = latest.revision + 1 if latest else 1
        record = made.model_copy(update={"run": self._run, "revision": revision})
        whole.records.append(record)
        whole.outcomes.append((self._run, request.key, "record", made.id))
        run = next(run for run in whole.runs if run.id == self._run)
        if run.job.archive == "page" and outcome.snapshot:
            whole.pages[made.id, revision] = outcome.snapshot
        return Committed(request, "record", made.id, revision, article=record)


def _recorded(article: Article) -> datetime:
    assert article.recorded_at
    return article.recorded_at


class FakeCollection:
    """Everything in lists."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.records: list[Article] = []
        self.outcomes: list[tuple[str, str, str, Any]] = []
        self.media: dict[str, bytes] = {}
        self.layouts: dict[tuple[str, str], Layout] = {}
        self.pages: dict[tuple[str, int], Snapshot] = {}
        self.runs: list[Run] = []
        self.complete: set[str] = set()
        self.frontiers: dict[str, FakeFrontier] = {}

    def unfinished(self) -> Run | None:
        left = [run for run in self.runs if run.id not in self.complete]
        if not left:
            return None
        run = left[-1]
        return Run(run.id, run.job, run.identity, run.started_at, resumed=True)

    def begin(self, job: Job, seeds: Sequence[Request] = (), identity: str | None = None) -> Run:
        self.complete = {run.id for run in self.runs}
        now = self._now()
        identity = identity or job.identity(seed.key for seed in seeds)
        run = Run(f"{now:%Y%m%dT%H%M%SZ}-{len(self.runs):04x}", job, identity, now)
        self.runs.append(run)
        self.frontier(run).add(seeds)
        return run

    def abandon(self, run: Run) -> None:
        self.complete.add(run.id)
        self.frontier(run).forget()

    def end(self, run: Run, outcome: str, facts: dict[str, Any]) -> None:
        counts = self.frontier(run).counts()
        if counts.queued + counts.leased == 0:
            self.complete.add(run.id)

    def store(self, run: Run) -> FakeStore:
        return FakeStore(self, run.id)

    def frontier(self, run: Run) -> Frontier:
        return self.frontiers.setdefault(run.id, FakeFrontier())

    def tally(self, run: str) -> Tally:
        mine = [(kind, what) for id, _, kind, what in self.outcomes if id == run]
        kinds = Counter(kind for kind, _ in mine)
        return Tally(**kinds, failures=dict(Counter(f.code for k, f in mine if k == "failed")))

    def articles(self, *, latest: bool = False, as_of: datetime | None = None) -> Iterator[Article]:
        known = [one for one in self.records if not as_of or _recorded(one) <= as_of]
        last = {one.id: one for one in known}
        yield from (one for one in known if not latest or last[one.id] is one)

    def revisions(self, id: str) -> list[Article]:
        return [record for record in self.records if record.id == id]

    def article(self, id: str) -> Article | None:
        return next((record for record in reversed(self.records) if record.id == id), None)

    def failures(self, run: str | None = None) -> Iterator[Failure]:
        last = {key: number for number, (_, key, _, _) in enumerate(self.outcomes)}
        for number, (id, key, kind, what) in enumerate(self.outcomes):
            if kind == "failed" and (id == run if run else last[key] == number):
                yield what

    def snapshot(self, of: Article | Failure) -> Snapshot | None:
        return self.pages.get((of.id, of.revision)) if isinstance(of, Article) else None

    def close(self) -> None: ...

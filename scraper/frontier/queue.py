"""The frontier on SQLite: a table of requests, whose hosts take turns."""

from __future__ import annotations

import heapq
import json
import math
import sqlite3
from collections.abc import Iterable, Iterator

from scraper.backoff import LONGEST_RETRY_AFTER
from scraper.frontier.politeness import robots_are_fresh
from scraper.frontier.turns import Turns
from scraper.mention import KEY, joined
from scraper.protocols import Allowance, Allowances, Counts, Wait
from scraper.request import Request
from scraper.transaction import sqlite_errors, transaction

_TABLES = """
CREATE TABLE IF NOT EXISTS frontier_runs (no INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS frontier_requests (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES frontier_runs (no),
    fingerprint BLOB NOT NULL,
    host TEXT NOT NULL,
    url TEXT NOT NULL,
    key TEXT,                               -- null when it equals url
    depth INTEGER NOT NULL,
    found_on TEXT,
    meta TEXT,                              -- JSON, null when empty
    attempts INTEGER NOT NULL,
    due REAL,                               -- set when it was queued again: not before
    done INTEGER NOT NULL DEFAULT 0,
    UNIQUE (run, fingerprint)
);
CREATE INDEX IF NOT EXISTS frontier_fresh ON frontier_requests (run, host, id)
    WHERE done = 0 AND due IS NULL;
CREATE INDEX IF NOT EXISTS frontier_again ON frontier_requests (run)
    WHERE done = 0 AND due IS NOT NULL;
CREATE TABLE IF NOT EXISTS frontier_found (     -- requests that are no seeds
    request INTEGER PRIMARY KEY REFERENCES frontier_requests (id),
    within TEXT NOT NULL                        -- JSON
);
CREATE TABLE IF NOT EXISTS frontier_used (      -- of allowances
    run INTEGER NOT NULL REFERENCES frontier_runs (no),
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (run, name, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS frontier_limits (    -- how often there was nothing left of one
    run INTEGER NOT NULL REFERENCES frontier_runs (no),
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (run, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS frontier_excluded (fingerprint BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS frontier_holds (host TEXT PRIMARY KEY, until REAL NOT NULL);
CREATE TABLE IF NOT EXISTS frontier_robots (
    origin TEXT PRIMARY KEY, status INTEGER NOT NULL, body BLOB NOT NULL, kept_at REAL NOT NULL
);
"""
_ONE = """
SELECT id, url, key, depth, found_on, attempts, meta, within
FROM frontier_requests LEFT JOIN frontier_found ON request = id
WHERE id = ? AND done = 0
"""
# Of a request that is tried again by itself, the seed was a request of another run.
_SEEDS = """
SELECT min(url) FROM frontier_requests
WHERE run = :run AND depth = 0 AND id NOT IN (SELECT request FROM frontier_found)
GROUP BY host, url LIKE 'https:%'
UNION
SELECT json_extract(within, '$[0]') FROM frontier_found JOIN frontier_requests ON id = request
WHERE run = :run
"""
_FRESH = """
SELECT id, url, key, depth, found_on, attempts, meta, within
FROM frontier_requests LEFT JOIN frontier_found ON request = id
WHERE run = ? AND host = ? AND done = 0 AND due IS NULL AND id > ? ORDER BY id LIMIT 1
"""
_DONE = "UPDATE frontier_requests SET done = 1 WHERE id = ? AND done = 0"
_DONE_BY_NAME = (
    "UPDATE frontier_requests SET done = 1 WHERE run = ? AND fingerprint = ? AND done = 0"
)

_NEXT_HOST = """
SELECT id, host FROM frontier_requests
WHERE run = ? AND host >= ? AND done = 0 AND due IS NULL ORDER BY host, id LIMIT 1
"""


class SqliteFrontier:
    """The requests of one run, in tables of its own on the collection's connection.

    Outside a transaction every write commits by itself; inside one it takes part in it.  After a
    transaction that was rolled back the frontier must be opened again.
    """

    def __init__(self, connection: sqlite3.Connection, run: str) -> None:
        self._db = connection
        self._leases: dict[str, int] = {}
        self._hosts = Turns()
        self._started = False
        self._path = str(connection.execute("PRAGMA database_list").fetchone()[2])
        with transaction(self._db, self._path):
            for statement in _TABLES.split(";"):
                self._db.execute(statement)
            self._db.execute("INSERT OR IGNORE INTO frontier_runs (run) VALUES (?)", (run,))
        row = self._db.execute("SELECT no FROM frontier_runs WHERE run = ?", (run,)).fetchone()
        self._run: int = row[0]
        with sqlite_errors(self._path):
            self._load()

    def _load(self) -> None:
        # In the table's own order: by an index each row would be looked up somewhere else.
        everything, self._done = self._db.execute(
            "SELECT count(*), coalesce(sum(done), 0) FROM frontier_requests WHERE +run = ?",
            (self._run,),
        ).fetchone()
        self._queued = everything - self._done
        for host, until in self._db.execute("SELECT host, until FROM frontier_holds"):
            self._hosts[host].pace.held_until = until
        for id, host, due in self._db.execute(
            "SELECT id, host, due FROM frontier_requests "
            "WHERE run = ? AND done = 0 AND due IS NOT NULL",
            (self._run,),
        ):
            heapq.heappush(self._hosts[host].again, (due, id))
        for _, host in sorted(self._first_of_hosts()):
            self._hosts[host].fresh = True
        self._hosts.plan_all()

    def _first_of_hosts(self) -> Iterator[tuple[int, str]]:
        """The oldest request of each host that has some which were never handed out."""
        least = ""
        while row := self._db.execute(_NEXT_HOST, (self._run, least)).fetchone():
            yield row
            least = row[1] + "\0"

    # -- requests

    def add(self, requests: Iterable[Request], allowances: Allowances | None = None) -> int:
        """Enqueue those whose key this run does not know yet; how many were new."""
        new = 0
        with transaction(self._db, self._path):
            for request in requests:
                if not request.within:
                    self._include(request)
                elif self._is_excluded(request):
                    continue
                if self._knows(request):
                    self._mention(request)
                    continue
                if allowances and not self._allowed(allowances(request)):
                    continue
                added = self._db.execute(
                    "INSERT INTO frontier_requests "
                    "(run, fingerprint, host, url, key, depth, found_on, meta, attempts) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    self._row(request),
                )
                if request.within:
                    self._db.execute(
                        "INSERT INTO frontier_found VALUES (?, ?)",
                        (added.lastrowid, json.dumps(request.within)),
                    )
                new += 1
                self._hosts[request.host].fresh = True
                self._hosts.plan(request.host)
        self._queued += new
        return new

    def exclude(self, fingerprints: Iterable[bytes]) -> None:
        """Never add these again, in whatever run, until one is a seed."""
        with transaction(self._db, self._path):
            self._db.executemany(
                "INSERT OR IGNORE INTO frontier_excluded VALUES (?)",
                [(fingerprint,) for fingerprint in fingerprints],
            )

    def limits(self) -> dict[str, int]:
        """By name, how often a limit kept an address out of this run."""
        query = "SELECT name, count FROM frontier_limits WHERE run = ? ORDER BY count DESC, name"
        with sqlite_errors(self._path):
            return dict(self._db.execute(query, (self._run,)).fetchall())

    def take(self, now: float) -> Request | Wait | None:
        """Hosts take turns: the one that has been due longest is next; within a host, those given
        back and then the oldest."""
        if not self._queued:  # whatever pause a host is still in
            return Wait(math.inf) if self._leases else None
        if not self._started:
            # What an earlier process asked to wait for was near; if it is not, the clock was set.
            self._hosts.bring_forward(now + LONGEST_RETRY_AFTER)
            self._started = True
        while isinstance(turn := self._hosts.next(now), str):
            with sqlite_errors(self._path):
                request = self._next(turn, now)
            self._hosts.plan(turn)
            if request:
                return request
        return Wait(turn - now)

    def finish(self, request: Request) -> None:
        """It has its outcome."""
        leased = self._leases.get(request.key)
        with transaction(self._db, self._path):
            if leased is not None:  # by its number: fingerprints lie anywhere in the file
                changed = self._db.execute(_DONE, (leased,))
            else:
                changed = self._db.execute(_DONE_BY_NAME, (self._run, request.fingerprint))
        self._done += changed.rowcount
        if self._give_back(request) is None:
            self._queued -= changed.rowcount

    def retry(self, request: Request, at: float) -> None:
        """Queue it again, not before `at`, with one more attempt counted."""
        if request.key not in self._leases:
            return
        with transaction(self._db, self._path):
            self._db.execute(
                "UPDATE frontier_requests SET attempts = ?, due = ? "
                "WHERE run = ? AND fingerprint = ?",
                (request.attempts + 1, at, self._run, request.fingerprint),
            )
        self._queue_again(request, at)

    def release(self, request: Request) -> None:
        """Give the lease back unused."""
        self._queue_again(request, -math.inf)

    def counts(self) -> Counts:
        """Requests of the run."""
        return Counts(self._queued, len(self._leases), self._done)

    def seeds(self) -> list[str]:
        """One address for each origin that a seed of the run names, finished ones included."""
        with sqlite_errors(self._path):
            return [url for (url,) in self._db.execute(_SEEDS, {"run": self._run})]

    def forget(self) -> None:
        """Drop the requests of this run; what is known about hosts stays."""
        with transaction(self._db, self._path):
            self._db.execute(
                "DELETE FROM frontier_found WHERE request IN "
                "(SELECT id FROM frontier_requests WHERE run = ?)",
                (self._run,),
            )
            for table in ("requests", "used", "limits"):
                self._db.execute(f"DELETE FROM frontier_{table} WHERE run = ?", (self._run,))  # noqa: S608 - constant names
            self._db.execute("DELETE FROM frontier_runs WHERE no = ?", (self._run,))
        self._queued = self._done = 0
        self._leases.clear()
        self._hosts.clear()

    # -- hosts

    def pace(self, host: str, delay: float) -> None:
        """At least `delay` seconds between the starts of two documents of the host."""
        self._hosts[host].pace.delay = delay
        self._hosts.plan(host)

    def hold(self, host: str, until: float) -> None:
        """No document of the host before `until`; remembered beyond this process."""
        pace = self._hosts[host].pace
        pace.held_until = max(pace.held_until, until)
        with transaction(self._db, self._path):
            self._db.execute(
                "INSERT OR REPLACE INTO frontier_holds VALUES (?, ?)", (host, pace.held_until)
            )
        self._hosts.plan(host)

    def reached(self, host: str) -> None:
        """The host answered: forget its connection failures."""
        self._hosts[host].pace.answered()
        self._hosts.plan(host)

    def unreachable(self, host: str, now: float) -> None:
        """A connection failed."""
        self._hosts[host].pace.failed(now)
        self._hosts.plan(host)

    def given_up(self, host: str) -> bool:
        """Its remaining requests are handed out without delay, to be failed untried."""
        return host in self._hosts and self._hosts[host].pace.given_up

    def robots(self, origin: str, now: float) -> tuple[int, bytes] | None:
        """The cached robots.txt answer (status, body) of scheme://host:port, None when unknown or
        too old."""
        with sqlite_errors(self._path):
            row = self._db.execute(
                "SELECT status, body, kept_at FROM frontier_robots WHERE origin = ?", (origin,)
            ).fetchone()
        if row is None or not robots_are_fresh(row[0], row[2], now):
            return None
        return row[0], row[1]

    def keep_robots(self, origin: str, status: int, body: bytes, now: float) -> None:
        """Remember an answer; status 0 stands for no answer."""
        with transaction(self._db, self._path):
            self._db.execute(
                "INSERT OR REPLACE INTO frontier_robots VALUES (?, ?, ?, ?)",
                (origin, status, body, now),
            )

    # -- inside

    def _next(self, name: str, now: float) -> Request | None:
        """Lease a request of the host; None when it turns out to have none."""
        host = self._hosts[name]
        if id := host.pop_again(now):
            row = self._db.execute(_ONE, (id,)).fetchone()
        else:
            row = self._db.execute(_FRESH, (self._run, name, host.after)).fetchone()
            host.fresh = row is not None
            host.after = row[0] if row else host.after
        if row is None:
            return None
        id, url, key, depth, found_on, attempts, meta, within = row
        request = Request(
            url,
            key or url,
            name,
            depth,
            found_on,
            attempts,
            json.loads(meta) if meta else {},
            tuple(json.loads(within)) if within else (),
        )
        host.pace.started = now
        host.leased += 1
        self._leases[request.key] = id
        self._queued -= 1
        return request

    def _knows(self, request: Request) -> bool:
        row = self._db.execute(
            "SELECT 1 FROM frontier_requests WHERE run = ? AND fingerprint = ?",
            (self._run, request.fingerprint),
        )
        return row.fetchone() is not None

    def _mention(self, request: Request) -> None:
        """A known request that waits learns what else is said of its page."""
        if KEY not in request.meta:
            return
        id, meta = self._db.execute(
            "SELECT id, meta FROM frontier_requests WHERE run = ? AND fingerprint = ?",
            (self._run, request.fingerprint),
        ).fetchone()
        more = joined(json.loads(meta) if meta else {}, request.meta)
        if more and request.key not in self._leases:
            self._db.execute(
                "UPDATE frontier_requests SET meta = ? WHERE id = ?", (json.dumps(more), id)
            )

    def _allowed(self, allowances: Iterable[Allowance]) -> bool:
        """Use them up; False when nothing is left of one, and none is used."""
        used = []
        for one in allowances:
            row = self._db.execute(
                "SELECT used FROM frontier_used WHERE run = ? AND name = ? AND key = ?",
                (self._run, one.name, one.key),
            ).fetchone()
            if (row[0] if row else 0) >= one.most:
                self._db.execute(
                    "INSERT INTO frontier_limits VALUES (?, ?, 1) "
                    "ON CONFLICT DO UPDATE SET count = count + 1",
                    (self._run, one.name),
                )
                return False
            used.append(one)
        self._db.executemany(
            "INSERT INTO frontier_used VALUES (?, ?, ?, 1) "
            "ON CONFLICT DO UPDATE SET used = used + 1",
            [(self._run, one.name, one.key) for one in used],
        )
        return True

    def _include(self, seed: Request) -> None:
        """Somebody wants it again."""
        self._db.execute("DELETE FROM frontier_excluded WHERE fingerprint = ?", (seed.fingerprint,))

    def _is_excluded(self, request: Request) -> bool:
        query = "SELECT 1 FROM frontier_excluded WHERE fingerprint = ?"
        return self._db.execute(query, (request.fingerprint,)).fetchone() is not None

    def _row(self, request: Request) -> tuple[object, ...]:
        return (
            self._run,
            request.fingerprint,
            request.host,
            request.url,
            request.key if request.key != request.url else None,
            request.depth,
            request.found_on,
            json.dumps(request.meta) if request.meta else None,
            request.attempts,
        )

    def _give_back(self, request: Request) -> int | None:
        """End the lease; the request's id, None when there was none."""
        id = self._leases.pop(request.key, None)
        if id is not None:
            self._hosts[request.host].leased -= 1
            self._hosts.plan(request.host)
        return id

    def _queue_again(self, request: Request, at: float) -> None:
        id = self._give_back(request)
        if id is not None:
            self._queued += 1
            heapq.heappush(self._hosts[request.host].again, (at, id))
            self._hosts.plan(request.host)

"""A collection on a local folder: opened by one writer or by any number of readers."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from scraper.errors import StorageError, UsageError
from scraper.job import Job
from scraper.protocols import Clock, Frontier, Run, Tally
from scraper.record import Article, Failure
from scraper.request import Request
from scraper.snapshot import Snapshot
from scraper.store.archive import cut_archive, read_snapshot
from scraper.store.commit import LocalStore
from scraper.store.database import check_database, close_database, open_database
from scraper.store.disk import ignore, make_directory, refusals, replace, sweep_temporary
from scraper.store.lines import unpack
from scraper.store.lock import Lock
from scraper.store.media import MediaFolder
from scraper.store.outbox import Outbox
from scraper.transaction import sqlite_errors, transaction
from scraper.url import without_user_info

MakeFrontier = Callable[[sqlite3.Connection, str], Frontier]

_BATCH = 50
_OUTBOXES = ("records", "failures")

_RECORDS = "SELECT no, line FROM records WHERE no > ? ORDER BY no LIMIT ?"
_LATEST_RECORDS = """
SELECT no, line FROM records r WHERE no > ? AND NOT EXISTS
    (SELECT 1 FROM records newer WHERE newer.id = r.id AND newer.revision > r.revision)
ORDER BY no LIMIT ?
"""
_FAILURES_OF_RUN = """
SELECT no, line FROM failures
WHERE no > ? AND run = (SELECT no FROM runs WHERE id = ?) ORDER BY no LIMIT ?
"""
_STANDING_FAILURES = """
SELECT no, line FROM failures f WHERE no > ? AND NOT EXISTS
    (SELECT 1 FROM outcomes later WHERE later.request = f.request AND later.run > f.run)
ORDER BY no LIMIT ?
"""


class LocalCollection:
    """The folder that crawls write into, again and again.  The calls come from one thread at a
    time, which need not be the one that opened it."""

    def __init__(
        self,
        path: Path,
        *,
        db: sqlite3.Connection,
        lock: Lock | None,
        clock: Clock,
        frontier: MakeFrontier,
        on_step: Callable[[str], None],
        versions: Mapping[str, str],
    ) -> None:
        self.path = path
        self._db, self._lock, self._clock = db, lock, clock
        self._database = str(path / "state.sqlite")
        self._make_frontier, self._on_step, self._versions = frontier, on_step, dict(versions)
        self._media = MediaFolder(path, on_step)
        self._outboxes: dict[str, Outbox] = {}
        self._frontiers: dict[str, Frontier] = {}
        self._stores: dict[str, LocalStore] = {}
        if lock:
            try:
                self._recover(lock)
            except BaseException:
                self._close_files()
                raise

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        clock: Clock,
        frontier: MakeFrontier,
        writable: bool = True,
        on_step: Callable[[str], None] = ignore,
        versions: Mapping[str, str] | None = None,
    ) -> LocalCollection:
        """Open, for writing make it when it is missing.  Raises UsageError, CollectionBusy,
        CollectionVersion, StorageError."""
        database = path / "state.sqlite"
        make = partial(
            cls, path, clock=clock, frontier=frontier, on_step=on_step, versions=versions or {}
        )
        if not writable:
            if not database.is_file():
                raise UsageError(
                    f"there is no collection at {path}: scraper crawl URL -o {path} makes one"
                )
            return make(db=open_database(database, writable=False), lock=None)
        _refuse_foreign(path)
        with refusals(path):
            make_directory(path)
        lock = Lock.take(path / "state.lock", clock.now())
        try:
            return make(db=open_database(database, writable=True), lock=lock)
        except BaseException:
            lock.release(clean=False)
            raise

    def __enter__(self) -> LocalCollection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Idempotent.  After a refused write the next start puts things in order."""
        if self._lock is None:
            self._db.close()
            return
        broken = any(store.broken for store in self._stores.values())
        try:
            if not broken:
                self._media.drop_unclaimed(self._is_known)
                self._note_lengths()
        except StorageError:
            broken = True
            raise
        finally:
            self._close_files()
            self._lock.release(clean=not broken)

    # -- runs

    def begin(self, job: Job, seeds: Sequence[Request] = ()) -> Run:
        """Store a new run and its seeds.  A run that is unfinished is given up."""
        job = job.model_copy(update={"urls": tuple(without_user_info(text) for text in job.urls)})
        identity = job.identity([seed.key for seed in seeds])
        now = self._clock.now()
        with transaction(self._db, self._database):
            for (older,) in self._db.execute("SELECT id FROM runs WHERE complete = 0").fetchall():
                self._give_up(older)
            run = Run(self._new_id(now), job, identity, now)
            self._db.execute(
                "INSERT INTO runs (id, job, identity, started_at) VALUES (?, ?, ?, ?)",
                (run.id, job.model_dump_json(by_alias=True), identity, now.isoformat()),
            )
            self.frontier(run).add(seeds)
        self._on_step("run.begun")
        return run

    def unfinished(self) -> Run | None:
        """The run that has work left, if there is one."""
        return self._run("SELECT * FROM runs WHERE complete = 0 ORDER BY no DESC LIMIT 1")

    def latest_run(self) -> Run | None:
        """The last one that was begun, finished or not."""
        return self._run("SELECT * FROM runs ORDER BY no DESC LIMIT 1")

    def abandon(self, run: Run) -> None:
        """Give the run up: what it committed stays, its queue goes."""
        with transaction(self._db, self._database):
            self._give_up(run.id)

    def end(self, run: Run, outcome: str, facts: dict[str, Any]) -> None:
        """Write runs/<id>.json.  The run is complete when nothing is left in its frontier; else it
        stays unfinished.  After a refused write this does nothing."""
        if run.id in self._stores and self._stores[run.id].broken:
            return
        frontier = self.frontier(run)
        counts = frontier.counts()
        complete = counts.queued + counts.leased == 0
        with transaction(self._db, self._database):
            self._db.execute(
                "UPDATE runs SET ended_at = ?, outcome = ?, facts = ?, complete = ? WHERE id = ?",
                (
                    self._clock.now().isoformat(),
                    outcome,
                    json.dumps(facts, default=str),
                    complete,
                    run.id,
                ),
            )
            if complete:
                frontier.forget()
        self._on_step("run.ended")
        self._write_report(run.id)

    def store(self, run: Run) -> LocalStore:
        """The write side of the run."""
        if run.id not in self._stores:
            self._stores[run.id] = LocalStore(
                self._db,
                self.path,
                run,
                media=self._media,
                outboxes=self._outboxes,
                clock=self._clock,
                versions=self._versions,
                on_step=self._on_step,
            )
        return self._stores[run.id]

    def frontier(self, run: Run) -> Frontier:
        """The run's queue."""
        if run.id not in self._frontiers:
            self._frontiers[run.id] = self._make_frontier(self._db, run.id)
        return self._frontiers[run.id]

    def remember_leftover(self, path: Path) -> None:
        """A temporary directory for the next start to remove, should this process be killed."""
        if self._lock:
            self._lock.remember(path)

    # -- reading

    def tally(self, run: str) -> Tally:
        """The run's outcomes so far."""
        with sqlite_errors(self._database):
            kinds = dict(
                self._db.execute(
                    "SELECT kind, count(*) FROM outcomes JOIN runs ON runs.no = outcomes.run "
                    "WHERE runs.id = ? GROUP BY kind",
                    (run,),
                ).fetchall()
            )
            codes = dict(
                self._db.execute(
                    "SELECT code, count(*) FROM failures JOIN runs ON runs.no = failures.run "
                    "WHERE runs.id = ? GROUP BY code",
                    (run,),
                ).fetchall()
            )
        return Tally(**kinds, failures=codes)

    def articles(self, *, latest: bool = False) -> Iterator[Article]:
        """In the order of records.jsonl; with `latest` only the last revision of each."""
        for line in self._lines(_LATEST_RECORDS if latest else _RECORDS):
            yield Article.model_validate_json(line)

    def article(self, id: str) -> Article | None:
        """Its latest revision."""
        with sqlite_errors(self._database):
            row = self._db.execute(
                "SELECT line FROM records WHERE id = ? ORDER BY revision DESC LIMIT 1", (id,)
            ).fetchone()
        return Article.model_validate_json(unpack(row[0])) if row else None

    def failures(self, run: str | None = None) -> Iterator[Failure]:
        """Those of one run; without one, of every URL whose latest outcome is a failure."""
        found = self._lines(_FAILURES_OF_RUN, run) if run else self._lines(_STANDING_FAILURES)
        for line in found:
            yield Failure.model_validate_json(line)

    def snapshot(self, article: Article) -> Snapshot | None:
        """The page it was made from; None when it was not kept or its file is gone.  Raises
        ArchiveDamaged."""
        return read_snapshot(self.path, article.archive) if article.archive else None

    # -- inside

    def _lines(self, query: str, *values: str) -> Iterator[bytes]:
        """In batches, each its own short read, so that a slow reader holds up nobody."""
        last = 0
        while True:
            with sqlite_errors(self._database):
                rows = self._db.execute(query, (last, *values, _BATCH)).fetchall()
            if not rows:
                return
            for last, packed in rows:  # noqa: B007 - kept for the next batch
                yield unpack(packed)

    def _run(self, query: str) -> Run | None:
        with sqlite_errors(self._database):
            row = self._db.execute(query).fetchone()
        if row is None:
            return None
        _, id, job, identity, started_at, *_ = row
        return Run(
            id,
            Job.model_validate_json(job),
            identity,
            datetime.fromisoformat(started_at),
            resumed=True,
        )

    def _new_id(self, now: datetime) -> str:
        while True:
            id = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
            known = self._db.execute("SELECT 1 FROM runs WHERE id = ?", (id,)).fetchone()
            if not known:
                return id

    def _give_up(self, run: str) -> None:
        self._db.execute(
            "UPDATE runs SET complete = 1, outcome = 'abandoned', ended_at = ? WHERE id = ?",
            (self._clock.now().isoformat(), run),
        )
        frontier = self._frontiers.pop(run, None) or self._make_frontier(self._db, run)
        frontier.forget()

    def _write_report(self, run: str) -> None:
        row = self._db.execute(
            "SELECT job, identity, started_at, ended_at, outcome, facts, complete "
            "FROM runs WHERE id = ?",
            (run,),
        ).fetchone()
        job, identity, started_at, ended_at, outcome, facts, complete = row
        tally = self.tally(run)
        report = {
            "run": run,
            "outcome": outcome,
            "complete": bool(complete),
            "started_at": started_at,
            "ended_at": ended_at,
            "counts": {
                "record": tally.record,
                "unchanged": tally.unchanged,
                "duplicate": tally.duplicate,
                "failed": tally.failed,
            },
            "failures": tally.failures,
            "facts": json.loads(facts) if facts else {},
            "versions": self._versions,
            "identity": identity,
            "job": json.loads(job),
        }
        path = self.path / "runs" / f"{run}.json"
        with refusals(path):
            make_directory(path.parent)
            data = json.dumps(report, ensure_ascii=False, indent=2).encode("utf-8", "replace")
            replace(path, data + b"\n", lambda step: self._on_step(f"run.{step}"))

    def _recover(self, lock: Lock) -> None:
        """Put in order what the last writer left; after a proper end there is little to do."""
        if lock.was_unclean:
            check_database(self._db, self.path / "state.sqlite")
        with sqlite_errors(self._database):
            cut_archive(self._db, self.path)
            for table in _OUTBOXES:
                self._outboxes[table] = Outbox(self._db, self.path, table, self._on_step)
                self._outboxes[table].recover()
            self._note_lengths()
            if lock.was_unclean:
                self._media.sweep(self._is_known)
                with refusals(self.path / "runs"):
                    sweep_temporary(self.path / "runs")
                self._restore_reports()
        if lock.was_unclean:
            lock.sweep_leftovers()

    def _restore_reports(self) -> None:
        rows = self._db.execute("SELECT id FROM runs WHERE ended_at IS NOT NULL").fetchall()
        for (run,) in rows:
            if not (self.path / "runs" / f"{run}.json").exists():
                self._write_report(run)

    def _is_known(self, sha256: str) -> bool:
        row = self._db.execute("SELECT 1 FROM media WHERE sha256 = ?", (sha256,)).fetchone()
        return row is not None

    def _note_lengths(self) -> None:
        with transaction(self._db, self._database):
            for outbox in self._outboxes.values():
                outbox.note_length()

    def _close_files(self) -> None:
        for store in self._stores.values():
            store.close()
        for outbox in self._outboxes.values():
            outbox.close()
        self._outboxes.clear()
        with suppress(sqlite3.Error):
            close_database(self._db)


def _refuse_foreign(path: Path) -> None:
    """A folder whose records no database knows would be overwritten."""
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file: choose a directory with -o")
    if not (path / "state.sqlite").exists():
        for name in (*(f"{outbox}.jsonl" for outbox in _OUTBOXES), "archive", "media"):
            if (path / name).exists():
                raise UsageError(
                    f"{path} holds {name} but no state.sqlite, so it is no collection: "
                    "choose another directory with -o"
                )

"""A collection on a local folder: opened by one writer, or by any number of readers."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from scraper.errors import StorageError, UsageError
from scraper.job import Job
from scraper.parameters import Parameters
from scraper.protocols import Clock, Frontier, Run
from scraper.request import Request
from scraper.store.archive import cut_archive
from scraper.store.commit import LocalStore, line_limit
from scraper.store.database import (
    check_database,
    check_format,
    close_database,
    open_database,
)
from scraper.store.disk import ignore, make_directory, refusals
from scraper.store.erasure import Removal, is_pending
from scraper.store.erasure import finish as finish_erasure
from scraper.store.fuse import Fuse
from scraper.store.layout import OUTBOXES, refuse_foreign, refuse_links
from scraper.store.lock import Lock
from scraper.store.media import MediaFolder
from scraper.store.outbox import Outbox
from scraper.store.reading import Reader
from scraper.store.removal import Plan
from scraper.store.runs import Runs
from scraper.transaction import sqlite_errors, transaction
from scraper.units import as_timedelta
from scraper.url import without_user_info

MakeFrontier = Callable[[sqlite3.Connection, str], Frontier]

_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM)


class LocalCollection(Reader):
    """The folder that crawls write into, again and again.  The calls come from one thread at a
    time, which need not be the one that opened it."""

    def __init__(
        self,
        path: Path,
        db: sqlite3.Connection,
        lock: Lock | None,
        *,
        clock: Clock,
        frontier: MakeFrontier,
        on_step: Callable[[str], None],
        versions: Mapping[str, str],
    ) -> None:
        super().__init__(path, db)
        self._lock, self._clock, self._on_step = lock, clock, on_step
        self._make_frontier, self._versions = frontier, versions
        self._runs = Runs(db, path, versions, on_step)
        self._media = MediaFolder(path, on_step)
        self._outboxes: dict[str, Outbox] = {}
        self._frontiers: dict[str, Frontier] = {}
        self._stores: dict[str, LocalStore] = {}
        self._fuse = Fuse(self._database)
        self._closed = False
        self.losses: list[str] = []
        """What somebody else did to the files, and cannot be mended: sentences for people."""
        self.mended = False
        """Something that was to go was not gone from all files yet, and is now."""
        if lock:
            try:
                self._recover(lock)
            except BaseException:
                with suppress(StorageError):
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
        """Open; for writing, make it when it is missing.  Raises UsageError, CollectionBusy,
        CollectionVersion, StorageError."""
        database = path / "state.sqlite"
        new = not os.path.isfile(database)  # noqa: PTH113 - False too for a name that cannot be
        make = partial(cls, clock=clock, frontier=frontier, on_step=on_step)
        make = partial(make, path, versions=versions or {})
        if not writable:
            if new:
                raise UsageError(
                    f"there is no collection at {path}: scraper crawl URL -o {path} makes one"
                )
            with refusals(path):
                refuse_links(path)
                check_format(database)
            return make(open_database(database, writable=False), None)
        try:
            with refusals(path):
                refuse_links(path)
                refuse_foreign(path)
                make_directory(path)
                check_format(database)
            lock = Lock.take(path / "state.lock", clock.now(), new=new)
        except StorageError as error:
            if new and not _is_of_the_disk(error):
                raise UsageError(
                    f"cannot make a collection at {path}: {error.problem}; "
                    "choose another directory with -o"
                ) from error
            raise
        try:
            return make(open_database(database, writable=True), lock)
        except BaseException:
            lock.release(clean=False)
            raise

    def __enter__(self) -> LocalCollection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Idempotent.  After a refused write, the next start puts things in order."""
        if self._lock is None:
            self._db.close()
            return
        if self._closed:
            return
        self._closed, clean = True, False
        try:
            if self._fuse.blown:
                with suppress(StorageError):  # the first refusal is told already
                    self._close_files()
            else:
                self._tidy()
                clean = True
        finally:
            self._lock.release(clean)

    def remember_leftover(self, path: Path) -> None:
        """A temporary directory for the next start to remove, should this process be killed."""
        if self._lock:
            self._lock.remember(path)

    # -- runs

    def begin(
        self,
        job: Job,
        seeds: Sequence[Request] = (),
        identity: str | None = None,
        occasion: str | None = None,
    ) -> Run:
        """Store a new run and its seeds.  A run that is unfinished is given up."""
        job = job.model_copy(update={"urls": tuple(without_user_info(text) for text in job.urls)})
        identity = identity or job.identity(seed.key for seed in seeds)
        abandoned = []
        with self._fuse.guard():
            with transaction(self._db, self._database):
                while unfinished := self._runs.unfinished():
                    self._end(unfinished, "abandoned", {}, complete=True)
                    abandoned.append(unfinished)
                run = self._runs.new(job, identity, self._clock.now())
                self.frontier(run).add(seeds)
                if occasion:
                    self._runs.serve(run.id, occasion)
            self._on_step("run.begun")
            for given_up in abandoned:
                self._report(given_up)
        return run

    def unfinished(self) -> Run | None:
        """The run that has work left, if there is one."""
        with sqlite_errors(self._database):
            return self._runs.unfinished()

    def serve(self, run: Run, occasion: str) -> None:
        """The run, which goes on, is the one that this occasion asks for."""
        with self._fuse.guard(), transaction(self._db, self._database):
            self._runs.serve(run.id, occasion)

    def served(self, occasion: str) -> Run | None:
        """The run that this occasion asked for, once it has no work left."""
        with sqlite_errors(self._database):
            return self._runs.served(occasion)

    def latest_run(self) -> Run | None:
        """The last one that was begun, finished or not."""
        with sqlite_errors(self._database):
            return self._runs.latest()

    def as_stored(self, address: str) -> str:
        """The address as it stands here, without what the last run's job withholds."""
        run = self.latest_run()
        return Parameters(run.job.redact).hidden(address) if run else address

    def abandon(self, run: Run) -> None:
        """Give the run up: what it committed stays, its queue goes."""
        with self._fuse.guard():
            self._end(run, "abandoned", {}, complete=True)
            self._report(run)

    def end(self, run: Run, outcome: str, facts: dict[str, Any]) -> None:
        """Note how the invocation ended.  The run is complete when nothing is left in its frontier,
        and what its job does not want to keep goes; else it stays unfinished.  After a refused
        write this does nothing."""
        if self._fuse.blown:
            return
        with self._fuse.guard():
            counts = self.frontier(run).counts()
            complete = counts.queued + counts.leased == 0
            self._end(run, outcome, facts, complete=complete)
            self._on_step("run.ended")
            self._report(run)
        if complete and (run.job.keep_revisions or run.job.keep_pages):
            age = as_timedelta(run.job.keep_pages) if run.job.keep_pages else None
            self.remove(lambda plan: self._limit(plan, run.job.keep_revisions, age))

    # -- what goes

    def remove(self, decide: Callable[[Plan], object], *, dry_run: bool = False) -> Removal:
        """What `decide` says goes from the database at once, and then from the files; a process
        that is killed in between leaves the rest to the next one that opens the collection."""
        with self._fuse.guard():
            plan = Plan(self._db, self.path, self._outboxes)
            with suppress(_Undone), transaction(self._db, self._database):
                decide(plan)
                for outbox in self._outboxes.values():
                    outbox.note_length()
                if dry_run:
                    raise _Undone
            if not dry_run:
                self._on_step("removal.committed")
                self._erase()
        return plan.removal

    def forget(
        self,
        id: str,
        addresses: Collection[str],
        fingerprint: Callable[[str], bytes],
        *,
        dry_run: bool = False,
    ) -> Removal:
        """All there is of a record, which links are not followed to any more.  Raises UsageError
        while a run is unfinished: its queue may name it."""
        if unfinished := self.unfinished():
            raise UsageError(
                f"run {unfinished.id} is unfinished here: finish it, or give it up with "
                "scraper crawl --new, before something is forgotten"
            )

        def decide(plan: Plan) -> None:
            meant = plan.record(id, addresses, fingerprint)
            plan.database()
            if last := self.latest_run():
                frontier = self.frontier(last)
                frontier.exclude(meant)
                frontier.forget()
                del self._frontiers[last.id]

        return self.remove(decide, dry_run=dry_run)

    def collect_garbage(
        self, revisions: int | None, age: timedelta | None, *, dry_run: bool = False
    ) -> Removal:
        """Of each record its last `revisions` stay, and the pages of runs that ended within the
        `age`; what nothing refers to goes."""

        def decide(plan: Plan) -> None:
            self._limit(plan, revisions, age)
            plan.orphans()
            if plan.removal.files:
                plan.database()

        return self.remove(decide, dry_run=dry_run)

    def _limit(self, plan: Plan, revisions: int | None, age: timedelta | None) -> None:
        if revisions:
            plan.old_revisions(revisions)
        if age:
            now = self._clock.now()
            plan.old_pages(now - age, now)

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
                fuse=self._fuse,
                on_step=self._on_step,
            )
        return self._stores[run.id]

    def frontier(self, run: Run) -> Frontier:
        """The run's queue."""
        if run.id not in self._frontiers:
            self._frontiers[run.id] = self._make_frontier(self._db, run.id)
        return self._frontiers[run.id]

    # -- inside

    def _end(self, run: Run, outcome: str, facts: Mapping[str, Any], *, complete: bool) -> None:
        with transaction(self._db, self._database):
            self._runs.end(run.id, outcome, self._clock.now(), facts, complete=complete)
            if complete:
                self.frontier(run).forget()

    def _report(self, run: Run) -> None:
        with sqlite_errors(self._database):
            self._runs.write_report(run.id, self.tally(run.id), self.captured(run.id))

    def _erase(self) -> None:
        def report(id: str) -> None:
            self._runs.renew_report(id, self.tally, self.captured)

        now, steps = self._clock.now(), self._on_step
        finish_erasure(self._db, self.path, self._outboxes, report, now, steps)

    def _recover(self, lock: Lock) -> None:
        """Put in order what the last writer left; after a proper end there is little to do."""
        if lock.was_unclean:
            check_database(self._db, self.path / "state.sqlite")
        with sqlite_errors(self._database):
            last = self._runs.latest()
            for table in OUTBOXES:
                self._outboxes[table] = Outbox(self._db, self.path, table, self._on_step)
                self._outboxes[table].limit = line_limit(last.job) if last else None
                self._outboxes[table].recover()
            if lost := cut_archive(self._db, self.path):
                self.losses.append(
                    f"{lost[0]}{' and others are' if lost[1:] else ' is'} gone or cut off: pages "
                    "kept there cannot be read again"
                )
            self._note_lengths()
            self.mended = is_pending(self._db)
            self._erase()
            if lock.was_unclean:
                self._media.sweep(self._is_known)
            self._runs.restore_reports(self.tally, self.captured)
        if lock.was_unclean:
            lock.sweep_leftovers()

    def _tidy(self) -> None:
        """Before a proper end."""
        try:
            self._media.drop_unclaimed(self._is_known)
            self._note_lengths()
        finally:
            self._close_files()

    def _is_known(self, sha256: str) -> bool:
        row = self._db.execute("SELECT 1 FROM media WHERE sha256 = ?", (sha256,)).fetchone()
        return row is not None

    def _note_lengths(self) -> None:
        with transaction(self._db, self._database):
            for outbox in self._outboxes.values():
                outbox.note_length()

    def _close_files(self) -> None:
        """All of them, whatever one of them says.  Raises StorageError."""
        with ExitStack() as stack:
            stack.callback(close_database, self._db, self._database)
            for outbox in self._outboxes.values():
                stack.callback(outbox.close)
            for store in self._stores.values():
                stack.callback(store.close)
            self._outboxes.clear()


class _Undone(Exception):
    """Takes a transaction back."""


def _is_of_the_disk(error: StorageError) -> bool:
    """Or of the machine; not of the place that was asked for."""
    cause = error.__cause__
    return isinstance(cause, OSError) and cause.errno in _DISK

"""One run of a schedule now, whatever its time is: for people, and for other schedulers."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from scraper.errors import ScheduleBusy, UsageError
from scraper.schedule.daemon import Clock, new_id, settled, unstarted
from scraper.schedule.directory import Directory, Hold
from scraper.schedule.launching import Crawl, Launcher
from scraper.schedule.schedule import Occasion


def run_now(directory: Directory, name: str, clock: Clock) -> int:
    """Its crawl's exit code.  It is noted like any other; killed, the daemon goes on with it.
    Raises ScheduleBusy while the schedule runs, UsageError, StorageError."""
    with closing(directory.book()) as book:
        schedule = book.schedule(name)
        launcher = Launcher(directory)
        hold = launcher.hold(name)
        if hold is None:
            raise ScheduleBusy(f"schedule {name}", Hold.holder(directory.of(name, "lock")))
        with hold:
            now = clock.now()
            occasion = Occasion(
                new_id(name, now), name, now, "started", by_hand=True, attempts=1, started_at=now
            )
            book.note(occasion)
            try:
                crawl = launcher.start_here(schedule, occasion, hold)
            except (UsageError, OSError) as error:
                book.note(unstarted(occasion, error, now))
                raise
            book.note(replace(occasion, pid=crawl.pid))
            with _passed_on(crawl):
                code = crawl.wait()
            book.note(settled(occasion, code, crawl, clock.now(), schedule.overlap))
    return code


@contextmanager
def _passed_on(crawl: Crawl) -> Iterator[None]:
    """What asks us to stop is for the crawl; Ctrl-C reaches it by itself."""
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda number, _: crawl.signal(number)),
        signal.SIGHUP: signal.signal(signal.SIGHUP, lambda number, _: crawl.signal(number)),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""The daemon as a process: turn after turn, woken by signals, until it is asked to stop."""

from __future__ import annotations

import os
import select
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

from scraper.clock import WallClock
from scraper.errors import StorageError
from scraper.schedule.daemon import BEAT, Clock, Daemon
from scraper.schedule.directory import Directory
from scraper.schedule.health import HealthFile
from scraper.schedule.launching import Launcher
from scraper.store.disk import ignore

_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def serve(
    directory: Directory,
    *,
    at_once: int,
    note: Callable[[str], None],
    clock: Clock | None = None,
    on_step: Callable[[str], None] = ignore,
) -> None:
    """Run the schedules until a signal asks to stop.  Each one, also a further one, is passed on to
    the crawls that go on, and their end is waited for.  A disk that refuses is tried again.  Raises
    ScheduleBusy; StorageError when it cannot begin."""
    clock = clock or WallClock()
    with directory.hold_daemon(), closing(directory.book()) as book, _signals() as signals:
        launcher = Launcher(directory)
        daemon = Daemon(book, launcher, clock, at_once=at_once, note=note, on_step=on_step)
        health = HealthFile(directory, book, clock.now())
        note(f"running the schedules of {directory.path} as process {os.getpid()}")
        while not daemon.over:
            try:
                wait = daemon.turn()
                health.write(clock.now(), clock.passed())
                if daemon.over:
                    return
                for number in signals(wait):
                    if not daemon.stopping:
                        note("stopping the crawls that go on; the same signal again stops them now")
                    daemon.stop(number)
            except StorageError as error:
                note(f"{error}; trying again")
                for number in signals(BEAT):
                    with suppress(StorageError):  # its crawls have the signal all the same
                        daemon.stop(number)


@contextmanager
def _signals() -> Iterator[Callable[[float], list[int]]]:
    """A function that waits so many seconds, or until a signal comes; those that ask to stop.  The
    end of a child wakes it, too."""
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)
    before = {one: signal.signal(one, _heard) for one in (*_STOP, signal.SIGCHLD)}
    wakeup = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)

    def received(seconds: float) -> list[int]:
        select.select([reading], [], [], seconds)
        numbers = b""
        with suppress(BlockingIOError):
            numbers = reading.recv(4096)
        return [number for number in numbers if number in _STOP]

    try:
        yield received
    finally:
        signal.set_wakeup_fd(wakeup)
        for one, handler in before.items():
            signal.signal(one, handler)
        reading.close()
        writing.close()


def _heard(*_: object) -> None:
    """What came is read from the socket."""

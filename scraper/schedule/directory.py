"""Where schedules are kept: one directory, the user's own unless told otherwise."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from scraper.errors import ScheduleBusy
from scraper.schedule.book import Book
from scraper.store.disk import make_directory, refusals, write_all


class Directory:
    """`schedules.sqlite`, `health.json`, `daemon.lock`, and for each schedule in `runs/` its lock
    and what its last crawl said (`.json` its summary, `.log` all else)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.health = path / "health.json"

    @classmethod
    def usual(cls) -> Directory:
        """$XDG_STATE_HOME/headless-scraper (XDG Base Directory Specification)."""
        home = os.environ.get("XDG_STATE_HOME", "")
        base = Path(home) if home.startswith("/") else Path.home() / ".local" / "state"
        return cls(base / "headless-scraper")

    def book(self) -> Book:
        """Made where there is none.  Raises StorageError, UsageError."""
        with refusals(self.path):
            make_directory(self.path / "runs")
        return Book(self.path / "schedules.sqlite")

    def of(self, schedule: str, kind: str) -> Path:
        """The file of one schedule's last run: lock, json or log."""
        return self.path / "runs" / f"{schedule}.{kind}"

    def hold_daemon(self) -> Hold:
        """Raises ScheduleBusy."""
        path = self.path / "daemon.lock"
        hold = Hold.take(path)
        if hold is None:
            raise ScheduleBusy("the daemon of these schedules", Hold.holder(path))
        return hold

    def daemon(self) -> str | None:
        """The process that runs these schedules, if one does."""
        path = self.path / "daemon.lock"
        if not path.exists():
            return None
        hold = Hold.take(path, shared=True)
        if hold is None:
            return Hold.holder(path)
        hold.release()
        return None


class Hold:
    """A lock that lasts as long as any process has its file descriptor: also that of a child whose
    parent was killed."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    @classmethod
    def take(cls, path: Path, *, shared: bool = False) -> Hold | None:
        """None when another process has it.  Raises StorageError."""
        with refusals(path):
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
                if not shared:
                    os.ftruncate(fd, 0)
                    write_all(fd, b"process %d" % os.getpid())
            except BlockingIOError:
                os.close(fd)
                return None
            except OSError:
                os.close(fd)
                raise
        return cls(fd)

    @staticmethod
    def holder(path: Path) -> str:
        """Who has it, as far as is known."""
        with refusals(path):
            return path.read_text(encoding="utf-8")[:40] or "another process"

    def release(self) -> None:
        """Idempotent."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def __enter__(self) -> Hold:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

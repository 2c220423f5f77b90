"""The crawls of schedules, as processes of their own: whatever one of them comes to, the daemon is
not touched, and none ends because the daemon was killed."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from typing import Any, BinaryIO

import orjson

from scraper.schedule.directory import Directory, Hold
from scraper.schedule.schedule import Occasion, Schedule, command

_LAST = 8192
"""Bytes of the log in which the last word is looked for."""
_SAID = "scraper: "


class Crawl:
    """One that was started here."""

    def __init__(self, process: subprocess.Popen[bytes], directory: Directory, name: str) -> None:
        self._process, self._directory, self._name = process, directory, name
        self.pid = process.pid

    def ended(self) -> int | None:
        """Its exit code, as a shell would tell it; None while it goes on."""
        code = self._process.poll()
        return code if code is None or code >= 0 else 128 - code

    def wait(self) -> int:
        """The same, when it has ended."""
        code = self._process.wait()
        return code if code >= 0 else 128 - code

    def signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(number)

    def tally(self) -> dict[str, Any] | None:
        """The outcomes of its run, if it came to a summary."""
        try:
            summary = orjson.loads(self._directory.of(self._name, "json").read_bytes())
            tally = summary["tally"]
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return tally if isinstance(tally, dict) else None

    def last_word(self) -> str | None:
        """What it said last about itself: in an error, why it ended."""
        try:
            with self._directory.of(self._name, "log").open("rb") as log:
                log.seek(max(log.seek(0, os.SEEK_END) - _LAST, 0))
                lines = log.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return None
        said = [line.removeprefix(_SAID) for line in lines if line.startswith(_SAID)]
        return said[-1] if said else None


class Launcher:
    """Starts crawls whose output goes to files, not to us: it outlives us as they do."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def hold(self, schedule: str) -> Hold | None:
        """The right to run this schedule; None while another process has it."""
        return Hold.take(self._directory.of(schedule, "lock"))

    def interrupt(self, pid: int, number: int) -> None:
        """Pass a signal on to a crawl that is not a child of ours."""
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)

    def start(self, schedule: Schedule, occasion: Occasion, hold: Hold) -> Crawl:
        """Raises UsageError for a job that cannot run, and OSError."""
        arguments = command(schedule, occasion.id)
        files = self._directory.of(schedule.name, "json"), self._directory.of(schedule.name, "log")
        with files[0].open("wb") as summary, files[1].open("wb") as log:
            return self._crawl(schedule, [*arguments, "--json"], hold, summary, log, apart=True)

    def start_here(self, schedule: Schedule, occasion: Occasion, hold: Hold) -> Crawl:
        """On the same terminal, as if it had been started by hand.  Raises as `start` does."""
        self._directory.of(schedule.name, "json").unlink(missing_ok=True)
        self._directory.of(schedule.name, "log").unlink(missing_ok=True)
        return self._crawl(schedule, command(schedule, occasion.id), hold, None, None, apart=False)

    def _crawl(
        self,
        schedule: Schedule,
        arguments: list[str],
        hold: Hold,
        stdout: BinaryIO | None,
        stderr: BinaryIO | None,
        *,
        apart: bool,
    ) -> Crawl:
        process = subprocess.Popen(
            [sys.executable, "-m", "scraper", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            cwd=schedule.directory,
            pass_fds=(hold.fd,),
            start_new_session=apart,  # else Ctrl-C reached it twice: by the terminal and by us
        )
        return Crawl(process, self._directory, schedule.name)

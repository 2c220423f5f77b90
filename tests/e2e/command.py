"""The command as a user runs it, and what it leaves behind."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from warcio.archiveiterator import ArchiveIterator

_MARK = "SCRAPER_TEST_MARK"


class Command:
    """One start of `scraper`, in a process group of its own, known by a mark in its environment
    that its descendants inherit.  `program` are Python's arguments that start it."""

    def __init__(
        self,
        *arguments: str,
        cwd: Path | None = None,
        program: tuple[str, ...] = ("-m", "scraper"),
        env: dict[str, str] | None = None,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
    ) -> None:
        self.mark = uuid.uuid4().hex
        self._sessions: set[int] = set()
        self.process = subprocess.Popen(
            [sys.executable, *program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            text=True,
            cwd=cwd,
            env=os.environ | {_MARK: self.mark} | (env or {}),
            start_new_session=True,
        )

    def finish(self, seconds: float = 120) -> tuple[int, str, str]:
        """Wait for the end: exit code, standard output, standard error."""
        try:
            out, err = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill_everything()
            raise
        return self.process.returncode, out, err

    def left(self) -> list[int]:
        """Processes of this start that still run, the command itself included.  Chromium's own
        children overwrite their environment, but stay in the session of the browser."""
        wanted = f"{_MARK}={self.mark}".encode()
        running = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit():
                    state, *numbers = (entry / "stat").read_text().rpartition(")")[2].split()
                    marked = wanted in (entry / "environ").read_bytes()
                    if state != "Z":
                        running.append((int(entry.name), int(numbers[2]), marked))
        self._sessions |= {session for _, session, marked in running if marked}
        return [pid for pid, session, marked in running if marked or session in self._sessions]

    def kill_python(self) -> None:
        """Only our own process; the others have to notice."""
        self.left()  # learn the sessions while their leaders live
        self.process.kill()
        self.process.communicate()

    def kill_everything(self) -> None:
        while pids := self.left():
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.process.communicate()

    def wait_until_nothing_is_left(self, seconds: float = 10) -> list[int]:
        """What is still there after so many seconds."""
        deadline = time.monotonic() + seconds
        while (pids := self.left()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return pids


class OnTerminal(Command):
    """Its output, or its stderr alone, goes to a terminal, which keeps all that was sent to it."""

    def __init__(self, *arguments: str, **how: Any) -> None:
        self._ours, theirs = pty.openpty()
        screen = {"TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
        env = screen | how.pop("env", {})
        try:
            super().__init__(*arguments, **{"stdout": theirs, **how}, env=env, stderr=theirs)
        finally:
            os.close(theirs)

    def sent(self, seconds: float = 120) -> tuple[int, bytes]:
        """Wait for the end: exit code, and all that was sent to the terminal."""
        sent = b""
        deadline = time.monotonic() + seconds
        while select.select([self._ours], [], [], max(deadline - time.monotonic(), 0))[0]:
            try:
                data = os.read(self._ours, 65536)
            except OSError:  # Linux says so when the other end is closed
                data = b""
            if not data:
                break
            sent += data
        os.close(self._ours)
        self.finish(max(deadline - time.monotonic(), 1))
        return self.process.returncode, sent


def scraper(*arguments: str, cwd: Path | None = None) -> tuple[int, str, str]:
    return Command(*arguments, cwd=cwd).finish()


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON lines file; a torn line is an error.  [] when there is no file."""
    if not path.exists():
        return []
    text = path.read_bytes()
    assert not text or text.endswith(b"\n")
    return [orjson.loads(line) for line in text.split(b"\n")[:-1]]


def records(collection: Path) -> list[dict[str, Any]]:
    return lines(collection / "records.jsonl")


def failures(collection: Path) -> list[dict[str, Any]]:
    return lines(collection / "failures.jsonl")


def damage(collection: Path) -> Iterator[str]:
    """What is wrong with a collection after its run has ended: nothing, it should be."""
    stored = set()
    for path in sorted((collection / "media").rglob("*")):
        if path.is_file():
            stored.add(str(path.relative_to(collection)))
            if hashlib.sha256(path.read_bytes()).hexdigest() != path.name.partition(".")[0]:
                yield f"{path.name} does not hold what its name says"
    named = set()
    for record in records(collection):
        pictures = [*record["images"], *filter(None, [record["lead_image"]])]
        named |= {picture["media"]["path"] for picture in pictures if picture["media"]}
        archive = record["archive"] or {}
        for part in filter(None, archive.values()):
            if _digest(collection, part) != part["digest"]:
                yield f"{record['id']}: the archive does not hold its page"
    yield from (f"{path} is named and missing" for path in named - stored)
    yield from (f"{path} is nobody's" for path in stored - named)
    for path in collection.rglob("*"):
        if re.search(r"(^|[.~-])(tmp|temp|part)([.~-]|$)", path.name):
            yield f"{path.name} was left behind"
    for path in (collection / "archive").glob("*.warc.gz"):
        with path.open("rb") as stream:
            for entry in ArchiveIterator(stream, check_digests=True):
                entry.content_stream().read()


def _digest(collection: Path, part: dict[str, Any]) -> str:
    with (collection / part["file"]).open("rb") as stream:
        stream.seek(part["offset"])
        entry = next(iter(ArchiveIterator(stream)))
        return "sha256:" + hashlib.sha256(entry.content_stream().read()).hexdigest()

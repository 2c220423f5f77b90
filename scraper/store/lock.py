"""Who holds a collection: an flock on a file that says who, and whether the last holder came to a
proper end."""

from __future__ import annotations

import fcntl
import json
import os
import platform
import shutil
import stat
import sys
import tempfile
import weakref
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from scraper.errors import CollectionBusy
from scraper.store.disk import refusals, write_all


class Lock:
    """The lock itself dies with the process; what the file says is for people and for the next
    holder.  An empty file means that nobody holds it and the last holder came to a proper end."""

    def __init__(self, path: Path, fd: int, unclean: dict[str, Any] | None) -> None:
        self._path, self._fd = path, fd
        self._content: dict[str, Any] = {}
        self._before = unclean or {}
        self.was_unclean = unclean is not None
        _held.add(self)

    @classmethod
    def take(cls, path: Path, since: datetime, *, new: bool = True) -> Lock:
        """Raises CollectionBusy at once when another process holds it, StorageError.  Where
        something `new` is begun, a missing file is no sign of an unclean end."""
        with refusals(path):
            lost = not new and not path.exists()
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
        try:
            with refusals(path):
                try:
                    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError as error:
                    raise CollectionBusy(str(path.parent), _holder(_read(fd))) from error
                before = _read(fd)
                lock = cls(path, fd, {} if before is None and lost else before)
                lock._content = {
                    "pid": os.getpid(),
                    "host": platform.node(),
                    "since": since.isoformat(timespec="seconds"),
                    "command": _command(),
                    "leftovers": lock._before.get("leftovers", []),
                }
                lock._write()
        except BaseException:
            os.close(fd)
            raise
        return lock

    def remember(self, leftover: Path) -> None:
        """A path for the next start to remove, should this process be killed."""
        self._content["leftovers"] = [*self._content["leftovers"], str(leftover)]
        with refusals(self._path):
            self._write()

    def sweep_leftovers(self) -> None:
        """Remove what a killed holder left in the system's temporary directory."""
        for leftover in self._before.get("leftovers", []):
            if isinstance(leftover, str):
                _remove(Path(leftover))
        self._content["leftovers"] = []
        with refusals(self._path):
            self._write()

    def release(self, clean: bool) -> None:
        """`clean` says that nothing is left to be put in order."""
        if self._fd < 0:
            return
        with refusals(self._path):
            try:
                if clean:
                    os.ftruncate(self._fd, 0)
                    os.fsync(self._fd)
            finally:
                self.forget()

    def forget(self) -> None:
        """Close the file without giving the lock up: in a forked child the parent still has it."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def _write(self) -> None:
        data = json.dumps(self._content).encode() + b"\n"
        os.lseek(self._fd, 0, os.SEEK_SET)
        write_all(self._fd, data)
        os.ftruncate(self._fd, len(data))
        os.fsync(self._fd)


_held: weakref.WeakSet[Lock] = weakref.WeakSet()


def _forget_in_child() -> None:
    for lock in list(_held):
        lock.forget()


os.register_at_fork(after_in_child=_forget_in_child)


def _read(fd: int) -> dict[str, Any] | None:
    """What the file says, {} when that makes no sense, None when it is empty."""
    data = os.pread(fd, 2**20, 0)
    if not data:
        return None
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _holder(content: dict[str, Any] | None) -> str:
    said = {key: _printable(value) for key, value in (content or {}).items()}
    if "pid" not in said:
        return "another process"
    return (
        f"process {said['pid']} on {said.get('host', '?')} "
        f"({said.get('command', '?')}, since {said.get('since', '?')})"
    )


def _printable(value: object) -> str:
    return "".join(char if char.isprintable() else "?" for char in str(value))[:200]


def _command() -> str:
    """The program and its verb; arguments may hold passwords."""
    verb = sys.argv[1:2]
    return " ".join([Path(sys.argv[0]).name, *(v for v in verb if v.isalpha())])


def _remove(path: Path) -> None:
    """Only a directory of our own below the system's temporary directory, never a symlink."""
    with suppress(OSError):
        parent = path.parent.resolve()
        if path.name == ".." or not parent.is_relative_to(Path(tempfile.gettempdir()).resolve()):
            return
        status = (parent / path.name).lstat()
        if stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid():
            shutil.rmtree(parent / path.name, ignore_errors=True)

"""Files that survive a power cut: written whole, their names made durable, refusals translated.

After a failed fsync the kernel may count lost bytes as written, so nothing here tries again.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scraper.errors import StorageError

TEMPORARY = ".tmp-"
"""How the names of unfinished files begin; the next start sweeps them."""

_NOT_FOR_DIRECTORIES = (errno.EINVAL, errno.ENOTSUP)
"""What some network file systems answer to the fsync of a directory; they keep names in order by
themselves."""


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turn what the disk says into StorageError."""
    try:
        yield
    except OSError as error:
        raise StorageError(str(path), error.strerror or str(error)) from error


def write_all(fd: int, data: bytes) -> None:
    """A write may take only a part; the rest follows."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


@contextmanager
def opened(path: Path | str, flags: int, dir_fd: int | None = None) -> Iterator[int]:
    """A file descriptor that children do not inherit; a symlink in the last place is refused."""
    fd = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666, dir_fd=dir_fd)
    try:
        yield fd
    finally:
        os.close(fd)


def make_directory(path: Path) -> None:
    """Make the directory and its missing parents, their names durable."""
    if path.is_dir():
        return
    make_directory(path.parent)
    with suppress(FileExistsError):
        path.mkdir()
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make the names in it durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _sync_names(fd)
    finally:
        os.close(fd)


def _sync_names(directory: int) -> None:
    try:
        os.fsync(directory)
    except OSError as error:
        if error.errno not in _NOT_FOR_DIRECTORIES:
            raise


def ignore(_step: str) -> None:
    """For those who do not follow the steps."""


def replace(path: Path, data: bytes, on_step: Callable[[str], None] = ignore) -> None:
    """Write the file so that a reader sees the old or the new one, and a crash leaves either.
    `on_step` hears `written`, `synced` and `renamed`."""
    temporary = f"{TEMPORARY}{secrets.token_hex(8)}"
    with opened(path.parent, os.O_RDONLY | os.O_DIRECTORY) as directory:
        try:
            with opened(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, directory) as fd:
                write_all(fd, data)
                on_step("written")
                os.fsync(fd)
            on_step("synced")
            os.rename(temporary, path.name, src_dir_fd=directory, dst_dir_fd=directory)
        except OSError:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=directory)
            raise
        on_step("renamed")
        _sync_names(directory)


def sweep_temporary(directory: Path) -> None:
    """Remove what a killed process left unfinished."""
    for path in directory.glob(f"{TEMPORARY}*"):
        path.unlink(missing_ok=True)

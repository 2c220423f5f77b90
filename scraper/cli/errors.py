"""Turns whatever ends a command into one clear line and an exit code: the one place that does."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress

import typer

from scraper.cli.printable import printable
from scraper.cli.streams import drop, open_closed
from scraper.errors import PageError, ScraperError, StorageError, UsageError

EXIT_CODES = {
    0: "nothing failed",
    1: "some URL failed",
    2: "usage or configuration",
    3: "disk full or I/O error",
    4: "the browser cannot be kept alive",
    5: "a limit was reached (time, pages); the same command goes on",
    6: "another process holds the collection",
    7: "the collection is of another version",
    8: "a check found differences, or a recipe does not fit its site any more",
    70: "internal error",
    130: "interrupted; the same command goes on (143 when terminated or hung up)",
}

_DISK = {errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT, errno.EFBIG}
_FILES = {errno.EMFILE, errno.ENFILE}
_PATH = {errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR}
_INTERRUPTED = {130, 143}
_TRACE = "SCRAPER_TRACEBACK"


def ended(command: Callable[[], int | None]) -> int:
    """Run a command; its exit code, after saying on stderr what went wrong, if anything did."""
    open_closed()
    code = _outcome(command)
    return _outcome(lambda: _flushed(code))


def say(message: str) -> None:
    """On stderr, in one line.  Where even that is refused, the exit code must do."""
    with suppress(OSError):
        sys.stderr.write(f"scraper: {printable(' '.join(message.split()))}\n")


def fail(message: str, code: int) -> int:
    """Say it, and return the code."""
    say(message)
    return code


def _outcome(command: Callable[[], int | None]) -> int:
    try:
        return command() or 0
    except PageError as error:  # a command about one page; a crawl goes on
        return fail(f"{error.code}: {error}", 1)
    except ScraperError as error:
        return fail(str(error), error.exit_code)
    except typer.TyperException as error:
        message = error.format_message()  # empty when the help has been shown instead
        return fail(message, error.exit_code) if message else error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return fail("interrupted", 130)
    except BrokenPipeError:
        return _unread()
    except SystemExit as leaving:  # as Typer and rich do when a write fails
        if isinstance(leaving.__context__, BrokenPipeError):
            return _unread()
        raise
    except OSError as error:
        return _refused(error)
    except Exception as error:  # noqa: BLE001 - the last door before the user
        return _unexpected(error)


def _flushed(code: int) -> int:
    """Here, where it can still be told.  Output that nobody reads changes no outcome."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        drop(sys.stdout)
    except OSError as error:
        refused = _unwritten(error)
        code = code if code in _INTERRUPTED else refused
    try:
        sys.stderr.flush()
    except OSError:
        drop(sys.stderr)
    return code


def _unread() -> int:
    """Whoever read our output went away, which is their right."""
    drop(sys.stdout)
    return 0


def _unwritten(error: OSError) -> int:
    drop(sys.stdout)
    return fail(f"cannot write the output: {error.strerror}", StorageError.exit_code)


def _refused(error: OSError) -> int:
    problem = error.strerror or "I/O error"
    if error.errno == errno.ENOENT and "temporary directory" in problem:  # tempfile's own words
        return fail(f"{problem}: make room there, or set TMPDIR", StorageError.exit_code)
    if error.errno in _FILES:
        remedy = "raise the limit (ulimit -n), or lower --concurrency; the same command goes on"
        return fail(f"{problem.lower()}: {remedy}", StorageError.exit_code)
    if error.errno in _DISK:
        if error.filename is None:  # of our own writes, only those to the output have no name
            return _unwritten(error)
        return fail(str(StorageError(str(error.filename), problem)), StorageError.exit_code)
    if error.errno in _PATH and error.filename is not None:
        return fail(f"cannot use {os.fsdecode(error.filename)}: {problem}", UsageError.exit_code)
    return _unexpected(error)


def _unexpected(error: Exception) -> int:
    if os.environ.get(_TRACE):
        traceback.print_exception(error)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119 - a label
    return fail(
        f"internal error: {type(error).__name__}: {error} ({place}); this is a fault of the "
        f"program, please report it with what {_TRACE}=1 shows",
        70,
    )

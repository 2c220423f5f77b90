"""Turns whatever ends a command into one clear line and an exit code: the one place that does."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Callable

import typer

from scraper.cli.printable import printable
from scraper.errors import PageError, ScraperError, StorageError

EXIT_CODES = {
    0: "nothing failed",
    1: "some URL failed",
    2: "usage or configuration",
    3: "disk full or I/O error",
    4: "the browser cannot be kept alive",
    5: "a limit was reached (time, pages); the same command goes on",
    6: "another process holds the collection",
    7: "the collection is of another version",
    8: "a check found differences",
    70: "internal error",
    130: "interrupted; the same command goes on (143 when terminated)",
}

_DISK = {errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT}
_TRACE = "SCRAPER_TRACEBACK"


def ended(command: Callable[[], int | None]) -> int:
    """Run a command; its exit code, after saying on stderr what went wrong, if anything did."""
    try:
        code = command() or 0
        sys.stdout.flush()  # here, where a reader that went away is still no error
        return code
    except PageError as error:  # a command about one page; a crawl goes on
        return fail(f"{error.code}: {error}", 1)
    except ScraperError as error:
        return fail(str(error), error.exit_code)
    except typer.TyperException as error:
        return fail(error.format_message(), error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return fail("interrupted", 130)
    except BrokenPipeError:
        return _unread()
    except SystemExit as leaving:  # as Typer and rich do when a write fails
        if isinstance(leaving.__context__, BrokenPipeError):
            return _unread()
        raise
    except Exception as error:  # noqa: BLE001 - the last door before the user
        return _unexpected(error)


def fail(message: str, code: int) -> int:
    """Say it on stderr, in one line."""
    sys.stderr.write(f"scraper: {printable(' '.join(message.split()))}\n")
    return code


def _unexpected(error: Exception) -> int:
    if isinstance(error, OSError) and error.errno in _DISK:
        problem = StorageError(str(error.filename or "the output"), error.strerror or "I/O error")
        return fail(str(problem), problem.exit_code)
    if os.environ.get(_TRACE):
        traceback.print_exception(error)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119 - a label
    return fail(
        f"internal error: {type(error).__name__}: {error} ({place}); this is a fault of the "
        f"program, please report it with what {_TRACE}=1 shows",
        70,
    )


def _unread() -> int:
    """Whoever read our output went away, which is their right; what is still buffered goes
    nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0

"""After a refused write a process writes no more: the next one finds things as they were and puts
them in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scraper.errors import PageError, StorageError


class Fuse:
    """One for a collection and its stores."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._cause: BaseException | None = None

    @property
    def blown(self) -> bool:
        """Something went wrong while writing."""
        return self._cause is not None

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Around each write.  Raises StorageError at once when an earlier one failed."""
        if isinstance(self._cause, StorageError):
            raise StorageError(self._cause.path, self._cause.problem) from self._cause
        if self._cause:
            raise StorageError(self._path, f"an earlier write broke off ({self._cause!r})")
        try:
            yield
        except PageError:
            raise  # the bytes were refused, not the disk
        except BaseException as error:
            self._cause = error
            raise

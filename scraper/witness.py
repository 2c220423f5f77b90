"""Pictures of what the browser showed when a page failed: of the first failure of each kind, for
the report of the run.  A page that gives its record costs nothing for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Generic, TypeVar

from scraper.backoff import pause
from scraper.errors import PageError
from scraper.mention import mentions_in
from scraper.request import Request
from scraper.snapshot import Snapshot

T = TypeVar("T")


class Witness:
    """Of one invocation; `retries` are the job's."""

    def __init__(self, retries: int) -> None:
        self._retries = retries
        self._seen: set[str] = set()

    def wants(self, request: Request, error: PageError) -> bool:
        """Whether it is the first failure of its kind that stays one; asked again, it is not."""
        final = pause(error, request.attempts + 1, self._retries) is None
        if not final or error.code in self._seen:
            return False
        self._seen.add(error.code)
        return True


class Showing(Generic[T]):
    """A page that is read while the browser still shows it.  `got` is what `read` made of it, None
    while it was not shown."""

    def __init__(
        self,
        witness: Witness,
        request: Request,
        read: Callable[[Snapshot], Awaitable[T | PageError]],
    ) -> None:
        self._witness, self._request, self._read = witness, request, read
        self.got: T | PageError | None = None

    async def judge(self, came: Snapshot | PageError) -> PageError | None:
        """See `Judge`."""
        if isinstance(came, Snapshot):
            self.got = await self._read(replace(came, mentions=mentions_in(self._request.meta)))
            error = self.got
        else:
            error = came
        if isinstance(error, PageError) and self._witness.wants(self._request, error):
            return error
        return None

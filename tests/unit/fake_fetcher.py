"""The whole network as a dictionary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from scraper.errors import ConnectFailed, HttpStatus, PageError
from scraper.protocols import Admit, Judge
from scraper.recipe import FetchRule
from scraper.request import Request
from scraper.revisits import Validators
from scraper.snapshot import Exchange, Headers, Snapshot

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
Answer = bytes | int | PageError | tuple[int, bytes, Headers]


async def _no_way(address: str) -> None:
    """A page sets out at once."""


class FakeFetcher:
    """`answers` by address: a body, a bare status, an error to raise, or (status, body, headers).
    Unknown addresses are 404; robots.txt too, unless given.  A list is used up from the front, its
    last answer stays."""

    def __init__(self, answers: dict[str, Answer | list[Answer]]) -> None:
        self.answers = answers
        self.asked: Counter[str] = Counter()
        self.referers: dict[str, str | None] = {}
        self.rules: dict[str, FetchRule] = {}
        self.received = 0
        self.closed = False
        self.browser: str | None = None
        self.before: Callable[[str], None] = lambda address: None
        self.way: Callable[[str], Awaitable[None]] = _no_way

    def _answer(self, address: str) -> tuple[int, bytes, Headers]:
        self.asked[address] += 1
        self.before(address)
        answer = self.answers.get(address, 404)
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, PageError):
            raise answer
        if isinstance(answer, int):
            return answer, b"", ()
        if isinstance(answer, bytes):
            return 200, answer, ()
        return answer

    async def fetch(
        self,
        request: Request,
        rule: FetchRule,
        admit: Admit,
        at_hand: Sequence[Exchange] = (),
        unless: Validators | None = None,
        judge: Judge | None = None,
    ) -> Snapshot:
        self.rules[request.url] = rule
        await self.way(request.url)
        await admit(request.url)
        status, body, headers = self._answer(request.url)
        self.received += len(body)
        return Snapshot(
            request_url=request.url,
            url=request.url,
            status=status,
            headers=headers,
            document=body,
            dom=None,
            fetched_at=NOW,
            rendered_with="http",
        )

    async def get(
        self,
        url: str,
        *,
        admit: Admit,
        page: str | None = None,
        referer: str | None = None,
        accept: str = "*/*",
    ) -> Exchange:
        status, body, headers = self._answer(url)
        self.received += len(body)
        self.referers[url] = referer
        return Exchange(url=url, status=status, headers=headers, body=body, started_at=NOW)

    async def close(self) -> None:
        self.closed = True


def unreachable(host: str) -> PageError:
    return ConnectFailed(host, "refused")


def busy(seconds: float | None = None) -> PageError:
    return HttpStatus(503, seconds)

"""A fetcher before the local site."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from scraper import url
from scraper.errors import PageError
from scraper.fetch.fetcher import WebFetcher
from scraper.job import Job
from scraper.protocols import Judge
from scraper.recipe import Action, FetchRule, Scroll
from scraper.request import Request
from scraper.snapshot import Exchange, Snapshot
from tests.site import TestSite

Render = Literal["browser", "http"]


@dataclass
class Web:
    """`site` is its seed; every name of ports 80 and 443 leads there.  `refuse` holds addresses
    that are not admitted."""

    site: TestSite
    options: dict[str, Any] = field(default_factory=dict)
    seeds: tuple[str, ...] = ()
    admitted: list[str] = field(default_factory=list)
    refuse: dict[str, Exception] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    temps: list[Path] = field(default_factory=list)

    async def __aenter__(self) -> Web:
        options: dict[str, Any] = {
            "connect_to": self.site.connect_to,
            "insecure": True,
            "timeout": 20.0,
        }
        self.job = Job(**options | self.options)
        self.fetcher = WebFetcher(
            self.job,
            seeds=(self.site.url(), self.site.url(scheme="https"), *self.seeds),
            note=self.notes.append,
            on_temp=self.temps.append,
            now=lambda: datetime.now(UTC),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.fetcher.close()

    def address(self, where: str) -> str:
        return where if "://" in where else self.site.url(where)

    async def fetch(
        self,
        where: str,
        render: Render = "browser",
        *,
        ready: str | None = None,
        scroll: Scroll | None = None,
        session: Literal["clear", "keep"] = "clear",
        at_hand: Sequence[Exchange] = (),
        judge: Judge | None = None,
        actions: tuple[Action, ...] = (),
    ) -> Snapshot:
        """`where` is an address, or a path of the site."""
        address = self.address(where)
        rule = FetchRule(render=render, ready=ready, scroll=scroll, session=session)
        host = url.host(address) if address.startswith("http") else ""
        wish = Request(address, address, host)
        return await self.fetcher.fetch(
            wish, rule.acting(actions), self._admit, at_hand, judge=judge
        )

    async def dom(self, where: str, **rule: Any) -> str:
        """The rendered DOM."""
        dom = (await self.fetch(where, **rule)).dom
        assert dom is not None
        return dom

    async def rest(self) -> None:
        """Until the tabs are cleaned and at hand again: the next page gets the one used last."""
        await asyncio.gather(*self.fetcher._pool._chores)

    async def get(self, where: str, referer: str | None = None) -> Exchange:
        return await self.fetcher.get(self.address(where), admit=self._admit, referer=referer)

    async def failure(self, where: str, render: Render = "browser", **rule: Any) -> PageError:
        """What the page fails with."""
        try:
            snapshot = await self.fetch(where, render, **rule)
        except PageError as error:
            return error
        raise AssertionError(f"{where} gave a page of status {snapshot.status}")

    async def _admit(self, address: str) -> None:
        self.admitted.append(address)
        if address in self.refuse:
            raise self.refuse[address]

"""What the gateway costs: pages with subresources are rendered with it, and by a browser that
connects directly.

Both take turns in one run; what is compared is the CPU time of the whole process tree for a page,
the site left out.  Of documents nothing is compared: the HTTP client fetches them either way.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import statistics
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.processes import cpu_seconds
from scraper import url
from scraper.fetch import pool
from scraper.fetch.devtools import bounded
from scraper.fetch.fetcher import WebFetcher
from scraper.fetch.launch import Chromium
from scraper.fetch.relay import Relay
from scraper.fetch.tabs import Looks, Session
from scraper.job import Job
from scraper.recipe import FetchRule
from scraper.request import Request

MOST = 1.10
SCRIPTS, SHEETS, CALLS = 12, 6, 12
SIZE = 40_000

_PAGE = """<!doctype html><title>Parts</title>%s<h1>Parts</h1><p id=text></p>
<script>
const calls = Array.from({length: %d}, (_, n) => fetch('/call/' + n).then(got => got.json()))
Promise.all([...calls, new Promise(done => addEventListener('load', done))]).then(all => {
  document.getElementById('text').textContent = all.length + ' parts'
  document.body.append(document.createElement('x-done'))
})
</script>"""


def serve(ports: Connection) -> None:
    """The site, in a process of its own."""
    from tests.site import Answer, TestSite  # noqa: PLC0415 - in the child only

    filler = "/* " + "all work and no play " * (SIZE // 21) + " */"
    call = json.dumps({"text": "x" * SIZE})
    parts = [f"<script src=/script/{n}></script>" for n in range(SCRIPTS)]
    parts += [f"<link rel=stylesheet href=/sheet/{n}>" for n in range(SHEETS)]
    with TestSite(
        {
            "/page*": Answer(_PAGE % ("".join(parts), CALLS)),
            "/script/*": Answer(filler, type="text/javascript"),
            "/sheet/*": Answer(filler, type="text/css"),
            "/call/*": Answer(call, type="application/json"),
        }
    ) as site:
        ports.send((site.http_port, site.https_port))
        ports.recv()


async def open_direct(chromium: Chromium, relay: Relay, looks: Looks) -> Session:
    """A context whose browser connects to the site by itself."""
    context = await bounded(
        chromium.browser.new_context(
            proxy={"server": "http://127.0.0.1:1", "bypass": "127.0.0.1"},
            locale=looks.language,
            ignore_https_errors=True,
            service_workers="block",
        )
    )
    await relay.open()
    return Session(context, relay)


@dataclass
class Way:
    """One fetcher, and what its pages cost."""

    name: str
    fetcher: WebFetcher
    rounds: list[float] = field(default_factory=list)

    async def render(self, address: str, pages: int, site: int) -> None:
        """One round."""
        rule = FetchRule(render="browser", ready="x-done")
        before = cpu_seconds(site)
        for number in range(pages):
            where = f"{address}?{number}"
            snapshot = await self.fetcher.fetch(
                Request(where, where, url.host(where)), rule, _admit
            )
            if "x-done" not in (snapshot.dom or ""):
                raise SystemExit(f"the page was not complete: {snapshot.warnings}")
        self.rounds.append((cpu_seconds(site) - before) / pages)


async def _admit(_: str) -> None:
    """All are."""


def _fetcher(address: str) -> WebFetcher:
    job = Job(insecure=True, per_host=6, concurrency=1)
    options: dict[str, Any] = {"note": lambda _: None, "on_temp": lambda _: None}
    return WebFetcher(job, seeds=[address], now=lambda: datetime.now(UTC), **options)


async def compare(address: str, rounds: int, pages: int, site: int) -> tuple[Way, Way]:
    """Through the gateway, and directly."""
    through, direct = Way("gateway", _fetcher(address)), Way("direct", _fetcher(address))
    usual = pool.open_session
    try:
        await through.render(address, pages, site)
        pool.open_session = open_direct
        await direct.render(address, pages, site)
        pool.open_session = usual
        for way in (through, direct):
            way.rounds.clear()  # launching is not what is measured
        for number in range(rounds):
            for way in (through, direct) if number % 2 else (direct, through):
                await way.render(address, pages, site)
        relayed = through.fetcher._gateway.relayed, direct.fetcher._gateway.relayed  # noqa: SLF001
        if not relayed[0] or relayed[1]:
            raise SystemExit(f"not what was to be compared: bytes through the gateway {relayed}")
    finally:
        pool.open_session = usual
        await asyncio.gather(through.fetcher.close(), direct.fetcher.close())
    return through, direct


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks gateway", description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--pages", type=int, default=5, help="of each round")
    options = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    site = multiprocessing.get_context("fork").Process(target=serve, args=(theirs,), daemon=True)
    site.start()
    http, https = ours.recv()
    worst = 0.0
    print(f"{SCRIPTS + SHEETS + CALLS} parts of {SIZE} bytes a page; CPU ms a page, medians")
    for scheme, port in (("http", http), ("https", https)):
        address = f"{scheme}://127.0.0.1:{port}/page"
        ways = asyncio.run(compare(address, options.rounds, options.pages, site.pid or 0))
        through, direct = (statistics.median(way.rounds) for way in ways)
        ratio = sum(ways[0].rounds) / sum(ways[1].rounds)
        worst = max(worst, ratio)
        print(
            f"{scheme:5}  gateway {through * 1000:6.0f}   direct {direct * 1000:6.0f}   "
            f"ratio of the sums {ratio:.3f}"
        )
    ours.send(None)
    raise SystemExit(f"more than {MOST}" if worst > MOST else 0)


if __name__ == "__main__":
    main()

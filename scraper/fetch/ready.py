"""When a page may be read: its recipe's node is there, or its text has come to rest."""

from __future__ import annotations

import asyncio

from scraper.fetch.deadline import Deadline
from scraper.fetch.dom import Probe
from scraper.fetch.tabs import Tab
from scraper.recipe import FetchRule, Scroll
from scraper.snapshot import header

QUIET = 0.3
MOST_QUIET = 1.0
"""Seconds without a request under way and without a change of the text; more on a machine, or of a
page, that needed longer to load."""
PATIENCE = 5.0
"""Seconds after loading for what never comes to rest with nothing under way: a ticker, a recipe's
node that is not on this page."""
LONG_PATIENCE = 15.0
"""Seconds after loading for a request of a script that gets no answer."""

_STEP = 0.05
_LONGEST_STEP = 0.25
_LAST_MOMENT = 0.2


async def until_ready(tab: Tab, rule: FetchRule, deadline: Deadline) -> str | None:
    """Returns a warning when the page was not ready: `load_timeout` at the deadline,
    `ready_missing` or `unsettled` when our patience ended before."""
    loop = asyncio.get_running_loop()
    rest = _Rest()
    began = loop.time()
    loaded: float | None = None
    step = _STEP
    while deadline.left() > _LAST_MOMENT:
        probe = await tab.dom.probe(rule.ready)
        now, idle = loop.time(), tab.idle_seconds
        if probe and probe.state != "loading":
            at_rest = rest.seconds(probe, now)
            quiet = min(max(QUIET, ((loaded or now) - began) / 2), MOST_QUIET)
            if rule.ready:
                if probe.found:
                    return None
            elif min(at_rest, idle) >= quiet or (probe.state == "complete" and _stays(tab, probe)):
                return None
        if probe and probe.state == "complete":
            loaded = loaded or now
            if min(now - loaded, idle) >= PATIENCE or now - loaded >= LONG_PATIENCE:
                return "ready_missing" if rule.ready else "unsettled"
        await asyncio.sleep(min(step, max(deadline.left() - _LAST_MOMENT, 0)))
        step = min(step * 1.3, _LONGEST_STEP)
    return "load_timeout"


def _stays(tab: Tab, probe: Probe) -> bool:
    """Whether the page will be the same in a moment."""
    answer = tab.documents.answer if tab.documents else None
    return probe.still and not (answer and header(answer.headers, "Refresh"))


async def all_here(tab: Tab, deadline: Deadline) -> None:
    """Until everything that the page has asked for so far has come, or our patience ends."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while deadline.left() > _LAST_MOMENT and loop.time() - began < LONG_PATIENCE:
        probe = await tab.dom.probe(None)
        if probe and probe.state == "complete" and not (tab.documents and tab.documents.under_way):
            return
        await asyncio.sleep(_STEP)


async def scrolled(tab: Tab, scroll: Scroll, deadline: Deadline) -> None:
    """Go down until the node asked for is on the screen, or nothing grows any more."""
    before: Probe | None = None
    for _ in range(scroll.max_steps):
        if deadline.left() <= _LAST_MOMENT + scroll.settle:
            return
        probe = await tab.dom.probe(scroll.until, placed=True)
        if probe is None or (scroll.until and probe.seen):
            return
        at_end = probe.bottom >= probe.height - 1
        if at_end and before and (before.height, before.nodes) == (probe.height, probe.nodes):
            return
        before = probe
        await tab.dom.scroll()
        await asyncio.sleep(scroll.settle)
        while not tab.idle_seconds and deadline.left() > _LAST_MOMENT + scroll.settle:  # noqa: ASYNC110 - nothing tells us
            await asyncio.sleep(_STEP)


class _Rest:
    """For how long text and nodes have not changed."""

    def __init__(self) -> None:
        self._size = (-1, -1)
        self._since = 0.0

    def seconds(self, probe: Probe, now: float) -> float:
        if self._size != (probe.text, probe.nodes):
            self._size = probe.text, probe.nodes
            self._since = now
        return now - self._since

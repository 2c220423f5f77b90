"""What a recipe does on a page before it is read: click, wait, scroll, fill in."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable

from scraper.errors import ActionFailed
from scraper.fetch.deadline import Deadline
from scraper.fetch.ready import PATIENCE, scrolled, until_ready
from scraper.fetch.tabs import Tab
from scraper.recipe import Action, FetchRule, Scroll
from scraper.url import host, site

_STEP = 0.05
_LAST_MOMENT = 0.2


async def act(
    tab: Tab, actions: Iterable[Action], address: str, deadline: Deadline
) -> tuple[str, ...]:
    """All of them in turn; a warning, `action_missing`, when one found no node.  What follows it is
    not done.  `address` is the page's that was asked for.  Raises ActionFailed for a text that may
    not or cannot be filled in."""
    for action in actions:
        if not await _done(tab, action, address, deadline):
            return ("action_missing",)
    return ()


async def _done(tab: Tab, action: Action, address: str, deadline: Deadline) -> bool:
    if action.click is not None:
        selector = action.click
        if not await _in_time(lambda: tab.dom.click(selector), deadline):
            return False
        await until_ready(tab, FetchRule(), deadline)
    elif isinstance(action.wait, str):
        return await _is_there(tab, action.wait, deadline)
    elif action.wait is not None:
        await asyncio.sleep(min(action.wait, max(deadline.left() - _LAST_MOMENT, 0)))
    elif isinstance(action.scroll, int):
        await scrolled(tab, Scroll(max_steps=action.scroll), deadline)
    elif action.scroll is not None:
        await scrolled(tab, Scroll(until=action.scroll), deadline)
    elif action.fill is not None and action.env is not None:
        field, text = action.fill, _text(tab, action.env, address)
        return await _in_time(lambda: tab.dom.fill(field, text), deadline)
    return True


def _text(tab: Tab, name: str, address: str) -> str:
    """Pages of another site get nothing, wherever a redirect may have led."""
    shown = tab.documents.answer.url if tab.documents and tab.documents.answer else address
    if site(host(shown)) != site(host(address)):
        raise ActionFailed(f"{name} is not filled in on {host(shown)}, another site")
    text = os.environ.get(name)
    if text is None:
        raise ActionFailed(f"the recipe fills in {name}, which is not set in the environment")
    return text


async def _is_there(tab: Tab, selector: str, deadline: Deadline) -> bool:
    async def look() -> bool:
        probe = await tab.dom.probe(selector)
        return probe is not None and probe.found

    return await _in_time(look, deadline)


async def _in_time(step: Callable[[], Awaitable[bool]], deadline: Deadline) -> bool:
    """Tried until it succeeds, or our patience ends."""
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    while not await step():
        if loop.time() > end or deadline.left() < _LAST_MOMENT:
            return False
        await asyncio.sleep(_STEP)
    return True

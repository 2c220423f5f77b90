"""Reads a page from an isolated world: scripts of our own beside the page's, with built-ins that
the page cannot replace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from scraper.errors import BodyTooLarge
from scraper.fetch.devtools import CALL_SECONDS, CommandRefused, Devtools
from scraper.snapshot import UNSEEN_MARK

_WORLD = "scraper"
_PATIENCE = 24 * 3600.0
"""A busy page answers late or never; the page's own deadline ends the waiting."""

_REACH = """
  const getter = (type, name) => {
    const {get} = Object.getOwnPropertyDescriptor(type.prototype, name)
    return node => get.call(node)
  }
  const method = (type, name) => {
    const call = type.prototype[name]
    return (node, ...values) => call.call(node, ...values)
  }
"""
"""What the browser made, also where a form or an image is named like it."""

_PROBE = """(selector, placed) => {
  const root = getter(Document, 'documentElement')(document)
  let found = null
  try { found = selector && method(Document, 'querySelector')(document, selector) } catch { }
  return {
    state: getter(Document, 'readyState')(document),
    text: root ? getter(Node, 'textContent')(root).length : 0,
    nodes: root ? method(Element, 'getElementsByTagName')(root, '*').length : 0,
    still: !getter(Document, 'scripts')(document).length
      && !method(Document, 'querySelector')(document, 'meta[http-equiv="refresh" i]'),
    found: Boolean(found),
    ...(placed && {
      seen: Boolean(found) && method(Element, 'getBoundingClientRect')(found).top < innerHeight,
      height: root ? getter(Element, 'scrollHeight')(root) : 0,
      bottom: scrollY + innerHeight,
    }),
  }
}"""

_SERIALISE = (resources.files(__package__) / "serialise.js").read_text()

_SCROLL = "() => { scrollBy({top: innerHeight * 0.9, behavior: 'instant'}) }"
_CLICK = """(selector) => {
  const found = method(Document, 'querySelector')(document, selector)
  if (!found || !method(Element, 'getClientRects')(found).length) return false
  method(Element, 'scrollIntoView')(found, {block: 'center', behavior: 'instant'})
  if (found instanceof HTMLElement) method(HTMLElement, 'click')(found)
  else method(EventTarget, 'dispatchEvent')(found, new MouseEvent('click', {bubbles: true}))
  return true
}"""

_FILL = """(selector, text) => {
  const field = method(Document, 'querySelector')(document, selector)
  const type = [HTMLInputElement, HTMLTextAreaElement].find(type => field instanceof type)
  if (!type) return false
  Object.getOwnPropertyDescriptor(type.prototype, 'value').set.call(field, text)
  for (const name of ['input', 'change'])
    method(EventTarget, 'dispatchEvent')(field, new Event(name, {bubbles: true}))
  return true
}"""

_UNNAME = "() => { window.name = ''; return true }"

_REMEMBER = """(known => {
  if (self !== top || !Object.hasOwn(known, location.origin)) return
  for (const [name, value] of Object.entries(known[location.origin]))
    if (localStorage.getItem(name) === null) localStorage.setItem(name, value)
})"""


@dataclass(frozen=True, slots=True)
class Probe:
    """What a page looks like at one moment.  `still` says that nothing in it can change it: no
    script, no `meta refresh`.  `found` and `seen` are about the selector asked for: whether it
    matches, and whether the match is on the screen or above it."""

    state: str
    text: int
    nodes: int
    still: bool
    found: bool
    seen: bool = False
    height: float = 0.0
    bottom: float = 0.0


class Dom:
    """Of the document that a frame shows now; another document has another world."""

    def __init__(self, devtools: Devtools, frame: str) -> None:
        self._devtools, self._frame = devtools, frame
        self._world: int | None = None

    def renewed(self) -> None:
        """The frame shows another document."""
        self._world = None

    async def probe(self, selector: str | None = None, *, placed: bool = False) -> Probe | None:
        """None while documents change.  Only `placed` tells where things are, which makes the
        browser lay the page out."""
        value = await self._call(_PROBE, selector, placed)
        return Probe(**value) if value else None

    async def html(self, limit: int) -> str | None:
        """The document as HTML, open shadow roots as templates, what cannot be seen marked with
        UNSEEN_MARK; None while documents change.  Raises BodyTooLarge beyond `limit` characters."""
        value = await self._call(_SERIALISE, limit, UNSEEN_MARK)
        if not value:
            return None
        if "html" not in value:
            raise BodyTooLarge(limit)
        return str(value["html"])

    async def scroll(self) -> None:
        """One screen down."""
        await self._call(_SCROLL)

    async def click(self, selector: str) -> bool:
        """False when nothing that can be seen matches."""
        return bool(await self._call(_CLICK, selector))

    async def fill(self, selector: str, text: str) -> bool:
        """As if it had been typed; False when no field matches."""
        return bool(await self._call(_FILL, selector, text))

    async def unname(self) -> bool:
        """Empty `window.name`, which outlives the page; False while documents change."""
        return bool(await self._call(_UNNAME, seconds=CALL_SECONDS))

    async def remember(self, storage: Mapping[str, Mapping[str, str]]) -> None:
        """From now on documents of an origin begin with these items in localStorage, those that
        they have already excepted.  Other origins' documents cannot see them."""
        await self._devtools.send("Page.enable")
        await self._devtools.send(
            "Page.addScriptToEvaluateOnNewDocument",
            source=f"{_REMEMBER}({json.dumps(storage)})",
            worldName=_WORLD,
        )

    async def _call(
        self, function: str, *arguments: str | float | None, seconds: float = _PATIENCE
    ) -> Any:
        try:
            if self._world is None:
                made = await self._devtools.send(
                    "Page.createIsolatedWorld", seconds, frameId=self._frame, worldName=_WORLD
                )
                self._world = made["executionContextId"]
            reply = await self._devtools.send(
                "Runtime.callFunctionOn",
                seconds,
                functionDeclaration=f"(...values) => {{ {_REACH} return ({function})(...values) }}",
                arguments=[{"value": value} for value in arguments],
                executionContextId=self._world,
                returnByValue=True,
            )
        except CommandRefused:
            self._world = None
            return None
        return reply.get("result", {}).get("value")

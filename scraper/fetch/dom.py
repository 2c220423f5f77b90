"""Reads a page from an isolated world: scripts of our own beside the page's, with built-ins that
the page cannot replace.  Only a form can still hide properties of its own, behind fields of their
names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scraper.errors import BodyTooLarge
from scraper.fetch.devtools import CommandRefused, Devtools

_WORLD = "scraper"

_PROBE = """(selector) => {
  const root = document.documentElement
  let found = null
  try { found = selector && document.querySelector(selector) } catch { }
  return {
    state: document.readyState,
    text: root ? root.textContent.length : 0,
    nodes: root ? root.getElementsByTagName('*').length : 0,
    scripts: document.scripts.length,
    found: Boolean(found),
    seen: Boolean(found) && found.getBoundingClientRect().top < innerHeight,
    height: root ? root.scrollHeight : 0,
    bottom: scrollY + innerHeight,
  }
}"""

_SERIALISE = """(limit) => {
  const root = document.documentElement
  if (!root) return {html: ''}
  const shadows = []
  const shadowOf = Object.getOwnPropertyDescriptor(Element.prototype, 'shadowRoot').get
  const collect = (within) => {
    const walker = document.createTreeWalker(within, NodeFilter.SHOW_ELEMENT)
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
      const shadow = node instanceof Element ? shadowOf.call(node) : null
      if (shadow) { shadows.push(shadow); collect(shadow) }
    }
  }
  collect(root)
  const inner = root.getHTML({shadowRoots: shadows})
  if (inner.length > limit) return {length: inner.length}
  const shell = root.cloneNode(false).outerHTML
  const end = shell.lastIndexOf('</')
  const html = end < 0 ? shell : shell.slice(0, end) + inner + shell.slice(end)
  const type = document.doctype
  if (!type) return {html: html.toWellFormed()}
  const words = ['<!DOCTYPE', type.name]
  if (type.publicId) words.push('PUBLIC', `"${type.publicId}"`)
  else if (type.systemId) words.push('SYSTEM')
  if (type.systemId) words.push(`"${type.systemId}"`)
  return {html: `${words.join(' ')}>\\n${html}`.toWellFormed()}
}"""

_SCROLL = "() => { scrollBy({top: innerHeight * 0.9, behavior: 'instant'}) }"
_UNNAME = "() => { window.name = ''; return true }"

_REMEMBER = """(known => {
  if (self !== top || !Object.hasOwn(known, location.origin)) return
  for (const [name, value] of Object.entries(known[location.origin]))
    if (localStorage.getItem(name) === null) localStorage.setItem(name, value)
})"""


@dataclass(frozen=True, slots=True)
class Probe:
    """What a page looks like at one moment.  `found` and `seen` are about the selector asked for:
    whether it matches, and whether the match is on the screen or above it."""

    state: str
    text: int
    nodes: int
    scripts: int
    found: bool
    seen: bool
    height: float
    bottom: float


class Dom:
    """Of the document that a frame shows now; another document has another world."""

    def __init__(self, devtools: Devtools, frame: str) -> None:
        self._devtools, self._frame = devtools, frame
        self._world: int | None = None

    def renewed(self) -> None:
        """The frame shows another document."""
        self._world = None

    async def probe(self, selector: str | None = None) -> Probe | None:
        """None while documents change."""
        value = await self._call(_PROBE, selector)
        return Probe(**value) if value else None

    async def html(self, limit: int) -> str | None:
        """The document as HTML, open shadow roots as templates; None while documents change.
        Raises BodyTooLarge beyond `limit` characters."""
        value = await self._call(_SERIALISE, limit)
        if not value:
            return None
        if "html" not in value:
            raise BodyTooLarge(limit)
        return str(value["html"])

    async def scroll(self) -> None:
        """One screen down."""
        await self._call(_SCROLL)

    async def unname(self) -> bool:
        """Empty `window.name`, which outlives the page; False while documents change."""
        return bool(await self._call(_UNNAME))

    async def remember(self, storage: Mapping[str, Mapping[str, str]]) -> None:
        """From now on documents of an origin begin with these items in localStorage, those that
        they have already excepted.  Other origins' documents cannot see them."""
        await self._devtools.send("Page.enable")
        await self._devtools.send(
            "Page.addScriptToEvaluateOnNewDocument",
            source=f"{_REMEMBER}({json.dumps(storage)})",
            worldName=_WORLD,
        )

    async def _call(self, function: str, *arguments: str | float | None) -> Any:
        try:
            if self._world is None:
                made = await self._devtools.send(
                    "Page.createIsolatedWorld", frameId=self._frame, worldName=_WORLD
                )
                self._world = made["executionContextId"]
            reply = await self._devtools.send(
                "Runtime.callFunctionOn",
                seconds=_PATIENCE,
                functionDeclaration=function,
                arguments=[{"value": value} for value in arguments],
                executionContextId=self._world,
                returnByValue=True,
            )
        except CommandRefused:
            self._world = None
            return None
        return reply.get("result", {}).get("value")


_PATIENCE = 24 * 3600.0
"""A busy page answers late or never; the page's own deadline ends the waiting."""

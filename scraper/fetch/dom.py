"""Reads a page from an isolated world: scripts of our own beside the page's, with built-ins that
the page cannot replace.

Properties are read through the getters of the prototypes, because a form named `documentElement`
hides the property of that name from every world.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scraper.errors import BodyTooLarge
from scraper.fetch.devtools import CommandRefused, Devtools

_WORLD = "scraper"

_GETTERS = """
  const getter = (type, name) => Object.getOwnPropertyDescriptor(type.prototype, name).get
  const of = (type, name, object) => getter(type, name).call(object)
  const root = of(Document, 'documentElement', document)
"""

_PROBE = """((selector) => {
  %s
  let found = null
  if (selector) {
    try { found = Document.prototype.querySelector.call(document, selector) } catch { }
  }
  return {
    state: of(Document, 'readyState', document),
    text: root ? of(Node, 'textContent', root).length : 0,
    nodes: root ? Element.prototype.getElementsByTagName.call(root, '*').length : 0,
    scripts: root ? Element.prototype.getElementsByTagName.call(root, 'script').length : 0,
    found: found !== null,
    seen: found !== null && Element.prototype.getBoundingClientRect.call(found).top < innerHeight,
    height: root ? of(Element, 'scrollHeight', root) : 0,
    bottom: scrollY + innerHeight,
  }
})"""

_SERIALISE = """((limit) => {
  %s
  if (!root) return {html: ''}
  const shadows = []
  const collect = (within) => {
    const walker = document.createTreeWalker.call(document, within, NodeFilter.SHOW_ELEMENT)
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
      const shadow = node instanceof Element ? of(Element, 'shadowRoot', node) : null
      if (shadow) { shadows.push(shadow); collect(shadow) }
    }
  }
  collect(root)
  const inner = Element.prototype.getHTML.call(root, {shadowRoots: shadows})
  if (inner.length > limit) return {length: inner.length}
  const shell = of(Element, 'outerHTML', Node.prototype.cloneNode.call(root, false))
  const end = shell.lastIndexOf('</')
  const type = of(Document, 'doctype', document)
  const quoted = (word, text) => text ? `${word} "${text}"` : ''
  const system = type && type.systemId
  const doctype = type
    ? `<!DOCTYPE ${type.name}${quoted(' PUBLIC', type.publicId)}` +
      `${system && !type.publicId ? ' SYSTEM' : ''}${system ? ` "${system}"` : ''}>\\n`
    : ''
  const html = doctype + (end < 0 ? shell : shell.slice(0, end) + inner + shell.slice(end))
  return {html: html.toWellFormed()}
})"""

_SCROLL = "(() => { scrollBy({top: innerHeight * 0.9, behavior: 'instant'}) })"
_FORGET = "(() => { try { sessionStorage.clear() } catch { } window.name = ''; return true })"


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
        value = await self._call(_PROBE % _GETTERS, selector)
        return Probe(**value) if value else None

    async def html(self, limit: int) -> str | None:
        """The document as HTML, open shadow roots as templates; None while documents change.
        Raises BodyTooLarge beyond `limit` characters."""
        value = await self._call(_SERIALISE % _GETTERS, limit)
        if not value:
            return None
        if "html" not in value:
            raise BodyTooLarge(limit)
        return str(value["html"])

    async def scroll(self) -> None:
        """One screen down."""
        await self._call(_SCROLL)

    async def forget(self) -> bool:
        """Clear what the tab remembers for the document's origin; False while documents change."""
        return bool(await self._call(_FORGET))

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
                functionDeclaration=f"function (...given) {{ return {function}(...given) }}",
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

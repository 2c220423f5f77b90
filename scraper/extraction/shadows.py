"""Shadow roots as a reader sees them: their content in place of their host's own, which stands
where the shadow's slots say."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import HtmlElement


def flatten(tree: HtmlElement) -> None:
    """Open the templates that are shadow roots.  What has no slot is not shown, and goes."""
    for shadow in list(tree.iter("template")):
        host = shadow.getparent()
        if host is not None and shadow.get("shadowrootmode") is not None:
            _open(shadow, host)


def _open(shadow: HtmlElement, host: HtmlElement) -> None:
    slots: dict[str, HtmlElement] = {}
    for slot in _slots(shadow):
        slots.setdefault(slot.get("name", ""), slot)
    unnamed = slots.get("")
    filled: set[HtmlElement] = set()

    def fill(slot: HtmlElement | None, what: HtmlElement | str | None) -> None:
        if slot is None or what is None:
            return
        if slot not in filled:
            filled.add(slot)
            slot.text = None
            slot[:] = []
        if not isinstance(what, str):
            slot.append(what)
        elif len(slot):
            slot[-1].tail = (slot[-1].tail or "") + what
        else:
            slot.text = (slot.text or "") + what

    loose, host.text = host.text, None
    fill(unnamed, _words(loose))
    for child in list(host):
        tail, child.tail = child.tail, None
        if child is not shadow:
            host.remove(child)
            fill(slots.get(child.get("slot", "")), child)
        fill(unnamed, _words(tail))
    shadow.tag = "div"


def _slots(shadow: HtmlElement) -> Iterator[HtmlElement]:
    """Its own, not those of shadows in it."""
    waiting = [shadow]
    while waiting:
        for node in waiting.pop():
            if node.tag == "slot":
                yield node
            elif node.tag != "template":
                waiting.append(node)


def _words(text: str | None) -> str | None:
    return text if text and not text.isspace() else None

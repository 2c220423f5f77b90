"""Formulas as TeX between dollar signs, whichever way the page carries them."""

from __future__ import annotations

from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from scraper.extraction.text import collapse

_RENDERED: Final = frozenset(
    {"MathJax", "MathJax_Preview", "MathJax_Display", "MathJax_CHTML", "MathJax_SVG"}
)
_PICTURED: Final = frozenset({"latex", "tex", "math", "mathtex", "math-tex"})


def math_text(node: HtmlElement) -> str:
    """A `math` element: its TeX annotation or `alttext`, else the text of its tokens."""
    for annotation in node.iter("annotation"):
        if "tex" in (annotation.get("encoding") or "").lower() and annotation.text:
            return _between(annotation.text, display=node.get("display") == "block")
    spoken = node.get("alttext")
    if spoken:
        return _between(spoken, display=node.get("display") == "block")
    skipped = {"annotation", "annotation-xml"}
    tokens = (part.text or "" for part in node.iter() if part.tag not in skipped)
    return collapse("".join(tokens))


def script_text(node: HtmlElement) -> str | None:
    """TeX inside `script type="math/tex"`; None for any other script."""
    kind = node.get("type") or ""
    if not kind.startswith("math/tex"):
        return None
    return _between(node.text or "", display="mode=display" in kind)


def picture_text(node: HtmlElement, classes: list[str]) -> str | None:
    """TeX in the alt text of a formula's picture; empty for a picture that doubles a formula."""
    if any(name.startswith("mwe-math-fallback") for name in classes):
        return ""
    alt = node.get("alt")
    return _between(alt, display=False) if alt and not _PICTURED.isdisjoint(classes) else None


def is_rendering(node: HtmlElement, classes: list[str]) -> bool:
    """What a script drew beside the TeX it came from."""
    if _RENDERED.isdisjoint(classes):
        return False
    near = islice(node.itersiblings(), 3)
    return any((sibling.get("type") or "").startswith("math/tex") for sibling in near)


def _between(tex: str, *, display: bool) -> str:
    text = collapse(tex).strip("$ ")
    if text.startswith("{\\displaystyle") and text.endswith("}"):
        text = text.removeprefix("{\\displaystyle")[:-1].strip()
    mark = "$$" if display else "$"
    return f"{mark}{text}{mark}" if text else ""

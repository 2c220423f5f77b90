"""Why each part of a page is in the body or not: a list, and the page with its parts marked."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Final

from lxml import html
from lxml.html import HtmlElement, builder

from scraper.extraction.by_evidence import read_by_evidence
from scraper.extraction.by_recipe import read_by_recipe
from scraper.extraction.page import Body, Page
from scraper.extraction.parse import parse
from scraper.extraction.public import match_page
from scraper.recipe import Recipes
from scraper.snapshot import Snapshot

_ACTIVE: Final = ("script", "iframe", "frame", "object", "embed", "applet", "base", "noscript")
_POLICY: Final = "default-src 'none'; img-src *; style-src * 'unsafe-inline'; form-action 'none'"
_MARKS: Final = """
[data-body] { position: relative; }
[data-body=root] { outline: 3px solid #2b6cb0 !important; }
[data-body=kept] { outline: 2px solid #2f855a !important; background: #2f855a22 !important; }
[data-body=dropped] { outline: 2px dashed #c53030 !important; background: #c5303022 !important; }
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One element that was judged.  `verdict` is root, kept or dropped; `xpath` is None for an
    element that is not in the page's visible tree."""

    verdict: str
    reason: str
    xpath: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """`overlay` is a page that runs nothing: blue is around the body, green was kept, red dropped;
    the reason is each element's tooltip."""

    parts: tuple[Part, ...]
    overlay: str


def explain(snapshot: Snapshot, recipes: Recipes) -> Explanation:
    """Read the page as `extract_snapshot` does, and say what became of its parts.  Raises
    PageError."""
    match = match_page(snapshot, recipes)
    if match is None:
        page = parse(snapshot)
        body, why = read_by_evidence(page).body, "holds nothing of the body"
    else:
        recipe = match.recipe.recipe
        page = parse(snapshot, recipe.site.charset)
        body, why = read_by_recipe(page, recipe)[0].body, "stripped by the recipe"
    verdicts = _verdicts(body, why) if body else {}
    return Explanation(_parts(page, verdicts), _overlay(page, verdicts))


def _verdicts(body: Body, why_dropped: str) -> dict[HtmlElement, tuple[str, str]]:
    """Verdict and reason of every element about which something was decided."""
    found = {}
    for node, reason in body.reasons.items():
        verdict, _, why = reason.partition(": ")
        found[node] = (verdict, why)
    for node in body.dropped:
        found.setdefault(node, ("dropped", why_dropped))
    for node in body.roots:
        found[node] = ("root", body.candidate)
    return found


def _parts(page: Page, verdicts: dict[HtmlElement, tuple[str, str]]) -> tuple[Part, ...]:
    """In document order; elements that stand outside the tree come last."""
    tree = page.tree.getroottree()
    inside = [node for node in page.tree.iter() if node in verdicts]
    outside = verdicts.keys() - set(inside)
    parts = [Part(*verdicts[node], tree.getpath(node), _text(node)) for node in inside]
    return (*parts, *(Part(*verdicts[node], None, _text(node)) for node in outside))


def _text(node: HtmlElement) -> str:
    return " ".join(" ".join(node.itertext(with_tail=False)).split()) if node.tag != "img" else ""


def _overlay(page: Page, verdicts: dict[HtmlElement, tuple[str, str]]) -> str:
    copy = deepcopy(page.tree)
    for node, twin in zip(page.tree.iter(), list(copy.iter()), strict=True):
        if node in verdicts:
            verdict, reason = verdicts[node]
            twin.set("data-body", verdict)
            twin.set("title", f"{verdict}: {reason}")
    for node in list(copy.iter()):
        if node.tag in _ACTIVE or (node.tag == "meta" and node.get("http-equiv")):
            node.drop_tree()
        elif isinstance(node.tag, str):
            for name in [name for name in node.attrib if name.startswith("on")]:
                del node.attrib[name]
    head = copy.find("head")
    if head is None:
        head = builder.HEAD()
        copy.insert(0, head)
    head.insert(0, builder.META({"http-equiv": "Content-Security-Policy", "content": _POLICY}))
    head.insert(0, builder.BASE(href=page.base_url))
    head.insert(0, builder.META(charset="utf-8"))
    head.append(builder.STYLE(_MARKS))
    return "<!doctype html>\n" + str(html.tostring(copy, encoding="unicode"))

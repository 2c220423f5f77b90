"""What a page tells of itself before it is rendered: its layout, what scripts could act on, and
what says that the static form is not all there is."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from lxml import etree
from lxml.html import HtmlElement

from scraper.extraction.generic.head import squeeze
from scraper.extraction.generic.segments import weigh
from scraper.extraction.generic.unseen import passages
from scraper.extraction.images import read_picture
from scraper.extraction.page import Body, Page
from scraper.extraction.structured import read_jsonld
from scraper.extraction.visibility import is_hidden
from scraper.record import Article
from scraper.rendering import Evidence
from scraper.snapshot import header
from scraper.url import host, join

LEAST_BODY: Final = 100.0
"""In Latin letters; a page with less text shows nothing yet."""

UNSHOWN: Final = (0.25, 200.0)
"""Text in data that is not shown counts from this share of the record's text, and these letters."""
DESCRIBED: Final = (1.15, 100.0)
"""The body that JSON-LD describes may be so much longer than the one that is shown."""
COUNTED: Final = (1.5, 50.0)
"""And so much its `wordCount`."""

MOST_PARTS: Final = 20_000
"""Elements of a page that are looked at."""
MOST_SCRIPTS: Final = 200
MOST_PICTURES: Final = 1_000
LEAST_HIDDEN, LEAST_NOTICE = 80, 20
"""Characters of a hidden text, and of a notice, that count."""
_MOST_CODE: Final = 4_000  # characters of a script that tell which it is
_LONGEST_LABEL: Final = 60

_SCRIPTS: Final = frozenset(
    {"", "module", "text/javascript", "application/javascript", "application/ecmascript",
     "text/ecmascript", "application/x-javascript", "text/jscript"}
)  # fmt: skip
_UNSEEN_BODIES: Final = frozenset(
    {"jsonld:articleBody", "generic:noscript", "generic:hidden", "generic:script"}
)
_VARYING: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]*\d[0-9a-f]*")
_LITERALS: Final = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'|`(?:[^`\\]|\\.)*+`|//[^\n]*|/\*.*?\*/", re.DOTALL
)
_WORDS: Final = re.compile(r"[A-Za-z_$][\w$]*")
_MORE: Final = re.compile(
    r"\b(?:(?:read|load|show|see|view)\s+(?:the\s+)?(?:more|full|rest|all|entire|whole)"
    r"|continue\s+reading|expand|unfold|full\s+(?:article|story|text)"
    r"|weiterlesen|mehr\s+(?:lesen|laden|anzeigen)|lire\s+la\s+suite|afficher\s+plus"
    r"|leer\s+m[aá]s|ver\s+m[aá]s|seguir\s+leyendo|leia\s+mais|continua\s+a\s+leggere"
    r"|lees\s+(?:meer|verder)|läs\s+mer|czytaj\s+(?:dalej|więcej))\b"
    r"|читать\s+(?:далее|полностью)|показать\s+(?:ещё|еще)|展开|阅读全文|查看全文|加载更多|查看更多"
    r"|続きを読む|もっと見る|더\s?보기",
    re.IGNORECASE,
)
_LOADING: Final = re.compile(
    r"(?<![a-z])(?:skeleton|shimmer|spinner|loading|loader|placeholder|preload)", re.IGNORECASE
)
_LOADING_TEXT: Final = re.compile(
    r"\W*(?:loading|please wait|wird geladen|chargement|cargando|carregando|caricamento|laden|"
    r"загрузка|加载中|读取中|読み込み中|로딩|불러오는)\b",
    re.IGNORECASE,
)
_WAITS: Final = re.compile(
    r"data-.*(?:src|url|href|id|api|endpoint|fetch|load|source|component|props|module|widget|lazy)"
    r"|hx-|x-data|v-|ng-|is\Z"
)
_CONTENT: Final = frozenset(
    "img picture video audio iframe embed object svg canvas math table input textarea select "
    "button hr br".split()
)
_MAYBE_EMPTY: Final = frozenset(
    "div section article main aside figure span p ul ol time h1".split()
)


def read_evidence(page: Page, article: Article | None, body: Body | None) -> Evidence:
    """`article` is the static page's record, `body` where it was found; None when it gave none."""
    tree = page.tree
    roots = [root for root in (body.roots if body else ()) if root.getroottree().getroot() is tree]
    region = _region(roots[0]) if roots else tree
    scripts = list(tree.iter("script"))
    running = [one for one in scripts if (one.get("type") or "").lower().strip() in _SCRIPTS]
    styles = [one for one in tree.iter("link", "style") if _is_style(one)]
    handlers = bool(tree.xpath("boolean(//@*[starts-with(name(), 'on')])"))
    doubts = tuple(_doubts(page, article, region, roots, scripted=bool(running or handlers)))
    return Evidence(
        layout=_layout(roots[0] if roots else None, article),
        marks=frozenset(_marks(page, region, scripts, styles)),
        doubts=doubts,
        scripted=bool(running or handlers),
    )


# Layout and marks ---------------------------------------------------------------


def _region(root: HtmlElement) -> HtmlElement:
    """The body with what stands around it: title, date, what scripts would add."""
    around = root
    for node in root.iterancestors():
        if node.tag in ("body", "html"):
            break
        if node.tag in ("article", "main") or around is root:
            around = node
    return around


def _layout(root: HtmlElement | None, article: Article | None) -> str:
    path = [] if root is None else [root, *root.iterancestors()]
    steps = [f"{node.tag}#{_steady(node.get('id') or '')}" for node in path]
    recipe = article.recipe if article else None
    version = f"{recipe.id} {recipe.hash} {recipe.version}" if recipe else ""
    text = "\n".join([*steps, version])
    return f"{zlib.crc32(text.encode()):08x}{zlib.adler32(text.encode()):08x}"


def _marks(
    page: Page, region: HtmlElement, scripts: list[HtmlElement], styles: list[HtmlElement]
) -> Iterator[int]:
    own = host(page.url)
    for node in scripts[:MOST_SCRIPTS]:
        reference, kind = node.get("src"), (node.get("type") or "").lower()
        if reference:
            yield _mark(f"script {_address(page, reference, own)}")
        elif kind in _SCRIPTS:
            yield _mark(f"code {_shape(node.text or '')}")
        else:
            yield _mark(f"data {kind} {_steady(node.get('id') or '')}")
    for node in styles[:MOST_SCRIPTS]:
        reference = node.get("href")
        if reference:
            yield _mark(f"style {_address(page, reference, own)}")
        else:
            yield _mark(f"rules {_steady((node.text or '')[:_MOST_CODE])}")
    for node in islice(region.iter(etree.Element), MOST_PARTS):
        if "-" in node.tag:
            yield _mark(f"<{node.tag}")
        for name, value in node.items():
            if name == "class":
                yield from _class_marks(value)
            elif name == "id":
                yield _mark(f"#{_steady(value)}")
            elif name.startswith(("data-", "on", "hx-", ":", "@")):
                yield _mark(f"[{name}")


def _address(page: Page, reference: str, own: str) -> str:
    """Of a script or a style sheet.  Another address of the site's own is another script; those of
    others vary from page to page."""
    address = join(page.base_url, reference) or ""
    if address and host(address) == own:
        return address
    return _steady(address.partition("?")[0])


def _shape(code: str) -> str:
    """What stays of a script when its data is other."""
    return " ".join(sorted(set(_WORDS.findall(_LITERALS.sub(" ", code[:_MOST_CODE])))))


@lru_cache(maxsize=4096)
def _class_marks(names: str) -> tuple[int, ...]:
    return tuple(_mark(f".{_steady(name)}") for name in names.split())


def _steady(name: str) -> str:
    return _VARYING.sub("#", name)


@lru_cache(maxsize=16384)
def _mark(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"))


def _is_style(node: HtmlElement) -> bool:
    return node.tag == "style" or "stylesheet" in (node.get("rel") or "").lower()


# Doubts -------------------------------------------------------------------------


def _doubts(
    page: Page,
    article: Article | None,
    region: HtmlElement,
    roots: list[HtmlElement],
    *,
    scripted: bool,
) -> Iterator[str]:
    """In the order of their names in DOUBTS, roughly the graver first."""
    if article is None:
        yield "failed"
    if _sends_on(page):
        yield "refresh"
    if article is None:
        return
    size = weigh(article.text)
    if size < LEAST_BODY:
        yield "no_body"
    place = article.provenance.get("blocks")
    if place and place.candidate in _UNSEEN_BODIES:
        yield "unseen_body"
    if any(w.startswith("expect.") or w == "layout_surprise" for w in article.warnings):
        yield "expectations"
    if not scripted:
        return
    if not article.title:
        yield "no_title"
    if not article.published:
        yield "undated"
    if _is_shorter(page, article, size):
        yield "shorter"
    yield from _waiting(region, roots)
    if _unshown(page, article) > UNSHOWN[0] * size + UNSHOWN[1]:
        yield "data"
    images = (image for root in roots for image in root.iter("img"))
    if any(_lacks_address(image, page) for image in islice(images, MOST_PICTURES)):
        yield "pictures"
    if any(len(_start(node)) > LEAST_NOTICE for node in page.tree.iter("noscript")):
        yield "noscript"


def _sends_on(page: Page) -> bool:
    refreshes = (
        node
        for node in page.tree.iter("meta")
        if (node.get("http-equiv") or "").lower() == "refresh"
    )
    return next(refreshes, None) is not None or header(page.snapshot.headers, "Refresh") is not None


def _is_shorter(page: Page, article: Article, size: float) -> bool:
    """Than its metadata say."""
    data = [node.text or "" for node in page.tree.iter("script") if _is_jsonld(node)]
    for thing in read_jsonld(one for one in data if '"articleBody"' in one or '"wordCount"' in one):
        text, count = thing.get("articleBody"), thing.get("wordCount")
        if isinstance(text, str) and weigh(text) > DESCRIBED[0] * size + DESCRIBED[1]:
            return True
        if (words := _number(count)) and words > COUNTED[0] * _words(article) + COUNTED[1]:
            return True
    about = squeeze(article.description or "")
    return len(about) > len(squeeze(article.text))


def _is_jsonld(node: HtmlElement) -> bool:
    return "ld+json" in (node.get("type") or "")


def _number(value: Any) -> int | None:
    text = str(value) if isinstance(value, int | str) else ""
    return int(text) if text.isdecimal() and len(text) < 9 else None


def _words(article: Article) -> float:
    """Those of scripts without spaces are about as many as a third of the letters they weigh."""
    return max(
        len(article.text.split()), 0.0 if article.text.isascii() else weigh(article.text) / 6
    )


def _waiting(region: HtmlElement, roots: list[HtmlElement]) -> Iterator[str]:
    found: set[str] = set()
    for node in islice(region.iter(etree.Element), MOST_PARTS):
        tag = node.tag
        if tag == "template":
            found.add("templates")
        elif tag in ("a", "button", "summary") or node.get("role") == "button":
            if "more" not in found and _offers_more(node):
                found.add("more")
        elif tag not in _CONTENT:
            names = node.keys()
            if names and is_hidden(node, names) and len(_start(node)) > LEAST_HIDDEN:
                found.add("hidden_text")
            if node.get("aria-busy") == "true" or _LOADING.search(node.get("class") or ""):
                found.add("loading")
            if len(node) == 0:
                text = (node.text or "").strip()
                if text and len(text) < _LONGEST_LABEL and _LOADING_TEXT.match(text):
                    found.add("loading")
                if not text and _awaits(node):
                    found.add("empty_parts")
    inside = (node for root in roots for node in root.iter(*_MAYBE_EMPTY))
    if any(_is_empty(node) and node.keys() for node in islice(inside, MOST_PARTS)):
        found.add("empty_parts")
    yield from (name for name in ("more", "loading", "empty_parts", "templates", "hidden_text")
                if name in found)  # fmt: skip


def _offers_more(node: HtmlElement) -> bool:
    text = _start(node)
    return len(text) < _LONGEST_LABEL and bool(_MORE.search(text))


def _start(node: HtmlElement) -> str:
    """Of its text: enough to see whether it is a label or more."""
    return " ".join(" ".join(islice(node.itertext(), 20)).split())[:200]


def _is_empty(node: HtmlElement) -> bool:
    return len(node) == 0 and not (node.text or "").strip()


def _awaits(node: HtmlElement) -> bool:
    """Whether an empty element has something a script would know it by."""
    if "-" in node.tag:
        return True
    return node.tag in _MAYBE_EMPTY and any(_WAITS.match(name) for name in node.attrib)


def _unshown(page: Page, article: Article) -> float:
    """Letters of prose in the page's data that its record does not have."""
    shown = ""
    size = 0.0
    for text in passages(page.tree):
        shown = shown or squeeze(f"{article.title} {article.description} {article.text}")
        found = squeeze(text)
        if found[:60] not in shown or found[-60:] not in shown:
            size += weigh(text)
    return size


def _lacks_address(image: HtmlElement, page: Page) -> bool:
    """A picture that only a script can find; not a dot for counting."""
    if image.get("width") in ("0", "1") or image.get("height") in ("0", "1"):
        return False
    return read_picture(image, page.base_url) is None

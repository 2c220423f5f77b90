"""The picture an `img` stands for: lazy attributes, srcset, `picture`, placeholders, trackers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache
from operator import itemgetter
from typing import Final

from lxml.html import HtmlElement

from scraper.extraction.text import collapse
from scraper.recipe import MediaRule
from scraper.url import join

_WAITING: Final = (
    "data-original", "data-src", "data-lazy-src", "data-lazy", "data-actualsrc", "data-actual-src",
    "data-original-src", "data-real-src", "data-img-src", "data-image-src", "data-img", "data-echo",
    "data-delayed-url", "data-lazyload", "data-baseurl", "data-default-src", "data-croporisrc",
    "data-backup", "data-file", "file", "lazysrc", "_src",
)  # fmt: skip
_LARGER: Final = (
    "data-orig-file", "data-large-file", "data-full-src", "data-fullsrc", "data-hi-res-src",
    "data-hires", "data-highres", "data-raw-src", "data-image", "data-img-url", "data-src-large",
    "data-large", "data-url", "data-source",
)  # fmt: skip
"""What a click or a finer screen would show; it counts where `src` shows nothing."""

LAZY: Final = (*_WAITING, *_LARGER)
"""Attributes in which pages keep an address until the picture is near, best first."""

LAZY_SETS: Final = (
    "data-srcset",
    "data-lazy-srcset",
    "data-original-set",
    "data-set",
    "data-sources",
)
ADDRESSES: Final = frozenset({"src", "srcset", *LAZY, *LAZY_SETS})
LAZY_CLASS: Final = re.compile(r"lazy|b-loaded|unveil", re.IGNORECASE)

MAX_WIDTH: Final = 2560
"""Among the sizes a page offers, the largest up to this many pixels is taken."""

_PLACEHOLDER: Final = re.compile(
    r"(?:^|.*[_.-])(?:(?:placeholder|spacer|transparent|blank|lazyload|lazy-?load(?:ing)?)[\dx_@-]*"
    r"\.(?:gif|png|svg|jpe?g|webp)|(?:trans|1x1|1px|pixel|loading|loader|lazy|spinner|dummy|empty|"
    r"gr[ae]y|clear|white|none)[\dx_@-]*\.(?:gif|png|svg)|[a-z]\.gif)\Z",
    re.IGNORECASE,
)
_TRACKER: Final = re.compile(
    r"//(?:[^/]*\.)?(?:doubleclick\.net|google-analytics\.com|googletagmanager\.com|"
    r"scorecardresearch\.com|quantserve\.com|facebook\.com/tr|bat\.bing\.com|pixel\.wp\.com|"
    r"feedburner\.com/~|feeds\.feedburner\.com|analytics\.|statcounter\.com|hm\.baidu\.com|cnzz\.com)"
    r"|/(?:beacon|tracker|tracking|count(?:er)?|impression)(?:[/.?]|\Z)[^/]*\Z",
    re.IGNORECASE,
)
_PICTURE_FILE: Final = re.compile(
    r"\.(?:jpe?g|png|webp|gif|avif|bmp|svg)(?:[?#@!]|\Z)", re.IGNORECASE
)
_OWN_PICTURES: Final = ("-img", "-image", "-picture")
_BETWEEN: Final = " \t\n\f\r,"
_SIZE: Final = re.compile(r"\s*(\d{1,6})(?:\.\d+)?\s*(?:px)?\s*\Z")
_STYLE_SIZE: Final = re.compile(
    r"(?:^|[;\s])(width|height)\s*:\s*(\d{1,6})(?:\.\d+)?px", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Picture:
    """`url` is absolute; the sizes are the page's own words."""

    url: str
    alt: str | None
    title: str | None
    width: int | None
    height: int | None


def is_own_picture(node: HtmlElement) -> bool:
    """An element of a site's own that is named for a picture and has an address."""
    return str(node.tag).endswith(_OWN_PICTURES) and not ADDRESSES.isdisjoint(node.keys())


def read_picture(node: HtmlElement, base_url: str, rule: MediaRule | None = None) -> Picture | None:
    """None for a placeholder whose picture is unknown, a tracker, or a dot of up to 2×2 pixels."""
    attributes: dict[str, str] = dict(node.attrib)
    width, height = declared_size(attributes)
    if width is not None and height is not None and width <= 2 and height <= 2:
        return None
    if (width == 1 or height == 1) and "data-src" not in attributes:
        return None
    url = _address(node, attributes, base_url, rule)
    if url is None or _TRACKER.search(url):
        return None
    return Picture(
        url=url,
        alt=collapse(attributes.get("alt", "")) or None,
        title=collapse(attributes.get("title", "")) or None,
        width=width or None,
        height=height or None,
    )


def declared_size(attributes: dict[str, str]) -> tuple[int | None, int | None]:
    """CSS pixels from `width`/`height`, else `w`/`h` and data attributes, else the style."""
    sizes = []
    styled: dict[str, int] | None = None
    for names in (("width", "w", "data-width"), ("height", "h", "data-height")):
        found = (_SIZE.match(attributes[name]) for name in names if name in attributes)
        size = next((int(match[1]) for match in found if match), None)
        if size is None and "style" in attributes:
            if styled is None:
                pairs = _STYLE_SIZE.findall(attributes["style"])
                styled = {name.lower(): int(value) for name, value in pairs}
            size = styled.get(names[0])
        sizes.append(size)
    return sizes[0], sizes[1]


def _address(
    node: HtmlElement, attributes: dict[str, str], base_url: str, rule: MediaRule | None
) -> str | None:
    globs = rule.placeholder if rule else ()
    if rule and rule.attrs:
        found = _first(_values(attributes, rule.attrs), base_url, globs)
        if found or "src" in rule.attrs:
            return found
    shown = _real(attributes.get("src", ""), base_url, globs)
    waits = shown is None or LAZY_CLASS.search(attributes.get("class", "")) is not None
    names = LAZY if waits else _WAITING
    lazy = _first((attributes[name] for name in names if name in attributes), base_url, globs)
    sets = [attributes[name] for name in (*LAZY_SETS, "srcset") if name in attributes]
    sets += [value for name, value in attributes.items() if name.endswith("-srcset")]
    chosen = next(filter(None, (best_of(value, base_url, globs) for value in sets)), None)
    found = chosen or lazy or shown
    if found:
        return found
    parent = node.getparent()
    if parent is not None and parent.tag == "picture":
        for source in parent.iterchildren("source"):
            for name in ("srcset", *LAZY_SETS, *LAZY):
                value = source.get(name)
                found = best_of(value, base_url, globs) if value else None
                if found:
                    return found
    others = (value for name, value in attributes.items() if name.startswith("data-"))
    return _first((value for value in others if _PICTURE_FILE.search(value)), base_url, globs)


def _values(attributes: dict[str, str], names: Sequence[str]) -> Iterable[str]:
    """The attributes' addresses; one whose name ends in `set` holds several, the best counts."""
    for name in names:
        value = attributes.get(name)
        if value:
            yield (widest(value) or "") if name.endswith("set") else value


def _first(values: Iterable[str], base_url: str, globs: tuple[str, ...]) -> str | None:
    for value in values:
        url = _real(value, base_url, globs)
        if url:
            return url
    return None


def _real(value: str, base_url: str, globs: tuple[str, ...]) -> str | None:
    """The absolute address without fragment; None when it is a placeholder or no address."""
    value = value.strip()
    if not value or value[:5].lower() == "data:" or value[:1] in "{[<":
        return None
    url = join(base_url, value)
    if url is None:
        return None
    url = url.partition("#")[0]
    file = url.partition("?")[0].rpartition("/")[2][-100:]
    if _PLACEHOLDER.match(file) or (globs and _globs(globs).match(url)):
        return None
    return url


@lru_cache(maxsize=64)
def _globs(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(glob) for glob in globs))


def best_of(srcset: str, base_url: str, globs: tuple[str, ...] = ()) -> str | None:
    """The absolute address of a srcset's best picture."""
    best = widest(srcset)
    return _real(best, base_url, globs) if best else None


def widest(srcset: str) -> str | None:
    """The reference with the largest width up to MAX_WIDTH, or the highest density."""
    sizes = [(reference, _size(words)) for reference, words in parse_srcset(srcset)]
    if not sizes:
        return None
    fitting = [candidate for candidate in sizes if candidate[1] <= MAX_WIDTH]
    reference, size = max(fitting, key=itemgetter(1)) if fitting else min(sizes, key=itemgetter(1))
    return None if 10 <= size <= 100 else reference


def parse_srcset(srcset: str) -> list[tuple[str, str]]:
    """References with their descriptors (`640w`, `2x`, nothing), as the HTML standard reads them:
    a reference may hold commas, a comma before white space ends it."""
    found: list[tuple[str, str]] = []
    rest = srcset[:20_000].strip(_BETWEEN)
    while rest and len(found) < 100:
        words = rest.split(None, 1)
        reference, rest = words[0], words[1] if len(words) > 1 else ""
        if reference.endswith(","):
            found.append((reference.rstrip(","), ""))
        else:
            descriptor, _, rest = rest.partition(",")
            found.append((reference, descriptor.strip()))
        rest = rest.lstrip(_BETWEEN)
    return found


def _size(descriptor: str) -> float:
    """Width or density; 1 when none is given."""
    for word in descriptor.split():
        if word[-1] in "wx":
            try:
                return float(word[:-1])
            except ValueError:
                continue
    return 1.0

"""JSON-LD as pages really carry it: nested, in arrays, in graphs, broken, hostile.

`read_jsonld` gives the plain objects; `Entities` says which of them the page is about.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

Thing = Mapping[str, Any]

MAX_BYTES: Final = 2_000_000
"""A longer script is no description of an article."""
MAX_THINGS: Final = 400
MAX_DEPTH: Final = 12

ARTICLE_TYPES: Final = frozenset(
    {
        "article", "newsarticle", "blogposting", "reportagenewsarticle", "analysisnewsarticle",
        "opinionnewsarticle", "reviewnewsarticle", "backgroundnewsarticle", "liveblogposting",
        "techarticle", "scholarlyarticle", "report", "advertisercontentarticle", "satiricalarticle",
        "socialmediaposting", "discussionforumposting", "medicalscholarlyarticle", "posting",
        "recipe", "howto", "review", "qapage", "question", "apireference", "blog post",
    }
)  # fmt: skip
OTHER_TYPES: Final = frozenset(
    {
        "product", "productgroup", "videoobject", "book", "movie", "event", "jobposting", "course",
        "softwareapplication", "mobileapplication", "podcastepisode", "faqpage", "dataset",
        "creativework", "service", "collectionpage", "itempage", "aboutpage", "profilepage",
        "contactpage", "webpage", "medicalwebpage", "itemlist", "searchresultspage", "newsgame",
    }
)  # fmt: skip

_OTHERS: Final = frozenset(
    {"@context", "comment", "review", "liveBlogUpdate", "itemListElement", "suggestedAnswer",
     "acceptedAnswer", "mentions", "hasPart", "isPartOf", "citation", "relatedLink", "itemReviewed"}
)  # fmt: skip
"""Properties whose objects are not what the page is about."""

_BEFORE: Final = ("<!--", "//<![CDATA[", "// <![CDATA[", "<![CDATA[", "/*<![CDATA[*/", "//")
_AFTER: Final = (";", "-->", "//]]>", "// ]]>", "]]>", "/*]]>*/", "//")
_TRAILING_COMMA = re.compile(r",\s{0,200}([}\]])")


def read_jsonld(texts: Iterable[str]) -> list[Thing]:
    """All objects of the scripts in page order, nested ones after those that hold them."""
    things: list[Thing] = []
    for text in texts:
        if len(text) <= MAX_BYTES:
            things.extend(_objects(_decode(text), 0))
        if len(things) >= MAX_THINGS:
            break
    return things[:MAX_THINGS]


def _decode(text: str) -> Any:
    """The value, after the repairs that people's templates need; None when it stays unreadable."""
    try:
        return orjson.loads(text)
    except (ValueError, UnicodeError):
        pass
    for _ in range(2):
        for mark in _BEFORE:
            text = text.strip().removeprefix(mark)
        for mark in _AFTER:
            text = text.strip().removesuffix(mark)
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            # Not strict: raw newlines inside strings are the commonest fault.
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _objects(value: Any, depth: int) -> Iterator[Thing]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value[:MAX_THINGS]:
            yield from _objects(item, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value or "@id" in value:
            yield value
            if "faqpage" in types(value):
                return  # its questions are parts of the page, not what it is
        for key, item in value.items():
            if isinstance(item, dict | list) and key not in _OTHERS:
                yield from _objects(item, depth + 1)


def types(thing: Thing) -> list[str]:
    """Its types in lower case, without the vocabulary's address."""
    return [
        name.rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower()
        for name in strings(thing.get("@type"))
    ]


def strings(value: Any, *, key: str = "name", depth: int = 0) -> list[str]:
    """The texts of a property's value: a string, `{"@value": …}`, an object's `key`, or a list.

    Many templates escape for HTML first, so that is undone."""
    if isinstance(value, str):
        text = " ".join((html.unescape(value) if "&" in value else value).split())
        return [text] if text else []
    if depth > 3:
        return []
    if isinstance(value, list):
        return [text for item in value[:100] for text in strings(item, key=key, depth=depth + 1)]
    if isinstance(value, dict):
        return strings(value.get("@value", value.get(key)), key=key, depth=depth + 1)
    return []


def resolve(value: Any, things: Sequence[Thing]) -> Any:
    """What `{"@id": …}` points to, if it is on the page; else the value itself."""
    if isinstance(value, dict) and "name" not in value and "@id" in value:
        return next(
            (thing for thing in things if thing.get("@id") == value["@id"] and "name" in thing),
            value,
        )
    return value

"""RSS (0.9 to 2.0), Atom (RFC 4287) and JSON Feed (1.0, 1.1) as entries.

Read leniently: feeds are often not what their standard asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import orjson
from lxml import etree

from scraper.discovery.entries import MOST, Entry, Listing, plain
from scraper.discovery.xml import elements, local_name, text_of
from scraper.mention import Mention
from scraper.url import join

_FIELDS: Final = {
    "title": "title",
    "pubdate": "published",
    "published": "published",
    "issued": "published",
    "date": "published",
    "updated": "modified",
    "modified": "modified",
    "author": "authors",
    "creator": "authors",
    "category": "categories",
    "subject": "categories",
    "description": "description",
    "summary": "description",
}
"""What stands where, by local names: of RSS, Dublin Core and Atom."""
_EXTENSIONS: Final = ("/mrss", "/itunes", "/podcast")
"""Namespaces that speak of a picture or a recording in words that look like the entry's."""
_BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"


def read_xml_feed(data: bytes, url: str) -> Listing:
    """`url` is the feed's own address."""
    entries = (_entry(item, url) for item in elements(data, ("item", "entry")))
    return Listing("feed", tuple(islice((entry for entry in entries if entry), MOST)))


def read_json_feed(data: bytes, url: str) -> Listing:
    """A document that is none has no entries."""
    try:
        items = orjson.loads(data).get("items")
    except (orjson.JSONDecodeError, AttributeError):
        items = None
    items = items if isinstance(items, list) else []
    entries = (_json_entry(item, url) for item in items if isinstance(item, dict))
    return Listing("feed", tuple(islice((entry for entry in entries if entry), MOST)))


def _entry(item: etree._Element, url: str) -> Entry | None:
    address: str | None = None
    said: dict[str, Any] = {"by": "feed", "on": url}
    for child in item:
        name = local_name(child)
        if any(extension in str(child.tag) for extension in _EXTENSIONS):
            continue
        if name == "link":
            address = _link(child) or address
        elif name in ("guid", "id") and child.get("isPermaLink") != "false":
            text = text_of(child)
            address = address or (text if text.startswith(("http://", "https://")) else None)
        elif name == "origlink":  # the address itself, where `link` counts readers
            address = text_of(child) or address
        elif name in _FIELDS:
            for value in _values(child, name):
                _add(said, _FIELDS[name], value)
    base = join(url, item.get(_BASE) or "") or url
    target = join(base, address) if address else None
    return Entry(target, Mention.of(said)) if target else None


def _link(element: etree._Element) -> str | None:
    """RSS has the address as text, Atom as `href` of the alternate."""
    href = element.get("href")
    if href is None:
        return text_of(element) or None
    return href if element.get("rel", "alternate") == "alternate" else None


def _values(element: etree._Element, name: str) -> Iterator[str | None]:
    if name == "author" and len(element):
        yield from (plain(text_of(part)) for part in element if local_name(part) == "name")
    elif name == "category" and element.get("term"):
        yield plain(element.get("label") or element.get("term"))
    else:
        yield plain(text_of(element))


def _add(said: dict[str, Any], name: str, value: str | None) -> None:
    if value and name in ("authors", "categories"):
        said[name] = [*dict.fromkeys([*said.get(name, ()), value])]
    elif value:
        said.setdefault(name, value)


def _json_entry(item: dict[str, Any], url: str) -> Entry | None:
    address = item.get("url") or item.get("external_url") or item.get("id")
    target = join(url, address) if isinstance(address, str) and address else None
    if target is None:
        return None
    authors = item.get("authors") or [item.get("author")]
    names = [one.get("name") for one in authors if isinstance(one, dict)]
    said = {
        "by": "feed",
        "on": url,
        "title": item.get("title"),
        "published": item.get("date_published"),
        "modified": item.get("date_modified"),
        "description": item.get("summary"),
        "authors": names,
        "categories": item.get("tags"),
    }
    return Entry(target, Mention.of(said))

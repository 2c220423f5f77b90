"""What the place that names a page says of it: texts as they stood there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

KEY: Final = "mentions"
"""In a request's `meta`."""

MOST: Final = 4
"""Mentions of one page that are kept."""

_LISTS: Final = ("authors", "categories")
_LONGEST: Final = 2000  # characters of a text
_MOST_ITEMS: Final = 50


@dataclass(frozen=True, slots=True)
class Mention:
    """`by` is feed, sitemap, list or seeds, `on` its address.  Dates are as they were written, or
    ISO 8601 where a recipe told how to read them."""

    by: str
    on: str | None = None
    title: str | None = None
    published: str | None = None
    modified: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def as_meta(self) -> dict[str, Any]:
        """As a request carries it: JSON values, nothing empty."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Mention:
        """Out of JSON values; what is of another kind than it should be is left out."""
        known: dict[str, Any] = {}
        for name in (field.name for field in fields(cls)):
            value = values.get(name)
            if name in _LISTS:
                texts = [value] if isinstance(value, str) else value
                if isinstance(texts, list | tuple):
                    kept = (text[:_LONGEST] for text in texts if isinstance(text, str) and text)
                    known[name] = tuple(kept)[:_MOST_ITEMS]
            elif isinstance(value, str) and value:
                known[name] = value[:_LONGEST]
        return cls(**{"by": "seeds"} | known)


def mentions_in(meta: Mapping[str, Any]) -> tuple[Mention, ...]:
    """What a request carries along; a line of seeds says it with keys of its own."""
    said = meta.get(KEY)
    if isinstance(said, list):
        return tuple(Mention.of(one) for one in said[:MOST] if isinstance(one, dict))
    own = Mention.of({name: value for name, value in meta.items() if name not in ("by", "on")})
    return () if own == Mention("seeds") else (own,)


def joined(meta: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any] | None:
    """`meta` with the mentions of `other` that stand elsewhere; None when it has no more to say."""
    there = list(meta.get(KEY, ()))
    places = {(one.get("by"), one.get("on")) for one in there}
    more = [one for one in other.get(KEY, ()) if (one.get("by"), one.get("on")) not in places]
    return {**meta, KEY: (there + more)[:MOST]} if more and len(there) < MOST else None

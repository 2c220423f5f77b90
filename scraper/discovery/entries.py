"""What a feed, a sitemap or a list page names."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from scraper.extraction.dates import parse_date
from scraper.extraction.text import collapse
from scraper.mention import Mention

MOST: Final = 50_000
"""Entries of one document; the most that a sitemap may have."""

_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")


@dataclass(frozen=True, slots=True)
class Entry:
    """`url` is absolute.  A `child` is itself such a document."""

    url: str
    mention: Mention
    child: bool = False

    @property
    def at(self) -> datetime | None:
        """When it was published or changed last; None where nothing is said."""
        said = (self.mention.modified, self.mention.published)
        dates = [parsed.at for text in said if text and (parsed := parse_date(text))]
        return max(dates, default=None)


@dataclass(frozen=True, slots=True)
class Listing:
    """A document of entries, in its order."""

    kind: Literal["feed", "sitemap", "list"]
    entries: tuple[Entry, ...]


def plain(text: str | None) -> str | None:
    """What may be HTML, as text on one line; None when nothing is left."""
    if text and ("<" in text or "&" in text):
        text = html.unescape(_TAG.sub(" ", text))
    return collapse(text or "") or None

"""The names a page's site goes by, so that they can be cut off titles and kept out of bylines."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from scraper.errors import ScraperError
from scraper.extraction.clues import Clues
from scraper.extraction.structured import resolve, strings, types
from scraper.url import host, site

_LETTERS: Final = re.compile(r"[\W_]+")
_NAMING: Final = (
    "og:site_name", "application-name", "apple-mobile-web-app-title", "al:ios:app_name",
    "twitter:app:name:iphone", "dc.publisher", "cre", "copyright", "publisher",
)  # fmt: skip

# What names of Chinese sites and papers end with.
_CHINESE_SITES: Final = ("网", "網", "频道", "日报", "晚报", "论坛", "新闻", "百科")


def squeeze(text: str) -> str:
    """Letters and digits only, lower case, one form of each: for comparing texts."""
    return _LETTERS.sub("", unicodedata.normalize("NFKC", text)).casefold()


class SiteNames:
    """`names` as the page spells them, best first; `squeezed` all of them for comparing."""

    def __init__(self, clues: Clues) -> None:
        names = [meta.content for meta in clues.meta(*_NAMING)]
        for thing in clues.things:
            kinds = types(thing)
            if "website" in kinds:
                names += strings(thing.get("name"))[:2] + strings(thing.get("alternateName"))[:2]
            if "publisher" in thing:
                names += strings(resolve(thing["publisher"], clues.things))[:1]
        self.names = list(dict.fromkeys(name for name in names if 1 < len(name) <= 80))[:12]
        try:
            self.host = host(clues.page.url)
            self.domain = squeeze(site(self.host).partition(".")[0])
        except ScraperError:
            self.host = self.domain = ""
        self.squeezed = {squeeze(name) for name in self.names} - {""}
        self.squeezed |= {squeeze(self.host), squeeze(self.host.removeprefix("www."))} - {""}
        if self.domain:
            self.squeezed.add(self.domain)

    def holds(self, text: str) -> bool:
        """Whether the text is the site's name, a spelling of it, or its address."""
        squeezed = squeeze(text)
        if not squeezed:
            return False
        if squeezed in self.squeezed or (len(text) < 12 and text.endswith(_CHINESE_SITES)):
            return True
        if text.split(maxsplit=1)[0].casefold() == self.domain and len(text.split()) < 4:
            return True
        if len(self.domain) > 3 and len(squeezed) <= 2 * len(self.domain) + 12:
            part = len(squeezed) > 4 and squeezed in self.domain
            if part or self.domain in squeezed:
                return True
        return any(_alike(name, squeezed) for name in self.squeezed)


def _alike(name: str, text: str) -> bool:
    """Whether one holds the other and not much more."""
    if len(name) <= 3 or len(text) > len(name) + 14:
        return False
    return name in text or (len(text) > 3 and text in name)

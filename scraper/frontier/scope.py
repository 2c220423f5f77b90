"""How far links are followed: which addresses belong to the crawl of a seed."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from scraper.errors import PageError, UsageError
from scraper.recipe.selectors import Regex, regex
from scraper.url import host, site

_REGEX = "regex:"


class Scope:
    """`page` holds no link at all, `host` those of the seed's host, `domain` those of its
    registrable domain, `prefix` those below its directory, `regex:…` those that the pattern (RE2)
    matches somewhere.  http and https are one.  Raises UsageError for a pattern that is none."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._pattern: Regex | None = None
        if text.startswith(_REGEX):
            try:
                self._pattern = regex(text.removeprefix(_REGEX))
            except ValueError as error:
                raise UsageError(f"--scope {text}: {error}") from error

    @property
    def is_page(self) -> bool:
        """No link is followed."""
        return self._text == "page"

    def holds(self, address: str, within: Sequence[str]) -> bool:
        """Whether an address belongs to the crawl of a seed, known by the addresses `within`."""
        if self.is_page:
            return False
        if self._pattern is not None:
            return self._pattern.search(address) is not None
        own = self._measured(address)
        if self._text == "prefix":
            return any(own.startswith(self._directory(one)) for one in within)
        return any(own == self._measured(one) for one in within)

    def _measured(self, address: str) -> str:
        try:
            name = host(address)
        except PageError:
            return ""  # of a seed that is no address
        if self._text == "domain":
            return site(name)
        return name if self._text == "host" else name + (urlsplit(address).path or "/")

    def _directory(self, address: str) -> str:
        own = self._measured(address)
        return own[: own.rfind("/") + 1] if own else "\0"

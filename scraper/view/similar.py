"""Near-duplicates: records whose texts share most of their character 5-grams, found by MinHash and
locality-sensitive hashing.  Characters, not words: right for Chinese, where nothing stands between
words.  Importing this needs the library `rensa` (the extra `datasets`).

A text is compared without white space, capitals and compatibility forms.  About 0.8 is the share at
which two texts are more likely taken for one than not.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from rensa import RMinHash, RMinHashLSH

_GRAM: Final = 5
_HASHES, _BANDS, _SEED = 128, 16, 1
LEAST: Final = 0.8
"""Estimated share of common grams from which two texts count as near-duplicates."""

_BLANKS: Final = re.compile(r"\s+")


class Clusters:
    """Texts are added one by one; what is like an earlier one joins its cluster.  Memory: about a
    kilobyte a text."""

    def __init__(self) -> None:
        self._lsh = RMinHashLSH(threshold=LEAST, num_perm=_HASHES, num_bands=_BANDS)
        self._hashes: list[RMinHash | None] = []
        self._parents: list[int] = []

    def add(self, text: str) -> int:
        """Its number, from 0.  A text too short to be compared stays alone."""
        number = len(self._parents)
        self._parents.append(number)
        grams = _grams(text)
        if not grams:
            self._hashes.append(None)
            return number
        found = RMinHash(num_perm=_HASHES, seed=_SEED)
        found.update(grams)
        self._hashes.append(found)
        for other in self._lsh.query(found):
            known = self._hashes[other]
            if known is not None and found.jaccard(known) >= LEAST:
                self._join(number, other)
        self._lsh.insert(number, found)
        return number

    def first(self, number: int) -> int:
        """The first text of its cluster."""
        while self._parents[number] != number:
            self._parents[number] = self._parents[self._parents[number]]
            number = self._parents[number]
        return number

    def _join(self, one: int, other: int) -> None:
        roots = self.first(one), self.first(other)
        self._parents[max(roots)] = min(roots)


def _grams(text: str) -> list[str]:
    plain = _BLANKS.sub("", unicodedata.normalize("NFKC", text).casefold())
    return [plain[at : at + _GRAM] for at in range(len(plain) - _GRAM + 1)]

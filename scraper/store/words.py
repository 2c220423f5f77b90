"""Text and queries in the words of the search index.

Scripts that put no spaces between words are indexed by pairs of neighbouring characters: a query of
two characters is one word of the index, a longer one a phrase of pairs.  The last character of a
run stands alone behind its pairs, so that what follows it is its neighbour too.  Which characters
stand in a text at all has a column of its own, for queries of a single one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

TOKENIZER: Final = "unicode61 remove_diacritics 2 categories 'L* N* M* Co Cn'"
"""SQLite's own, which splits what is given here at white space and signs.  Marks belong to their
words; characters younger than its tables are letters."""

_LONGEST: Final = 200_000
"""Characters of a text that are indexed."""
_LONGEST_QUERY: Final = 500
_MOST_TERMS: Final = 20
_PREFIX_FROM: Final = 3
"""Letters from which on a word also finds longer ones: `harbour` finds `harbours`."""

# Han, kana, bopomofo, Hangul; Thai, Lao, Burmese, Khmer.
_CHARACTERS: Final = (
    "[\u2e80-\u2fdf\u3005-\u3007\u3031-\u3035\u3040-\u30fa\u30fc-\u312f\u31a0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\u1100-\u11ff\U00016ff0-\U0003ffff"
    "\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1780-\u17d3]+"
)
_UNSPACED: Final = re.compile(_CHARACTERS)
_UNSPACED_END: Final = re.compile(f"{_CHARACTERS}\\Z")
_TERM: Final = re.compile(r'(?P<not>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_LETTER: Final = re.compile(r"\w")


def indexed(text: str) -> str:
    """The text as it is given to the index."""
    return _UNSPACED.sub(lambda run: f" {_pairs(run[0])} ", _normal(text[:_LONGEST]))


def single(text: str) -> str:
    """Each character of the text that has no spaces around it, once."""
    runs = _UNSPACED.findall(_normal(text[:_LONGEST]))
    return " ".join(sorted(set("".join(runs))))


def match_expression(query: str) -> tuple[str, str]:
    """What must and what must not stand in a text, each as an FTS5 expression or empty.  Words are
    all wanted, in any order; "quoted ones" as they stand; those behind a minus not."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for negative, exact, text in _terms(query):
        expression = _phrase(text, exact=exact)
        if expression:
            (unwanted if negative else wanted).append(expression)
    return " AND ".join(wanted), " OR ".join(unwanted)


def shown_terms(query: str) -> list[str]:
    """What to mark in a text that was found."""
    return [text for negative, _, text in _terms(query) if not negative]


def _terms(query: str) -> list[tuple[bool, bool, str]]:
    """Whether each is unwanted, whether it is quoted, and the term."""
    found = []
    for match in _TERM.finditer(_normal(query[:_LONGEST_QUERY])):
        text = match["phrase"] if match["word"] is None else match["word"]
        if _LETTER.search(text):
            found.append((bool(match["not"]), match["word"] is None, text.strip()))
    return found[:_MOST_TERMS]


def _phrase(text: str, *, exact: bool) -> str:
    if len(text) == 1 and _UNSPACED.match(text):
        return f'single : "{text}"'
    if last := _UNSPACED_END.search(text):
        whole, run = indexed(text[: last.start()]), last[0]
        pairs = " ".join(run[at : at + 2] for at in range(len(run) - 1)) or run
        return f'"{whole} {pairs}"{" *" if len(run) == 1 else ""}'
    words = indexed(text).replace('"', " ")
    begins = not exact and sum(char.isalpha() for char in text) >= _PREFIX_FROM
    return f'"{words}"{" *" if begins else ""}'


def _pairs(run: str) -> str:
    return " ".join([*(run[at : at + 2] for at in range(len(run) - 1)), run[-1]])


def _normal(text: str) -> str:
    """One form of what looks alike: full-width letters, composed accents; no NUL, which SQLite
    takes for the end."""
    return unicodedata.normalize("NFKC", text).replace("\0", " ")

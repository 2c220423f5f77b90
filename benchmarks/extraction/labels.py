"""Which segments of an annotated page belong to its reference: a share from 0 to 1 each."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

from rapidfuzz.distance import LCSseq

from scraper.extraction.generic.segments import Segment

Tokens = Callable[[str], list[str]]

RUN = 4
"""Shorter matches count only when they are whole segments: single words match anywhere."""


def shares(segments: Sequence[Segment], reference: str, tokens: Tokens) -> list[tuple[float, int]]:
    """Of each segment: the share of its words in the reference, and how many words it has.

    The longest common subsequence of page and reference decides; what is left of the reference is
    given to texts that stand elsewhere on the page than the annotator put them.
    """
    pieces = [tokens(one.text) for one in segments]
    starts = [0, *accumulate(map(len, pieces))]
    page = [word for piece in pieces for word in piece]
    wanted = tokens(reference)
    hit = bytearray(len(page))
    spent = bytearray(len(wanted))
    for op in LCSseq.opcodes(page, wanted):
        size = op.src_end - op.src_start
        if op.tag == "equal" and (size >= RUN or _whole(starts, op.src_start, size)):
            hit[op.src_start : op.src_end] = b"\1" * size
            spent[op.dest_start : op.dest_end] = b"\1" * size
    left = _unspent(wanted, spent)
    found: list[tuple[float, int]] = []
    for piece, start in zip(pieces, starts, strict=False):
        size = len(piece)
        share = sum(hit[start : start + size]) / size if size else 0.0
        if size >= RUN and share < 0.5:
            grams = [tuple(piece[at : at + RUN]) for at in range(size - RUN + 1)]
            here = sum(left[gram] > 0 for gram in grams)
            if here > 0.7 * len(grams):
                share = here / len(grams)
                left.subtract(grams)
        found.append((share, size))
    return found


def _whole(starts: list[int], at: int, size: int) -> bool:
    index = bisect_right(starts, at) - 1
    return starts[index] == at and index + 1 < len(starts) and starts[index + 1] <= at + size


def _unspent(wanted: list[str], spent: bytearray) -> Counter[tuple[str, ...]]:
    left: Counter[tuple[str, ...]] = Counter()
    run: list[str] = []
    for word, gone in zip([*wanted, ""], [*spent, 1], strict=True):
        if gone:
            left.update(tuple(run[at : at + RUN]) for at in range(len(run) - RUN + 1))
            run = []
        else:
            run.append(word)
    return left


def snippets(segments: Sequence[Segment], case: dict[str, Any]) -> list[float | None]:
    """1 for a segment that holds a wanted snippet, 0 for an unwanted one, None where unknown."""
    must = [_fold(text) for text in case.get("must", [])]
    mustnot = [_fold(text) for text in case.get("mustnot", [])]
    found: list[float | None] = []
    for one in segments:
        text = _fold(one.text)
        if any(snippet in text for snippet in must):
            found.append(1.0)
        else:
            found.append(0.0 if any(snippet in text for snippet in mustnot) else None)
    return found


def _fold(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().lower()

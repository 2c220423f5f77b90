"""Fits the weights by which a title is chosen among its candidates.

    python -m benchmarks.extraction.titles DATA [--write]

A softmax over each page's candidates, fitted to the annotated titles with a pull to zero; features
seen on few pages are left out.  Prints the accuracy by set, plain and site-wise cross-validated;
with --write the weights go to `scraper/extraction/title_weights.py`.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.extraction import scorer
from benchmarks.extraction.sets import FOLDS, Case, fold, read
from scraper.extraction.clues import gather
from scraper.extraction.parse import parse_text
from scraper.extraction.site_names import SiteNames
from scraper.extraction.titles import list_candidates
from scraper.snapshot import Snapshot

Array = np.ndarray[Any, np.dtype[np.float64]]

FEWEST_PAGES = 12
PULL = 2.0
"""To zero: what a page fewer or more says about a feature hardly moves its weight."""
STEPS = 12
IMPORTANCE = {"fundus": 2.0, "postlight": 2.0, "wcxb": 0.5}
"""News and titles read by hand are the most careful references; the largest set, half of it pages
that are no articles, is not to decide alone."""
FIXED = {"below-kicker": 2.0, "tight-sign": -2.0}
"""What too few annotated pages show to be fitted, or too few sites in two minds."""
WEIGHTS = Path("scraper/extraction/title_weights.py")


@dataclass
class Example:
    """A page: a row of features a candidate, and which of them are the annotated title."""

    case: Case
    features: list[set[str]]
    right: Array

    def rows(self, names: list[str]) -> Array:
        return np.array([[name in held for name in names] for held in self.features], dtype=float)


def plain(text: str) -> str:
    """Titles are equal when these are: one form of letters, quotes and dashes, no white space."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub("[‘’‛`´]", "'", re.sub("[“”„«»]", '"', text))
    return "".join(re.sub("[‐-―−]", "-", text).replace("\u200b", "").split())


def examples(data: Path) -> list[Example]:
    found = []
    for case in read(data, "dev"):
        if case.get("title"):
            text, url = scorer.html(data, case), case["url"]
            page = parse_text(text, Snapshot(url, url, 200, (), None, text, None, "file"))
            clues = gather(page)
            candidates = list_candidates(clues, SiteNames(clues))
            wanted = plain(case["title"])
            right = np.array([plain(one.text) == wanted for one in candidates], dtype=float)
            found.append(Example(case, [one.features for one in candidates], right))
    return found


def names_of(data: list[Example]) -> list[str]:
    """Features that enough pages show."""
    pages = Counter(name for one in data for name in set().union(*one.features))
    return sorted(
        name for name, count in pages.items() if count >= FEWEST_PAGES and name not in FIXED
    )


def fit(data: list[Example], names: list[str]) -> dict[str, float]:
    """Newton's method on the likelihood of the right candidates."""
    weights = np.zeros(len(names))
    pages = [
        (one.rows(names), one.right, IMPORTANCE.get(one.case["dataset"], 1.0))
        for one in data
        if one.right.any()
    ]
    for _ in range(STEPS):
        slope, curve = PULL * weights, PULL * np.eye(len(names))
        for rows, right, importance in pages:
            scores = rows @ weights
            shares = np.exp(scores - scores.max())
            wanted = shares * right
            shares, wanted = shares / shares.sum(), wanted / wanted.sum()
            centred = rows - shares @ rows
            slope += importance * ((shares - wanted) @ rows)
            curve += importance * (centred.T @ (centred * shares[:, None]))
        weights -= np.linalg.solve(curve, slope)
    return dict(zip(names, weights.tolist(), strict=True))


def right_ones(data: list[Example], weights: dict[str, float]) -> dict[str, list[bool]]:
    """Set -> for each page whether its best candidate is the annotated title."""
    found: dict[str, list[bool]] = defaultdict(list)
    for one in data:
        scores = [sum(weights.get(name, 0.0) for name in held) for held in one.features]
        hit = bool(scores) and bool(one.right[scores.index(max(scores))])
        found[one.case["dataset"]].append(hit)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    data = examples(options.data)
    names = names_of(data)
    weights = fit(data, names) | FIXED
    plainly = right_ones(data, weights)
    crossed: dict[str, list[bool]] = defaultdict(list)
    for number in range(FOLDS):
        others = fit([one for one in data if fold(one.case) != number], names) | FIXED
        part = [one for one in data if fold(one.case) == number]
        for name, answers in right_ones(part, others).items():
            crossed[name] += answers
    possible: dict[str, list[bool]] = defaultdict(list)
    for one in data:
        possible[one.case["dataset"]].append(bool(one.right.any()))
    print("| set | pages | possible | plain | cross-validated |\n|---|---|---|---|---|")
    for name in sorted(plainly):
        means = [sum(x[name]) / len(x[name]) for x in (possible, plainly, crossed)]
        print(f"| {name} | {len(plainly[name])} | " + " | ".join(f"{m:.3f}" for m in means) + " |")
    if options.write:
        lines = [
            f'    "{name}": {weights[name]:.3f},'
            for name in sorted(weights)
            if abs(weights[name]) >= 0.01
        ]
        head = '"""What each feature of a title candidate counts; written by '
        head += '`benchmarks/extraction/titles.py`."""\n\nfrom typing import Final\n\n'
        body = "WEIGHTS: Final[dict[str, float]] = {\n" + "\n".join(lines) + "\n}\n"
        WEIGHTS.write_text(head + body)


if __name__ == "__main__":
    main()

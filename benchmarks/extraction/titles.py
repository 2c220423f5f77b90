"""Fits the weights by which a title is chosen among its candidates.

    python -m benchmarks.extraction.titles DATA [--write]

A softmax over each page's candidates, fitted to the annotated titles; features seen on few pages
are left out.  Prints the accuracy by set, plain and site-wise cross-validated; with --write the
weights go to `scraper/extraction/title_weights.py`.
"""

from __future__ import annotations

import argparse
import gzip
import math
import random
import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

from benchmarks.extraction.sets import Case, fold, read
from scraper.extraction.clues import gather
from scraper.extraction.parse import parse_text
from scraper.extraction.site_names import SiteNames
from scraper.extraction.titles import list_candidates
from scraper.snapshot import Snapshot

Choice = tuple[list[str], bool]
Example = tuple[Case, list[Choice]]

FEWEST_PAGES = 10
KEPT = {"after-kicker"}  # on few pages, but of as many sites
EPOCHS, STEP, DECAY = 60, 0.15, 0.015
# News by site-specific parsers is the most careful reference, a reader's own output the least.
IMPORTANCE = {"fundus": 2.0, "postlight": 2.0, "mozilla": 0.5}
# What too few annotated pages show to be fitted.
FIXED = {"tight-sign": -2.0}
WEIGHTS = Path("scraper/extraction/title_weights.py")


def plain(text: str) -> str:
    """Titles are equal when these are: one form of letters, quotes and dashes, no white space."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub("[‘’‛`´]", "'", re.sub("[“”„«»]", '"', text))
    return "".join(re.sub("[‐-―−]", "-", text).replace("\u200b", "").split())


def examples(data: Path) -> list[Example]:
    found: list[Example] = []
    for case in read(data, "dev"):
        if not case.get("title"):
            continue
        path = data / "html" / f"{case['id']}.html.gz"
        text = gzip.decompress(path.read_bytes()).decode("utf-8")
        url = case["url"]
        page = parse_text(text, Snapshot(url, url, 200, (), None, text, None, "file"))
        clues = gather(page)
        candidates = list_candidates(clues, SiteNames(clues))
        right = plain(case["title"])
        found.append((case, [(sorted(c.features), plain(c.text) == right) for c in candidates]))
    pages = Counter(
        feature
        for _, choices in found
        for feature in {name for features, _ in choices for name in features}
    )
    return [
        (
            case,
            [
                ([f for f in features if pages[f] >= FEWEST_PAGES or f in KEPT], right)
                for features, right in choices
            ],
        )
        for case, choices in found
    ]


def fit(data: list[Example]) -> dict[str, float]:
    """Adagrad on the likelihood of the right candidates."""
    weights: dict[str, float] = defaultdict(float)
    squares: dict[str, float] = defaultdict(lambda: 1e-6)
    order = random.Random(1)
    data = [example for example in data if any(right for _, right in example[1])]
    for _ in range(EPOCHS):
        order.shuffle(data)
        for case, choices in data:
            scores = [sum(weights[f] for f in features) for features, _ in choices]
            top = max(scores)
            shares = [math.exp(score - top) for score in scores]
            total = sum(shares)
            of_right = sum(s for s, (_, right) in zip(shares, choices, strict=True) if right)
            slope: dict[str, float] = defaultdict(float)
            for share, (features, right) in zip(shares, choices, strict=True):
                push = (share / of_right if right else 0.0) - share / total
                for feature in features:
                    slope[feature] += push * IMPORTANCE.get(case["dataset"], 1.0)
            for feature, value in slope.items():
                pull = value - DECAY * weights[feature]
                squares[feature] += pull * pull
                weights[feature] += STEP * pull / math.sqrt(squares[feature])
    return dict(weights)


def right_ones(data: list[Example], weights: dict[str, float]) -> dict[str, list[bool]]:
    found: dict[str, list[bool]] = defaultdict(list)
    for case, choices in data:
        best = max(choices, key=lambda c: sum(weights.get(f, 0.0) for f in c[0]), default=None)
        found[case["dataset"]].append(bool(best and best[1]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    data = examples(options.data)
    weights = fit(data)
    plainly = right_ones(data, weights)
    crossed: dict[str, list[bool]] = defaultdict(list)
    for number in range(5):
        others = fit([example for example in data if fold(example[0]) != number])
        part = [example for example in data if fold(example[0]) == number]
        for name, answers in right_ones(part, others).items():
            crossed[name] += answers
    possible = {
        name: [any(y for _, y in c) for case, c in data if case["dataset"] == name]
        for name in plainly
    }
    print("| set | pages | possible | plain | cross-validated |\n|---|---|---|---|---|")
    for name in sorted(plainly):
        means = [sum(x[name]) / len(x[name]) for x in (possible, plainly, crossed)]
        print(f"| {name} | {len(plainly[name])} | " + " | ".join(f"{m:.3f}" for m in means) + " |")
    weights |= FIXED
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

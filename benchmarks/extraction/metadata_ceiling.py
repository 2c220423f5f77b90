"""The best that any choice among what a page offers could reach for titles, dates and authors.

    python -m benchmarks.extraction.metadata_ceiling [DATA] [--pages]

`offered`: one of the page's offers is the annotation; who knew it would take that one.  For titles
also what a rule could reach that goes by which places say the same (first heading, og:title,
JSON-LD, <title>, each with and without the site's name): the best rule for all sets, and the best
for this set alone.  Both are found on the very pages they are measured on.  Where the second is
higher, the set wants what the others do not.  With --pages each wrong title is listed with the
number of other sets' pages, offering the same two, whose annotation is ours and whose is theirs.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.extraction import scorer, titles
from benchmarks.extraction.sets import Case, read
from benchmarks.extraction.titles import Example
from scraper.extraction.authors import list_bylines, read_authors
from scraper.extraction.clues import Clues, gather
from scraper.extraction.date_votes import DateVotes
from scraper.extraction.language import read_language
from scraper.extraction.parse import parse_text
from scraper.extraction.published import read_published
from scraper.extraction.site_names import SiteNames
from scraper.extraction.title_weights import WEIGHTS
from scraper.extraction.titles import read_title
from scraper.snapshot import Snapshot

PLACES = ("h1", "og", "og-named", "jsonld", "title", "title-named")

Pattern = tuple[int | None, ...]
Rows = dict[str, dict[str, list[float]]]


def pattern(example: Example) -> tuple[Pattern, list[int]]:
    """Which places say the same: a number for each place; and the candidates by number."""
    first = {
        place: next((at for at, held in enumerate(example.features) if place in held), None)
        for place in PLACES
    }
    said = list(dict.fromkeys(at for at in first.values() if at is not None))
    numbers = {at: number for number, at in enumerate(said)}
    return tuple(None if at is None else numbers[at] for at in first.values()), said


def by_rule(examples: list[Example]) -> dict[str, bool]:
    """id -> whether the best rule finds the title: for each pattern the answer most often right."""
    found = defaultdict(list)
    for one in examples:
        key, said = pattern(one)
        found[key].append((one, [bool(one.right[at]) for at in said]))
    right: dict[str, bool] = {}
    for pages in found.values():
        counts = Counter(n for _, answers in pages for n, hit in enumerate(answers) if hit)
        best = counts.most_common(1)[0][0] if counts else 0
        right |= {one.case["id"]: bool(a) and a[best] for one, a in pages}
    return right


def title_rows(examples: list[Example]) -> Rows:
    sets = defaultdict(list)
    for one in examples:
        sets[one.case["dataset"]].append(one)
    together = by_rule(examples)
    ours = titles.right_ones(examples, WEIGHTS)
    return {
        name: {
            "offered": [bool(one.right.any()) for one in pages],
            "a rule for all": [together[one.case["id"]] for one in pages],
            "a rule for the set": list(by_rule(pages).values()),
            "ours": [float(hit) for hit in ours[name]],
        }
        for name, pages in sorted(sets.items())
    }


def wrong_titles(examples: list[Example]) -> Iterator[str]:
    """A line for each page whose title is another than the annotated one."""
    pairs: dict[tuple[frozenset[str], frozenset[str]], Counter[str]] = defaultdict(Counter)
    for one in examples:
        held = [frozenset(features).intersection(PLACES) for features in one.features]
        for right in {held[at] for at in one.right.nonzero()[0]}:
            for other in set(held) - {right}:
                pairs[right, other][one.case["dataset"]] += 1
    for one in examples:
        scores = [sum(WEIGHTS.get(name, 0.0) for name in held) for held in one.features]
        best = scores.index(max(scores)) if scores else None
        if best is None or one.right[best]:
            continue
        if not one.right.any():
            yield f"{one.case['id']}: not offered"
            continue
        wanted, given = (
            frozenset(one.features[at]).intersection(PLACES) for at in (one.right.argmax(), best)
        )
        ours, theirs = (
            sum(n for name, n in pairs[pair].items() if name != one.case["dataset"])
            for pair in ((given, wanted), (wanted, given))
        )
        yield (
            f"{one.case['id']}: {'+'.join(sorted(wanted)) or 'elsewhere'}, not"
            f" {'+'.join(sorted(given)) or 'elsewhere'}; other sets {ours} as we, {theirs} as this"
        )


def dates(score: Any, case: Case, clues: Clues) -> dict[str, float]:
    language = read_language(clues)
    spoken = language.value if language else None
    headline = read_title(clues, SiteNames(clues))[1]
    reader = DateVotes(clues, spoken, headline)
    votes = [
        *reader.stated(), *reader.address(), *reader.marked(), *reader.in_sight(),
        *reader.in_title(), *reader.in_scripts(),
    ]  # fmt: skip
    found = read_published(clues, spoken, headline)
    return {
        "offered": any(score.day_matches(case, vote.date.at.isoformat()) for vote in votes),
        "ours": bool(found) and score.day_matches(case, found.value.at.isoformat()),
    }


def authors(score: Any, case: Case, clues: Clues) -> dict[str, float]:
    names = SiteNames(clues)
    headline = read_title(clues, names)[1]
    language = read_language(clues)
    published = read_published(clues, language.value if language else None, headline)
    node = published.node if published else None
    found = read_authors(clues, names, headline, node)

    def value(said: tuple[str, ...]) -> float:
        return float(score.score_case(case, {"authors": list(said)}).get("author") or 0.0)

    bylines = list_bylines(clues, names, headline, node)
    return {
        "offered": max((value(byline.names) for byline in bylines), default=0.0),
        "ours": value(found.value) if found else 0.0,
    }


def show(title: str, rows: Rows) -> None:
    columns = list(next(iter(rows.values())))
    print(f"\n{title}\n| set | pages | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 2) + "|")
    for name, row in sorted(rows.items()):
        means = [f"{sum(row[key]) / len(row[key]):.3f}" for key in columns]
        print(f"| {name} | {len(row[columns[0]])} | " + " | ".join(means) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--pages", action="store_true")
    options = parser.parse_args()
    data = scorer.folder(options.data)
    score = scorer.load(data)
    known = titles.examples(data)
    show("title", title_rows(known))
    for name, measure in (("date", dates), ("authors", authors)):
        rows: Rows = defaultdict(lambda: defaultdict(list))
        for case in read(data):
            if case.get(name):
                html, url = scorer.html(data, case), case["url"]
                page = parse_text(html, Snapshot(url, url, 200, (), None, html, None, "file"))
                for key, value in measure(score, case, gather(page)).items():
                    rows[case["dataset"]][key].append(float(value))
        show(name, rows)
    if options.pages:
        print()
        print("\n".join(wrong_titles(known)))


if __name__ == "__main__":
    main()

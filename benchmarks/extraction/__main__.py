"""Compare this extractor with the installed peers on the annotated pages, in one command.

    python -m benchmarks.extraction [DATA] [--part dev|held-out|all] [--set NAME] [--peer NAME]

DATA (else $EXTRACTION_DEV) is the folder of pages with its scorer.  Prints one table a measure,
by set; then this project's figures by page type and by language; and CPU milliseconds a page.
Peers that are not installed are left out (`pip install -e .[bench]` has them all).
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.extraction import peers, scorer
from benchmarks.extraction.sets import Case, read

OURS = "scraper"
MEASURES = {
    "F1": "body F1",
    "pageF1": "body F1, mean of pages",
    "segF1": "snippet F1",
    "para": "exact paragraphs",
    "img_rec": "body pictures, recall",
    "img_prec": "body pictures, precision",
    "lead": "lead image",
    "title": "title",
    "date": "date",
    "author": "authors",
    "empty": "empty results",
    "ms": "median CPU ms a page",
}
FIELDS = {
    "F1": "text", "pageF1": "text", "segF1": "text", "para": "text", "empty": "text",
    "img_rec": "images", "img_prec": "images", "lead": "lead_image", "title": "title",
    "date": "published", "author": "authors",
}  # fmt: skip
"""What a measure is of.  An extractor that never gives it is not measured by it."""

Rows = dict[str, dict[str, Any]]


def run(
    score: Any, data: Path, cases: list[Case], name: str, save: Path | None
) -> dict[str, dict[str, Any]]:
    """id -> fields.  With `save` an interrupted comparison goes on where it stopped."""
    spec = "adapter:ours" if name == OURS else f"peers:{name}"
    stored = str(save / f"{name}.jsonl") if save else None
    found: dict[str, dict[str, Any]] = score.run_adapter(
        f"benchmarks.extraction.{spec}", data, cases, stored
    )
    return found


def rows(
    score: Any, cases: list[Case], found: dict[str, Any], group: Callable[[Case], str | None]
) -> Rows:
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        name = group(case)
        if name is not None:
            groups[name].append(case)
    given = {name for fields in found.values() for name in fields}
    table: Rows = {}
    for name, members in sorted(groups.items()):
        row = score.summarise(
            [scorer.judge(score, case, found.get(case["id"], {})) for case in members],
            [found.get(case["id"], {}) for case in members],
        )
        table[name] = {
            key: value for key, value in row.items() if FIELDS.get(key) in (None, *given)
        }
    return table


def by_kind(case: Case) -> str | None:
    return f"{case['dataset']}/{case['kind']}" if case.get("kind") and "text" in case else None


def by_language(case: Case) -> str | None:
    return f"{case['dataset']}/{case['lang']}" if case.get("lang") and "text" in case else None


def show(tables: dict[str, Rows]) -> None:
    """A table a measure: sets down, extractors across."""
    sets = sorted({name for table in tables.values() for name in table})
    for key, title in MEASURES.items():
        lines = []
        for name in sets:
            values = [table.get(name, {}).get(key) for table in tables.values()]
            if any(value is not None for value in values):
                lines.append([name, *("" if one is None else f"{one:.4g}" for one in values)])
        if lines:
            print(f"\n{title}\n| set | " + " | ".join(tables) + " |")
            print("|---" * (len(tables) + 1) + "|")
            for line in lines:
                print("| " + " | ".join(line) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--part", choices=["dev", "held-out", "all"], default="dev")
    parser.add_argument("--set", action="append", dest="sets")
    parser.add_argument("--peer", action="append", choices=list(peers.NAMES))
    parser.add_argument("--save", type=Path, help="a folder for the answers")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    data = scorer.folder(options.data)
    score = scorer.load(data)
    cases = [
        c for c in read(data, options.part) if not options.sets or c["dataset"] in options.sets
    ]
    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
    tables: dict[str, Rows] = {}
    ours: dict[str, Any] = {}
    for name in [OURS, *(options.peer or peers.installed())]:
        found = run(score, data, cases, name, options.save)
        ours = ours or found
        tables[name] = rows(score, cases, found, lambda case: str(case["dataset"]))
    show(tables)
    print("\nBy page type and language (this project)")
    score.show(rows(score, cases, ours, by_kind) | rows(score, cases, ours, by_language))
    if options.json:
        options.json.write_text(json.dumps(tables, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()

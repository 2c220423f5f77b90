"""What the extractor is worth on sites it was not trained on.

    python -m benchmarks.extraction.crossval [DATA] [--save FILE] [--by kind|lang] [--worst N]

Five times the body model is trained without a fifth of the sites, and the whole record of the
pages of that fifth is made with it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.extraction import scorer
from benchmarks.extraction.adapter import ours
from benchmarks.extraction.learning import lessons
from benchmarks.extraction.sets import FOLDS, Case, fold, read
from benchmarks.extraction.train import train
from scraper.extraction.generic import body
from scraper.extraction.generic.model import build


def predict(data: Path, cases: list[Case], score: Any) -> dict[str, dict[str, Any]]:
    """id -> the record's fields and its CPU milliseconds."""
    known = lessons(data, cases, score)
    found: dict[str, dict[str, Any]] = {}
    shipped = body.model
    try:
        for number in range(FOLDS):
            model = build(train([one for one in known if one.fold != number]))
            body.model = lambda model=model: model  # type: ignore[misc]
            for case in cases:
                if fold(case) == number:
                    page = scorer.html(data, case)
                    start = time.process_time()
                    fields = ours(page, case["url"])
                    took = 1000 * (time.process_time() - start)
                    found[case["id"]] = {"id": case["id"], **fields, "ms": took}
    finally:
        body.model = shipped
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--save", type=Path)
    parser.add_argument("--by", choices=["kind", "lang"])
    parser.add_argument("--worst", type=int, default=0)
    options = parser.parse_args()
    data = scorer.folder(options.data)
    score = scorer.load(data)
    cases = list(read(data))
    found = predict(data, cases, score)
    if options.save:
        with options.save.open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in found.values())
    groups = defaultdict(list)
    for case in cases:
        name = case["dataset"] + (f"/{case.get(options.by)}" if options.by else "")
        groups[name].append((case, scorer.judge(score, case, found[case["id"]])))
    rows = {
        name: score.summarise([one for _, one in group], [found[case["id"]] for case, _ in group])
        for name, group in sorted(groups.items())
    }
    score.show(rows)
    scored = [
        (one["body"], case) for group in groups.values() for case, one in group if "body" in one
    ]
    scored.sort(key=lambda one: (f1(one[0]), one[1]["id"]))
    for value, case in scored[: options.worst]:
        print(f"{f1(value):.3f} {case['id']} {case['url']}")


def f1(triple: tuple[float, float, float]) -> float:
    hit, wrong, missed = triple
    return 2 * hit / (2 * hit + wrong + missed) if sum(triple) else 1.0


if __name__ == "__main__":
    main()

"""Train the body model, or measure it on sites it has not seen.

    python -m benchmarks.extraction.train DATA --cv          figures by cross-validation
    python -m benchmarks.extraction.train DATA --write       writes the extractor's body.json

DATA is the folder of annotated pages; held-out sites take part in neither.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from benchmarks.extraction import scorer
from benchmarks.extraction.learning import Array, Lesson, lessons, matrix, weights_of
from benchmarks.extraction.sets import FOLDS, read
from scraper.extract.generic.features import NAMES
from scraper.extract.generic.segments import weigh
from scraper.extract.generic.selection import threshold

OUT = Path(__file__).parents[2] / "scraper" / "extract" / "generic" / "body.json"
ROUNDS = 120
SETTINGS = {
    "objective": "cross_entropy",
    "learning_rate": 0.1,
    "num_leaves": 16,
    "min_data_in_leaf": 60,
    "min_sum_hessian_in_leaf": 1e-3,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "num_threads": 1,
    "seed": 1,
    "deterministic": True,
    "verbose": -1,
}


def fit(known: list[Lesson]) -> lightgbm.Booster:
    without = weights_of(known)
    pages = [(matrix(one, without(one.site)), one) for one in sorted(known, key=lambda x: x.site)]
    told = [one.weight > 0 for _, one in pages]
    data = lightgbm.Dataset(
        np.concatenate([page[use] for (page, _), use in zip(pages, told, strict=True)]),
        np.concatenate(
            [np.clip(one.truth[use], 0, 1) for (_, one), use in zip(pages, told, strict=True)]
        ),
        weight=1000
        * np.concatenate([one.weight[use] for (_, one), use in zip(pages, told, strict=True)]),
    )
    return lightgbm.train(SETTINGS, data, ROUNDS)


def cross_validate(known: list[Lesson]) -> dict[str, list[tuple[Lesson, Array]]]:
    """Each page's probabilities from a model and weights that knew nothing of its fold."""
    found = defaultdict(list)
    for number in range(FOLDS):
        others = [one for one in known if one.fold != number]
        booster, weights = fit(others), weights_of(others)(None)
        for lesson in known:
            if lesson.fold == number:
                page = matrix(lesson, weights)
                chances = booster.predict(page, num_threads=1) if len(page) else np.zeros(0)
                found[lesson.case["dataset"]].append((lesson, np.asarray(chances)))
    return found


def report(found: dict[str, list[tuple[Lesson, Array]]], score: Any) -> None:
    """The body's figures, set by set, on the text of the segments kept."""
    for name, pages in sorted(found.items()):
        bodies, snippets = [], []
        for lesson, chances in pages:
            segments = lesson.page.segments
            least = threshold(list(chances), [weigh(one.text) for one in segments])
            kept = [one.text for one, p in zip(segments, chances, strict=True) if p >= least]
            scores = score.score_case(lesson.case, {"text": "\n".join(kept)})
            if "body" in scores:
                bodies.append(scores["body"])
            elif "seg" in scores:
                snippets.append(scores["seg"])
        if bodies:
            print(name, len(bodies), *(f"{value:.3f}" for value in score.body_scores(bodies)))
        if snippets:
            hit, want, wrong = (sum(one[at] for one in snippets) for at in range(3))
            precision, recall = hit / (hit + wrong), hit / want
            f1 = 2 * precision * recall / (precision + recall)
            print(name, len(snippets), f"{precision:.3f} {recall:.3f} {f1:.3f}")


def plain(node: dict[str, Any]) -> Any:
    """LightGBM's tree as nested lists."""
    if "leaf_value" in node:
        return round(node["leaf_value"], 4)
    return [
        node["split_feature"], float(f"{node['threshold']:.5g}"), plain(node["left_child"]),
        plain(node["right_child"]),
    ]  # fmt: skip


def write(known: list[Lesson]) -> None:
    booster, weights = fit(known), weights_of(known)(None)
    trees = [plain(one["tree_structure"]) for one in booster.dump_model()["tree_info"]]
    parts = {"features": list(NAMES), "marks": weights.marks, "phrases": weights.phrases}
    lines = [f'"{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in parts.items()]
    lines.append('"keep": [\n' + ",\n".join(json.dumps(one) for one in trees) + "\n]")
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--cv", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    data = scorer.folder(options.data)
    score = scorer.load(data)
    known = lessons(data, read(data), score)
    if options.cv:
        report(cross_validate(known), score)
    if options.write:
        write(known)


if __name__ == "__main__":
    main()

"""Train the body model.

    python -m benchmarks.extraction.train [DATA]

writes the extractor's `body.json` from the annotated pages in DATA (else $EXTRACTION_DEV); held-out
sites take no part.  `crossval` tells what such a model is worth.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from benchmarks.extraction import scorer
from benchmarks.extraction.learning import (
    Array,
    Lesson,
    filled,
    lessons,
    matrix,
    weights_of,
)  # fmt: skip
from benchmarks.extraction.sets import read
from scraper.extraction.generic.features import NAMES, Weights, is_chrome, rows, sizes_of
from scraper.extraction.generic.pictures import PICTURE_NAMES, picture_rows
from scraper.extraction.generic.trees import Score, compile_trees, probability

OUT = Path(__file__).parents[2] / "scraper" / "extraction" / "generic" / "body.json"
ROUNDS = 150
SETTINGS = {
    "objective": "cross_entropy",
    "learning_rate": 0.1,
    "num_leaves": 12,
    "extra_trees": True,
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
PICTURE_ROUNDS = 80
PICTURE_SETTINGS = SETTINGS | {
    "extra_trees": False,
    "num_leaves": 8,
    "min_data_in_leaf": 20,
    "bagging_fraction": 0.8,
}
PARTS = 3
"""Into so many parts the pages are cut to judge each by a model of the others."""


Page = tuple[Lesson, Array]
"""A page with its rows, made with the weights that all other sites teach."""


def pages_of(known: list[Lesson]) -> list[Page]:
    without = weights_of(known)
    return [(one, matrix(one, without(one.site))) for one in sorted(known, key=lambda x: x.site)]


def fit(pages: list[Page]) -> lightgbm.Booster:
    told = [(one, page, one.weight > 0) for one, page in pages]
    data = lightgbm.Dataset(
        np.concatenate([page[use] for _, page, use in told]),
        np.concatenate([np.clip(one.truth[use], 0, 1) for one, _, use in told]),
        weight=1000 * np.concatenate([one.weight[use] for one, _, use in told]),
    )
    return lightgbm.train(SETTINGS, data, ROUNDS)


def chances_of(score: Score, lesson: Lesson, page: Array) -> list[float]:
    """As the extractor finds them."""
    return [
        0.0 if is_chrome(one) else probability(score(row))
        for one, row in zip(lesson.page.segments, page.tolist(), strict=True)
    ]


def fit_pictures(pages: list[Page], weights: Weights) -> lightgbm.Booster:
    """The texts' chances come from models that have not seen the site, as they will in use."""
    found, truths, importance = [], [], []
    for part in range(PARTS):
        others = fit([(one, page) for one, page in pages if one.fold % PARTS != part])
        score = compile_trees(trees_of(others))
        for one, page in pages:
            if one.fold % PARTS == part and one.shown is not None and len(one.shown):
                chances = chances_of(score, one, page)
                layout = rows(one.page, one.head, weights, sizes_of(one.page))[1]
                looks = picture_rows(one.page, one.head, layout, chances, weights)
                judged = [at for at, row in enumerate(looks) if row]
                if judged:
                    found.append(filled(looks, len(PICTURE_NAMES))[judged])
                    truths.append(one.shown[judged])
                    importance.append(np.full(len(judged), 50.0 / (3.0 + one.shown.sum())))
    data = lightgbm.Dataset(
        np.concatenate(found), np.concatenate(truths), weight=np.concatenate(importance)
    )
    return lightgbm.train(PICTURE_SETTINGS, data, PICTURE_ROUNDS)


def plain(node: dict[str, Any]) -> Any:
    """LightGBM's tree as nested lists."""
    if "leaf_value" in node:
        return round(node["leaf_value"], 4)
    return [
        node["split_feature"], float(f"{node['threshold']:.5g}"), plain(node["left_child"]),
        plain(node["right_child"]),
    ]  # fmt: skip


def train(known: list[Lesson]) -> dict[str, Any]:
    """What `body.json` holds."""
    pages, weights = pages_of(known), weights_of(known)(None)
    return {
        "features": list(NAMES),
        "marks": dict(weights.marks),
        "phrases": dict(weights.phrases),
        "keep": trees_of(fit(pages)),
        "picture_features": list(PICTURE_NAMES),
        "show": trees_of(fit_pictures(pages, weights)),
    }


def trees_of(booster: lightgbm.Booster) -> list[Any]:
    return [plain(one["tree_structure"]) for one in booster.dump_model()["tree_info"]]


def write(model: dict[str, Any]) -> None:
    """Words on one line each, a tree a line: differences stay readable."""
    lines = []
    for name, value in model.items():
        if name in ("keep", "show"):
            rows = ",\n".join(json.dumps(one) for one in value)
            lines.append(f'"{name}": [\n{rows}\n]')
        else:
            lines.append(f'"{name}": {json.dumps(value, ensure_ascii=False, indent=0)}')
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("data", type=Path, nargs="?")
    data = scorer.folder(parser.parse_args().data)
    write(train(lessons(data, read(data), scorer.load(data))))


if __name__ == "__main__":
    main()

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
from benchmarks.extraction.learning import Lesson, lessons, matrix, weights_of
from benchmarks.extraction.sets import read
from scraper.extract.generic.features import NAMES

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
    booster, weights = fit(known), weights_of(known)(None)
    return {
        "features": list(NAMES),
        "marks": dict(weights.marks),
        "phrases": dict(weights.phrases),
        "keep": [plain(one["tree_structure"]) for one in booster.dump_model()["tree_info"]],
    }


def write(model: dict[str, Any]) -> None:
    """Words on one line each, a tree a line: differences stay readable."""
    lines = []
    for name, value in model.items():
        if name == "keep":
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

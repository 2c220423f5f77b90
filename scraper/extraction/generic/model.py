"""The learned part: what training left in `body.json`, loaded once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import orjson

from scraper.extraction.generic.features import NAMES, Weights
from scraper.extraction.generic.pictures import PICTURE_NAMES
from scraper.extraction.generic.trees import Score, compile_trees


@dataclass(frozen=True)
class Model:
    """`keep` scores a segment's row, `show` a picture's."""

    weights: Weights
    keep: Score
    show: Score


@lru_cache(maxsize=1)
def model() -> Model:
    return build(orjson.loads(files(__package__).joinpath("body.json").read_bytes()))


def build(data: Mapping[str, Any]) -> Model:
    """A model from what training made.  Raises ValueError when it is of other features."""
    if data["features"] != list(NAMES) or data["picture_features"] != list(PICTURE_NAMES):
        raise ValueError("body.json was trained on other features: run the training again")
    return Model(
        weights=Weights(marks=data["marks"], phrases=data["phrases"]),
        keep=compile_trees(data["keep"]),
        show=compile_trees(data["show"]),
    )

"""The scorer that comes with the annotated pages: `score.py` in their folder, loaded from there."""

from __future__ import annotations

import gzip
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

from benchmarks.extraction.sets import Case

VARIABLE = "EXTRACTION_DEV"


def folder(argument: Path | None) -> Path:
    """DATA as given, else from the environment."""
    if argument is not None:
        return argument
    if VARIABLE in os.environ:
        return Path(os.environ[VARIABLE])
    raise SystemExit(f"Say where the annotated pages are: as an argument or in ${VARIABLE}.")


def load(data: Path) -> Any:
    """The module."""
    spec = importlib.util.spec_from_file_location("score", data / "score.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"There is no score.py in {data}.")
    module = importlib.util.module_from_spec(spec)
    sys.modules["score"] = module  # its worker processes look it up by name
    spec.loader.exec_module(module)
    return module


def judge(score: Any, case: Case, fields: dict[str, Any]) -> dict[str, Any]:
    """What the scorer says of one page's answer; one without pictures has a precision of 0."""
    found: dict[str, Any] = score.score_case(case, fields)
    if found.get("img_rec") is not None and found["img_prec"] is None:
        found["img_prec"] = 0.0
    return found


def html(data: Path, case: Case) -> str:
    return gzip.decompress((data / "html" / f"{case['id']}.html.gz").read_bytes()).decode("utf-8")

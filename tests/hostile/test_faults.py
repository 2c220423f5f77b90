"""docs/faults.md says what is proven, and where."""

from __future__ import annotations

import re
from pathlib import Path

from tests.hostile.cases import CASES

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs/faults.md").read_text(encoding="utf-8"))


def test_all_fifty_stand_there_in_order() -> None:
    assert [int(number) for number, _, _ in ROWS] == list(range(1, 51))
    assert len({name for _, name, _ in ROWS}) == 50


def test_cases_are_where_the_table_says_so() -> None:
    said = {int(number) for number, _, proof in ROWS if "cases" in proof}
    assert said == {case.fault for case in CASES}


def test_pages_are_named_after_their_faults() -> None:
    names = {name for _, name, _ in ROWS}
    stems = {case.address.split("/")[1] for case in CASES if case.address.startswith("/")}
    assert stems <= names


def test_the_named_tests_exist() -> None:
    named = [name for _, _, proof in ROWS for name in re.findall("`([^`]+)`", proof)]
    for name in named:
        path, _, test = name.partition("::")
        source = (ROOT / path).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in source, name
    assert all(proof.strip() for _, _, proof in ROWS)

"""YAML that people write."""

from __future__ import annotations

from pathlib import Path

import pytest

from scraper.errors import UsageError
from scraper.yaml_file import load_mapping


def loaded(tmp_path: Path, text: str) -> object:
    (tmp_path / "a.yaml").write_text(text)
    return load_mapping(tmp_path / "a.yaml", "a profile")


def test_plain_values(tmp_path: Path) -> None:
    assert loaded(tmp_path, "a: 1\nb: [x, no]\n") == {"a": 1, "b": ["x", "no"]}
    assert loaded(tmp_path, "") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a", "a profile holds options"),
        ("a: [", "a.yaml:1"),
        ("a: 1\na: 2", "a.yaml:2"),
        ("1: a", "1 is no name of an option"),
        ("a: !!python/object:os.system {}", "a.yaml"),
        ("[" * 5000, "nested too deeply"),
    ],
)
def test_anything_else_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        loaded(tmp_path, text)
    assert said in str(refused.value)

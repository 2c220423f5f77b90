"""YAML that people write, as plain values: safe tags only, each fault with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from scraper.errors import UsageError


def load_mapping(path: Path, what: str) -> dict[str, Any]:
    """Empty for an empty file; `what` it is, in errors.  Raises UsageError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {what} {path}: {error}") from error
    data = parse_yaml(text, str(path))
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise UsageError(f"{path}: {what} holds options such as `name: value`")
    for key in data:
        if not isinstance(key, str):
            raise UsageError(f"{path}: {key!r} is no name of an option; put it in quotes")
    return data


def parse_yaml(text: str, name: str) -> Any:
    """Raises UsageError naming the file and the line."""
    try:
        return YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise UsageError(f"{name}:{line}: {error.problem or error.context}") from error
    except (YAMLError, ValueError) as error:
        raise UsageError(f"{name}: not valid YAML: {error}") from error
    except RecursionError as error:
        raise UsageError(f"{name}: nested too deeply") from error

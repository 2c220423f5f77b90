"""A recipe's file to a Recipe, every fault with its line."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from scraper.errors import RecipeError
from scraper.recipe.model import Recipe

MAX_BYTES: Final = 1 << 20

Place = tuple[str | int, ...]

_TAG: Final = "tag:yaml.org,2002:"


def read_recipe(path: Path) -> tuple[Recipe, str]:
    """The recipe and its hash (SHA-256 of the file, first 16 hex digits).  Raises RecipeError."""
    try:
        data = path.read_bytes()
        if len(data) > MAX_BYTES:
            raise RecipeError(str(path), 0, f"larger than {MAX_BYTES} bytes")
        text = data.decode("utf-8")
    except OSError as error:
        raise RecipeError(str(path), 0, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise RecipeError(str(path), line, "not UTF-8") from error
    return parse_recipe(text, str(path)), hashlib.sha256(data).hexdigest()[:16]


def parse_recipe(text: str, path: str) -> Recipe:
    """`path` names the text in errors.  Raises RecipeError."""
    values, lines = _load(text, path)
    if not isinstance(values, dict):
        raise RecipeError(path, 1, "a recipe is a mapping; it begins with `recipe: 1`")
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        line, problem = _first(error, lines)
        raise RecipeError(path, line, problem) from error


def _load(text: str, path: str) -> tuple[Any, dict[Place, int]]:
    """Plain values by YAML's safe tags only, and the line of each key and item."""
    lines: dict[Place, int] = {}
    seen: set[int] = set()

    def build(node: Node, place: Place) -> Any:
        line = node.start_mark.line + 1
        lines.setdefault(place, line)
        if id(node) in seen or node.anchor:
            raise RecipeError(path, line, "anchors and aliases are not allowed; write it out")
        seen.add(id(node))
        if isinstance(node, ScalarNode):
            return scalar(node, line)
        if isinstance(node, SequenceNode) and node.tag == _TAG + "seq":
            return [build(item, (*place, index)) for index, item in enumerate(node.value)]
        if isinstance(node, MappingNode) and node.tag == _TAG + "map":
            return mapping(node, place)
        raise RecipeError(path, line, f"the tag {node.tag} is not allowed")

    def mapping(node: MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode) or key_node.tag != _TAG + "str":
                raise RecipeError(path, line, "keys are plain words")
            key = str(key_node.value)
            if key in found:
                first = lines[(*place, key)]
                raise RecipeError(path, line, f"key {key!r} was given in line {first} already")
            lines[(*place, key)] = line
            found[key] = build(value_node, (*place, key))
        return found

    def scalar(node: ScalarNode, line: int) -> str | int | float | bool | None:
        kind, value = str(node.tag).removeprefix(_TAG), str(node.value)
        if kind == "str":
            return value
        if kind == "null":
            return None
        if kind == "bool":
            return value.lower() == "true"
        try:
            if kind == "int":
                return int(value.replace("_", ""), 0) if value[:2] in ("0x", "0o") else int(value)
            if kind == "float":
                return float(value)
        except ValueError as error:
            raise RecipeError(path, line, f"not a number: {value[:40]!r}") from error
        if kind == "timestamp":
            raise RecipeError(path, line, f'put the date in quotes: "{value}"')
        raise RecipeError(path, line, f"the tag {node.tag} is not allowed")

    try:
        root = YAML(typ="rt", pure=True).compose(text)
        return (None if root is None else build(root, ())), lines
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "not valid YAML"
        raise RecipeError(path, mark.line + 1 if mark else 0, str(problem)) from error
    except YAMLError as error:
        raise RecipeError(path, 0, f"not valid YAML: {error}") from error
    except RecursionError as error:
        raise RecipeError(path, 0, "nested too deeply") from error


def _first(error: ValidationError, lines: dict[Place, int]) -> tuple[int, str]:
    """The first fault: its line, and what is wrong in one clause."""
    fault = error.errors(include_url=False)[0]
    at = fault.get("ctx", {}).get("at", ())
    place: Place = (*fault["loc"], *at)
    known = tuple(part for part in place if _is_place(part))
    while known and known not in lines:
        known = known[:-1]
    words = ".".join(str(part) for part in known)
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "missing":
        message = f"{fault['loc'][-1]!r} is missing"
    return lines.get(known, 1), f"{words}: {message}" if words else message


def _is_place(part: str | int) -> bool:
    """Pydantic adds words of its own for unions and dictionary keys."""
    return isinstance(part, int) or part.isidentifier() or "-" in part or "[" not in part

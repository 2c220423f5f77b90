"""Gradient-boosted trees, read from a data file and compiled to one Python function.

A tree is nested lists `[feature, threshold, left, right]`, left where the feature is at most the
threshold, with numbers as leaves.  Walking them a node at a time costs several times as much as the
same comparisons in compiled code.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from math import exp
from typing import Any, Final

FIRST: Final = 40
SURE: Final = 2.0
"""A row that the first FIRST trees give log odds below -SURE is judged by them alone."""

Row = Sequence[float]
Score = Callable[[Row], float]
"""Log odds of a row."""


def compile_trees(trees: Sequence[Any]) -> Score:
    """The sum of all trees' leaves as a function of a row; of the first ones alone where these are
    SURE.  Nothing but numbers gets into the code: whatever else stands in the data raises
    ValueError."""
    adding: list[ast.stmt] = [ast.AugAssign(_stored(), ast.Add(), _tree(one)) for one in trees]
    possible = ast.Compare(ast.Name("total", ast.Load()), [ast.GtE()], [ast.Constant(-SURE)])
    body: list[ast.stmt] = [
        ast.Assign([_stored()], ast.Constant(0.0)),
        *adding[:FIRST],
        ast.If(possible, adding[FIRST:] or [ast.Pass()], []),
        ast.Return(ast.Name("total", ast.Load())),
    ]
    arguments = ast.arguments([], [ast.arg("row")], None, [], [], None, [])
    function = ast.FunctionDef("score", arguments, body, [])
    module = ast.fix_missing_locations(ast.Module([function], []))
    names: dict[str, Any] = {"__builtins__": {}}
    exec(compile(module, "<trees>", "exec"), names)  # noqa: S102 - built here, of numbers only
    score: Score = names["score"]
    return score


def _stored() -> ast.Name:
    return ast.Name("total", ast.Store())


def _tree(node: Any) -> ast.expr:
    if isinstance(node, (int, float)):
        return ast.Constant(float(node))
    feature, threshold, left, right = node
    if not isinstance(feature, int) or not isinstance(threshold, (int, float)):
        raise ValueError(f"not a tree: {node!r:.80}")
    value = ast.Subscript(ast.Name("row", ast.Load()), ast.Constant(feature), ast.Load())
    test = ast.Compare(value, [ast.LtE()], [ast.Constant(float(threshold))])
    return ast.IfExp(test, _tree(left), _tree(right))


def probability(score: float) -> float:
    """The logistic function, safe for any score."""
    return 1.0 / (1.0 + exp(-score)) if score > -60.0 else 0.0

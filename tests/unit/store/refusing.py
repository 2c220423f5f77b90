"""Calls to the operating system that fail."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest


def refuse(
    monkeypatch: pytest.MonkeyPatch, name: str, nth: int, problem: int
) -> Callable[[], bool]:
    """The nth call fails, and all after it; returns whether it came to that."""
    real, count = getattr(os, name), 0

    def refusing(*arguments: Any, **more: Any) -> Any:
        nonlocal count
        count += 1
        if count >= nth:
            raise OSError(problem, os.strerror(problem))
        return real(*arguments, **more)

    monkeypatch.setattr(os, name, refusing)
    return lambda: count >= nth

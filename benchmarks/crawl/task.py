"""The task of a contestant."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

RECIPES = Path(__file__).parent / "recipes"
READY = "article h1"
"""There when a page can be read; every contestant knows it."""


@dataclass(frozen=True, slots=True)
class Task:
    """`output` is a directory, `media` asks for the pictures of the articles."""

    urls: tuple[str, ...]
    output: str
    concurrency: int
    media: bool
    browser: str

    @classmethod
    def given(cls) -> Task:
        """On the command line of a contestant."""
        return cls(**json.loads(sys.argv[1]))

    def command_line(self) -> str:
        return json.dumps(asdict(self))

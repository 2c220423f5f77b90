"""`scraper extract --explain`: what became of each part of a page."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from scraper.cli.errors import say
from scraper.cli.printable import printable
from scraper.errors import UsageError
from scraper.extraction.explain import explain
from scraper.recipe import Recipes
from scraper.snapshot import Snapshot

_SHOWN = 80


def show_parts(page: Snapshot, recipes: Sequence[Path], overlay: Path) -> int:
    """A line for each part on stdout (verdict, reason, place, beginning of its text, with tabs
    between), and the marked page in a file."""
    explanation = explain(page, Recipes.load(recipes))
    for part in explanation.parts:
        columns = part.verdict, part.reason, part.xpath or "-", part.text[:_SHOWN]
        sys.stdout.write("\t".join(map(printable, columns)) + "\n")
    try:
        overlay.write_text(explanation.overlay, encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"--overlay {overlay}: {error.strerror}") from error
    say(f"the marked page is {overlay}")
    return 0

"""`scraper extract --explain`: which candidates found something, what became of each part."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from scraper.cli.errors import say
from scraper.cli.table import show_rows
from scraper.errors import UsageError
from scraper.extraction.explain import explain
from scraper.extraction.public import match_page
from scraper.extraction.tried import Tried, tried
from scraper.recipe import Recipes
from scraper.snapshot import Snapshot

_SHOWN = 80


def show_parts(page: Snapshot, recipes: Recipes, overlay: Path) -> int:
    """On stdout the candidates of the page's recipe and the parts of the page, in a file the marked
    page.  The candidates come first: they may say why a required field was not found."""
    if match := match_page(page, recipes):
        show_candidates(tried(page, match.recipe.recipe))
    explanation = explain(page, recipes)
    rows = (
        (part.verdict, part.reason, part.xpath or "-", part.text[:_SHOWN])
        for part in explanation.parts
    )
    show_rows(("Verdict", "Reason", "Place", "Text"), rows, cut="Text")
    try:
        overlay.write_text(explanation.overlay, encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"--overlay {overlay}: {error.strerror}") from error
    say(f"the marked page is {overlay}")
    return 0


def show_candidates(candidates: Iterable[Tried]) -> None:
    """A row for each: what it found, and whether the value is from there."""
    rows = ((one.field, one.candidate, str(one.matches), str(one.used)) for one in candidates)
    show_rows(("Field", "Candidate", "Matches", "Used"), rows, cut="Candidate", kind="candidate")

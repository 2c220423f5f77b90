"""`scraper recipe`: list the recipes, check them against their stored cases, store a new case."""

from __future__ import annotations

import typer

app = typer.Typer(help="Look after site recipes.", no_args_is_help=True)


@app.command("list")
def list_() -> int:
    """List the recipes that are known."""
    return 0


@app.command()
def check() -> int:
    """Run the stored cases of recipes."""
    return 0

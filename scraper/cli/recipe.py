"""`scraper recipe`: list the recipes, check them against their stored cases, store a new case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.printable import printable

app = typer.Typer(help="Look after site recipes.", no_args_is_help=True)

Directories = Annotated[
    list[Path] | None,
    typer.Option("--recipes", metavar="DIR", help="A directory of recipes, searched first."),
]


@app.command("list")
def list_(recipes: Directories = None) -> int:
    """List the recipes that are known: id, name, revision, stored cases, file."""
    from scraper.recipe import Recipes

    for loaded in Recipes.load(recipes or ()):
        cases = sum(1 for case in loaded.cases.glob("*") if case.is_dir())
        columns = (
            loaded.id,
            loaded.recipe.site.name,
            f"revision {loaded.recipe.revision}",
            f"{cases} cases",
            str(loaded.path),
        )
        typer.echo("\t".join(map(printable, columns)))
    return 0

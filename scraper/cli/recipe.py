"""`scraper recipe`: list the recipes, check them against their stored cases, store a new case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from scraper.cli.errors import fail
from scraper.cli.options import job_option
from scraper.cli.printable import printable
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.extraction.cases import RecipeCheck
    from scraper.recipe import LoadedRecipe, Recipes

_SHOWN = 200

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


@app.command()
def check(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID…]", help="Only these recipes.")
    ] = None,
    recipes: Directories = None,
    save: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Fetch this page and store it with its record as a case."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="The new case's name (default: the article's id).")
    ] = None,
    connect_to: Annotated[
        list[str] | None,
        job_option("connect_to", metavar="HOST:PORT:ADDR:PORT", panel="To save a page"),
    ] = None,
    insecure: Annotated[
        bool | None, job_option("insecure", "--insecure", panel="To save a page")
    ] = None,
) -> int:
    """Run the stored cases of recipes, field by field, offline; exit code 8 if one differs.

    With --save: store a new case instead. Read it before you keep it.
    """
    from scraper.cli.fetching import fetched
    from scraper.extraction.cases import check_recipe, save_case
    from scraper.recipe import Recipes

    known = Recipes.load(recipes or ())
    if save:
        match = known.match(save)
        if match is None:
            raise UsageError(f"no recipe knows {save}: its match list needs a pattern for it")
        options = {"connect_to": connect_to, "insecure": insecure}
        page = fetched(save, recipes or (), options)
        typer.echo(f"stored: {printable(str(save_case(page, match.recipe, name)))}")
        return 0
    checks = [check_recipe(recipe) for recipe in _chosen(known, ids or [])]
    for done in checks:
        _report(done)
    wrong = sum(not done.holds for done in checks)
    return fail(f"{wrong} of {len(checks)} recipes differ from their cases", 8) if wrong else 0


def _chosen(known: Recipes, ids: list[str]) -> list[LoadedRecipe]:
    for id in ids:
        if known.get(id) is None:
            raise UsageError(f"no recipe {id!r}: there are {', '.join(one.id for one in known)}")
    return [recipe for recipe in known if not ids or recipe.id in ids]


def _report(done: RecipeCheck) -> None:
    fields = sum(len(case.fields) for case in done.cases)
    typer.echo(f"{done.recipe.id}: {len(done.cases)} cases, {fields} fields")
    for case in done.cases:
        for one in case.differences:
            typer.echo(f"  {printable(case.name)} {printable(one.field)}:")
            typer.echo(f"    expected {_shown(one.expected)}")
            typer.echo(f"    found    {_shown(one.found)}")
    for note in done.notes:
        typer.echo(f"  note: {printable(note)}")


def _shown(value: object) -> str:
    text = printable(orjson.dumps(value).decode())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"

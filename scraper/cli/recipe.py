"""`scraper recipe`: list the recipes, check them against their stored cases, store a new case."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper.amounts import counted
from scraper.cli.errors import fail
from scraper.cli.options import flag, job_option
from scraper.cli.printable import json_line, printable
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.extraction.cases import RecipeCheck
    from scraper.recipe import LoadedRecipe, Recipes

app = typer.Typer(help="Look after site recipes.", no_args_is_help=True)

Directories = Annotated[
    list[Path] | None,
    typer.Option("--recipes", metavar="DIR", help="A directory of recipes, searched first."),
]


@app.command("list")
def list_(
    recipes: Directories = None,
    json: Annotated[bool, flag("--json", help="One JSON object a line.")] = False,
) -> int:
    """List the recipes that are known: id, name, revision, stored cases, file."""
    from scraper.cli.table import show_rows
    from scraper.recipe import Recipes

    titles = ("Id", "Name", "Revision", "Cases", "File")
    rows = [
        (loaded.id, loaded.recipe.site.name, loaded.recipe.revision, _cases(loaded),
         str(loaded.path))
        for loaded in Recipes.load(recipes or ())
    ]  # fmt: skip
    if json:
        for row in rows:
            told = dict(zip(map(str.lower, titles), row, strict=True))
            typer.echo(json_line(told), nl=False)
    else:
        show_rows(titles, (tuple(map(str, row)) for row in rows), cut="Name")
    return 0


@app.command()
def check(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Only these recipes.")
    ] = None,
    recipes: Directories = None,
    candidates: Annotated[
        bool,
        flag("--candidates", help="Show too in how many cases each candidate matches and is used."),
    ] = False,
    accept: Annotated[
        bool,
        flag("--accept", help="Show what differs, and from now on expect what was found."),
    ] = False,
    save: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Fetch this page and store it with its record as a case."),
    ] = None,
    collection: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="With --save: take the page that this collection keeps, also one that gave no "
            "record.",
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            help="The new case's name (default: the article's id, or the failure's code)."
        ),
    ] = None,
    connect_to: Annotated[
        list[str] | None,
        job_option("connect_to", metavar="HOST:PORT:ADDR:PORT", panel="To save a page"),
    ] = None,
    insecure: Annotated[
        bool | None, job_option("insecure", "--insecure", panel="To save a page")
    ] = None,
    json: Annotated[
        bool, flag("--json", help="What each recipe came to, one JSON object a line.")
    ] = False,
) -> int:
    """Run the stored cases of recipes, field by field, offline; exit code 8 if one differs.

    With --save: store a new case instead. Read it before you keep it.

    A page that gives no record is a case too: of its failure.
    """
    from scraper.recipe import Recipes

    known = Recipes.load(recipes or ())
    if save and (accept or json):
        other = "--accept" if accept else "--json"
        raise UsageError(f"--save and {other} exclude each other: choose one")
    if save:
        options = {"connect_to": connect_to, "insecure": insecure}
        return _save(known, save, name, collection, options)
    if json and (accept or candidates):
        raise UsageError("--json tells of a check alone: leave out --accept and --candidates")
    return _check(_chosen(known, ids or []), accept=accept, show_all=candidates, json=json)


def _save(
    known: Recipes, url: str, name: str | None, collection: Path | None, options: dict[str, Any]
) -> int:
    from scraper.cli.fetching import fetched, kept_at
    from scraper.extraction.cases import save_case
    from scraper.recipe.cases import check_place

    match = known.match(url)
    if match is None:
        raise UsageError(f"no recipe knows {url}: its match list needs a pattern for it")
    check_place(match.recipe)
    page = kept_at(collection, url) if collection else fetched(url, known, options)
    folder, expected = save_case(page, match.recipe, name)
    failure = expected.get("failure")
    what = f"a page that fails with {failure}" if failure else "a page and its record"
    typer.echo(f"stored: {printable(str(folder))} ({what})")
    return 0


def _check(recipes: list[LoadedRecipe], *, accept: bool, show_all: bool, json: bool) -> int:
    from scraper.cli.explain import show_candidates
    from scraper.extraction.cases import accept_case, check_recipe
    from scraper.extraction.tried import over_pages

    differing = 0
    for recipe in recipes:
        done = check_recipe(recipe)
        if json:
            typer.echo(json_line(_told(done)), nl=False)
        else:
            _report(done)
        if show_all:
            show_candidates(over_pages(case.tried for case in done.cases))
        changed = [case for case in done.cases if case.differences]
        if accept:
            for case in changed:
                typer.echo(f"  accepted: {printable(str(accept_case(case, recipe)))}")
        else:
            differing += bool(changed)
    if differing:
        return fail(
            f"not as the stored cases say: {differing} of {counted(len(recipes), 'recipe')}", 8
        )
    return 0


def _cases(recipe: LoadedRecipe) -> int:
    return sum(1 for case in recipe.cases.glob("*") if case.is_dir())


def _chosen(known: Recipes, ids: list[str]) -> list[LoadedRecipe]:
    for id in ids:
        if known.get(id) is None:
            raise UsageError(f"no recipe {id!r}: there are {', '.join(one.id for one in known)}")
    return [recipe for recipe in known if not ids or recipe.id in ids]


def _told(done: RecipeCheck) -> dict[str, Any]:
    cases = [
        {
            "name": case.name,
            "fields": case.fields,
            "differences": [asdict(one) for one in case.differences],
            "problem": case.problem,
        }
        for case in done.cases
    ]
    return {"recipe": done.recipe.id, "cases": cases, "notes": done.notes}


def _report(done: RecipeCheck) -> None:
    from scraper.cli.difference import difference

    fields = sum(len(case.fields) for case in done.cases)
    differing = sum(len(case.differences) for case in done.cases)
    said = f"{differing} differ" if differing else "all as expected"
    cases = counted(len(done.cases), "case")
    typer.echo(f"{done.recipe.id}: {cases}, {counted(fields, 'field')}, {said}")
    for case in done.cases:
        for one in case.differences:
            typer.echo(f"  {printable(case.name)} {printable(one.field)}:")
            for line in difference(one.expected, one.found):
                typer.echo(f"    {line}")
        if case.differences and case.problem:
            typer.echo(f"    {printable(case.problem)}")
    for note in done.notes:
        typer.echo(f"  note: {printable(note)}")

"""`scraper import`: archives of other programs into a collection."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from scraper.amounts import counted
from scraper.cli.errors import say
from scraper.cli.options import flag


def import_(
    source: Annotated[Path, typer.Argument(help="The archive's directory: a Hexo blog.")],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="The collection; made if missing."),
    ],
    from_: Annotated[
        Literal["hexo"], typer.Option("--from", metavar="FORM", help="hexo.")
    ] = "hexo",
    json: Annotated[bool, flag("--json", help="The result as one JSON object.")] = False,
) -> int:
    """Read the posts of a blog into a collection, as a run of its own. Posts that `scraper export
    --to hexo` wrote come back as the records they were; those of other programs say what they say.
    Again, it adds only what changed. Exit code 1 if a post could not be read."""
    from scraper.cli.printable import json_line, printable
    from scraper.offline import import_posts

    kinds = {"record": 0, "unchanged": 0, "failed": 0}
    for path, kind, problem in import_posts(source, output, form=from_):
        kinds[kind] += 1
        if problem:
            say(f"{path.name}: {problem}")
    if json:
        typer.echo(json_line(kinds), nl=False)
    else:
        typer.echo(
            printable(
                f"{output}: {counted(kinds['record'], 'record')} written, "
                f"{kinds['unchanged']} unchanged, "
                f"{counted(kinds['failed'], 'post')} could not be read"
            )
        )
    return 1 if kinds["failed"] else 0

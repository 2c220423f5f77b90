"""`scraper migrate`: an older collection, for this version of the program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.options import flag
from scraper.cli.printable import json_line


def migrate(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    json: Annotated[bool, flag("--json", help="The result as one JSON object.")] = False,
) -> int:
    """Bring a collection that an earlier version made to the format of this one. It happens whole
    or not at all; earlier versions cannot read it afterwards."""
    from scraper.housekeeping import migrate as migrate_collection

    before, after = migrate_collection(collection)
    if json:
        typer.echo(json_line({"from": before, "to": after}), nl=False)
    elif before == after:
        typer.echo(f"{collection} has format {after}: there is nothing to do")
    else:
        typer.echo(f"{collection} had format {before} and has format {after} now")
    return 0

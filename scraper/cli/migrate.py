"""`scraper migrate`: an older collection, for this version of the program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def migrate(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
) -> int:
    """Bring a collection that an earlier version made to the format of this one. It happens whole
    or not at all; earlier versions cannot read it afterwards."""
    from scraper.housekeeping import migrate as migrate_collection

    before, after = migrate_collection(collection)
    if before == after:
        typer.echo(f"{collection} has format {after}: there is nothing to do")
    else:
        typer.echo(f"{collection} had format {before} and has format {after} now")
    return 0

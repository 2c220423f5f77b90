"""`scraper pack`: a run's web archives in one file, for other programs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from scraper.amounts import counted, size
from scraper.cli.errors import say
from scraper.cli.options import flag
from scraper.cli.printable import json_line


def pack(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    run: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="This run, again if it was packed (repeatable)."),
    ] = None,
    json: Annotated[bool, flag("--json", help="One JSON object a line.")] = False,
) -> int:
    """Pack the pages that finished runs kept into COLLECTION/wacz/RUN.wacz, a file for each run
    that has none yet: for ReplayWeb.page, pywb and other readers of web archives."""
    from scraper.offline import pack as pack_runs

    nothing = True
    for packed in pack_runs(collection, runs=run or ()):
        nothing = False
        if json:
            typer.echo(json_line(asdict(packed) | {"path": str(packed.path)}), nl=False)
            continue
        typer.echo(f"{packed.path}: {counted(packed.pages, 'page')}, {size(packed.bytes)}")
    if nothing:
        say("nothing to pack: every finished run that kept pages has its file")
    return 0

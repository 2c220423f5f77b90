"""`scraper verify`: whether a collection is as it was written."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.errors import fail
from scraper.cli.options import flag
from scraper.cli.printable import json_line


def verify(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    json: Annotated[bool, flag("--json", help="The result as one JSON object.")] = False,
) -> int:
    """Check every line, picture and kept page of a collection against its database: lengths,
    hashes, offsets. Exit code 8 when something is not as it was written."""
    from rich.progress import track

    from scraper.cli.screen import PlainConsole
    from scraper.store.verify import verify as checked
    from scraper.wiring import open_collection

    looked_at: Counter[str] = Counter()
    problems = []
    console = PlainConsole(stderr=True)
    with open_collection(collection) as opened:
        for one in track(
            checked(opened), "verifying", console=console, disable=not console.is_terminal
        ):
            looked_at[one.kind] += 1
            if one.problem:
                problems.append(one)
                if not json:
                    fail(f"{one.name}: {one.problem}", 8)
    if json:
        wrong = [{"kind": p.kind, "name": p.name, "problem": p.problem} for p in problems]
        typer.echo(json_line({"checked": dict(looked_at), "problems": wrong}), nl=False)
    else:
        counted = ", ".join(f"{looked_at[kind]} {kind}s" for kind in ("line", "picture", "page"))
        typer.echo(f"checked {counted}: {len(problems) or 'no'} problems")
    return 8 if problems else 0

"""`scraper verify`: whether a collection is as it was written."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.amounts import counted
from scraper.cli.errors import fail, say
from scraper.cli.options import flag
from scraper.cli.printable import json_line

if TYPE_CHECKING:
    from scraper.cli.screen import PlainConsole
    from scraper.replay import Score


def verify(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    replay: Annotated[
        bool,
        flag("--replay", help="Also render each kept page again, offline, and compare."),
    ] = False,
    json: Annotated[bool, flag("--json", help="The result as one JSON object.")] = False,
) -> int:
    """Check every line, picture and kept page of a collection against its database: lengths,
    hashes, offsets. With --replay, also how much of each record its page gives again when it is
    rendered from the archive alone: of the text and of the pictures, from 0 to 1. Exit code 8 when
    something is not as it was written, or a page gives less than its record."""
    from rich.progress import track

    from scraper.cli.screen import PlainConsole
    from scraper.opening import open_collection
    from scraper.store.verify import verify as checked

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
    scored = _scored(collection, console, quiet=json) if replay and not problems else []
    short = [score for score in scored if not score.whole]
    if json:
        replayed = {"replay": [asdict(score) for score in scored]} if replay else {}
        wrong = [{"kind": p.kind, "name": p.name, "problem": p.problem} for p in problems]
        typer.echo(json_line({"checked": dict(looked_at), "problems": wrong} | replayed), nl=False)
    else:
        looked = ", ".join(counted(looked_at[kind], kind) for kind in ("line", "picture", "page"))
        count = counted(len(problems), "problem") if problems else "no problems"
        typer.echo(f"checked {looked}: {count}")
        if replay and not problems:
            whole = len(scored) - len(short)
            typer.echo(f"replayed {counted(len(scored), 'page')}: {whole} gave all again")
    return 8 if problems or short else 0


def _scored(collection: Path, console: PlainConsole, *, quiet: bool) -> list[Score]:
    from rich.progress import track

    from scraper.job import Job
    from scraper.replay import scores

    found = []
    for score in track(
        scores(collection, job=Job(), note=say),
        "replaying",
        console=console,
        disable=not console.is_terminal,
    ):
        found.append(score)
        if not (score.whole or quiet):
            why = score.problem or f"text {score.text:.2f}, pictures {score.pictures:.2f}"
            fail(f"{score.id}, revision {score.revision}: {why}", 8)
    return found

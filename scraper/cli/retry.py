"""`scraper retry`: failures only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli.errors import say
from scraper.cli.options import flag

if TYPE_CHECKING:
    from scraper.protocols import Reporter
    from scraper.summary import Summary


def retry(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    code: Annotated[
        list[str] | None, typer.Option(help="Only failures with this code; may be repeated.")
    ] = None,
    quiet: Annotated[bool, flag("--quiet", "-q", help="Show no progress.")] = False,
    json: Annotated[bool, flag("--json", help="Summary as one JSON object.")] = False,
    log: Annotated[str | None, typer.Option(metavar="FILE", help="A file of JSON lines.")] = None,
) -> int:
    """Try the URLs again whose latest outcome is a failure, as the last run asked for them."""
    from scraper.cli.running import Shown, run_shown
    from scraper.wiring import retry as try_again

    def start(reporters: Sequence[Reporter]) -> Summary | None:
        summary = try_again(collection, codes=code or (), reporters=reporters)
        if summary is None:
            which = f" with the code {' or '.join(code)}" if code else ""
            say(f"{collection} has no failures{which}: there is nothing to try again")
        return summary

    return run_shown(Shown(quiet, json, log=log), start)

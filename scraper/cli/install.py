"""`scraper install`: finds a browser, or gets one."""

from __future__ import annotations

from typing import Annotated

import typer

from scraper.cli.options import flag
from scraper.cli.printable import json_line, printable


def install(
    browser: Annotated[
        str | None, typer.Option(metavar="PATH", help="Use this browser; also SCRAPER_BROWSER.")
    ] = None,
    yes: Annotated[
        bool, flag("--yes", "-y", help="Install the system's package if need be.")
    ] = False,
    json: Annotated[bool, flag("--json", help="The result as one JSON object.")] = False,
) -> int:
    """Find a browser (a headless shell is preferred), or install one."""
    from scraper.fetch.find_browser import install_browser

    def say(text: str) -> None:
        typer.echo(printable(text), err=json)

    found = install_browser(browser, system=yes, say=say)
    if json:
        told = {"path": str(found.path), "kind": found.kind, "version": found.version}
        typer.echo(json_line(told), nl=False)
        return 0
    typer.echo(printable(f"browser: {found.path} ({found.kind} {found.version})"))
    return 0

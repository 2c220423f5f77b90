"""`scraper install`: finds a browser, or gets one."""

from __future__ import annotations

from typing import Annotated

import typer

from scraper.cli.options import flag
from scraper.cli.printable import printable


def install(
    browser: Annotated[
        str | None, typer.Option(metavar="PATH", help="Use this browser; also SCRAPER_BROWSER.")
    ] = None,
    yes: Annotated[
        bool, flag("--yes", "-y", help="Install the system's package if need be.")
    ] = False,
) -> int:
    """Find a browser (a headless shell is preferred), or install one."""
    from scraper.fetch.find_browser import install_browser

    found = install_browser(browser, system=yes, say=lambda text: typer.echo(printable(text)))
    typer.echo(printable(f"browser: {found.path} ({found.kind} {found.version})"))
    return 0

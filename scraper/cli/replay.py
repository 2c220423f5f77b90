"""`scraper replay`: a kept page in a browser, without the network."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from scraper.amounts import counted
from scraper.cli.errors import say
from scraper.cli.options import flag
from scraper.cli.printable import json_line, printable
from scraper.cli.selecting import AsOf, selection
from scraper.errors import UsageError


def replay(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="COLLECTION|FILE", help="A collection's directory, or anybody's WACZ or WARC."
        ),
    ],
    page: Annotated[
        str | None,
        typer.Argument(metavar="ID|URL", help="Which page; without it, they are listed."),
    ] = None,
    as_of: AsOf = None,
    screenshot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Open no window: draw the page into this PNG file."),
    ] = None,
    browser: Annotated[
        str | None, typer.Option(metavar="PATH", help="The browser to use (default: any found).")
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=1.0, help="Seconds until the page must be there.")
    ] = 30.0,
    json: Annotated[
        bool, flag("--json", help="Pages as lines of JSON, the result as one object.")
    ] = False,
) -> int:
    """Show a page as it was kept, in Chromium. Every request is answered from the archive, and
    nothing reaches the network. A page that was kept without its parts (--archive page) is shown as
    it was rendered, with its stored pictures, without its styles.
    """
    from scraper.cli.table import show_rows
    from scraper.job import Job
    from scraper.replay import page_list, show

    if not source.exists():
        raise UsageError(f"there is no collection or file {source}")
    moment = selection(as_of=as_of).as_of
    if moment and not source.is_dir():
        raise UsageError("--as-of is for collections: leave it out")
    if page is None:
        if json:
            pages = page_list(source, moment)
            sys.stdout.writelines(json_line({"url": url, "title": title}) for url, title in pages)
            return 0
        show_rows(("Address", "Title"), page_list(source, moment), cut="Title")
        return 0
    window = screenshot is None
    if window and not _has_display():
        raise UsageError("there is no display to open a window on: add --screenshot FILE")
    job = Job(timeout=timeout, browser=browser)
    shown = show(source, page, as_of=moment, job=job, window=window, note=say)
    if screenshot and shown.picture is not None:
        try:
            screenshot.write_bytes(shown.picture)
        except OSError as error:
            raise UsageError(f"--screenshot {screenshot}: {error.strerror}") from error
        if not json:
            typer.echo(f"drawn: {screenshot}")
    if json:
        told = {"url": shown.address, "answered": shown.answered, "missed": shown.missed}
        typer.echo(json_line(told), nl=False)
        return 0
    typer.echo(
        f"{counted(shown.answered, 'answer')} from the archive, {len(shown.missed)} that it lacks"
    )
    for address in shown.missed:
        typer.echo(f"  {printable(address)}")
    return 0


def _has_display() -> bool:
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))

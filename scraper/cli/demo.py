"""`scraper demo`: the built-in news site, for a person to look at and to crawl."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Annotated

import typer

from scraper.demo import STORIES, USUAL_PORT, DemoSite
from scraper.errors import UsageError


def demo(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on loopback; 0 takes any free one.")
    ] = USUAL_PORT,
) -> int:
    """Serve a small news site with invented articles until Ctrl-C."""
    try:
        site = DemoSite(port)
    except OSError as error:
        raise UsageError(f"--port {port}: {error.strerror}: choose another one") from error
    with site, suppress(KeyboardInterrupt):
        typer.echo(f"The demo site is at {site.local_address} (Ctrl-C ends it).")
        typer.echo(f"Crawl a page: scraper crawl {site.local_address}story/{STORIES[0].id}.html")
        threading.Event().wait()
    return 0

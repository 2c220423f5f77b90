"""`scraper demo`: the built-in news site, for a person to look at and to crawl."""

from __future__ import annotations

import signal
import threading
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
    # A handler, not an exception: that could come at a point where nobody can catch it.
    ended = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: ended.set())
    with site:
        typer.echo(f"The demo site is at {site.local_address} (Ctrl-C ends it).")
        typer.echo(f"Crawl a page: scraper crawl {site.local_address}story/{STORIES[0].id}.html")
        ended.wait()
    return 0

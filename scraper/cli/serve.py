"""`scraper serve`: a collection in a browser."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.options import flag
from scraper.errors import UsageError


def serve(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            metavar="N",
            help="Port; 0 takes any free one (default: 8027, or any free one).",
        ),
    ] = None,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Serve others, too, at this address of the machine: who comes needs the token "
            "in the address that is printed.",
        ),
    ] = "127.0.0.1",
    token: Annotated[bool, flag("--token", help="Ask for a token on this machine, too.")] = False,
    open: Annotated[bool, flag("--open", help="Open it in the browser.")] = False,
) -> int:
    """Look at a collection: articles beside the pages they came from, search, what changed, runs
    and failures. Read only, for this machine only unless --host says otherwise, until Ctrl-C. Needs
    pip install 'headless-scraper[serve]'."""
    try:
        from scraper.serve import serve as serve_collection
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn"):
            raise
        raise UsageError(
            "serving needs more than was installed: pip install 'headless-scraper[serve]'"
        ) from error

    def ready(address: str) -> None:
        typer.echo(f"{collection} is at {address} (Ctrl-C ends it).")
        if open:
            webbrowser.open(address)

    serve_collection(collection, port, ready, host=host, token=token)
    return 0

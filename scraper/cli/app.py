"""The program, put together."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from scraper.cli.errors import ended
from scraper.cli.verbs import EPILOG, Verbs
from scraper.settings import program_version

app = typer.Typer(
    name="scraper",
    cls=Verbs,
    help="Crawl pages in a headless browser into validated records, pictures and an archive.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"scraper {program_version()}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, metavar="", help="Show the version."
        ),
    ] = False,
) -> None:
    pass


def main() -> int:
    """The console script; the return value is the exit code."""
    # What a start makes stays, and pages leave hardly any cycles: looking for them after every 700
    # objects finds nothing, again and again.
    gc.set_threshold(20_000)
    return ended(lambda: app(standalone_mode=False))

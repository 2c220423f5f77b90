"""The program, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from scraper.cli import (
    crawl,
    demo,
    export,
    extract,
    forget,
    gc,
    health,
    imports,
    install,
    migrate,
    pack,
    recipe,
    records,
    reextract,
    replay,
    report,
    retry,
    schedule,
    schema,
    serve,
    show,
    verify,
)
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
app.command("crawl", epilog=EPILOG)(crawl.crawl)
app.command("retry", epilog=EPILOG)(retry.retry)
app.command("extract")(extract.extract)
app.command("records")(records.records)
app.command("show")(show.show)
app.command("serve")(serve.serve)
app.command("report")(report.report)
app.command("replay")(replay.replay)
app.command("reextract")(reextract.reextract)
app.command("verify")(verify.verify)
app.command("pack")(pack.pack)
app.command("export")(export.export)
app.command("import")(imports.import_)
app.command("forget")(forget.forget)
app.command("gc")(gc.gc)
app.command("migrate")(migrate.migrate)
app.command("health")(health.health)
app.add_typer(schedule.app, name="schedule")
app.add_typer(recipe.app, name="recipe")
app.command("schema")(schema.schema)
app.command("install")(install.install)
app.command("demo")(demo.demo)


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
    return ended(lambda: app(standalone_mode=False))

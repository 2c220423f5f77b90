"""`scraper export`: the records in a form for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from scraper.amounts import counted
from scraper.cli import selecting
from scraper.cli.options import completing, flag


def _forms() -> list[str]:
    from scraper.view.exporter import names

    return names()


def export(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    to: Annotated[
        str,
        typer.Option(
            metavar="FORM",
            help="hexo, markdown, csv, parquet, dataset, or one you installed.",
            autocompletion=completing(_forms),
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="The directory of the export.")
    ],
    media: Annotated[
        Literal["local", "remote", "none"],
        typer.Option(
            metavar="local|remote|none",
            help="Pictures as files of the export, by their address on the web, or left out.",
        ),
    ] = "local",
    profile: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="YAML with what the pages do not say; docs/exports.md lists the keys.",
        ),
    ] = None,
    where: selecting.Where = None,
    since: selecting.Since = None,
    as_of: selecting.AsOf = None,
    revisions: selecting.Revisions = "latest",
    fields: selecting.Fields = None,
    json: Annotated[bool, flag("--json", help="The result as one JSON object.")] = False,
) -> int:
    """Write the records of a collection in another form, or bring such an export up to date: only
    what changed is written, and what is no longer wanted is removed. The directory may be deleted
    and made again; files in it that no export made are left alone."""
    from scraper.cli.printable import json_line, printable
    from scraper.cli.screen import PlainConsole
    from scraper.offline import export as export_to
    from scraper.view.exporter import Wish

    chosen = selecting.selection(where=where, since=since, as_of=as_of, revisions=revisions)
    wish = Wish(media, _profile(profile), selecting.field_paths(fields))
    with PlainConsole(stderr=True).status(f"exporting to {to}"):
        changes = export_to(collection, output, to=to, chosen=chosen, wish=wish)
    counts = {"written": changes.written, "kept": changes.kept, "removed": changes.removed}
    if json:
        typer.echo(json_line(counts), nl=False)
    else:
        typer.echo(
            printable(
                f"{output}: {counted(changes.written, 'file')} written, {changes.kept} kept, "
                f"{changes.removed} removed"
            )
        )
    return 0


def _profile(path: Path | None) -> dict[str, Any]:
    from scraper.yaml_file import load_mapping

    return load_mapping(path, "a profile") if path else {}

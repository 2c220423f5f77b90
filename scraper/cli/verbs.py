"""The verbs: what each is for, and where its code is.  A verb's module is imported when the verb is
called, so that the list of all is there at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from scraper.cli.errors import EXIT_CODES

EPILOG = "Exit codes\n" + "\n".join(f"{code:>5}  {what}" for code, what in EXIT_CODES.items())


@dataclass(frozen=True, slots=True)
class Verb:
    """`name` stands in `scraper.cli.<module>`: a function, or the Typer of a group of verbs."""

    module: str
    name: str
    purpose: str
    epilog: str | None = None


GROUPS = {
    "Crawl": {
        "crawl": Verb("crawl", "crawl", "Crawl pages into a collection.", EPILOG),
        "retry": Verb("retry", "retry", "Try the URLs again that failed.", EPILOG),
        "schedule": Verb("schedule", "app", "Run jobs again and again, at times as cron has them."),
    },
    "Look": {
        "records": Verb("records", "records", "List the records of a collection."),
        "ls": Verb("ls", "ls", "List articles, newest first."),
        "search": Verb("ls", "search", "Search the articles of a collection."),
        "stats": Verb("stats", "stats", "Say how much a collection holds."),
        "show": Verb("show", "show", "Show a record, and where each field came from."),
        "history": Verb("history", "history", "List the revisions of an article."),
        "diff": Verb("history", "diff", "Show what changed between two revisions."),
        "serve": Verb("serve", "serve", "Look at a collection in the browser."),
        "report": Verb("report", "report", "Make the page of a run again."),
        "replay": Verb("replay", "replay", "Show a page as it was kept, without the network."),
    },
    "Derive and check": {
        "extract": Verb("extract", "extract", "Extract records from pages, to stdout."),
        "reextract": Verb(
            "reextract", "reextract", "Derive the records again from the kept pages."
        ),
        "verify": Verb(
            "verify", "verify", "Check a collection against its database, byte for byte."
        ),
        "health": Verb("health", "health", "Tell how well each recipe still fits its site."),
        "recipe": Verb("recipe", "app", "Look after site recipes."),
    },
    "Hand on": {
        "export": Verb("export", "export", "Write the records in another form."),
        "import": Verb("imports", "import_", "Read the posts of a blog into a collection."),
        "pack": Verb("pack", "pack", "Pack the kept pages into WACZ files."),
    },
    "Tidy": {
        "forget": Verb("forget", "forget", "Remove a record and all that is kept of it."),
        "gc": Verb("gc", "gc", "Remove what nothing refers to, and old pages."),
        "migrate": Verb("migrate", "migrate", "Bring a collection to the format of this version."),
    },
    "The program": {
        "install": Verb("install", "install", "Find a browser, or install one."),
        "demo": Verb("demo", "demo", "Serve a small news site with invented articles."),
        "schema": Verb("schema", "schema", "Print a JSON Schema; write or check generated files."),
    },
}
"""The verbs as `--help` groups them."""

VERBS = {name: verb for group in GROUPS.values() for name, verb in group.items()}

_WIDEST = max(map(len, VERBS))


def load(name: str) -> Any:
    """The command of a verb.  Raises KeyError."""
    verb = VERBS[name]
    found = getattr(import_module(f"scraper.cli.{verb.module}"), verb.name)
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False)
        single.command(name, short_help=verb.purpose, epilog=verb.epilog)(found)
        return _flowing(get_command(single))
    group = get_group(found)
    group.name, group.short_help = name, verb.purpose
    for below in group.commands.values():
        _flowing(below)
    return _flowing(group)


def _flowing(command: Any) -> Any:
    """Its help without the line breaks of the source, which no terminal is as wide as."""
    paragraphs = (command.help or "").split("\n\n")
    command.help = "\n\n".join(" ".join(one.split()) for one in paragraphs)
    return command


class _Loading(MutableMapping[str, Any]):
    """All verbs by name, each loaded when it is asked for."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = load(name)
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in self._loaded or name in VERBS

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(VERBS)

    def __len__(self) -> int:
        return len(VERBS)


class Verbs(TyperGroup):
    """The program."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = _Loading()

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - as it is called
        return list(VERBS)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - printed, as Typer does
        """As Typer shows it, which would load every verb, Markdown and a highlighter for it."""
        from rich.console import Console
        from rich.padding import Padding
        from rich.panel import Panel
        from rich.table import Table
        from rich.text import Text

        console = Console(highlight=False)

        def box(title: str, rows: Iterable[tuple[str, str]]) -> None:
            table = Table.grid(padding=(0, 2))
            table.add_column(min_width=_WIDEST)
            for name, what in rows:
                table.add_row(Text(name, "bold cyan"), Text(what))
            console.print(Panel(table, title=title, title_align="left", border_style="dim"))

        usage = " ".join(self.collect_usage_pieces(ctx))
        console.print(Padding(Text(f"Usage: {ctx.command_path} {usage}", "bold"), 1))
        console.print(Padding(self.help or "", (0, 1, 1, 1)))
        shown = (param.get_help_record(ctx) for param in self.get_params(ctx))
        box("Options", (record for record in shown if record))
        for title, verbs in GROUPS.items():
            box(title, ((name, verb.purpose) for name, verb in verbs.items()))
        console.print(Padding(Text(self.epilog or ""), 1))

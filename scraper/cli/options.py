"""The options of a crawl: how they are asked for on the command line, and how they become a job.

What an option means and its default stand in `Job`; the help is made from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError

from scraper.errors import UsageError
from scraper.job import Job, load_job, make_job

_FIELDS = {info.alias or name: info for name, info in Job.model_fields.items()}
_SEEDS = ("urls", "from")


def job_option(key: str, *names: str, metavar: str | None = None, panel: str) -> Any:
    """The option for a job's key.  `names` default to the key with hyphens."""
    names = names or (f"--{key.replace('_', '-')}",)
    if metavar is None:
        metavar = "" if isinstance(_FIELDS[key].default, bool) else "N"
    choices = [one for one in metavar.split("|") if one.islower()]
    return typer.Option(
        *names,
        help=described(key),
        metavar=metavar,
        rich_help_panel=panel,
        autocompletion=completing(lambda: choices) if choices else None,
    )


def completing(values: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """What the shell offers for an option with these values."""
    return lambda incomplete: [one for one in values() if one.startswith(incomplete)]


def flag(*names: str, help: str, panel: str | None = None) -> Any:
    """A switch; without this the help would show it with an argument."""
    return typer.Option(*names, help=help, metavar="", rich_help_panel=panel)


def described(key: str) -> str:
    """What the job says about a key, as a sentence with its default."""
    field = _FIELDS[key]
    text = field.description or key.replace("_", " ")
    sentence = f"{text[0].upper()}{text[1:]}"
    default = field.default
    if default in (None, False, True, ()) or "(default: " in sentence:
        return f"{sentence}."
    shown = f"{default:g}" if isinstance(default, float) else default
    return f"{sentence} (default: {shown})."


def make(given: dict[str, Any], job_file: Path | None = None) -> Job:
    """The job of a command line.  What stands there wins over the job file; addresses given there
    replace the file's.  None and empty lists mean not given.  Raises UsageError naming the option.
    """
    chosen = {key: value for key, value in given.items() if value not in (None, [], ())}
    try:
        job = make_job(chosen, "command line")
    except UsageError as error:
        raise _named(error, chosen) from error
    if job_file is None:
        return job
    update = {name: getattr(job, name) for name in job.model_fields_set}
    if any(key in chosen for key in _SEEDS):
        update = {"urls": (), "from_file": None} | update
    return load_job(job_file).model_copy(update=update)


def _named(error: UsageError, chosen: dict[str, Any]) -> UsageError:
    """The same error in the words of the command line."""
    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        return error
    first = cause.errors()[0]
    key = str(first["loc"][0])
    problem = first["msg"].removeprefix("Value error, ")
    option = f"--{key.replace('_', '-')}"
    shown = not isinstance(chosen[key], list) and _FIELDS[key].repr
    value = f" {chosen[key]}" if shown else ""
    return UsageError(f"{option}{value}: {problem[0].lower()}{problem[1:]}")

"""The options of a crawl: how they are asked for on the command line, and how they become a job.

What an option means and its default stand in `Job`; the help is made from there.
"""

from __future__ import annotations

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
    return typer.Option(*names, help=described(key), metavar=metavar, rich_help_panel=panel)


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
    from_file = load_job(job_file).model_dump(mode="json", by_alias=True, exclude_unset=True)
    if any(key in chosen for key in _SEEDS):
        from_file = {key: value for key, value in from_file.items() if key not in _SEEDS}
    return make_job(from_file | chosen, str(job_file))


def _named(error: UsageError, chosen: dict[str, Any]) -> UsageError:
    """The same error in the words of the command line."""
    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        return error
    first = cause.errors()[0]
    key = str(first["loc"][0])
    problem = first["msg"].removeprefix("Value error, ")
    option = f"--{key.replace('_', '-')}"
    value = "" if isinstance(chosen[key], list) else f" {chosen[key]}"
    return UsageError(f"{option}{value}: {problem[0].lower()}{problem[1:]}")

"""Tells somebody when a recipe does not fit its site any more, or a run ended in an error: through
Apprise (the extra `notify`), or by a command that gets it as JSON on its standard input."""

from __future__ import annotations

import importlib.util
import logging
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import orjson

from scraper import credentials
from scraper.errors import UsageError
from scraper.summary import Summary

PATIENCE = 60.0
"""Seconds for a command to end."""

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


def check(targets: Iterable[str]) -> None:
    """Whether each can be told, before it is needed.  Raises UsageError."""
    for target in map(_revealed, targets):
        label = name(target)
        if not _URL.match(target):
            words = _words(target)
            if not words or shutil.which(words[0]) is None:
                raise UsageError(
                    f"--notify {label}: no such command; name one, or an Apprise URL such as "
                    "mailtos://user:password@example.org"
                )
        elif importlib.util.find_spec("apprise") is None:
            raise UsageError(
                f"--notify {label} needs Apprise: pip install 'headless-scraper[notify]'"
            )
        else:
            _apprise(target)


def notify(targets: Iterable[str], summary: Summary) -> Iterator[str]:
    """Tell each what is new, if anything is; sentences about those that could not be told.  What
    was said after the run before is not said again."""
    message = _message(summary)
    if message is None:
        return
    for target in targets:
        try:
            problem = _tell(_revealed(target), message)
        except (UsageError, OSError) as error:
            problem = str(error)
        if problem:
            yield f"--notify {name(target)} was not told: {problem}"


def name(target: str) -> str:
    """What may be shown of it: tokens stand in URLs and in arguments."""
    return credentials.keepable("notify", target)


def _message(summary: Summary) -> dict[str, Any] | None:
    """None when there is nothing to tell."""
    news = [alarm for alarm in summary.alarms if alarm.new]
    if not news and not summary.error:
        return None
    collection = summary.collection.name
    said = [*([summary.error] if summary.error else []), *(alarm.text for alarm in news)]
    what = "a run ended in an error" if summary.error else "a recipe does not fit any more"
    return {
        "title": f"{collection}: {what}",
        "text": "\n".join(said),
        "collection": str(summary.collection),
        "run": summary.run,
        "outcome": summary.outcome,
        "exit_code": summary.exit_code,
        "error": summary.error,
        "alarms": [asdict(alarm) for alarm in summary.alarms],
        "tally": asdict(summary.tally),
    }


def _tell(target: str, message: dict[str, Any]) -> str | None:
    """The problem, if there was one.  Raises OSError, UsageError."""
    if _URL.match(target):
        told = _apprise(target).notify(title=message["title"], body=message["text"])
        return None if told else "Apprise could not deliver it"
    try:
        done = subprocess.run(
            _words(target),
            input=orjson.dumps(message) + b"\n",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it took longer than {PATIENCE:g} s"
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        return ": ".join([f"it ended with exit code {done.returncode}", *last])
    return None


def _apprise(url: str) -> Any:
    """Raises UsageError for an URL that it does not know."""
    import apprise  # noqa: PLC0415 - an extra that only this needs

    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it repeats the URL with its token
    found = apprise.Apprise()
    if not found.add(url):
        raise UsageError(f"--notify {name(url)}: Apprise knows no such URL")
    return found


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--notify {name(command)}: {error}") from error


def _revealed(target: str) -> str:
    return credentials.revealed("--notify", target)

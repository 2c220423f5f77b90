"""`scraper retry`: failures only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli.errors import say
from scraper.cli.options import flag, job_option, make

if TYPE_CHECKING:
    from scraper.protocols import Reporter
    from scraper.summary import Summary

_AGAIN = "Known to the site (values may be env:NAME)"

Texts = list[str] | None


def retry(
    collection: Annotated[Path, typer.Argument(help="The collection's directory.")],
    code: Annotated[
        list[str] | None, typer.Option(help="Only failures with this code; may be repeated.")
    ] = None,
    job: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A job file; of its options, those below count."),
    ] = None,
    auth: Annotated[Texts, job_option("auth", metavar="USER:PASS@ORIGIN", panel=_AGAIN)] = None,
    header: Annotated[Texts, job_option("header", metavar="'NAME: VALUE'", panel=_AGAIN)] = None,
    cookie: Annotated[Texts, job_option("cookie", metavar="NAME=VALUE", panel=_AGAIN)] = None,
    storage_state: Annotated[
        str | None, job_option("storage_state", metavar="FILE", panel=_AGAIN)
    ] = None,
    proxy: Annotated[
        str | None, job_option("proxy", metavar="http://[USER:PASS@]HOST:PORT", panel=_AGAIN)
    ] = None,
    quiet: Annotated[bool, flag("--quiet", "-q", help="Show no progress.")] = False,
    json: Annotated[bool, flag("--json", help="Summary as one JSON object.")] = False,
    log: Annotated[str | None, typer.Option(metavar="FILE", help="A file of JSON lines.")] = None,
) -> int:
    """Try the URLs again whose latest outcome is a failure, as the last run asked for them.

    Passwords, tokens and cookies are never kept: give them again.
    """
    from scraper.cli.running import Shown, run_shown
    from scraper.wiring import retry as try_again

    given = {
        "auth": auth, "header": header, "cookie": cookie, "storage_state": storage_state,
        "proxy": proxy,
    }  # fmt: skip
    again = make(given, job)

    def start(reporters: Sequence[Reporter]) -> Summary | None:
        summary = try_again(collection, codes=code or (), again=again, reporters=reporters)
        if summary is None:
            which = f" with the code {' or '.join(code)}" if code else ""
            say(f"{collection} has no failures{which}: there is nothing to try again")
        return summary

    return run_shown(Shown(quiet, json, log=log), start)

"""`scraper crawl`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from scraper.cli.options import flag, job_option, make
from scraper.demo import STORIES, DemoSite, address
from scraper.errors import UsageError
from scraper.job import Job

_WHAT, _HOW, _REACH = "What to crawl", "How", "What may be reached"
_BROWSER, _LIMITS, _SHOWN = "As which browser", "Limits", "What is shown"
_KNOWN = "Known to the site (values may be env:NAME)"

Texts = list[str] | None
Resume = Literal["equal", "continue", "new"]


def crawl(  # the options are the interface
    urls: Annotated[Texts, typer.Argument(metavar="URL", help="Addresses of pages.")] = None,
    from_file: Annotated[
        str | None, job_option("from", "--from", metavar="FILE", panel=_WHAT)
    ] = None,
    job: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A job file: the same options as YAML; the command line wins.",
            rich_help_panel=_WHAT,
        ),
    ] = None,
    output: Annotated[
        str | None, job_option("output", "-o", "--output", metavar="DIR", panel=_WHAT)
    ] = None,
    demo: Annotated[
        bool, flag("--demo", help="Crawl the built-in demo site.", panel=_WHAT)
    ] = False,
    continue_: Annotated[
        bool,
        flag("--continue", help="First finish another job's unfinished run.", panel=_WHAT),
    ] = False,
    new: Annotated[
        bool,
        flag("--new", help="Give an unfinished run up.", panel=_WHAT),
    ] = False,
    revisit: Annotated[str | None, job_option("revisit", metavar="SPAN", panel=_WHAT)] = None,
    scope: Annotated[
        str | None,
        job_option("scope", metavar="page|host|domain|prefix|regex:PATTERN", panel=_WHAT),
    ] = None,
    depth: Annotated[int | None, job_option("depth", panel=_WHAT)] = None,
    since: Annotated[str | None, job_option("since", metavar="DATE|AGE", panel=_WHAT)] = None,
    again: Annotated[bool | None, job_option("again", "--again", panel=_WHAT)] = None,
    once: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What this run is for, such as today's date: given again, the run goes on, and "
            "where it is finished nothing is done.",
            rich_help_panel=_WHAT,
        ),
    ] = None,
    recipes: Annotated[Texts, job_option("recipes", metavar="DIR", panel=_HOW)] = None,
    render: Annotated[
        str | None, job_option("render", metavar="browser|http|auto", panel=_HOW)
    ] = None,
    media: Annotated[bool | None, job_option("media", "--media/--no-media", panel=_HOW)] = None,
    archive: Annotated[
        str | None, job_option("archive", metavar="none|page|full", panel=_HOW)
    ] = None,
    screenshot: Annotated[bool | None, job_option("screenshot", "--screenshot", panel=_HOW)] = None,
    wacz: Annotated[bool | None, job_option("wacz", "--wacz", panel=_HOW)] = None,
    redact: Annotated[Texts, job_option("redact", metavar="NAME", panel=_HOW)] = None,
    warc_size: Annotated[str | None, job_option("warc_size", metavar="SIZE", panel=_HOW)] = None,
    jsonl_size: Annotated[str | None, job_option("jsonl_size", metavar="SIZE", panel=_HOW)] = None,
    keep_revisions: Annotated[int | None, job_option("keep_revisions", panel=_HOW)] = None,
    keep_pages: Annotated[str | None, job_option("keep_pages", metavar="AGE", panel=_HOW)] = None,
    concurrency: Annotated[
        str | None, job_option("concurrency", metavar="auto|N", panel=_HOW)
    ] = None,
    per_host: Annotated[int | None, job_option("per_host", panel=_HOW)] = None,
    delay: Annotated[float | None, job_option("delay", metavar="SECONDS", panel=_HOW)] = None,
    retries: Annotated[int | None, job_option("retries", panel=_HOW)] = None,
    timeout: Annotated[
        float | None, job_option("timeout", metavar="SECONDS", panel=_LIMITS)
    ] = None,
    max_bytes: Annotated[int | None, job_option("max_bytes", panel=_LIMITS)] = None,
    max_pages: Annotated[int | None, job_option("max_pages", panel=_LIMITS)] = None,
    max_pages_per_host: Annotated[
        int | None, job_option("max_pages_per_host", panel=_LIMITS)
    ] = None,
    max_time: Annotated[
        float | None, job_option("max_time", metavar="SECONDS", panel=_LIMITS)
    ] = None,
    ignore_robots: Annotated[
        bool | None, job_option("ignore_robots", "--ignore-robots", panel=_REACH)
    ] = None,
    ignore_opt_out: Annotated[
        bool | None, job_option("ignore_opt_out", "--ignore-opt-out", panel=_REACH)
    ] = None,
    connect_to: Annotated[
        Texts, job_option("connect_to", metavar="HOST:PORT:ADDR:PORT", panel=_REACH)
    ] = None,
    proxy: Annotated[
        str | None,
        job_option("proxy", metavar="http://[USER:PASS@]HOST:PORT", panel=_REACH),
    ] = None,
    insecure: Annotated[bool | None, job_option("insecure", "--insecure", panel=_REACH)] = None,
    allow_private: Annotated[
        Texts, job_option("allow_private", metavar="HOST:PORT|CIDR", panel=_REACH)
    ] = None,
    auth: Annotated[Texts, job_option("auth", metavar="USER:PASS@ORIGIN", panel=_KNOWN)] = None,
    header: Annotated[Texts, job_option("header", metavar="'NAME: VALUE'", panel=_KNOWN)] = None,
    cookie: Annotated[Texts, job_option("cookie", metavar="NAME=VALUE", panel=_KNOWN)] = None,
    storage_state: Annotated[
        str | None, job_option("storage_state", metavar="FILE", panel=_KNOWN)
    ] = None,
    browser: Annotated[str | None, job_option("browser", metavar="PATH", panel=_BROWSER)] = None,
    user_agent: Annotated[
        str | None, job_option("user_agent", metavar="TEXT", panel=_BROWSER)
    ] = None,
    locale: Annotated[str | None, job_option("locale", metavar="TAG", panel=_BROWSER)] = None,
    timezone: Annotated[str | None, job_option("timezone", metavar="ZONE", panel=_BROWSER)] = None,
    viewport: Annotated[str | None, job_option("viewport", metavar="WxH", panel=_BROWSER)] = None,
    quiet: Annotated[bool | None, job_option("quiet", "--quiet", "-q", panel=_SHOWN)] = None,
    json_: Annotated[bool | None, job_option("json", "--json", panel=_SHOWN)] = None,
    log: Annotated[str | None, job_option("log", metavar="FILE", panel=_SHOWN)] = None,
    notify: Annotated[Texts, job_option("notify", metavar="URL|COMMAND", panel=_SHOWN)] = None,
) -> int:
    """Crawl pages into a collection: a directory that crawls write into again and again.

    A crawl that was interrupted goes on when the same command is given again.
    """
    number = int(concurrency) if concurrency and concurrency.isdecimal() else concurrency
    given: dict[str, Any] = {
        "urls": urls, "from": from_file, "output": output, "scope": scope, "depth": depth,
        "since": since, "again": again, "revisit": revisit, "recipes": recipes, "render": render,
        "media": media, "archive": archive, "screenshot": screenshot, "wacz": wacz,
        "redact": redact, "warc_size": warc_size, "jsonl_size": jsonl_size,
        "keep_revisions": keep_revisions, "keep_pages": keep_pages,
        "concurrency": number, "per_host": per_host,
        "delay": delay, "retries": retries, "timeout": timeout, "max_bytes": max_bytes,
        "max_pages": max_pages, "max_pages_per_host": max_pages_per_host, "max_time": max_time,
        "ignore_robots": ignore_robots, "ignore_opt_out": ignore_opt_out,
        "connect_to": connect_to, "proxy": proxy, "insecure": insecure,
        "allow_private": allow_private, "auth": auth, "header": header, "cookie": cookie,
        "storage_state": storage_state,
        "browser": browser, "user_agent": user_agent, "locale": locale, "timezone": timezone,
        "viewport": viewport, "quiet": quiet, "json": json_, "log": log, "notify": notify,
    }  # fmt: skip
    if continue_ and new:
        raise UsageError("--continue and --new exclude each other: choose one")
    resume: Resume = "continue" if continue_ else "new" if new else "equal"
    if not demo:
        return _run(make(given, job), resume, once)
    if urls or from_file or job:
        raise UsageError("--demo brings its own addresses: leave out the others")
    with DemoSite.usual() as site:
        return _run(_demo_job(given, site), resume, once, tour=True)


def _run(job: Job, resume: Resume, once: str | None, *, tour: bool = False) -> int:
    from scraper.cli.running import Shown, run_shown
    from scraper.wiring import run

    return run_shown(
        Shown.by(job, tour=tour),
        lambda reporters: run(job, resume=resume, occasion=once, reporters=reporters),
    )


def _demo_job(given: dict[str, Any], site: DemoSite) -> Job:
    """All stories of the demo site, without the pauses one owes to others."""
    usual = {"delay": 0, "name": "demo", "urls": [address(story) for story in STORIES]}
    chosen = {key: value for key, value in given.items() if value is not None}
    return make(usual | chosen | {"connect_to": [site.connect_to]})

"""What a job starts with: its seeds, the collection it writes into, and what it needs to be let
in."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from scraper import credentials
from scraper.errors import PageError, UsageError
from scraper.fetch.logins import Logins
from scraper.fetch.proxy import Proxy
from scraper.frontier.scope import Scope
from scraper.frontier.seeds import make_request, read_seeds
from scraper.job import Job
from scraper.parameters import Parameters
from scraper.recipe import Recipes
from scraper.request import Request
from scraper.url import origin, without_user_info


def default_collection(job: Job, seeds: Sequence[Request]) -> Path:
    """output/<job name, else the first recipe named, else the first seed's host>."""
    if job.name is None and not seeds:
        raise UsageError("which collection? name it with -o DIR")
    word = job.urls[0] if job.urls and _is_word(job.urls[0]) else None
    name = job.name or word or seeds[0].host or "crawl"
    safe = "".join(c if c.isalnum() or c in "-._" else "_" for c in name)[:100]
    return Path("output") / (safe.lstrip(".") or "crawl")


def job_seeds(job: Job, recipes: Recipes) -> list[Request]:
    """The job's addresses and the sources of its recipes, then the addresses of its file.  Raises
    UsageError for a file that cannot be read, and for a word that is neither address nor recipe."""
    seeds: list[Request] = []
    for text in job.urls:
        if _is_word(text):
            seeds += map(make_request, _sources(text, recipes))
        else:
            seeds.append(make_request(text))
    if job.from_file == "-":
        seeds += read_seeds(sys.stdin, "stdin")
    elif job.from_file:
        try:
            with Path(job.from_file).open(encoding="utf-8", errors="replace") as lines:
                seeds += read_seeds(lines, job.from_file)
        except OSError as error:
            raise UsageError(f"cannot read {job.from_file}: {error.strerror}") from error
    return [_at_its_address(seed, recipes) for seed in seeds]


def _at_its_address(seed: Request, recipes: Recipes) -> Request:
    """Where its recipe wants it to be fetched."""
    address = recipes.address(seed.url)
    return seed if address == seed.url else make_request(address, meta=seed.meta)


def withheld(seeds: Sequence[Request], job: Job) -> tuple[list[Request], dict[str, str]]:
    """The seeds as they may be written down, and by their keys the true addresses of those that
    are others then."""
    secret = Parameters(job.redact)
    shown, true = [], {}
    for seed in seeds:
        address = secret.text(secret.hidden(seed.url), [seed.url])
        if address != seed.url:
            one = make_request(address, meta=seed.meta)
            true[one.key] = seed.url
            shown.append(one)
        else:
            shown.append(seed)
    return shown, true


def _is_word(text: str) -> bool:
    """Not even an address that cannot be fetched: the id of a recipe, or a mistake."""
    return "://" not in text and not text.lower().startswith(("data:", "javascript:", "file:"))


def _sources(word: str, recipes: Recipes) -> list[str]:
    if recipes.get(word) is None:
        plain = without_user_info(word)
        raise UsageError(
            f"{plain!r} is neither an address nor a recipe: write it as https://{plain}, "
            "or see scraper recipe list"
        )
    sources = recipes.sources(word)
    if not sources:
        raise UsageError(
            f"the recipe {word!r} does not say where its articles are found (discover): "
            "give addresses"
        )
    return sources


def check_ways(job: Job, seeds: Sequence[Request]) -> None:
    """Whether all is there that the job goes out with, before anything is written.  Raises
    UsageError."""
    Scope(job.scope)
    Logins.of(job, ())
    if job.screenshot and job.archive != "full":
        raise UsageError(
            "--screenshot needs --archive full: without it pages are loaded without their pictures"
        )
    if job.proxy:
        Proxy.of(job.proxy)
        if job.connect_to:
            raise UsageError(
                "--proxy and --connect-to exclude each other: the proxy finds the hosts"
            )
    known = set()
    for seed in seeds:
        with suppress(PageError):  # it fails on its own
            known.add(origin(seed.url))
    for one in map(credentials.auth, job.auth):
        if seeds and one.name not in known:
            raise UsageError(
                f"--auth for {one.name}: no address to crawl is of that origin; "
                "scheme, host and port must be those of an address"
            )

"""What to crawl and how: the options of `scraper crawl`, as one validated value that a YAML file
can hold."""

from __future__ import annotations

import difflib
import hashlib
import ipaddress
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FieldSerializationInfo,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from scraper import credentials
from scraper.errors import UsageError
from scraper.moments import parse_moment
from scraper.parameters import Parameters
from scraper.settings import BROWSER_VARIABLE, DEFAULT_DELAY, DEFAULT_LANGUAGE, DEFAULT_PER_HOST
from scraper.units import Age, Size, Span
from scraper.yaml_file import load_mapping


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Texts = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed, json_schema_input_type=tuple[str, ...] | str),
    Field(strict=False),
]
"""One text may stand without its list."""

Render = Literal["browser", "http", "auto"]

_CONNECT_TO = re.compile(r"(\*|[^:\[\]]+|\[[^\]]+\]):(\*|\d+):([^:\[\]]+|\[[^\]]+\]):(\d+)\Z")
_PARAMETER = re.compile(r"[^\s=&?#%+]+\Z")
_NOT_THE_WORK = {
    "delay", "per_host", "connect_to", "insecure", "allow_private", "proxy",
    "name", "output", "from_file", "urls", "concurrency", "max_pages", "max_pages_per_host",
    "max_time", "browser", "quiet", "wacz", "json_summary", "log", "timeout", "retries",
    "warc_size", "jsonl_size", "keep_revisions", "keep_pages", "notify",
}  # fmt: skip


class Job(BaseModel):
    """One job.  Options left at None follow the site's recipe, else the product's defaults.
    Raises UsageError for values that make none.

    Credentials are in it as they were given; neither its repr nor any dump of it holds their
    values.  No dump holds the values of `redact`.
    """

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        validate_default=True,
        hide_input_in_errors=True,
    )

    name: str | None = Field(default=None, description="names the default collection")
    urls: Texts = Field(default=(), description="addresses, or ids of recipes")
    from_file: str | None = Field(
        default=None,
        alias="from",
        description="a file of addresses, one a line or JSONL; - is stdin",
    )
    output: str | None = Field(
        default=None,
        description="the collection's directory (default: output/<job name, else first host>); "
        "- prints the records and keeps nothing",
    )
    scope: str = Field(
        default="page",
        pattern=r"^(page|host|domain|prefix|regex:[\s\S]+)$",
        description="which links are followed: page none, host those of the seed's host, domain "
        "those of its registrable domain, prefix those below its directory, regex:PATTERN those "
        "that match (RE2)",
    )
    depth: int = Field(default=0, ge=0, description="how many links away from a seed")
    since: str | None = Field(
        default=None,
        description="of feeds, sitemaps and lists only what is not older than this date, or than "
        "an age such as 36h or 2d (default: all)",
    )
    again: bool = Field(
        default=False,
        description="fetch again what feeds, sitemaps and lists name, though it is here unchanged",
    )
    revisit: Span | None = Field(
        default=None,
        description="visit the collection's known pages again when they are due, each not before "
        "the first and not after the second time, such as 1h..30d; sooner after a change, later "
        "after none; what pages lead to is left alone until it is due (default: never)",
    )
    recipes: Texts = Field(
        default=(), description="a directory of recipes, searched first; may be repeated"
    )
    render: Render | None = Field(
        default=None,
        description="how pages are fetched; auto renders those whose document is not all (default: "
        "as the recipe says, else auto)",
    )
    media: bool = Field(default=True, description="download the records' pictures (default: yes)")
    archive: Literal["none", "page", "full"] = Field(
        default="page",
        description="what to keep of the pages themselves: the document and the rendered DOM, or "
        "in full everything a page loads; full pages are always rendered",
    )
    warc_size: Size = Field(
        default="1GB", description="size at which the kept pages go on in a new file, such as 500MB"
    )
    keep_revisions: int | None = Field(
        default=None,
        ge=1,
        description="after the run, remove all but the last revisions of each record "
        "(default: keep all)",
    )
    keep_pages: Age | None = Field(
        default=None,
        description="after the run, remove pages that older runs kept, such as 90d, 8w or 2y; "
        "their records stay (default: keep all)",
    )
    jsonl_size: Size | None = Field(
        default=None,
        description="size at which records.jsonl and failures.jsonl go on in a new file "
        "(default: never)",
    )
    screenshot: bool = Field(
        default=False, description="keep a picture of each page too; needs archive full"
    )
    wacz: bool = Field(
        default=False, description="pack what the run kept as wacz/<run>.wacz when it is done"
    )
    redact: Texts = Field(
        default=(),
        description="a parameter of addresses, such as token, whose value is never written down; "
        "may be repeated",
    )
    concurrency: Annotated[int, Field(ge=1, le=64)] | Literal["auto"] = Field(
        default=4, description="pages in flight; auto is as many as the machine bears"
    )
    per_host: int | None = Field(
        default=None,
        ge=1,
        le=64,
        description="connections in use to one host "
        f"(default: as the recipe says, else {DEFAULT_PER_HOST})",
    )
    delay: float | None = Field(
        default=None,
        ge=0,
        le=3600,
        description="seconds between documents of a host (default: as the recipe says, else "
        f"{DEFAULT_DELAY:g}; a longer Crawl-delay of robots.txt counts)",
    )
    timeout: float = Field(
        default=30.0,
        gt=0,
        le=3600,
        description="seconds for one page, from navigation to the DOM read",
    )
    max_bytes: int = Field(
        default=64 * 2**20, ge=1024, description="largest answer, in decoded bytes"
    )
    max_pages: int | None = Field(
        default=None, ge=1, description="stop after so many pages (default: no limit)"
    )
    max_pages_per_host: int | None = Field(
        default=None, ge=1, description="follow so many links to one host (default: no limit)"
    )
    max_time: float | None = Field(
        default=None, gt=0, description="stop after so many seconds (default: no limit)"
    )
    retries: int = Field(
        default=2, ge=0, le=20, description="further tries after a transient failure"
    )
    ignore_robots: bool = Field(default=False, description="fetch what robots.txt forbids")
    ignore_opt_out: bool = Field(
        default=False,
        description="take also what pages ask robots not to (noindex, noarchive, TDM reservation)",
    )
    user_agent: str | None = Field(
        default=None,
        max_length=500,
        pattern=r"^[ -~]+$",
        description="who we say we are, in the browser too (default: the program's name and "
        "version)",
    )
    locale: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9-]{2,35}$",
        description="language of the browser and of Accept-Language, such as en-GB "
        f"(default: {DEFAULT_LANGUAGE})",
    )
    timezone: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_+/-]{1,64}$",
        description="the browser's, such as Asia/Shanghai (default: this machine's)",
    )
    viewport: str = Field(
        default="1280x800",
        pattern=r"^[1-9]\d{1,4}x[1-9]\d{1,4}$",
        description="size of the browser's window, in CSS pixels",
    )
    connect_to: Texts = Field(
        default=(),
        description="connect elsewhere for a host and port, as curl's (* is any); may be repeated",
    )
    proxy: str | None = Field(
        default=None,
        repr=False,
        description="a proxy that everything goes through (default: none)",
    )
    insecure: bool = Field(default=False, description="accept any TLS certificate")
    allow_private: Texts = Field(
        default=(), description="a private address that may be contacted; may be repeated"
    )
    auth: Texts = Field(
        default=(),
        repr=False,
        description="a user name and password for an origin of the seeds; may be repeated",
    )
    header: Texts = Field(
        default=(),
        repr=False,
        description="a header for the seeds' own origins; may be repeated",
    )
    cookie: Texts = Field(
        default=(),
        repr=False,
        description="a cookie for the seeds' own origins; may be repeated",
    )
    storage_state: str | None = Field(
        default=None,
        description="cookies and localStorage for the seeds' own origins, as Playwright saves them "
        "(default: none)",
    )
    browser: str | None = Field(
        default=None,
        description=f"path of the browser (default: {BROWSER_VARIABLE}, else the first that "
        "`scraper install` finds)",
    )
    notify: Texts = Field(
        default=(),
        repr=False,
        description="whom to tell when a recipe does not fit its site any more, or the run ends in "
        "an error: an Apprise URL, or a command that gets it as JSON; may be repeated",
    )
    quiet: bool = Field(default=False, description="show no progress and no tables")
    json_summary: bool = Field(
        default=False, alias="json", description="the summary as one JSON object"
    )
    log: str | None = Field(default=None, description="what happened, as a file of JSON lines")

    @model_validator(mode="wrap")
    @classmethod
    def _in_one_sentence(cls, options: Any, validate: ModelWrapValidatorHandler[Job]) -> Job:
        try:
            return validate(options)
        except ValidationError as error:
            raise UsageError(_first_problem(error)) from error

    @field_validator("since")
    @classmethod
    def _since(cls, value: str | None) -> str | None:
        if value is not None:
            parse_moment(value, now=datetime(2000, 1, 1, tzinfo=UTC))
        return value

    @field_validator("timezone")
    @classmethod
    def _timezone(cls, value: str | None) -> str | None:
        try:
            return value and ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"no time zone {value!r}; write it as Europe/Berlin") from error

    @field_validator("connect_to")
    @classmethod
    def _connect_to(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not _CONNECT_TO.match(value):
                raise ValueError(f"{value!r} is not HOST:PORT:ADDR:PORT")
        return values

    @field_validator("allow_private")
    @classmethod
    def _allow_private(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            _check_private(value)
        return values

    @field_validator("redact")
    @classmethod
    def _redact(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not _PARAMETER.match(value):
                raise ValueError(f"{value!r} is no name of a parameter")
        return values

    @field_validator("auth", "header", "cookie")
    @classmethod
    def _credentials(cls, values: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for value in values:
            credentials.READ[str(info.field_name)](value)
        return values

    @field_validator("proxy")
    @classmethod
    def _proxy(cls, value: str | None) -> str | None:
        if value is not None:
            credentials.proxy(value)
        return value

    @field_serializer("auth", "header", "cookie", "proxy", "notify")
    def _kept(self, value: Any, info: FieldSerializationInfo) -> Any:
        if isinstance(value, tuple):
            return [credentials.keepable(info.field_name, one) for one in value]
        return value and credentials.keepable(info.field_name, value)

    @field_serializer("urls")
    def _hidden(self, values: tuple[str, ...]) -> list[str]:
        return [Parameters(self.redact).hidden(value) for value in values]

    def not_before(self, started_at: datetime) -> datetime | None:
        """What `since` means to a run that began then."""
        return parse_moment(self.since, now=started_at) if self.since else None

    def known_by(self, other: Job) -> Job:
        """This job with the credentials and the proxy of another; credentials of its own that have
        other names stay."""
        update: dict[str, Any] = {}
        for option, read in credentials.READ.items():
            given = getattr(other, option)
            names = {read(text).name.lower() for text in given}
            own = (one for one in getattr(self, option) if read(one).name.lower() not in names)
            update[option] = (*own, *given)
        for option in ("storage_state", "proxy"):
            update[option] = getattr(other, option) or getattr(self, option)
        return self.model_copy(update=update)

    def mappings(self) -> tuple[tuple[str, str, str, int], ...]:
        """`connect_to` as (host or *, port or *, address, port), brackets removed."""
        found = (_CONNECT_TO.match(value) for value in self.connect_to)
        return tuple(
            (m[1].strip("[]").lower(), m[2], m[3].strip("[]"), int(m[4])) for m in found if m
        )

    def identity(self, keys: Iterable[str]) -> str:
        """Hash of what the crawl is about: equal jobs are one run.  `keys` are the seeds' canonical
        addresses; how fast and how loud the crawl goes does not count.  Of credentials the names
        count: a token that was renewed continues the run, and no hash lets a password be guessed.
        """
        options = self.model_dump(mode="json", exclude=_NOT_THE_WORK)
        for option, read in credentials.READ.items():
            options[option] = sorted({read(text).name.lower() for text in getattr(self, option)})
        options["storage_state"] = self.storage_state is not None
        value = {"options": options, "seeds": sorted(set(keys))}
        return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _check_private(value: str) -> None:
    try:
        ipaddress.ip_network(value, strict=False)
        return
    except ValueError:
        pass
    host, colon, port = value.rpartition(":")
    if not (colon and host and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"{value!r} is neither HOST:PORT nor a network such as 10.0.0.0/8")


def option_names() -> list[str]:
    """The keys a job file may have."""
    return [info.alias or name for name, info in Job.model_fields.items()]


def load_job(path: Path) -> Job:
    """Read a job file; its paths are relative to it.  Raises UsageError naming the file, the line
    and the next step."""
    data = load_mapping(path, "the job file")
    for name in ("from", "output", "log"):
        if isinstance(data.get(name), str) and data[name] != "-":
            data[name] = str(path.parent / data[name])
    state = data.get("storage_state")
    if isinstance(state, str) and not credentials.is_reference(state):
        data["storage_state"] = str(path.parent / state)
    if isinstance(recipes := _listed(data.get("recipes")), list | tuple):
        data["recipes"] = [str(path.parent / str(directory)) for directory in recipes]
    return make_job(data, str(path))


def make_job(options: dict[str, Any], origin: str = "options") -> Job:
    """Validate options given as plain JSON values.  Raises UsageError."""
    names = option_names()
    for key in options:
        if key not in names:
            raise UsageError(f"{origin}: {_unknown(str(key), names)}")
    try:
        return Job.model_validate_json(orjson.dumps(options))
    except UsageError as error:
        raise UsageError(f"{origin}: {error}") from error.__cause__
    except TypeError as error:
        problem = f"a value has no JSON form (quote dates): {error}"
        raise UsageError(f"{origin}: {problem}") from error


def _unknown(key: str, names: list[str]) -> str:
    near = difflib.get_close_matches(key.replace("-", "_"), names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names)}"
    return f"unknown option {key!r}; {hint}"


def _first_problem(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return _unknown(where, list(Job.model_fields))
    problem = first["msg"].removeprefix("Value error, ").replace("tuple", "list")
    return f"{where}: {problem}"

"""Every error of the product, in one tree.

    ScraperError
    ├── UsageError                 usage                exit 2   wrong option, job, seed file
    │   ├── UnfinishedRun          run.unfinished       exit 2   another job is unfinished here
    │   └── WhereRefused           usage                exit 2   a --where that is not understood
    ├── RecipeError                recipe               exit 2   a recipe that cannot be loaded
    ├── StorageError               storage              exit 3   disk full, I/O error, read-only
    │   └── DatabaseUnreadable     storage              exit 3   damaged, or no collection's
    ├── BrowserUnavailable         browser.unavailable  exit 4   none found, or it cannot be kept up
    ├── CollectionBusy             collection.busy      exit 6   another process holds it
    ├── ScheduleBusy               schedule.busy        exit 6   it is running, or its daemon is
    ├── CollectionVersion          collection.version   exit 7   made by another version
    ├── ArchiveDamaged             archive.damaged      exit 8   a kept page cannot be read back
    │   └── ArchiveRefused         archive.refused      exit 8   a file that is no web archive
    └── PageError                  one URL failed; becomes a `Failure`, the crawl goes on
        ├── InvalidAddress         url.invalid
        ├── SchemeRefused          url.scheme
        ├── ValueWithheld          url.withheld
        ├── PrivateAddress         address.private
        ├── PortRefused            address.port
        ├── RobotsRefused          robots
        ├── NetworkError           (retryable)
        │   ├── DnsFailed          dns
        │   ├── ConnectFailed      connect
        │   └── PageTimeout        timeout
        ├── HostUnreachable        host.unreachable     given up after repeated failures
        ├── TlsFailed              tls
        ├── HttpStatus             http.<status>        (retryable: 408, 425, 429, 5xx)
        ├── RedirectRefused        redirect.loop | redirect.too_many | redirect.no_location
        ├── BodyTooLarge           body.too_large
        ├── BodyIncomplete         body.incomplete      (retryable)
        ├── BodyUndecodable        body.undecodable
        ├── NotAPage               content.type
        ├── NotAPicture            media.type
        ├── EmptyPage              verdict.empty
        ├── BrowserCrashed         browser.crashed      (retryable)
        ├── ActionFailed           action.failed
        ├── EmptyList              list.empty
        ├── OptedOut               opt_out.<directive>
        ├── VerdictFailed          verdict.<name>
        ├── FieldMissing           field.missing
        └── ExtractionFailed       extract.failed

A class takes values, not sentences, and keeps its cause (`raise … from`).  `code` is stable:
programs switch on it.  Only errors that end a run carry an `exit_code`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class ScraperError(Exception):
    """Base of all; `str(error)` is one sentence for a person, with the next step where there is
    one."""

    code: str = "internal"
    exit_code: ClassVar[int] = 70


class UsageError(ScraperError):
    """What the user asked for cannot be done as written."""

    code = "usage"
    exit_code = 2


class UnfinishedRun(UsageError):
    """The collection holds an unfinished run of another job."""

    code = "run.unfinished"

    def __init__(self, run: str, left: int) -> None:
        self.run, self.left = run, left
        super().__init__(
            f"run {run} of another job is unfinished here ({left} URLs left): "
            "add --continue to finish it first, or --new to give it up and start this one"
        )


class WhereRefused(UsageError):
    """A comparison that cannot be read; `at` counts characters from 0."""

    def __init__(self, text: str, at: int, problem: str) -> None:
        self.at, self.problem = at, problem
        found = text[at : at + 20].split()
        place = f"at {found[0]!r} (character {at + 1})" if found else "at the end"
        super().__init__(f"--where, {place}: {problem}")


class RecipeError(ScraperError):
    """A recipe file that cannot be used; `line` counts from 1, 0 when the fault has no line."""

    code = "recipe"
    exit_code = 2

    def __init__(self, path: str, line: int, problem: str) -> None:
        self.path, self.line, self.problem = path, line, problem
        super().__init__(f"{path}:{line}: {problem}" if line else f"{path}: {problem}")


class StorageError(ScraperError):
    """The disk refused a write or a read; what was committed stays."""

    code = "storage"
    exit_code = 3

    def __init__(self, path: str, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(
            f"cannot write {path}: {problem}; "
            "what was committed is kept, run the same command to go on"
        )


class DatabaseUnreadable(StorageError):
    """The file is damaged, or was never a collection's database."""

    def __init__(self, path: str, problem: str) -> None:
        self.path, self.problem = path, problem
        ScraperError.__init__(
            self,
            f"cannot read {path}: {problem}; put the file back from a copy, "
            "or choose another directory",
        )


class BrowserUnavailable(ScraperError):
    """No browser was found, or it dies again and again."""

    code = "browser.unavailable"
    exit_code = 4

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


class CollectionBusy(ScraperError):
    """Another process holds the collection."""

    code = "collection.busy"
    exit_code = 6

    def __init__(self, path: str, holder: str) -> None:
        self.path, self.holder = path, holder
        super().__init__(
            f"{path} is in use by {holder}: wait for it to end, or choose another directory with -o"
        )


class ScheduleBusy(ScraperError):
    """A schedule runs once at a time, and so does the daemon."""

    code = "schedule.busy"
    exit_code = 6

    def __init__(self, what: str, holder: str) -> None:
        self.what, self.holder = what, holder
        super().__init__(f"{what} is running already, as {holder}: wait for it to end, or stop it")


class CollectionVersion(ScraperError):
    """The collection was made by another version of the program."""

    code = "collection.version"
    exit_code = 7

    def __init__(self, path: str, found: int, known: int) -> None:
        self.path, self.found, self.known = path, found, known
        remedy = "use the version that made it, or another directory with -o"
        if 0 < found < known:
            remedy = f"scraper migrate {path} brings it up to date"
        super().__init__(
            f"{path} has collection format {found}, this program knows {known}: {remedy}"
        )


class ArchiveDamaged(ScraperError):
    """The bytes of a kept page are not those that were written."""

    code = "archive.damaged"
    exit_code = 8

    def __init__(self, path: str, offset: int, problem: str) -> None:
        self.path, self.offset, self.problem = path, offset, problem
        super().__init__(
            f"{path} is damaged at byte {offset}: {problem}; "
            "put the file back from a copy, or crawl the page again"
        )


class ArchiveRefused(ArchiveDamaged):
    """The file as a whole is no archive that can be read or trusted."""

    code = "archive.refused"

    def __init__(self, path: str, problem: str) -> None:
        self.path, self.offset, self.problem = path, 0, problem
        ScraperError.__init__(self, f"{path} is {problem}")


class PageError(ScraperError):
    """One URL could not become a record.  Never ends a run; becomes a `Failure`."""

    code = "page"
    retryable: bool = False
    keeps_page: bool = False
    """The page itself tells why: it is kept, to mend what reads it."""
    opt_out: tuple[str, ...] = ()
    """What it asks of robots, where it was read."""
    status: int | None = None
    final_url: str | None = None
    recipe: Mapping[str, str | int] | None = None
    """The one that judged the page: what a `RecipeRef` says of it."""
    picture: bytes | None = None
    """WebP: what the browser showed then, where a picture of it was wanted."""


class InvalidAddress(PageError):
    """The text is no URL."""

    code = "url.invalid"

    def __init__(self, url: str, problem: str) -> None:
        self.url = url
        super().__init__(f"not a usable URL: {problem}")


class SchemeRefused(PageError):
    """Only http and https leave the machine."""

    code = "url.scheme"

    def __init__(self, scheme: str) -> None:
        self.scheme = scheme
        super().__init__(f"{scheme}: addresses are not fetched; only http and https are")


class ValueWithheld(PageError):
    """The address has a parameter that `--redact` names: its value was never kept."""

    code = "url.withheld"

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__("a value of the address was never kept: crawl it by its whole address")


class PrivateAddress(PageError):
    """The name leads to a private, loopback or link-local address."""

    code = "address.private"

    def __init__(self, host: str, address: str) -> None:
        self.host, self.address = host, address
        super().__init__(
            f"{host} leads to the private address {address}: "
            "allow it with --allow-private HOST:PORT"
        )


class PortRefused(PageError):
    """The port belongs to another service than the web."""

    code = "address.port"

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        super().__init__(f"port {port} of {host} is not contacted: browsers refuse it too")


class RobotsRefused(PageError):
    """robots.txt of the host forbids the address (or could not be read because the server
    failed)."""

    code = "robots"

    def __init__(self, url: str, reason: str = "robots.txt forbids it") -> None:
        self.url = url
        super().__init__(f"{reason}; --ignore-robots fetches it all the same")


class NetworkError(PageError):
    """Transient: worth another try."""

    code = "network"
    retryable = True


class DnsFailed(NetworkError):
    """The host's name has no address."""

    code = "dns"

    def __init__(self, host: str) -> None:
        self.host = host
        super().__init__(f"no address found for {host}")


class ConnectFailed(NetworkError):
    """No connection, or it broke before an answer."""

    code = "connect"

    def __init__(self, host: str, problem: str) -> None:
        self.host, self.problem = host, problem
        super().__init__(f"no answer from {host}: {problem}")


class PageTimeout(NetworkError):
    """A deadline passed; the message names the step."""

    code = "timeout"

    def __init__(self, what: str, seconds: float) -> None:
        self.what, self.seconds = what, seconds
        super().__init__(f"{what} took longer than {seconds:g} s")


class HostUnreachable(PageError):
    """The host was given up; its remaining URLs fail without being tried."""

    code = "host.unreachable"

    def __init__(self, host: str) -> None:
        self.host = host
        super().__init__(
            f"{host} was given up after repeated connection failures: "
            "try again later with scraper retry"
        )


class TlsFailed(PageError):
    """The certificate or the handshake was refused."""

    code = "tls"

    def __init__(self, host: str, problem: str) -> None:
        self.host = host
        super().__init__(f"TLS to {host} failed ({problem}); --insecure accepts any certificate")


class HttpStatus(PageError):
    """The server answered with a status that is no page.

    `retry_after` in seconds when it said so.
    """

    def __init__(self, status: int, retry_after: float | None = None) -> None:
        self.status, self.retry_after = status, retry_after
        self.code = f"http.{status}"
        self.retryable = status in (408, 425, 429) or (
            500 <= status <= 599 and status not in (501, 505)
        )
        asked = f" and asks to wait {retry_after:.0f} s" if retry_after else ""
        super().__init__(f"the server answered {status}{asked}")


class RedirectRefused(PageError):
    """The redirects form a loop, are too many, or lead nowhere (`kind`: loop, too_many,
    no_location)."""

    def __init__(self, kind: str, final_url: str) -> None:
        self.final_url = final_url
        self.code = f"redirect.{kind}"
        sentences = {
            "loop": "the redirects form a loop",
            "too_many": "too many redirects",
            "no_location": "a redirect without an address",
        }
        super().__init__(sentences[kind])


class BodyTooLarge(PageError):
    """More decoded bytes than allowed."""

    code = "body.too_large"

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"the answer is larger than {limit} bytes; --max-bytes raises the limit")


class BodyIncomplete(PageError):
    """Fewer bytes than announced, or a cut encoding."""

    code = "body.incomplete"
    retryable = True

    def __init__(self, problem: str) -> None:
        super().__init__(f"the answer broke off: {problem}")


class BodyUndecodable(PageError):
    """A content encoding that cannot be undone."""

    code = "body.undecodable"

    def __init__(self, encoding: str) -> None:
        super().__init__(f"the answer's content encoding ({encoding}) cannot be decoded")


class NotAPage(PageError):
    """The address leads to something that is no HTML page."""

    code = "content.type"

    def __init__(self, mime: str) -> None:
        self.mime = mime
        super().__init__(f"the address leads to {mime}, not to an HTML page")


class NotAPicture(PageError):
    """A picture's address leads to something else."""

    code = "media.type"

    def __init__(self, mime: str) -> None:
        self.mime = mime
        super().__init__(f"the address leads to {mime}, not to a picture")


class EmptyPage(PageError):
    """A page without content."""

    code = "verdict.empty"
    keeps_page = True

    def __init__(self) -> None:
        super().__init__("no content was found on the page")


class ActionFailed(PageError):
    """What a recipe's action shall fill in is not there, or not for this page; or no browser is to
    do it."""

    code = "action.failed"

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


class OptedOut(PageError):
    """The page itself, or its server, asks not to be taken (noindex, noai, tdm-reservation)."""

    def __init__(self, directive: str) -> None:
        self.directive = directive
        self.code = f"opt_out.{directive}"
        super().__init__(f"the page says {directive}; --ignore-opt-out takes it all the same")


class EmptyList(PageError):
    """A recipe's list page on which it finds no entry: it is blocked, or looks otherwise now."""

    code = "list.empty"

    def __init__(self, recipe: str) -> None:
        super().__init__(f"the recipe {recipe} finds no entry on this list page: check its `item`")


class BrowserCrashed(PageError):
    """The tab or the whole browser died under this page."""

    code = "browser.crashed"
    retryable = True

    def __init__(self, what: str) -> None:
        super().__init__(f"the browser's {what} died on this page")


class VerdictFailed(PageError):
    """The recipe's verdict says that the page is no article; or, where no recipe judges it, it
    looks so: `blocked` (a challenge to robots), `login`, `gone` (“not found” with status 200)."""

    keeps_page = True

    def __init__(self, name: str, status: int | None, looks: str | None = None) -> None:
        self.name, self.status = name, status
        self.code = f"verdict.{name}"
        said = f"the recipe's verdict on this page is {name!r}"
        super().__init__(
            f"this looks like {looks}, not an article" if looks else f"{said}, not an article"
        )


class FieldMissing(PageError):
    """A field that the recipe requires was not found."""

    code = "field.missing"
    keeps_page = True

    def __init__(self, field: str, recipe: str, version: str) -> None:
        self.field, self.version = field, version
        super().__init__(f"the required field {field!r} was not found by recipe {recipe}")


class ExtractionFailed(PageError):
    """Extraction broke on this page: a fault of the program, kept for this URL alone."""

    code = "extract.failed"
    keeps_page = True

    def __init__(self, problem: str) -> None:
        super().__init__(f"extraction failed: {problem}")

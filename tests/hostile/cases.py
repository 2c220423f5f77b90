"""The table of cases: an address of the hostile site, the number of its fault in docs/faults.md,
what must come of it, and what else must hold.

A fault's pages begin with its name.  Each case is crawled with and without a browser, unless it
says how; `setting` names the options of its crawl.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from tests.hostile.checks import (
    Check,
    asked_at_most,
    attempts,
    both,
    conceals,
    landed,
    never_asked,
    never_written,
    nothing,
    pictures,
    says,
    stored_files,
    titled,
    told,
    tried,
)
from tests.hostile.crawl import HOST
from tests.site.hostile_content import CHINESE, MARKUP, SECRET
from tests.site.hostile_files import BOMBS, NAMES
from tests.site.hostile_wire import KEPT
from tests.site.pages import LONG

Render = Literal["browser", "http"]
Setting = Literal["usual", "short", "busy", "again"]

SETTINGS: dict[Setting, tuple[str, ...]] = {
    "usual": ("--timeout", "30", "--concurrency", "4"),
    "short": (
        "--timeout",
        "8",
        "--max-bytes",
        str(2**21),
        "--concurrency",
        "12",
        "--per-host",
        "24",
    ),
    "busy": ("--timeout", "4", "--concurrency", "1"),
    "again": ("--retries", "1", "--insecure"),
}
BOTH: tuple[Render, ...] = ("browser", "http")
BROWSER: tuple[Render, ...] = ("browser",)


@dataclass(frozen=True)
class Case:
    """`must` is `record`, `duplicate` or a failure's code; several are divided by bars.  An address
    that begins with / is one of the hostile site."""

    address: str
    fault: int
    must: str
    check: Check = nothing
    setting: Setting = "usual"
    renders: tuple[Render, ...] = BOTH

    @property
    def url(self) -> str:
        """As it is given to the crawl."""
        if self.address.startswith("/"):
            return f"http://{HOST}{quote(self.address, safe='/?&=%#')}"
        return self.address

    @property
    def path(self) -> str:
        return "/" + "".join(self.url.split("/", 3)[3:])


_WHOLE = both(titled(KEPT), says(LONG.strip()))
_LANDED = f"http://{HOST}/landed"
_ANY = "record | connect | body.incomplete"


def _all(
    fault: int,
    must: str,
    addresses: str,
    check: Check = nothing,
    setting: Setting = "usual",
    renders: tuple[Render, ...] = BOTH,
) -> list[Case]:
    """Rows that differ in their addresses alone: `/fault/a, b, c`."""
    stem, _, names = addresses.rpartition("/")
    found = [f"{stem}/{name.strip()}" for name in names.split(",")]
    return [Case(address, fault, must, check, setting, renders) for address in found]


CASES: tuple[Case, ...] = (
    # -- the network
    Case("http://nowhere.test/", 1, "dns", setting="again"),
    Case("http://closed.test/", 1, "connect", told("refused"), "again"),
    Case("http://unreachable.test/", 1, "connect", told("no route"), "again"),
    *_all(1, "connect", "/unreachable/empty, reset, half a line", attempts(2), setting="again"),
    Case("/unreachable/once", 1, "record", _WHOLE, "again"),
    *_all(2, "timeout", "/silence/head, half a head, body, drip, slow", setting="short"),
    Case("/silence/picture", 2, "record", pictures("timeout"), "short"),
    Case("/endless/body", 3, "body.too_large", setting="short"),
    *_all(3, "timeout | connect", "/endless/head, line, hints", setting="short"),
    Case("/endless/picture", 3, "record", pictures("body.too_large"), "short"),
    *_all(4, "body.incomplete", "/cut/length, reset, chunk, gzip"),
    Case("/cut/picture", 4, "record", pictures("body.incomplete")),
    *_all(5, "record", "/framing/no reason, until closed, http 1.0, hints", _WHOLE),
    *_all(5, "connect", "/framing/another protocol, junk, half a head, letters as status"),
    *_all(5, _ANY, "/framing/nul in a header, no colon, two lengths, negative length"),
    *_all(5, _ANY, "/framing/length and chunks, bad chunk, long header, many headers"),
    *_all(6, "body.too_large", "/bomb/gzip, br, zstd, nested", setting="short"),
    *_all(6, "body.undecodable", "/bomb/many codings, unheard of", setting="short"),
    Case("/bomb/picture", 6, "record", pictures("body.too_large"), "short"),
    *_all(7, "record", "/busy/seconds, date, negative, nonsense", tried(2), setting="again"),
    *_all(7, "http.429", "/busy/for ever", tried(1), setting="again"),
    *_all(7, "http.503", "/busy/until the year 9999", tried(1), setting="again"),
    *(Case(f"/status/{n}", 8, f"http.{n}") for n in (204, 205, 206, 304, 407, 418, 999)),
    *(Case(f"/status/{n}", 9, f"http.{n}", tried(1), "again") for n in (400, 401, 403, 404, 410)),
    *(Case(f"/status/{n}", 9, f"http.{n}", tried(2), "again") for n in (408, 425, 500)),
    Case(f"https://{HOST}/landed", 10, "tls", told("--insecure")),
    Case("https://opted-in.test/landed", 10, "record", _WHOLE, "again"),
    *_all(11, "redirect.loop", "/redirect/loop, circle"),
    Case("/redirect/chain", 11, "redirect.too_many"),
    *_all(11, "redirect.no_location", "/redirect/nowhere, empty"),
    Case("/redirect/no address", 11, "url.invalid"),
    Case("/redirect/relative", 11, "record", landed(f"{_LANDED}?by=redirect")),
    Case("/redirect/300", 11, "http.300"),
    Case("/redirect/steering", 11, "record"),
    Case("/strangers/cookie", 12, "record", says("Told: [None, None, None, None]")),
    Case("/strangers/script", 12, "record"),
    # -- forbidden places
    Case("http://private.test/landed", 14, "address.private"),
    Case("http://again.rebound.test/landed", 14, "record | address.private"),
    *_all(13, "url.scheme", "/redirect/file"),
    # -- the browser
    *_all(15, "timeout", "/spin/at once, later, microtasks", setting="busy", renders=BROWSER),
    *_all(15, "record", "/spin/leaving, worker, animation", setting="busy", renders=BROWSER),
    *_all(20, "record", "/dialogs/all, again and again, leaving", _WHOLE, renders=BROWSER),
    *_all(20, "record", "/dialogs/permissions, file chooser, closing", _WHOLE, renders=BROWSER),
    *_all(21, "record", "/storm/popups, downloads, console, errors", _WHOLE, renders=BROWSER),
    *_all(21, "record", "/storm/rejections, frames, workers, sockets", _WHOLE, renders=BROWSER),
    *_all(21, "record", "/storm/requests, hints, sound", _WHOLE, renders=BROWSER),
    *_all(21, "record | timeout", "/storm/nested frames, growing", setting="busy", renders=BROWSER),
    *_all(21, "record", "/storm/messages", _WHOLE, renders=BROWSER),
    Case("/storm/nesting", 21, "record | browser.crashed", renders=BROWSER),
    *_all(21, "record | timeout", "/storm/writing", setting="busy", renders=BROWSER),
    *_all(22, "record", "/moving/refresh, header, reload", setting="short", renders=BROWSER),
    Case("/moving/on", 22, "record", asked_at_most(11, "/moving/on"), "short", BROWSER),
    *_all(22, "record", "/moving/fragments, history, back, form", setting="short", renders=BROWSER),
    *_all(22, "record", "/moving/away and back", setting="short", renders=BROWSER),
    *_all(22, "record", "/moving/download, nothing", _WHOLE, renders=BROWSER),
    *_all(23, "record", "/never-loaded/script, async, style", setting="short", renders=BROWSER),
    *_all(23, "record", "/never-loaded/picture, fetch", setting="short", renders=BROWSER),
    *_all(23, "record", "/never-loaded/socket, document", setting="short", renders=BROWSER),
    *_all(23, "record", "/never-loaded/worker", setting="short", renders=BROWSER),
    Case("/state/cookies", 24, "record", _WHOLE, "busy", BROWSER),
    Case("/state/found", 24, "record", says("Found 0 0 0 0 0 0 of"), "busy", BROWSER),
    *_all(35, "record", "/tamper/built-ins, clobbered, frozen", _WHOLE, renders=BROWSER),
    *_all(35, "verdict.empty", "/tamper/emptied", renders=BROWSER),
    # -- the content
    *_all(26, "record", "/charset/header, meta, lying meta, utf-16, mark", says(CHINESE)),
    *_all(26, "record", "/charset/unheard of, broken"),
    Case("/charset/utf-7", 26, "record", says("+ADw-script+AD4-")),
    *_all(27, "content.type", "/lying/pdf, pdf as html, picture, picture as html, json, script"),
    *_all(27, "content.type", "/lying/text, svg, video, binary, binary without a type"),
    *_all(27, "content.type", "/lying/attachment, multipart"),
    *_all(27, "record", "/lying/html without a type", _WHOLE),
    *_all(27, "record | content.type", "/lying/many types"),
    *_all(28, "verdict.empty", "/empty/nothing, blanks, markup"),
    *_all(28, "verdict.empty", "/empty/script", renders=BROWSER),
    *_all(29, "record", "/giant/page, depth, formatting, nodes, attribute"),
    *_all(29, "record", "/giant/attributes, title, word, table, links"),
    *_all(30, "record", "/slow-patterns/blanks, brackets, dates, digits, letters"),
    *_all(30, "record", "/slow-patterns/comments, entities, addresses, quotes"),
    *_all(31, "record", "/characters/odd, nul, surrogates, combining"),
    Case("/characters/header", 31, "record", _WHOLE),
    Case("/escape-codes/title", 32, "record", says(LONG.strip())),
    Case("/escape-codes/type", 32, "content.type"),
    Case("/escape-codes/reason", 32, "http.404 | connect"),
    *_all(32, "record | connect", "/escape-codes/header, picture"),
    Case("/escape-codes/encoding", 32, "body.undecodable | connect"),
    Case("/escape-codes/framing", 32, "connect"),
    Case("/injection/everywhere", 33, "record", titled(MARKUP)),
    *_all(34, "record", "/metadata/deep, deep and whole, no json, types, numbers", _WHOLE),
    *_all(34, "record", "/metadata/dates, keys, many, addresses", says(LONG.strip())),
    *_all(34, "record", "/metadata/another headline", says(LONG.strip())),
    *_all(36, "record", "/unseen/display, attribute, template, comment, dialog", conceals(SECRET)),
    # -- the files
    Case("/names/all", 37, "record", pictures(*["image/png"] * (len(NAMES) - 1))),
    Case("/names/headers", 37, "record", pictures("image/png")),
    Case("/names/..%2f..%2fpage", 37, "record", _WHOLE),
    Case("/picture-bomb/all", 38, "record", pictures(*BOMBS.values())),
    Case("/same/all", 39, "record", both(pictures(*["image/png"] * 4), stored_files(2))),
    Case("/same/again", 39, "record", pictures("image/png")),
    # -- the crawl
    *(
        Case(f"http://{name}.robots.test/robots/page", 40, "robots", never_asked("/robots/none"))
        for name in ("disallow", "mark", "endings", "error", "busy", "moved")
    ),
    *(
        Case(f"http://{name}.robots.test/robots/page", 40, "record", _WHOLE)
        for name in ("gone", "refused", "loop", "page", "binary", "slow-patterns", "delay")
    ),
    *(
        Case(f"http://{name}.robots.test/robots/page", 40, must)
        for name, must in (
            ("private", "address.private"),
            ("file", "url.scheme"),
            ("long", "record"),
            ("endless", "robots"),
        )
    ),
    Case("/robots/to another", 40, "robots"),
    Case("/trap/deeper", 41, "redirect.too_many"),
    Case("/trap/calendar", 41, "record"),
    Case("/trap/tracked?utm_source=a", 41, "record", _WHOLE),
    *_all(42, "record", "/forms/a b, ü, %zz, %00, a'b, a|b, a%0d%0aX: y", _WHOLE),
    Case(f"http://{HOST}/forms/../forms/./dots/%2e%2e/x#part", 42, "record", _WHOLE),
    Case("HTTP:\\\\HOSTILE.TEST:80\\forms\\back", 42, "record", _WHOLE),
    Case("http://bücher.test/forms/idn", 42, "record", _WHOLE),
    Case("http://me:hunter2@login.test/forms/user", 42, "record", never_written("hunter2")),
    Case("http://hostile.test/forms/" + "x" * 8000, 42, "record", _WHOLE),
    Case("http://hostile.test/forms/" + "x" * 100_000, 43, "url.invalid"),
    *(
        Case(text, 43, "url.invalid")
        for text in ("not an address", "http://", "http://[::1", "http://a:99999/", "http:///")
    ),
    Case("http://\x1b[31m.test/", 43, "url.invalid"),
    Case('{"url": 5}', 43, "url.invalid"),
    *(
        Case(text, 13, "url.scheme | url.invalid")
        for text in ("file:///etc/passwd", "ftp://hostile.test/x", "javascript:alert(1)")
    ),
    Case("/trap/tracked?utm_source=b#again", 44, "record"),
)

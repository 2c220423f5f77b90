"""The defences, and how each is taken away: only here, never in the product."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scraper import decoding, robots, visit
from scraper import url as urls
from scraper.cli import log, screen, summary
from scraper.fetch import documents, http, redirects
from scraper.fetch.addresses import AddressRules
from scraper.fetch.deadline import Deadline
from scraper.fetch.devtools import Devtools
from scraper.fetch.gateway import Gateway
from scraper.fetch.tabs import Tab
from scraper.store import media


@dataclass(frozen=True)
class Defence:
    """`remove` takes it away in this process.  Then the case at `address`, of the table or a page
    of a route, must fail, or its crawl leave something wrong; `before` it come others."""

    remove: Callable[[], None]
    address: str
    before: tuple[str, ...] = ()
    browser: bool = False


def _put(owner: Any, name: str, value: Any) -> None:
    setattr(owner, name, value)


def _set(owner: Any, name: str, value: Any) -> Callable[[], None]:
    return lambda: setattr(owner, name, value)


async def _nothing(*_: object, **__: object) -> None:
    pass


async def _true(*_: object, **__: object) -> bool:
    return True


def _looked_up_again() -> None:
    """What was checked is not what is connected to."""
    checked = Gateway.addresses

    async def addresses(gateway: Gateway, host: str, port: int) -> Any:
        await checked(gateway, host, port)
        return await gateway._resolve(host, port)

    _put(Gateway, "addresses", addresses)


def _wire_bytes_counted() -> None:
    decoded = decoding.BodyDecoder._decoded

    def counted(decoder: decoding.BodyDecoder, data: bytes, depth: int) -> Any:
        if depth:
            decoder._sizes[depth] = 0
        return decoded(decoder, data, depth)

    _put(decoding.BodyDecoder, "_decoded", counted)


def _no_deadline() -> None:
    begin = Deadline.__init__

    def endless(deadline: Deadline, what: str, seconds: float) -> None:
        begin(deadline, what, seconds * 1000)

    _put(Deadline, "__init__", endless)


def _no_loops_seen() -> None:
    begin = redirects.Trail.__init__

    def patient(trail: redirects.Trail, first: str, returns: int = 0) -> None:
        begin(trail, first, returns + 1000)

    _put(redirects.Trail, "__init__", patient)


def _any_certificate() -> None:
    make = http._tls
    _put(http, "_tls", lambda _: make(insecure=True))


def _steering_texts() -> None:
    for module in (screen, log, summary):
        _put(module, "printable", lambda text: text)


def _one_name_for_all() -> None:
    class Digest:
        def hexdigest(self) -> str:
            return "0" * 64

    class Hashes:
        def sha256(self, _: bytes) -> Digest:
            return Digest()

    _put(media, "hashlib", Hashes())


def _the_pages_own_world() -> None:
    send = Devtools.send

    async def in_page(tools: Devtools, method: str, *rest: Any, **parameters: Any) -> Any:
        if method == "Runtime.callFunctionOn":
            values = ", ".join(json.dumps(one["value"]) for one in parameters["arguments"])
            code = f"({parameters['functionDeclaration']})({values})"
            return await send(tools, "Runtime.evaluate", expression=code, returnByValue=True)
        return await send(tools, method, *rest, **parameters)

    _put(Devtools, "send", in_page)


DEFENCES: dict[str, Defence] = {
    "addresses are checked": Defence(
        _set(AddressRules, "permits", lambda *_: True), "http://private.test/landed"
    ),
    "the checked address is connected to": Defence(
        _looked_up_again, "http://again.rebound.test/landed"
    ),
    "addresses are checked for the browser": Defence(
        _set(AddressRules, "permits", lambda *_: True), "/part/script", browser=True
    ),
    "schemes are checked": Defence(
        lambda: urls.DEFAULT_PORTS.update(ftp=80), "ftp://hostile.test/x"
    ),
    "decoded bytes count": Defence(_wire_bytes_counted, "/bomb/gzip"),
    "redirects are counted": Defence(_set(redirects, "MOST_REDIRECTS", 10**6), "/redirect/chain"),
    "loops are seen": Defence(_no_loops_seen, "/redirect/loop"),
    "pages have a deadline": Defence(_no_deadline, "/silence/slow"),
    "certificates are checked": Defence(_any_certificate, "https://hostile.test/landed"),
    "robots files are obeyed": Defence(
        _set(robots.Robots, "admit", _nothing), "http://disallow.robots.test/robots/page"
    ),
    "Retry-After is obeyed": Defence(_set(visit, "retry_after", lambda *_: None), "/busy/for ever"),
    "texts are made printable": Defence(_steering_texts, "/escape-codes/type"),
    "files are named by their hash": Defence(_one_name_for_all, "/same/all"),
    "pictures are told by their bytes": Defence(
        _set(media, "mime_type", lambda _: "image/png"), "/picture-bomb/all"
    ),
    "pages are read from a world apart": Defence(
        _the_pages_own_world, "/tamper/built-ins", browser=True
    ),
    "tabs are cleared": Defence(
        _set(Tab, "leave", _true), "/state/found", before=("/state/cookies",), browser=True
    ),
    "documents are counted": Defence(
        _set(documents, "MOST_DOCUMENTS", 10**6), "/moving/on", browser=True
    ),
}

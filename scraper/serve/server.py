"""Both origins of the reader in one server on loopback, and the thread that keeps the search index
up with the collection."""

from __future__ import annotations

import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from scraper.errors import ScraperError, UsageError
from scraper.opening import open_collection
from scraper.serve.kept import kept_app
from scraper.serve.library import LOOPBACK, Library
from scraper.serve.pages import pages_app
from scraper.serve.token import NAME, TokenGate, make_token
from scraper.store.index import Index

USUAL_PORT: Final = 8027

Address = IPv4Address | IPv6Address

_LOOK_AGAIN: Final = 2.0
"""Seconds between looks at whether the collection has grown."""


class Reader:
    """The running server; a context manager.  Port 0 means any free one, None the usual one or,
    when that is taken, any.  On another `host` than loopback, and where it is asked for, visitors
    need the token that is in the `address`.  Raises UsageError."""

    def __init__(
        self,
        collection: Path,
        port: int | None = None,
        *,
        host: str = LOOPBACK,
        token: bool = False,
    ) -> None:
        with open_collection(collection):
            pass  # there is one, and it can be read
        place = _address(host)
        pages, kept = _listening(place, port), _bound(place, 0)
        ports = pages.getsockname()[1], kept.getsockname()[1]
        shown = f"[{place}]" if place.version == 6 else str(place)
        self.library = Library(collection, *ports, shown)
        self.address = f"http://{shown}:{ports[0]}/"
        gate: Callable[[ASGIApp], ASGIApp] = lambda app: app  # noqa: E731 - nobody is asked
        if token or str(place) != LOOPBACK:
            secret = make_token()
            gate = partial(TokenGate, token=secret, port=ports[0])
            self.address += f"?{NAME}={secret}"
        self._sockets = [pages, kept]
        self._keeper = _Keeper(self.library)
        apps = {ports[0]: pages_app(self.library, gate), ports[1]: kept_app(self.library)}
        self._server = _Server(
            uvicorn.Config(
                _by_port(apps),
                access_log=False,
                log_level="critical",  # what went wrong stands on the page
                lifespan="off",
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )

    def run(self) -> None:
        """Until SIGINT or SIGTERM, or `stop` is called from another thread."""
        self._keeper.start()
        try:
            self._server.run(sockets=self._sockets)
        finally:
            self._keeper.stop()
            for one in self._sockets:
                one.close()

    def stop(self) -> None:
        self._server.should_exit = True


def serve(
    collection: Path, port: int | None, ready: Callable[[str], None], *, host: str, token: bool
) -> None:
    """Until SIGINT or SIGTERM; `ready` hears the address.  Raises UsageError, StorageError."""
    reader = Reader(collection, port, host=host, token=token)
    ready(reader.address)
    reader.run()


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A signal ends the serving, and that is all of it."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {one: signal.signal(one, self.handle_exit) for one in _ENDINGS}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


_ENDINGS: Final = (signal.SIGINT, signal.SIGTERM)


class _Keeper:
    """Makes the index, and takes in what a crawl adds meanwhile."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="index", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _keep(self) -> None:
        while True:
            # A disk that refuses now may not do so later; what is there can be read all the same.
            with suppress(ScraperError, _Ended):
                self._update()
            if self._ended.wait(_LOOK_AGAIN):
                return

    def _update(self) -> None:
        with open_collection(self._library.path) as opened, Index.open(self._library.path) as index:
            index.update(opened, self._going_on)
        self._library.up_to_date.set()

    def _going_on(self, _indexed: int, _of: int) -> None:
        if self._ended.is_set():
            raise _Ended


class _Ended(Exception):
    """The reader is closing; the rest is indexed another time."""


def _by_port(apps: dict[int, ASGIApp]) -> ASGIApp:
    """By the port a connection came to, whatever its headers say."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await apps[scope["server"][1]](scope, receive, send)

    return app


def _address(host: str) -> Address:
    """One: answers are given under its name only."""
    try:
        address = ip_address(host)
    except ValueError as error:
        raise UsageError(f"--host {host}: give an IP address of this machine") from error
    if address.is_unspecified:
        raise UsageError(f"--host {host}: give the one address under which it is to be reached")
    return address


def _listening(host: Address, port: int | None) -> socket.socket:
    if port is not None:
        return _bound(host, port)
    try:
        return _bound(host, USUAL_PORT)
    except UsageError:
        return _bound(host, 0)


def _bound(host: Address, port: int) -> socket.socket:
    family = socket.AF_INET6 if host.version == 6 else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((str(host), port))
        found.listen()  # from now on who comes waits, and is not turned away
    except OSError as error:
        found.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise UsageError(f"--host {host}: this machine has no such address") from error
        problem = "it is in use" if error.errno == errno.EADDRINUSE else error.strerror
        raise UsageError(f"--port {port}: {problem}: choose another one") from error
    return found

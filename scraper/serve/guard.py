"""What stands before each origin: whose requests are answered, and what the browser is told to
forbid."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COMMON: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """Answers only GET and HEAD, and only for the names of `hosts`: another name may be anybody's
    that was led to this machine.  `admits` judges the other headers.  `headers` are added where an
    answer does not say them itself."""

    def __init__(
        self,
        app: ASGIApp,
        hosts: Collection[str],
        headers: dict[str, str],
        admits: Callable[[Headers], bool] = lambda _: True,
    ) -> None:
        self._app, self._hosts, self._headers, self._admits = app, hosts, headers, admits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        refused = self._refusal(scope["method"], Headers(scope=scope))

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await (refused or self._app)(scope, receive, guarded)

    def _refusal(self, method: str, headers: Headers) -> Response | None:
        if headers.getlist("host") not in [[host] for host in self._hosts]:
            return PlainTextResponse("This is not the name of the reader.\n", 421)
        if method not in ("GET", "HEAD"):
            return PlainTextResponse("The reader only reads.\n", 405)
        if not self._admits(headers):
            return PlainTextResponse("The reader's pages are not for other pages.\n", 403)
        return None


def is_for_a_person(headers: Headers) -> bool:
    """A page of another site, of another port, or one that is shown, may lead a person here; it may
    neither load nor frame anything."""
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return True
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") in (
        "document",
        None,
    )


def policy(**sources: str) -> str:
    """A Content-Security-Policy that allows only what is named."""
    allowed = [f"{name.replace('_', '-')} {value}".strip() for name, value in sources.items()]
    return "; ".join(["default-src 'none'", "base-uri 'none'", *allowed])

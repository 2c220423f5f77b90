"""What a visitor must show where others than the user can reach the reader: once in the address,
from then on in a cookie."""

from __future__ import annotations

import hmac
import secrets
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

NAME: Final = "token"
"""In the address."""


class TokenGate:
    """Lets those in who know the `token`.  The cookie is called after the port, since cookies are
    for all ports of a host."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app, self._token, self._cookie = app, token, f"scraper-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer(Request(scope)) if scope["type"] == "http" else None
        await (answer or self._app)(scope, receive, send)

    def _answer(self, request: Request) -> Response | None:
        """None for who is let in."""
        if self._is(request.query_params.get(NAME)):
            rest = [pair for pair in request.query_params.multi_items() if pair[0] != NAME]
            # Two slashes would lead to another host.
            path = f"/{request.url.path.lstrip('/')}"
            answer = RedirectResponse(f"{path}?{urlencode(rest)}" if rest else path, 303)
            answer.set_cookie(self._cookie, self._token, httponly=True, samesite="lax")
            return answer
        if self._is(request.cookies.get(self._cookie)):
            return None
        return PlainTextResponse(
            "This reader asks for its token: open the address that `scraper serve` printed.\n", 401
        )

    def _is(self, given: str | None) -> bool:
        return given is not None and hmac.compare_digest(given.encode(), self._token.encode())


def make_token() -> str:
    """A new one."""
    return secrets.token_urlsafe(24)

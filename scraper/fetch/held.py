"""A request of the browser that is held up until we answer it, or let it go on by itself."""

from __future__ import annotations

import base64
from typing import Any

from scraper.fetch.devtools import Devtools
from scraper.snapshot import Headers


class HeldRequest:
    """`event` is the protocol's Fetch.requestPaused.  `kind` is its ResourceType, `frame` the id of
    the frame it is for.  Answers raise CommandRefused when the request has gone away."""

    def __init__(self, devtools: Devtools, event: dict[str, Any]) -> None:
        self._devtools, self._id = devtools, event["requestId"]
        self._request = event["request"]
        self.kind: str = event["resourceType"]
        self.frame: str = event["frameId"]
        self.url: str = self._request["url"]
        self.method: str = self._request["method"]
        self.headers: dict[str, str] = self._request["headers"]

    @property
    def referer(self) -> str | None:
        """The document it comes from.  A page can have it left out, but not name another's."""
        return self.header("referer")

    @property
    def body(self) -> bytes | None:
        """What is posted."""
        entries = self._request.get("postDataEntries") or []
        if entries:
            return b"".join(base64.b64decode(entry.get("bytes", "")) for entry in entries)
        posted = self._request.get("postData")
        return posted.encode() if posted is not None else None

    def header(self, name: str) -> str | None:
        """`name` in lower case."""
        return next((value for key, value in self.headers.items() if key.lower() == name), None)

    async def fulfil(
        self, status: int = 200, headers: Headers = (), body: bytes = b"", reason: str = ""
    ) -> None:
        """Give the browser this answer.  A redirect is followed by a new request of its own."""
        await self._devtools.send(
            "Fetch.fulfillRequest",
            requestId=self._id,
            responseCode=status,
            responsePhrase=reason or "-",
            responseHeaders=[{"name": name, "value": value} for name, value in headers],
            body=base64.b64encode(body).decode(),
        )

    async def go_on(self) -> None:
        """Let the browser ask for itself."""
        await self._devtools.send("Fetch.continueRequest", requestId=self._id)

    async def fail(self, reason: str = "Aborted") -> None:
        """`reason` is one of the protocol's ErrorReason."""
        await self._devtools.send("Fetch.failRequest", requestId=self._id, errorReason=reason)

"""Whose requests the reader answers."""

from __future__ import annotations

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Scope

from scraper.serve.guard import Guard, is_for_a_person, policy


async def asked(method: str = "GET", **headers: str) -> tuple[int, dict[str, str]]:
    app = Guard(PlainTextResponse("ok"), {"127.0.0.1:1"}, {"X-Told": "yes"}, is_for_a_person)
    given = {"host": "127.0.0.1:1", **{k.replace("_", "-"): v for k, v in headers.items()}}
    scope: Scope = {
        "type": "http",
        "method": method,
        "path": "/",
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in given.items() if v != "none at all"],
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    answer = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], answer


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "evil.example:1"}, 421),
        ({"host": "127.0.0.1"}, 421),
        ({"host": "none at all"}, 421),
        ({"sec_fetch_site": "same-origin", "sec_fetch_mode": "cors"}, 200),
        ({"sec_fetch_site": "none", "sec_fetch_mode": "navigate"}, 200),
        ({"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors"}, 403),
        ({"sec_fetch_site": "same-site", "sec_fetch_mode": "cors"}, 403),
        (
            {
                "sec_fetch_site": "cross-site",
                "sec_fetch_mode": "navigate",
                "sec_fetch_dest": "document",
            },
            200,
        ),
        (
            {
                "sec_fetch_site": "same-site",
                "sec_fetch_mode": "navigate",
                "sec_fetch_dest": "iframe",
            },
            403,
        ),
    ],
)
async def test_by_headers(headers: dict[str, str], status: int) -> None:
    answered, told = await asked(**headers)
    assert answered == status
    assert told["x-told"] == "yes"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_it_only_reads(method: str) -> None:
    assert (await asked(method))[0] == 405


def test_a_policy_allows_only_what_it_names() -> None:
    assert policy(sandbox="", img_src="data:") == (
        "default-src 'none'; base-uri 'none'; sandbox; img-src data:"
    )

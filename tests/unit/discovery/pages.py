"""Snapshots for the tests of discovery."""

from __future__ import annotations

from scraper.snapshot import Snapshot
from tests.unit.samples import MOMENT


def page(
    url: str, body: str | bytes, *, asked: str | None = None, status: int = 200, kind: str = ""
) -> Snapshot:
    """As plain HTTP brings it."""
    return Snapshot(
        request_url=asked or url,
        url=url,
        status=status,
        headers=(("Content-Type", kind),) if kind else (),
        document=body.encode() if isinstance(body, str) else body,
        dom=None,
        fetched_at=MOMENT,
        rendered_with="http",
    )

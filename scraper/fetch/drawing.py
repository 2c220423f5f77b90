"""Pictures of whole pages."""

from __future__ import annotations

import base64
from typing import Literal

from scraper.errors import BrowserCrashed
from scraper.fetch.devtools import CommandRefused
from scraper.fetch.tabs import Tab

LONGEST = 16_000
"""CSS pixels of a page that are drawn: WebP has no more than 16,383 a side."""

_SECONDS = 30.0
_QUALITY = 80


async def drawn(tab: Tab, kind: Literal["png", "webp"]) -> bytes:
    """The page from its top, as wide as the window.  Raises BrowserCrashed."""
    quality = {"quality": _QUALITY} if kind == "webp" else {}
    try:
        metrics = await tab.devtools.send("Page.getLayoutMetrics")
        width = metrics["cssLayoutViewport"]["clientWidth"]
        height = min(max(metrics["cssContentSize"]["height"], 1), LONGEST)
        got = await tab.devtools.send(
            "Page.captureScreenshot",
            _SECONDS,
            format=kind,
            clip={"x": 0, "y": 0, "width": width, "height": height, "scale": 1},
            captureBeyondViewport=True,
            **quality,
        )
    except CommandRefused as error:
        raise BrowserCrashed("tab") from error
    return base64.b64decode(got["data"])

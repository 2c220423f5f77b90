"""Pictures of pages."""

from __future__ import annotations

import base64
from typing import Any, Literal

from scraper.errors import BrowserCrashed
from scraper.fetch.devtools import CommandRefused
from scraper.fetch.tabs import Tab

LONGEST = 16_000
"""CSS pixels of a page that are drawn: WebP has no more than 16,383 a side."""

_SECONDS = 30.0
_QUALITY = 80
_GLIMPSE_SECONDS = 15.0
_GLIMPSE_QUALITY = 50
_GLIMPSE_SCALE = 0.5


async def drawn(tab: Tab, kind: Literal["png", "webp"]) -> bytes:
    """The page from its top, as wide as the window.  Raises BrowserCrashed."""
    quality = {"quality": _QUALITY} if kind == "webp" else {}
    metrics = await _told(tab, "Page.getLayoutMetrics", _SECONDS)
    width = metrics["cssLayoutViewport"]["clientWidth"]
    height = min(max(metrics["cssContentSize"]["height"], 1), LONGEST)
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    options = {"format": kind, "clip": clip, "captureBeyondViewport": True, **quality}
    got = await _told(tab, "Page.captureScreenshot", _SECONDS, **options)
    return base64.b64decode(got["data"])


async def glimpsed(tab: Tab) -> bytes:
    """What a person would see in the window, small, as WebP.  Raises BrowserCrashed."""
    metrics = await _told(tab, "Page.getLayoutMetrics", _GLIMPSE_SECONDS)
    seen = metrics["cssLayoutViewport"]
    clip = {
        "x": seen["pageX"],
        "y": seen["pageY"],
        "width": seen["clientWidth"],
        "height": seen["clientHeight"],
        "scale": _GLIMPSE_SCALE,
    }
    options = {"format": "webp", "clip": clip, "quality": _GLIMPSE_QUALITY}
    got = await _told(tab, "Page.captureScreenshot", _GLIMPSE_SECONDS, **options)
    return base64.b64decode(got["data"])


async def _told(tab: Tab, method: str, seconds: float, **options: Any) -> dict[str, Any]:
    try:
        return await tab.devtools.send(method, seconds, **options)
    except CommandRefused as error:
        raise BrowserCrashed("tab") from error

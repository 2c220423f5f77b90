"""Videos, sounds and embedded pages."""

from __future__ import annotations

import re
from typing import Final, Literal

from lxml.html import HtmlElement

from scraper.extraction.text import collapse
from scraper.record import Embed
from scraper.url import join

_SOURCES: Final = ("src", "data-src", "data-lazy-src", "data-original", "data-url")
_VIDEO: Final = re.compile(
    r"youtube|youtu\.be|vimeo|dailymotion|bilibili|youku|iqiyi|v\.qq\.com|wistia|brightcove|jwplayer|"
    r"jwplatform|twitch|tiktok|rumble|streamable|loom\.com|ted\.com|kaltura|vidyard|rutube|niconico|"
    r"/video|video[./]|\.mp4|\.m3u8|/player",
    re.IGNORECASE,
)
_AUDIO: Final = re.compile(
    r"soundcloud|spotify|podcast|audioboom|megaphone\.fm|acast|simplecast|\.mp3|/audio",
    re.IGNORECASE,
)
_NOISE: Final = re.compile(
    r"doubleclick|googlesyndication|googletagmanager|google-analytics|amazon-adsystem|adservice|"
    r"recaptcha|hcaptcha|facebook\.com/plugins/(?:like|share|follow)|platform\.twitter\.com/widgets/"
    r"(?:follow|tweet)_button|addthis|sharethis|disqus|taboola|outbrain|/ads?[/.?]|consent|cookie",
    re.IGNORECASE,
)


def read_embed(node: HtmlElement, base_url: str) -> Embed | None:
    """What an iframe, video, audio, embed or object element plays; None for advertising, trackers
    and players without an address."""
    url = _address(node, base_url)
    if url is None or _NOISE.search(url) or "0" in (node.get("width"), node.get("height")):
        return None
    title = collapse(node.get("title") or node.get("aria-label") or "")
    return Embed(kind=_kind(node, url), url=url, title=title or None)


def _kind(node: HtmlElement, url: str) -> Literal["video", "audio", "embed"]:
    if node.tag in ("video", "amp-video"):
        return "video"
    if node.tag in ("audio", "amp-audio") or _AUDIO.search(url):
        return "audio"
    named = "video" in (node.get("class") or "").lower()
    return "video" if named or _VIDEO.search(url) else "embed"


def _address(node: HtmlElement, base_url: str) -> str | None:
    names = ("data",) if node.tag == "object" else _SOURCES
    references = [node.get(name) for name in names]
    references += [source.get("src") for source in node.iterchildren("source")]
    for reference in references:
        url = join(base_url, reference) if reference else None
        if url:
            return url
    return None

"""The links of a whole page that may lead to other pages."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from scraper.extraction.page import Page
from scraper.url import canonical, join

MOST: Final = 10_000
"""Links of one page."""

_OTHER: Final = frozenset(
    f".{ending}"
    for ending in (
        "7z aac apk avi avif bmp bz2 css csv deb dmg doc docx eot epub exe flac gif gz ico iso jar "
        "jpeg jpg js m4a m4v mkv mov mp3 mp4 mpeg mpg msi odp ods odt ogg ogv otf pdf png pps ppt "
        "pptx ps rar rpm rtf svg swf tar tgz tif tiff ttf wav weba webm webp wmv woff woff2 xls "
        "xlsx xz zip zst"
    ).split()
)
"""What names like these lead to is no page; it is not asked for to find out."""


def page_links(page: Page) -> list[str]:
    """Canonical addresses in page order, each once.  Links that are marked `nofollow` or as
    downloads are left out."""
    found: dict[str, None] = {}
    for node in page.tree.iter("a", "area"):
        reference = (node.get("href") or "").strip()
        rel = (node.get("rel") or "").lower().split()
        if (
            not reference
            or reference.startswith("#")
            or "nofollow" in rel
            or node.get("download") is not None
        ):
            continue
        address = join(page.base_url, reference)
        if address and PurePosixPath(urlsplit(address).path).suffix.lower() not in _OTHER:
            found[canonical(address)] = None
            if len(found) == MOST:
                break
    return list(found)

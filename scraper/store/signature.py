"""What a file is by its first bytes (WHATWG MIME Sniffing, section 6), whatever the server said."""

from __future__ import annotations

import re

PICTURES = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp",
    "image/x-icon": "ico",
    "image/avif": "avif",
    "image/heic": "heic",
    "image/tiff": "tiff",
    "image/jxl": "jxl",
    "image/svg+xml": "svg",
}
"""The types kept as pictures, with their file extensions."""

_SIGNATURES: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), mime)
    for pattern, mime in (
        (rb"\x89PNG\r\n\x1a\n", "image/png"),
        (rb"\xff\xd8\xff", "image/jpeg"),
        (rb"GIF8[79]a", "image/gif"),
        (rb"RIFF....WEBPVP", "image/webp"),
        (rb"BM", "image/bmp"),
        (rb"\x00\x00[\x01\x02]\x00", "image/x-icon"),
        (rb"II\*\x00|MM\x00\*", "image/tiff"),
        (rb"\xff\x0a|\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl"),
        (rb"FORM....AIFF", "audio/aiff"),
        (rb"ID3", "audio/mpeg"),
        (rb"OggS\x00", "application/ogg"),
        (rb"MThd\x00\x00\x00\x06", "audio/midi"),
        (rb"RIFF....AVI ", "video/avi"),
        (rb"RIFF....WAVE", "audio/wave"),
        (rb"\x1a\x45\xdf\xa3", "video/webm"),
        (rb"%PDF-", "application/pdf"),
        (rb"PK\x03\x04", "application/zip"),
        (rb"\x1f\x8b\x08", "application/gzip"),
    )
)
_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"mif1": "image/heic",
    b"msf1": "image/heic",
}
_MARKUP = 64 * 1024
"""How many bytes of prolog and comments may stand before an svg element."""
_PROLOG = re.compile(
    rb"\s*+(?:<\?.*?\?>|<!--.*?-->|<!doctype\s++(?!html)[^>\[]*+(?:\[.*?\]\s*+)?>)",
    re.DOTALL | re.IGNORECASE,
)
_SPACE = re.compile(rb"\s*")
_SVG = re.compile(rb"<svg[\s/>]")
_HTML = re.compile(
    rb"<(!doctype html|html|head|body|script|title|div|table|p)[\s/>]", re.IGNORECASE
)
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def mime_type(body: bytes) -> str:
    """A type of `PICTURES`, else the best name for what it is."""
    for pattern, mime in _SIGNATURES:
        if pattern.match(body):
            return mime
    if body[4:8] == b"ftyp":
        return _by_brand(body)
    text = body[:_MARKUP].removeprefix(b"\xef\xbb\xbf")
    start = _start_of_markup(text)
    if _SVG.match(text, start):
        return "image/svg+xml"
    if _HTML.match(text, start):
        return "text/html"
    return "application/octet-stream" if _BINARY.search(body[:1445]) else "text/plain"


def _by_brand(body: bytes) -> str:
    """ISO base media: the major brand, then the compatible ones."""
    size = min(int.from_bytes(body[:4], "big"), len(body), 256)
    brands = [body[8:12], *(body[at : at + 4] for at in range(16, size - 3, 4))]
    for brand in brands:
        if brand in _BRANDS:
            # a collection of pictures says mif1 first and which kind after it
            exact = next((b for b in brands if b in _BRANDS and b not in (b"mif1", b"msf1")), brand)
            return _BRANDS[exact]
    return "video/mp4"


def _start_of_markup(text: bytes) -> int:
    """Behind XML declaration, comments and document type."""
    start = 0
    while found := _PROLOG.match(text, start):
        start = found.end()
    space = _SPACE.match(text, start)
    return space.end() if space else start

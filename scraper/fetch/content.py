"""Whether an answer is an HTML page, by its headers and its first bytes."""

from __future__ import annotations

import re

from scraper.snapshot import Headers, header

_PAGES = {"text/html", "application/xhtml+xml"}
_UNKNOWN = {"", "unknown/unknown", "application/unknown", "*/*"}
_SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"PK\x03\x04": "application/zip",
    b"\x1f\x8b\x08": "application/gzip",
}
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?[\t\n\x0c\r ]*"
    rb"<(?:!doctype html|html|head|body|title|meta|script|style|table|div|h1|p|a|br|b|!--)[\s>]",
    re.IGNORECASE,
)


def declared_type(headers: Headers) -> str:
    """The MIME type without parameters, in lower case; empty when there is none."""
    return (header(headers, "Content-Type") or "").partition(";")[0].strip().lower()


def is_download(headers: Headers) -> bool:
    """Whether a browser would save the answer instead of showing it."""
    disposition = header(headers, "Content-Disposition") or ""
    return disposition.strip().lower().startswith("attachment")


def other_type(headers: Headers, body: bytes) -> str | None:
    """What the answer is if it is no HTML page: its MIME type; None for a page."""
    mime = declared_type(headers)
    if is_download(headers):
        return mime or "application/octet-stream"
    for signature, real in _SIGNATURES.items():
        if body.startswith(signature):
            return real
    if mime in _UNKNOWN:
        return None if not body or _MARKUP.match(body) else "application/octet-stream"
    if mime not in _PAGES:
        return mime
    if b"\0" in body[:512] and not (_MARKUP.match(body) or _is_utf16(headers, body)):
        return "application/octet-stream"
    return None


def _is_utf16(headers: Headers, body: bytes) -> bool:
    declared = (header(headers, "Content-Type") or "").lower()
    return body[:2] in (b"\xfe\xff", b"\xff\xfe") or "utf-16" in declared

"""What is a page."""

import pytest

from scraper.fetch.content import other_type

HTML = b"<!DOCTYPE html><p>x"


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        ("text/html", HTML),
        ("Text/HTML; charset=gbk", b"\xc7\xe5\xb3\xbf"),
        ("application/xhtml+xml", b"<?xml version='1.0'?><html/>"),
        ("text/html", b""),
        ("text/html", HTML + b"\0 one stray zero"),
        (None, HTML),
        (None, b"\xef\xbb\xbf \n<HTML lang=x>"),
        ("", b"<p>fragment"),
        ("text/html; charset=utf-16", "<p>x".encode("utf-16-le")),
        ("text/html", b"\xff\xfe" + "<p>x".encode("utf-16-le")),
    ],
)
def test_pages(declared: str | None, body: bytes) -> None:
    headers = (("content-type", declared),) if declared is not None else ()
    assert other_type(headers, body) is None


@pytest.mark.parametrize(
    ("declared", "body", "mime"),
    [
        ("application/pdf", b"%PDF-1.7", "application/pdf"),
        ("text/html", b"%PDF-1.7", "application/pdf"),
        ("text/html", b"\x89PNG\r\n\x1a\n...", "image/png"),
        ("text/html", b"abc\0def", "application/octet-stream"),
        ("application/json; charset=utf-8", b"{}", "application/json"),
        ("text/plain", HTML, "text/plain"),
        ("application/rss+xml", b"<rss>", "application/rss+xml"),
        (None, b"\x00\x01\x02", "application/octet-stream"),
        (None, b"just words", "application/octet-stream"),
    ],
)
def test_other_things(declared: str | None, body: bytes, mime: str) -> None:
    headers = (("Content-Type", declared),) if declared else ()
    assert other_type(headers, body) == mime


def test_attachments_are_no_pages() -> None:
    headers = (("Content-Type", "text/html"), ("content-disposition", 'Attachment; filename="a"'))
    assert other_type(headers, HTML) == "text/html"
    assert (
        other_type((("Content-Type", "text/html"), ("Content-Disposition", "inline")), HTML) is None
    )

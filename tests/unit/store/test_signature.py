from __future__ import annotations

import struct

import pytest

from scraper.store.signature import PICTURES, mime_type
from tests.unit.samples import png


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    body = major + b"\0\0\0\0" + b"".join(compatible)
    return struct.pack(">I", len(body) + 8) + b"ftyp" + body + b"\0\0\0\x08free"


@pytest.mark.parametrize(
    ("body", "mime"),
    [
        (png(), "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"GIF89arest", "image/gif"),
        (b"GIF87arest", "image/gif"),
        (b"RIFF\x0a\x0a\x0a\x0aWEBPVP8 ", "image/webp"),
        (b"BM1234", "image/bmp"),
        (b"\0\0\1\0rest", "image/x-icon"),
        (b"\0\0\2\0rest", "image/x-icon"),
        (b"II*\0rest", "image/tiff"),
        (b"MM\0*rest", "image/tiff"),
        (b"\xff\x0arest", "image/jxl"),
        (ftyp(b"avif", b"mif1"), "image/avif"),
        (ftyp(b"mif1", b"avif"), "image/avif"),
        (ftyp(b"mif1", b"heic"), "image/heic"),
        (ftyp(b"heic"), "image/heic"),
        (b"<svg/>", "image/svg+xml"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "image/svg+xml"),
        (b"\xef\xbb\xbf \n<?xml version='1.0'?><!-- <html> -->\n<svg\n>", "image/svg+xml"),
        (b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd"><svg >', "image/svg+xml"),
        (b'<!DOCTYPE svg [<!ENTITY a "b>c">]  ><svg >', "image/svg+xml"),
    ],
)
def test_pictures_are_known_by_their_first_bytes(body: bytes, mime: str) -> None:
    assert mime_type(body) == mime
    assert mime in PICTURES


@pytest.mark.parametrize(
    ("body", "mime"),
    [
        (b"", "text/plain"),
        (b"Sorry, no picture today", "text/plain"),
        (b"<!DOCTYPE html><html><svg>", "text/html"),
        (b"<!doctype HTML >", "text/html"),
        (b"<?xml version='1.0'?><html xmlns='x'><svg/>", "text/html"),
        (b"  <HTML><p>", "text/html"),
        (b"<p class='x'>", "text/html"),
        (b"<!-- a comment without an end <svg>", "text/plain"),
        (b"<svgx>", "text/plain"),
        (b"%PDF-1.7", "application/pdf"),
        (ftyp(b"mp42", b"isom"), "video/mp4"),
        (b"\x1a\x45\xdf\xa3", "video/webm"),
        (b"RIFF\0\0\0\0WAVE", "audio/wave"),
        (b"\0\0\0\0 something", "application/octet-stream"),
        (b"\x89PN", "text/plain"),
    ],
)
def test_everything_else_gets_a_name_that_is_no_picture(body: bytes, mime: str) -> None:
    assert mime_type(body) == mime
    assert mime not in PICTURES


@pytest.mark.parametrize(
    "body",
    [
        b"<!---->" * 100_000,
        b"<!doctype x" + b" " * 100_000,
        b"<!doctype x [" + b"] " * 100_000,
        b"<!doctype" + b" \n" * 100_000,
        b"<?" * 100_000,
        b" " * 1_000_000,
        struct.pack(">I", 2**31) + b"ftyp" + b"mif1" * 100_000,
    ],
)
def test_hostile_prologs_are_read_in_linear_time(body: bytes) -> None:
    assert mime_type(body) not in PICTURES or body[4:8] == b"ftyp"

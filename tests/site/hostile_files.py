"""Pictures with names and bytes made to do harm on a disk.  By path; the faults' names come
first."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from urllib.parse import quote

from tests.site.hostile_content import SVG
from tests.site.hostile_wire import kept, pictured
from tests.site.pictures import png
from tests.site.wire import Answer, Handler, Seen

NAMES = (
    "../../../../planted.png",
    "..%2f..%2f..%2fplanted.png",
    "%2e%2e/%2e%2e/planted.png",
    "..%5c..%5cplanted.png",
    "%2fetc%2fplanted.png",
    "CON.png",
    "nul%00.png",
    "a%0ab%0d.png",
    "%1b%5b31m.png",
    "trailing.%20.",
    "%ff%fe.png",
    quote("e\u0301.png"),
    quote("\u00e9.png"),
    "UPPER.PNG",
    "upper.png",
    "x" * 3000 + ".png",
    "planted.php",
    "planted.exe",
    "planted.html",
    ".bashrc",
    "-rf",
    "~root",
    "$(touch planted)",
)
"""What pictures are called; each has bytes of its own."""

BOMBS = {
    "wide.png": "image/png",
    "cut.png": "image/png",
    "gif.png": "image/gif",
    "svg.png": "image/svg+xml",
    **{f"{name}.png": "media.type" for name in ("page", "script", "program", "nothing", "archive")},
}
"""What answers for pictures, and what becomes of each."""


def file_pages() -> dict[str, Answer | Handler]:
    """Faults 37 to 39."""
    return {
        "/names/all": Answer(pictured(*(f"/named/{name}" for name in NAMES))),
        "/named/*": _named,
        "/planted.png": _named,
        "/etc/planted.png": _named,
        "/names/headers": Answer(pictured("/disposed")),
        "/disposed": Answer(
            png(9, 9),
            type="image/png",
            headers=(("Content-Disposition", "attachment; filename=../../../planted.sh"),),
        ),
        "/names/..%2f..%2fpage": Answer(kept()),
        "/picture-bomb/all": Answer(pictured(*(f"/bombs/{name}" for name in BOMBS))),
        **{f"/bombs/{name}": Answer(body, type="image/png") for name, body in _BODIES.items()},
        "/same/all": Answer(pictured("/same.png?1", "/same.png?2", "/copy.png", "/turns.png")),
        "/same.png": Answer(png(10, 10), type="image/png"),
        "/copy.png": Answer(png(10, 10), type="image/png"),
        "/turns.png": Answer(png(11, 11), type="image/png"),
        "/same/again": Answer(pictured("/other/turns.png")),
        "/other/turns.png": Answer(png(12, 12), type="image/png"),
    }


def _named(seen: Seen) -> Answer:
    return Answer(png(grey=zlib.crc32(seen.path.encode()) % 256, width=20), type="image/png")


@cache
def _wide() -> bytes:
    """A PNG of 65535 × 65535 pixels, in 300 kB."""

    def chunk(name: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + crc

    header = struct.pack(">IIBBBBB", 65535, 65535, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(2**20)) for _ in range(256)) + packer.flush()
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


_BODIES = {
    "wide.png": _wide(),
    "cut.png": png(30, 30)[:-30],
    "gif.png": b"GIF89a\xff\xff\xff\xff\x00\x00\x00;",
    "svg.png": SVG.encode(),
    "page.png": kept().encode(),
    "script.png": b"#!/bin/sh\ntouch planted\n",
    "program.png": b"\x7fELF" + bytes(200),
    "nothing.png": b"",
    "archive.png": b"PK\x03\x04" + bytes(100),
}

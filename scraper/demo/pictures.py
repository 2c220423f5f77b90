"""Draws the demo site's pictures: hills, a sky and a sun or moon, the same bytes every time."""

from __future__ import annotations

import math
import struct
import zlib
from functools import lru_cache

Colour = tuple[int, int, int]

SKY_SHADES = 200
SUN = SKY_SHADES
HILLS = range(SUN + 1, SUN + 5)

# Top of the sky, horizon, nearest hill.
MOODS: dict[str, tuple[Colour, Colour, Colour]] = {
    "dusk": ((38, 70, 132), (255, 190, 130), (24, 42, 58)),
    "morning": ((92, 152, 198), (250, 236, 202), (36, 78, 62)),
    "night": ((14, 18, 52), (106, 92, 158), (10, 14, 34)),
    "evening": ((212, 92, 88), (255, 214, 150), (66, 32, 56)),
}


def placeholder() -> bytes:
    """What stands in `src` until a lazy picture is wanted: one grey pixel, a picture all the
    same."""
    return png(1, 1, [(226, 222, 214)], [b"\0"])


@lru_cache(maxsize=32)
def draw(name: str, mood: str, width: int, height: int) -> bytes:
    """The PNG of a name.  Each column is a few runs of one colour, so this takes milliseconds."""
    seed = zlib.crc32(name.encode())
    top, horizon, near = MOODS[mood]
    sky = bytes(y * SKY_SHADES // height for y in range(height))
    centre = width * (25 + seed // 7 % 50) // 100
    middle, radius = height * (30 + seed // 11 % 20) // 100, height // 9
    columns = []
    for x in range(width):
        column = bytearray(sky)
        reach = radius**2 - (x - centre) ** 2
        if reach > 0:
            half = int(math.sqrt(reach))
            column[middle - half : middle + half] = bytes([SUN]) * (2 * half)
        for layer, colour in enumerate(HILLS):
            ridge = _ridge(x / width, layer, seed, height)
            column[ridge:] = bytes([colour]) * (height - ridge)
        columns.append(bytes(column))
    palette = [_blend(top, horizon, shade / SKY_SHADES) for shade in range(SKY_SHADES)]
    palette.append(_blend(horizon, (255, 255, 244), 0.7))
    palette += [_blend(horizon, near, (layer + 1.5) / 5.5) for layer in range(len(HILLS))]
    return png(width, height, palette, [bytes(row) for row in zip(*columns, strict=True)])


def _ridge(x: float, layer: int, seed: int, height: int) -> int:
    """Where a layer of hills begins, in rows from the top."""
    phase = seed % 97 + layer * 2.1
    wave = math.sin(x * (3 + layer) + phase) + 0.4 * math.sin(x * (9 + 3 * layer) + 2 * phase)
    return min(height, max(0, round(height * (0.56 + 0.11 * layer + 0.05 * wave))))


def _blend(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def png(width: int, height: int, palette: list[Colour], rows: list[bytes]) -> bytes:
    """An indexed PNG; each row holds one palette index a pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    colours = b"".join(bytes(colour) for colour in palette)
    parts = chunk(b"IHDR", head), chunk(b"PLTE", colours), chunk(b"IDAT", data), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)

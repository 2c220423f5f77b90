"""Amounts for people."""

from __future__ import annotations


def size(count: float) -> str:
    """Of bytes."""
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"


def counted(count: int, noun: str) -> str:
    """So many of what a noun says that has its plural with an s."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def number(count: int) -> str:
    """Thousands apart, by a narrow space."""
    return f"{count:,}".replace(",", "\u202f")


def duration(seconds: float) -> str:
    """Of time."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"

"""Text for Markdown that means nothing but itself."""

from __future__ import annotations

import re
from urllib.parse import quote

_MARKS = re.compile(r"([\\`*_\[\]<>|~$]|&(?=[#\w]))")
_AT_START = re.compile(r"(?:([#+=-])|(\d{1,9})([.)]))")


def plain(text: str | None) -> str:
    """On one line, meaning nothing but itself."""
    line = _MARKS.sub(r"\\\1", " ".join((text or "").split()))
    start = _AT_START.match(line)
    if start is None:
        return line
    mark = f"\\{start[1]}" if start[1] else f"{start[2]}\\{start[3]}"
    return mark + line[start.end() :]


def lines(text: str) -> str:
    """With its line breaks."""
    return "\\\n".join(plain(line) for line in text.splitlines() if line.strip())


def address(url: str) -> str:
    """So that it ends where it ends; nothing that a click would run."""
    safe = url if url.lower().startswith(("http://", "https://")) else "#"
    return quote(safe, safe="%/:?#@!$&*+,;=~-._")

"""A crawl watched on a terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from tests.site import Answer, TestSite
from tests.site.pages import article

HOSTILE = "Fine\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp\u2066 [red]:smile:"
OURS = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
"""What rich itself sends: colours, cursor moves, erasing of its own lines."""


def on_a_terminal(*arguments: str, cwd: Path) -> tuple[int, bytes]:
    """Exit code, and all that was sent to the terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "scraper", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        cwd=cwd,
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"},
    )
    os.close(theirs)
    sent = b""
    while True:
        try:
            data = os.read(ours, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not data:
            break
        sent += data
    os.close(ours)
    return process.wait(60), sent


def test_the_display_is_live_and_pages_cannot_steer_it(tmp_path: Path) -> None:
    with TestSite({"/story": Answer(article(HOSTILE)), "/gone": Answer("gone", 404)}) as site:
        code, sent = on_a_terminal(
            "crawl", site.url("/story"), site.url("/gone"), "-o", "out", cwd=tmp_path
        )
    assert code == 1
    assert b"pages/s" in sent
    assert b"http.404" in sent
    assert b"1 record, 1 failed" in OURS.sub(b"", sent)
    shown = OURS.sub(b"", sent).decode()
    assert "[red]:smile:" in shown
    assert not re.findall("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert b"\x1b[2J" not in sent

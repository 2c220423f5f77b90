"""A crawl watched on a terminal."""

from __future__ import annotations

import re
from pathlib import Path

from tests.e2e.command import OnTerminal
from tests.site import Answer, TestSite
from tests.site.pages import article

HOSTILE = "Fine\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp\u2066 [red]:smile:"
OURS = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
"""What rich itself sends: colours, cursor moves, erasing of its own lines."""


def test_the_display_is_live_and_pages_cannot_steer_it(tmp_path: Path) -> None:
    with TestSite({"/story": Answer(article(HOSTILE)), "/gone": Answer("gone", 404)}) as site:
        arguments = ("crawl", site.url("/story"), site.url("/gone"), "-o", "out")
        code, sent = OnTerminal(*arguments, cwd=tmp_path).sent()
    assert code == 1
    assert b"pages/s" in sent
    assert b"http.404" in sent
    assert b"1 record, 1 failed" in OURS.sub(b"", sent)
    shown = OURS.sub(b"", sent).decode()
    assert "[red]:smile:" in shown
    assert not re.findall("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert b"\x1b[2J" not in sent

"""Memory is read of whole process trees."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scraper.fetch import memory

MIB = 2**20


def test_a_page_gets_one_to_two_gibibytes() -> None:
    assert 1024 * MIB <= memory.ceiling() <= 2048 * MIB


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux tells")
def test_children_count_and_renderers_are_told_apart() -> None:
    code = "import sys; keep = b'x' * 50_000_000; print(flush=True); sys.stdin.read()"
    before = memory.use([os.getpid()])
    assert before.largest == 0
    for kind, grown in (("--type=utility", "base"), ("--type=renderer", "largest")):
        with subprocess.Popen(
            [sys.executable, "-c", code, kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as child:
            assert child.stdout
            child.stdout.readline()
            now = memory.use([os.getpid()])
            assert getattr(now, grown) - getattr(before, grown) > 45 * MIB
            assert child.stdin
            child.stdin.close()


def test_nothing_is_told_of_what_is_not_there() -> None:
    assert memory.use([]) == memory.Use(0, 0)
    assert memory.use([2**22 + 1]) == memory.Use(0, 0)
    memory.limit_renderers([2**22 + 1])

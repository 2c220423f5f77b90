"""The workers of a batch do not outlive the process that gives them work."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from tests.integration.fetch.processes import VARIABLE, Mark

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are read there")


async def test_killing_the_batch_leaves_no_worker(tmp_path: Path) -> None:
    pipe = tmp_path / "page.html"
    os.mkfifo(pipe)
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text(
        json.dumps({"id": "1", "url": "https://a.test/", "html_path": pipe.name}) + "\n"
    )
    mark = Mark()
    command = ("-m", "scraper", "extract", "--batch", tmp_path, manifest, tmp_path / "out.jsonl")
    batch = await asyncio.create_subprocess_exec(
        sys.executable, *command, env=os.environ | {VARIABLE: mark.value}
    )
    writer = await asyncio.to_thread(pipe.open, "wb")  # opens when a worker reads
    assert len(mark.pids()) > 1
    batch.kill()
    await batch.wait()
    assert await mark.gone()
    writer.close()

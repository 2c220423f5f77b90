"""`scraper serve` as a user runs it, and the page that a run leaves behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from scraper.job import Job
from tests.e2e.command import scraper
from tests.unit.samples import nothing, outcome, seeds
from tests.unit.store.opening import opened


def filled(path: Path) -> Path:
    requests = seeds(2)
    with opened(path) as collection:
        run = collection.begin(Job(), requests)
        collection.store(run).commit([outcome(one) for one in requests], nothing)
        collection.end(run, "finished", {})
    return path


def test_it_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    path = filled(tmp_path / "c")
    command = [sys.executable, "-u", "-m", "scraper", "serve", str(path), "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout
        line = serving.stdout.readline()
        assert line.startswith(f"{path} is at http://127.0.0.1:")
        with urllib.request.urlopen(line.split()[3], timeout=120) as answer:
            assert answer.status == 200
        serving.send_signal(signal.SIGINT)
        _, err = serving.communicate(timeout=120)
    assert (serving.returncode, err) == (0, "")


def test_without_a_collection_or_a_port_it_says_so(tmp_path: Path) -> None:
    code, _, err = scraper("serve", str(tmp_path / "none"))
    assert (code, "there is no collection at" in err) == (2, True)


def test_a_runs_page_is_made_again(tmp_path: Path) -> None:
    path = filled(tmp_path / "c")
    code, out, err = scraper("report", str(path))
    assert code == 0, err
    page = Path(out.strip())
    assert page.parent == path / "runs"
    assert page.read_text().count("<h1>c</h1>") == 1
    code, _, err = scraper("report", str(path), "20260101T000000Z-0000")
    assert (code, "has no run" in err) == (2, True)

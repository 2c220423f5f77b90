"""This project, with everything it promises switched on."""

import os
import sys
from pathlib import Path

from benchmarks.crawl.task import RECIPES, Task

task = Task.given()
render, archive, *more = sys.argv[2:]
output = Path(task.output)
output.mkdir(parents=True, exist_ok=True)
seeds = output / "urls.txt"
seeds.write_text("\n".join(task.urls))
command = [sys.executable, "-m", "scraper", "crawl", "--from", str(seeds)]
command += ["-o", str(output / "collection"), "--recipes", str(RECIPES), "--quiet"]
command += ["--delay", "0", "--per-host", "16", "--render", render, "--archive", archive]
command += [] if task.media else ["--no-media"]
command += ["--concurrency", str(task.concurrency)] if task.concurrency else []
command += ["--browser", task.browser, *more]
os.execv(sys.executable, command)

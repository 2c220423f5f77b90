"""Runs of a collection: continued, repeated, refused, interrupted."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from scraper import Job, run
from tests.e2e.command import Command, damage, failures, records, scraper
from tests.site import Answer, Seen, TestSite
from tests.site.pages import article, page

QUICK = ("--delay", "0", "--render", "http")
"""What is told about runs is the same with and without a browser."""


@pytest.fixture
def site() -> Iterator[TestSite]:
    with TestSite() as site:
        yield site


def crawl(collection: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the summary."""
    code, out, err = scraper("crawl", *arguments, *QUICK, "-o", str(collection), "--json")
    assert "Traceback" not in err
    return code, orjson.loads(out) if out else {"error": err}


def counts(summary: dict[str, Any]) -> dict[str, int]:
    kinds = ("record", "unchanged", "duplicate", "failed")
    return {kind: summary["tally"][kind] for kind in kinds if summary["tally"][kind]}


def test_unchanged_changed_and_failed_pages_of_a_second_run(site: TestSite, tmp_path: Path) -> None:
    site.pages["/a"] = Answer(article("One", '<p><img src="/pictures/a.png"></p>'))
    site.pages["/b"] = Answer(article("Two"))
    site.pages["/c"] = Answer("not yet", 404)
    urls = [site.url(path) for path in ("/a", "/b", "/c")]
    assert counts(crawl(tmp_path, *urls)[1]) == {"record": 2, "failed": 1}
    site.requests.clear()
    site.pages["/b"] = Answer(article("Two, corrected"))
    site.pages["/c"] = Answer(article("Three"))
    code, summary = crawl(tmp_path, *urls)
    assert (code, counts(summary)) == (0, {"record": 2, "unchanged": 1})
    told = [(r["url"][-2:], r["title"], r["revision"]) for r in records(tmp_path)]
    assert sorted(told) == [
        ("/a", "One", 1),
        ("/b", "Two", 1),
        ("/b", "Two, corrected", 2),
        ("/c", "Three", 1),
    ]
    assert "/pictures/a.png" not in site.paths(), "an unchanged page's picture is known"
    assert len(failures(tmp_path)) == 1
    assert list(damage(tmp_path)) == []


def test_the_same_article_from_two_addresses_is_one_record(site: TestSite, tmp_path: Path) -> None:
    page = article("One").replace("<head>", f'<head><link rel=canonical href="{site.url("/a")}">')
    assert "canonical" in page
    site.pages["/a"] = site.pages["/amp"] = Answer(page)
    urls = [site.url("/a"), site.url("/amp")]
    code, summary = crawl(tmp_path, *urls)
    assert (code, counts(summary)) == (0, {"record": 1, "duplicate": 1})
    assert len(records(tmp_path)) == 1


def test_the_same_seed_twice_is_one_request(site: TestSite, tmp_path: Path) -> None:
    url = site.url("/article/plain")
    _, summary = crawl(tmp_path, url, url + "#top", url + "?utm_source=x")
    assert counts(summary) == {"record": 1}
    assert site.paths().count("/article/plain") == 1


def test_a_limit_is_resumed_by_the_same_command(site: TestSite, tmp_path: Path) -> None:
    urls = [site.url(f"/private-not/{n}") for n in range(3)]
    site.pages["/private-not/*"] = lambda seen: Answer(article(f"At {seen.path}"))
    code, summary = crawl(tmp_path, *urls, "--max-pages", "2")
    assert (code, summary["outcome"], summary["left"]) == (5, "limit", 1)
    code, again = crawl(tmp_path, *urls)
    assert (code, again["outcome"], again["run"]) == (0, "finished", summary["run"])
    assert counts(again) == {"record": 3}
    assert len(site.paths()) == 3
    (report,) = (tmp_path / "runs").glob("*.json")
    facts = orjson.loads(report.read_bytes())["facts"]
    assert (facts["invocations"], facts["bytes"]) == (2, summary["bytes"] + again["bytes"])
    assert sum(facts["timeline"]["counts"]["record"]) == 3
    assert facts["manners"]["requests"] == again["manners"]["requests"] == 3
    assert ", in 2 goes" in report.with_suffix(".html").read_text()


def test_the_report_shows_what_failed(site: TestSite, tmp_path: Path) -> None:
    """One picture of a kind, though more failed; none of what was not rendered."""
    for name, status in (("a", 404), ("b", 404), ("c", 403)):
        site.pages[f"/{name}"] = Answer(page(name, "<p>Nothing for you."), status)
    site.pages["/d"] = Answer(article("Fine"))
    urls = [site.url(f"/{name}") for name in "abcd"]
    options = ("--delay", "0", "--render", "browser", "-o", str(tmp_path), "--quiet")
    assert scraper("crawl", *urls, *options)[0] == 1
    (report,) = (tmp_path / "runs").glob("*.html")
    assert report.read_text().count("data:image/webp;base64,") == 2


def test_another_job_is_refused_until_one_says_which(site: TestSite, tmp_path: Path) -> None:
    urls = [site.url("/article/plain"), site.url("/gbk/header")]
    other = site.url("/broken")
    _, first = crawl(tmp_path, *urls, "--max-pages", "1")
    code, refused = crawl(tmp_path, other)
    assert code == 2
    assert "--continue" in refused["error"]
    assert "--new" in refused["error"]
    code, then = crawl(tmp_path, other, "--continue")
    assert (code, then["outcome"], counts(then)) == (0, "finished", {"record": 1})
    assert Counter(r["run"] for r in records(tmp_path)) == {first["run"]: 2, then["run"]: 1}
    _, unfinished = crawl(tmp_path, *urls, "--max-pages", "1")
    assert unfinished["left"] == 1
    code, fresh = crawl(tmp_path, other, "--new")
    assert (code, fresh["outcome"], counts(fresh)) == (0, "finished", {"unchanged": 1})
    assert fresh["run"] != unfinished["run"]


def test_a_run_may_be_continued_without_naming_its_seeds(site: TestSite, tmp_path: Path) -> None:
    urls = [site.url("/article/plain"), site.url("/gbk/header")]
    _, first = crawl(tmp_path, *urls, "--max-pages", "1")
    code, continued = crawl(tmp_path, "--continue")
    assert (code, continued["run"], continued["tally"]["record"]) == (0, first["run"], 2)


def test_speed_and_reach_do_not_make_another_job(site: TestSite, tmp_path: Path) -> None:
    urls = [site.url("/article/plain"), site.url("/gbk/header")]
    _, first = crawl(tmp_path, *urls, "--max-pages", "1")
    code, again = crawl(tmp_path, *urls, "--per-host", "1", "--concurrency", "1", "--insecure")
    assert (code, again["run"]) == (0, first["run"])


def test_retry_asks_only_for_what_failed(site: TestSite, tmp_path: Path) -> None:
    site.pages["/gone"] = Answer("gone", 404)
    site.pages["/odd"] = Answer("%PDF-1.4", type="application/pdf")
    crawl(tmp_path, *(site.url(path) for path in ("/article/plain", "/gone", "/odd")))
    site.requests.clear()
    site.pages["/gone"] = Answer(article("Back again"))
    code, out, err = scraper("retry", str(tmp_path), "--code", "http.404", "--json")
    assert (code, counts(orjson.loads(out))) == (0, {"record": 1}), err
    assert site.paths() == ["/gone"]
    code, out, _ = scraper("retry", str(tmp_path), "--json")
    assert (code, counts(orjson.loads(out))) == (1, {"failed": 1})


def test_an_interrupted_retry_goes_on_by_the_same_command(site: TestSite, tmp_path: Path) -> None:
    held = Held()
    site.pages["/one"] = site.pages["/two"] = Answer("gone", 404)
    bad = tmp_path / "urls.txt"
    bad.write_text(f"{site.url('/one')}\n{site.url('/two')}\nnot an address\n")
    collection = tmp_path / "collection"
    crawl(collection, "--from", str(bad), "--concurrency", "1")
    (wrong,) = (f for f in failures(collection) if f["code"] == "url.invalid")
    assert f"{bad}:3" in wrong["message"]
    site.pages["/one"] = Answer(article("First"))
    site.pages["/two"] = held
    command = Command("retry", str(collection))
    assert held.asked.wait(60)
    command.kill_everything()
    held.go.set()
    code, out, err = scraper("retry", str(collection), "--json")
    assert (code, counts(orjson.loads(out))) == (1, {"record": 2, "failed": 1}), err
    assert sorted(r["title"] for r in records(collection)) == ["First", "Held back"]


class Held:
    """A page that is not answered before it is let go."""

    def __init__(self) -> None:
        self.asked, self.go = threading.Event(), threading.Event()

    def __call__(self, seen: Seen) -> Answer:
        self.asked.set()
        return Answer(article("Held back"), delay=0 if self.go.is_set() else 3600)


def held_crawl(site: TestSite, collection: Path) -> tuple[Command, Held]:
    """A crawl in the middle of its first page, with more to do."""
    held = Held()
    site.pages["/held"] = held
    urls = [site.url("/held"), site.url("/article/plain")]
    command = Command("crawl", *urls, "-o", str(collection), *QUICK, "--concurrency", "1")
    assert held.asked.wait(60)
    return command, held


def test_a_second_process_is_told_who_holds_it(site: TestSite, tmp_path: Path) -> None:
    command, _ = held_crawl(site, tmp_path)
    code, _, err = scraper("crawl", site.url("/broken"), "-o", str(tmp_path), *QUICK)
    assert code == 6
    assert str(command.process.pid) in err
    assert scraper("records", str(tmp_path))[0] == 0, "readers are not refused"
    command.kill_everything()


@pytest.mark.parametrize(
    ("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)]
)
def test_twice_stops_now_and_the_same_command_goes_on(
    site: TestSite, tmp_path: Path, signum: int, code: int
) -> None:
    command, held = held_crawl(site, tmp_path)
    os.kill(command.process.pid, signum)
    assert command.process.stderr
    while "again stops now" not in (line := command.process.stderr.readline()):
        assert line
    os.kill(command.process.pid, signum)
    assert command.finish()[0] == code
    assert command.wait_until_nothing_is_left() == []
    assert records(tmp_path) == []
    held.go.set()
    urls = [site.url("/held"), site.url("/article/plain")]
    done, summary = crawl(tmp_path, *urls, "--concurrency", "1")
    assert (done, counts(summary)) == (0, {"record": 2})


def test_once_finishes_the_page_in_flight(site: TestSite, tmp_path: Path) -> None:
    started = threading.Event()
    go = threading.Event()

    def slow(seen: Seen) -> Answer:
        started.set()
        return Answer("", pieces=_when(go))

    site.pages["/slow/story"] = slow
    urls = [site.url("/slow/story"), site.url("/article/plain")]
    command = Command("crawl", *urls, "-o", str(tmp_path), *QUICK, "--concurrency", "1")
    assert started.wait(60)
    os.kill(command.process.pid, signal.SIGINT)
    assert command.process.stderr
    while "again stops now" not in (line := command.process.stderr.readline()):
        assert line
    go.set()
    assert command.finish()[0] == 130
    assert [r["title"] for r in records(tmp_path)] == ["Slow but sure"]


def _when(go: threading.Event) -> Any:
    async def pieces() -> Any:
        await asyncio.to_thread(go.wait, 60)
        yield article("Slow but sure").encode()

    return pieces


async def test_a_crawl_inside_a_running_loop(site: TestSite, tmp_path: Path) -> None:
    job = Job(urls=(site.url("/article/plain"),), output=str(tmp_path), delay=0.0, render="http")
    summary = run(job)
    assert (summary.exit_code, summary.tally.record) == (0, 1)
    assert summary.articles[0].title == "The harbour at dawn"


NOTEBOOK = """
import asyncio, sys
from scraper import Job, run

class Notes:
    noted = staticmethod(lambda text: print(text, flush=True))
    started = progress = settled = retried = staticmethod(lambda *what: None)

async def cell():
    job = Job(urls=tuple(sys.argv[2:]), output=sys.argv[1], delay=0.0, render="http", concurrency=1)
    summary = run(job, reporters=[Notes()])
    print(summary.outcome, summary.exit_code, summary.tally.record)

asyncio.run(cell())
"""


def test_a_notebooks_cell_can_be_interrupted(site: TestSite, tmp_path: Path) -> None:
    started, go = threading.Event(), threading.Event()

    def slow(seen: Seen) -> Answer:
        started.set()
        return Answer("", pieces=_when(go))

    site.pages["/slow/story"] = slow
    urls = [site.url("/slow/story"), site.url("/article/plain")]
    cell = subprocess.Popen(
        [sys.executable, "-c", NOTEBOOK, str(tmp_path), *urls], stdout=subprocess.PIPE, text=True
    )
    assert started.wait(60)
    cell.send_signal(signal.SIGINT)
    assert cell.stdout
    assert "again stops now" in cell.stdout.readline()
    go.set()
    out, _ = cell.communicate(timeout=60)
    assert out.split() == ["interrupted", "130", "1"]


def test_a_run_for_an_occasion_is_made_once(site: TestSite, tmp_path: Path) -> None:
    site.pages["/a"] = Answer(article("One"))
    site.pages["/b"] = Answer(article("Two"))
    urls = [site.url(path) for path in ("/a", "/b")]
    once = ("--once", "today")
    code, first = crawl(tmp_path / "c", *urls, *once, "--max-pages", "1")
    assert (code, counts(first)) == (5, {"record": 1})
    code, second = crawl(tmp_path / "c", *urls, *once)
    assert (code, counts(second), second["run"]) == (0, {"record": 2}, first["run"])
    asked = len(site.requests)
    code, again = crawl(tmp_path / "c", *urls, *once)
    assert (code, counts(again), again["run"]) == (0, {"record": 2}, first["run"])
    assert len(site.requests) == asked
    code, other = crawl(tmp_path / "c", *urls, "--once", "tomorrow")
    assert (code, counts(other)) == (0, {"unchanged": 2})

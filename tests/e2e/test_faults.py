"""One crawl over good pages and every kind of trouble: each has its right record or failure, and
none harms the others."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Command, damage, failures, records
from tests.site import Answer, Seen, TestSite
from tests.site.pages import article

RECORDS = (
    "/article/script",
    "/article/lazy",
    "/gbk/header",
    "/gbk/meta",
    "/gbk/lie",
    "/hang/script",
    "/redirect/chain/3",
)
FAILURES = {
    "/status/404": "http.404",
    "/status/410": "http.410",
    "/status/503": "http.503",
    "/redirect/loop": "redirect.loop",
    "/redirect/private": "address.private",
    "/redirect/file": "url.scheme",
    "/private/page": "robots",
    "/files/report.pdf": "content.type",
    "/nothing": "http.204",
    "/never": "timeout",
}


class DeadTab:
    """The first time it is asked for, the page's renderer dies."""

    def __init__(self) -> None:
        self.command: Command | None = None
        self.killed = 0

    def __call__(self, seen: Seen) -> Answer:
        if self.command and not self.killed:
            for pid in self.command.left():
                if b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)
                    self.killed += 1
        return Answer(article("Risen again"))


class Crawled:
    def __init__(self, collection: Path, site: TestSite, code: int) -> None:
        self.collection, self.code = collection, code
        base = site.url("")
        self.records = {r["url"].removeprefix(base): r for r in records(collection)}
        self.failures = {f["url"].removeprefix(base): f for f in failures(collection)}
        self.asked = Counter(site.paths())


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    directory = tmp_path_factory.mktemp("faults")
    with TestSite() as site:
        urls = directory / "urls.txt"
        paths = [*RECORDS, *FAILURES]
        seeds = [*(site.url(path) for path in paths), "https://nowhere.invalid/", "ftp://a.b/c"]
        urls.write_text("# good and bad\n\n" + "\n".join(seeds) + "\n" + seeds[0] + "#again\n")
        command = Command(
            "crawl",
            *("--from", str(urls), "-o", str(directory / "c"), "--delay", "0"),
            *("--timeout", "8", "--retries", "1", "--quiet", "--render", "browser"),
        )
        code, _, err = command.finish(200)
        assert "Traceback" not in err
        assert command.wait_until_nothing_is_left() == []
        return Crawled(directory / "c", site, code)


def test_some_failed_and_the_exit_code_says_so(crawled: Crawled) -> None:
    assert crawled.code == 1


@pytest.mark.parametrize("path", RECORDS)
def test_the_good_pages_have_records(crawled: Crawled, path: str) -> None:
    assert path in crawled.records, crawled.failures.get(path)
    assert path not in crawled.failures


@pytest.mark.parametrize("path", FAILURES)
def test_the_bad_pages_have_failures(crawled: Crawled, path: str) -> None:
    assert crawled.failures[path]["code"] == FAILURES[path]
    assert path not in crawled.records


def test_seeds_that_lead_nowhere(crawled: Crawled) -> None:
    assert crawled.failures["https://nowhere.invalid/"]["code"] == "dns"
    assert crawled.failures["ftp://a.b/c"]["code"] == "url.scheme"


def test_one_outcome_each(crawled: Crawled) -> None:
    assert len(crawled.records) + len(crawled.failures) == len(RECORDS) + len(FAILURES) + 2


def test_the_scripts_article_is_read_after_the_script(crawled: Crawled) -> None:
    record = crawled.records["/article/script"]
    assert record["title"] == "Made by a script"
    assert record["published"] == "2024-05-06T07:08:09Z"


def test_lazy_pictures_are_the_real_ones(crawled: Crawled) -> None:
    record = crawled.records["/article/lazy"]
    names = {image["alt"]: image["url"].rpartition("/")[2] for image in record["images"]}
    assert names == {"one": "one.png", "two": "two.png", "three": "three.png"}
    assert all(image["media"] for image in record["images"])


@pytest.mark.parametrize("path", ["/gbk/header", "/gbk/meta", "/gbk/lie"])
def test_chinese_in_gbk_is_chinese(crawled: Crawled, path: str) -> None:
    assert "清晨的港口很安静" in crawled.records[path]["text"]


def test_the_page_that_never_finishes_is_read_and_marked(crawled: Crawled) -> None:
    assert "load_timeout" in crawled.records["/hang/script"]["warnings"]


def test_a_page_under_which_the_tab_dies_gets_another_chance(tmp_path: Path) -> None:
    tab = DeadTab()
    with TestSite({"/dead/tab": tab}) as site:
        urls = [site.url("/article/plain"), site.url("/dead/tab"), site.url("/gbk/meta")]
        options = ["-o", str(tmp_path), "--delay", "0", "--concurrency", "1", "--quiet"]
        options += ["--render", "browser"]  # whose documents are asked for while a tab waits
        tab.command = Command("crawl", *urls, *options)
        code, _, err = tab.command.finish()
        assert code == 0, err
        assert tab.killed
        assert site.paths().count("/dead/tab") == 2
    assert sorted(r["url"] for r in records(tmp_path)) == sorted(urls)


def test_forbidden_pages_were_not_asked_for(crawled: Crawled) -> None:
    assert crawled.asked["/private/page"] == 0


def test_retries_are_for_transient_causes(crawled: Crawled) -> None:
    assert crawled.asked["/status/503"] == 2
    assert crawled.asked["/status/404"] == 1


def test_addresses_after_redirects(crawled: Crawled) -> None:
    record: dict[str, Any] = crawled.records["/redirect/chain/3"]
    assert record["final_url"].endswith("/article/plain")
    assert crawled.failures["/redirect/private"]["final_url"] == "http://10.0.0.1/secret"


def test_the_collection_is_whole(crawled: Crawled) -> None:
    assert list(damage(crawled.collection)) == []

"""Help, wrong options and exit codes of the installed command."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scraper.cli.errors import EXIT_CODES
from scraper.demo import DemoSite
from tests.e2e.command import scraper
from tests.site import Answer, TestSite
from tests.site.pages import article

ANSI = re.compile(r"\x1b\[[0-9;]*m")
OPTIONS = (
    "--from --job --output -o --recipes --render --media --no-media --archive --concurrency "
    "--per-host --delay --timeout --max-bytes --max-pages --max-time --retries --ignore-robots "
    "--user-agent --locale --timezone --viewport --connect-to --insecure --allow-private --quiet "
    "--json --log --continue --new --demo --browser"
).split()


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One record in two revisions, no failures."""
    path = tmp_path_factory.mktemp("crawled") / "c"
    with TestSite() as site:
        for title in ("First", "Second"):
            site.pages["/a"] = Answer(article(title))
            options = "--delay", "0", "--render", "http", "--quiet"
            assert scraper("crawl", site.url("/a"), "-o", str(path), *options)[0] == 0
    return path


def test_help_lists_the_verbs_and_the_exit_codes() -> None:
    code, out, _ = scraper("--help")
    assert code == 0
    for verb in ("crawl", "retry", "extract", "records", "recipe", "schema", "install", "demo"):
        assert re.search(rf"\b{verb}\b", out)
    for number, meaning in EXIT_CODES.items():
        assert f"{number}  {meaning.split(';')[0]}" in out


def test_help_of_crawl_has_every_option_and_the_exit_codes() -> None:
    code, out, _ = scraper("crawl", "--help")
    assert code == 0
    words = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", ANSI.sub("", out)))
    assert set(OPTIONS) <= words
    assert "6  another process holds the collection" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["crawl"], "give URLs"),
        (["crawl", "--nonsense"], "--nonsense"),
        (["crawl", "https://a.example/", "--retries", "-1"], "--retries -1: "),
        (["crawl", "example.org/a"], "https://example.org/a"),
        (["crawl", "--demo", "https://a.example/"], "--demo"),
        (["crawl", "--job", "none.yaml"], "none.yaml"),
        (["crawl", "--from", "none.txt"], "none.txt"),
        (["crawl", "https://a.example/", "--continue", "--new"], "choose one"),
        (["retry", "nowhere"], "nowhere"),
        (["records", "nowhere"], "nowhere"),
        (["crawl", "https://a.example/", "-o", "-", "--json"], "choose one"),
        (["crawl", "https://a.example/", "-o", "/dev/null/x"], "cannot make a collection"),
        (["extract", __file__], "--url"),
        (["extract", "none"], "there is no file or collection none"),
        (["extract", "none.html", "--url", "https://a.example/"], "none.html"),
        (["extract", "--batch", "one"], "HTML_DIR MANIFEST.jsonl OUT.jsonl"),
        (["schema", "nonsense"], "article, failure, job, recipe"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_one_line_with_the_next_step(
    arguments: list[str], says: str, tmp_path: Path
) -> None:
    code, out, err = scraper(*arguments, cwd=tmp_path)
    assert (code, out) == (2, "")
    assert err.startswith("scraper: ")
    assert err.count("\n") == 1
    assert says in err
    assert list(tmp_path.iterdir()) == []


WHOLE = gzip.compress(b"<p>text" * 99)
DAMAGED = {
    "no header": b"\x1f\x8bgarbage",
    "cut off": WHOLE[:-9],
    "a wrong checksum": WHOLE[:-8] + bytes(8),
    "a block type that there is not": WHOLE[:10] + b"\xff" + WHOLE[11:],
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_gzip_file_is_said_to_be_one(damage: str, tmp_path: Path) -> None:
    (tmp_path / "bad.gz").write_bytes(DAMAGED[damage])
    code, out, err = scraper("extract", "bad.gz", "--url", "https://a.example/", cwd=tmp_path)
    assert (code, out) == (2, "")
    assert err == "scraper: cannot read bad.gz: it begins as gzip, but is damaged\n"


def test_nothing_to_try_again_is_no_error(collection: Path) -> None:
    code, out, err = scraper("retry", str(collection))
    said = f"scraper: {collection} has no failures: there is nothing to try again\n"
    assert (code, out, err) == (0, "", said)
    code, out, err = scraper("retry", str(collection), "--json", "--code", "dns", "--code", "tls")
    assert (code, out) == (0, "null\n")
    assert "no failures with the code dns or tls" in err


def test_every_revision_is_listed_with_its_number(collection: Path) -> None:
    _, latest, _ = scraper("records", str(collection))
    _, every, _ = scraper("records", str(collection), "--revisions", "all")
    [line] = latest.splitlines()
    id, date, title = line.split("\t")
    assert title == "Second"
    rows = [line.split("\t") for line in every.splitlines()]
    assert rows == [[id, "revision 1", date, "First"], [id, "revision 2", date, "Second"]]


@pytest.mark.parametrize(
    ("verb", "key"),
    [
        ("install", "version"),
        ("recipe list", "cases"),
        ("recipe check demo", "notes"),
        ("migrate {}", "from"),
        ("report {}", "path"),
        ("pack {}", "pages"),
        ("replay {}", "title"),
        ("stats {}", "articles"),
        ("show {} latest", "id"),
        ("ls {}", "id"),
        ("search {} Second", "id"),
    ],
)
def test_what_is_told_is_told_as_json_too(collection: Path, verb: str, key: str) -> None:
    (id,) = [json.loads(line)["id"] for line in scraper("ls", str(collection), "--json")[1:2]]
    words = [str(collection) if word == "{}" else word for word in verb.split()]
    words = [id if word == "latest" else word for word in words]
    code, out, _ = scraper(*words, "--json")
    assert code == 0
    assert all(key in json.loads(line) for line in out.splitlines())
    assert out


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["ex"], {"extract", "export"}),
        (["recipe", "ch"], {"check"}),
        (["export", "here", "--rev"], {"--revisions"}),
        (["export", "here", "--to", "c"], {"csv"}),
        (["crawl", "--archive", ""], {"none", "page", "full"}),
        (["search", "here", "--order", "n"], {"newest"}),
    ],
    ids=" ".join,
)
def test_the_shell_completes_verbs_options_and_values(typed: list[str], offered: set[str]) -> None:
    """As the lines that --install-completion writes ask for it."""
    words = ["scraper", *typed]
    asked = {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(typed))}
    command = [shutil.which("scraper", path=Path(sys.executable).parent) or "scraper"]
    done = subprocess.run(
        command,
        env=os.environ | asked | {"_SCRAPER_COMPLETE": "complete_bash"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert set(done.stdout.split()) == offered


def test_install_finds_a_browser_and_says_which() -> None:
    code, out, err = scraper("install")
    assert (code, err) == (0, "")
    path = Path(out.removeprefix("browser: ").rpartition(" (")[0])
    assert os.access(path, os.X_OK)


@pytest.mark.parametrize("verb", ["install", "crawl"])
def test_a_browser_that_is_not_there_has_its_own_code(verb: str, tmp_path: Path) -> None:
    with DemoSite() as site:
        page = [f"{site.local_address}story/101.html", "--quiet"] if verb == "crawl" else []
        code, out, err = scraper(verb, *page, "--browser", "/nowhere/chromium", cwd=tmp_path)
    assert (code, out) == (4, "")
    assert err.startswith("scraper: there is no program /nowhere/chromium")
    assert err.count("\n") == 1


def test_generated_files_are_fresh() -> None:
    code, _, err = scraper("schema", "--check")
    assert (code, err) == (0, "")


@pytest.mark.parametrize(
    "arguments", [["schema", "article"], ["--help"], ["recipe", "list"]], ids=" ".join
)
def test_a_reader_that_is_gone_is_no_error(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "scraper", *arguments],
        check=False,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")

"""The demo site through the installed command: what a newcomer sees first."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scraper.demo import STORIES, DemoSite, address
from scraper.demo.stories import PICTURES
from tests.e2e.command import Command, OnTerminal, damage, failures, lines, records, scraper

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The collection and what the terminal showed."""
    collection = tmp_path_factory.mktemp("demo") / "collection"
    code, out, err = scraper("crawl", "--demo", "-o", str(collection))
    assert code == 0, err
    return collection, out


@pytest.fixture(scope="module")
def by_url(crawled: tuple[Path, str]) -> dict[str, Any]:
    collection, _ = crawled
    return {record["url"]: record for record in records(collection)}


def test_each_story_is_one_record_and_nothing_failed(crawled: tuple[Path, str]) -> None:
    collection, _ = crawled
    assert sorted(r["url"] for r in records(collection)) == sorted(map(address, STORIES))
    assert failures(collection) == []
    assert list(damage(collection)) == []


def test_its_run_leaves_a_page_for_people(crawled: tuple[Path, str]) -> None:
    (page,) = (crawled[0] / "runs").glob("*.html")
    text = page.read_text(encoding="utf-8")
    assert f'<b class="">{len(STORIES)}</b><span>new records</span>' in text
    for title in ("Pages over time", "Fields found", "Pictures", "Slowest hosts", "Manners"):
        assert f"<h2>{title}</h2>" in text
    assert text.count('src="data:image/png') == len(STORIES)
    assert "<code>lantern.example</code>" in text


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_a_storys_fields(story: Any, by_url: dict[str, Any]) -> None:
    record = by_url[address(story)]
    assert record["id"] == f"demo:{story.id}"
    assert record["title"] == story.title
    assert record["authors"] == list(story.authors)
    assert record["language"] == story.language
    assert story.published[:10] in record["published_raw"]
    names = [name for name in PICTURES if f"{{picture:{name}}}" in story.body]
    assert [image["url"] for image in record["images"]] == [
        f"http://lantern.example/pictures/{name}.png" for name in names
    ]
    for name, image in zip(names, record["images"], strict=True):
        real = image["media"]
        assert (real["width"], real["height"]) == (PICTURES[name].width, PICTURES[name].height)
    assert "calendar" not in record["text"]
    assert "明信片" not in record["text"]


def test_the_table_names_records_places_and_next_steps(crawled: tuple[Path, str]) -> None:
    collection, shown = crawled
    for story in STORIES:
        assert f"demo:{story.id}" in shown
    assert f"{len(STORIES)} records" in shown
    assert f"{collection}/records.jsonl\n" in shown
    assert "scraper records" in shown


def test_a_second_crawl_adds_nothing(crawled: tuple[Path, str]) -> None:
    collection, _ = crawled
    before = (collection / "records.jsonl").read_bytes()
    code, out, err = scraper("crawl", "--demo", "-o", str(collection), "--json", "--quiet")
    assert (code, err) == (0, "")
    assert json.loads(out)["tally"]["unchanged"] == len(STORIES)
    assert (collection / "records.jsonl").read_bytes() == before


def test_records_lists_them(crawled: tuple[Path, str]) -> None:
    collection, _ = crawled
    code, out, _ = scraper("records", str(collection))
    assert code == 0
    listed = {line.split("\t")[0]: line.split("\t")[2] for line in out.splitlines()}
    assert listed == {f"demo:{story.id}": story.title for story in STORIES}
    code, out, _ = scraper("records", str(collection), "--json")
    assert [json.loads(line)["id"] for line in out.splitlines()] == list(listed)


def test_every_record_comes_out_of_the_archive_again(crawled: tuple[Path, str]) -> None:
    collection, _ = crawled
    code, out, err = scraper("extract", str(collection))
    assert (code, err) == (0, "")
    assert [json.loads(line) for line in out.splitlines()] == records(collection)


def test_a_record_is_shown_with_its_provenance(crawled: tuple[Path, str]) -> None:
    collection, _ = crawled
    (record,) = (r for r in records(collection) if r["id"] == "demo:101")
    code, out, _ = scraper("show", str(collection), "demo:101")
    assert code == 0
    rows = [line.split("\t") for line in out.splitlines()]
    assert ["title", record["title"]] in rows
    assert ["title", "css:article.story > h1"] in [row[:2] for row in rows]
    entry = record["archive"]["document"]
    assert ["document", entry["file"], str(entry["offset"]), entry["digest"]] in rows
    code, out, _ = scraper("show", str(collection), record["url"], "--json")
    assert (code, json.loads(out)) == (0, record)
    code, _, err = scraper("show", str(collection), "demo:0")
    assert (code, "demo:0" in err) == (2, True)


def test_a_collection_is_verified(crawled: tuple[Path, str], tmp_path: Path) -> None:
    collection = shutil.copytree(crawled[0], tmp_path / "copy")
    code, out, _ = scraper("verify", str(collection), "--json")
    assert (code, json.loads(out)["problems"]) == (0, [])
    next(collection.glob("media/*/*")).unlink()
    code, out, err = scraper("verify", str(collection))
    assert (code, "gone" in err, "1 problem" in out) == (8, True, True)


_OF_THE_CRAWL = {"rendering", "run", "archive", "images", "lead_image"}
"""What a record knows from elsewhere than its page; of the pictures only their files."""


def test_every_record_comes_out_of_the_warc_file_alone(crawled: tuple[Path, str]) -> None:
    collection, _ = crawled
    (warc,) = (collection / "archive").glob("*.warc.gz")
    code, out, err = scraper("extract", str(warc))
    assert code == 0, err
    derived = {record["id"]: record for record in map(json.loads, out.splitlines())}
    assert len(derived) == out.count("\n") == len(records(collection))
    for record in records(collection):
        again = derived[record["id"]]
        assert {name for name in record if record[name] != again[name]} <= _OF_THE_CRAWL
        assert [i["url"] for i in again["images"]] == [i["url"] for i in record["images"]]


def test_records_go_where_they_are_sent_though_a_terminal_shows_how_far_it_is(
    crawled: tuple[Path, str], tmp_path: Path
) -> None:
    collection, _ = crawled
    (warc,) = (collection / "archive").glob("*.warc.gz")
    out = tmp_path / "out.jsonl"
    with out.open("w") as file:
        code, shown = OnTerminal("extract", str(warc), stdout=file).sent()
    assert (code, len(lines(out))) == (0, len(records(collection)))
    assert b"pages" in shown
    assert b"schema_version" not in shown


def test_records_to_stdout_and_nothing_else(tmp_path: Path) -> None:
    code, out, _ = scraper("crawl", "--demo", "-o", "-", cwd=tmp_path)
    assert code == 0
    assert {json.loads(line)["url"] for line in out.splitlines()} == set(map(address, STORIES))
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_goes_away_ends_the_crawl_cleanly(tmp_path: Path) -> None:
    command = Command("crawl", "--demo", "-o", "-", "--concurrency", "1", cwd=tmp_path)
    assert command.process.stdout is not None
    assert json.loads(command.process.stdout.readline())["site"] == "demo"
    command.process.stdout.close()
    assert command.process.stderr is not None
    said = command.process.stderr.read()
    assert command.process.wait(60) == 0
    assert "Traceback" not in said
    assert "Broken pipe" not in said
    assert command.wait_until_nothing_is_left() == []


def test_a_log_has_one_line_for_each_outcome(tmp_path: Path) -> None:
    log = tmp_path / "crawl.log"
    code, out, err = scraper(
        "crawl", "--demo", "--render", "http", "--no-media", "--max-pages", "2",
        "-o", str(tmp_path / "c"), "--log", str(log), "--quiet",
    )  # fmt: skip
    events = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert code == 5, err
    assert out == ""
    assert events[0] == "started"
    assert sum(event in ("record", "failed") for event in events) == 2


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_site_is_served_until_interrupted(sent: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "scraper", "demo", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert "http://127.0.0.1:" in process.stdout.readline()
        process.send_signal(sent)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")


def test_a_kept_page_is_explained(crawled: tuple[Path, str], tmp_path: Path) -> None:
    collection, _ = crawled
    code, out, err = scraper(
        "extract", str(collection), "--id", "demo:101", "--explain", cwd=tmp_path
    )
    assert code == 0
    assert "explained.html" in err
    rows = [line.split("\t") for line in out.splitlines()]
    assert ["root", "css:article.story > div.body"] in [row[:2] for row in rows]
    assert ["candidate", "title", "css:article.story > h1", "1", "1"] in rows
    overlay = (tmp_path / "explained.html").read_text()
    assert 'data-body="root"' in overlay
    assert "<script" not in overlay


def test_a_page_is_saved_as_a_recipes_case(tmp_path: Path) -> None:
    recipes = tmp_path / "recipes"
    shutil.copytree(
        ROOT / "schemas" / "recipes" / "demo", recipes / "demo", ignore=lambda *_: ["cases"]
    )
    checking = ("recipe", "check", "demo", "--recipes", str(recipes))
    with DemoSite() as site:
        code, out, err = scraper(
            *checking, "--save", address(STORIES[0]), "--connect-to", site.connect_to
        )
    assert code == 0, err
    case = recipes / "demo" / "cases" / str(STORIES[0].id)
    assert str(case) in out
    assert (case / "page.html.gz").is_file()
    code, out, _ = scraper(*checking)
    assert (code, out.splitlines()[0][:13]) == (0, "demo: 1 case,")
    record = json.loads((case / "record.json").read_text())
    (case / "record.json").write_text(json.dumps(record | {"title": "Another title"}))
    code, out, err = scraper(*checking)
    assert code == 8
    assert "- Another title" in out
    assert f"+ {STORIES[0].title}" in out
    code, out, err = scraper(*checking, "--accept")
    assert (code, err) == (0, "")
    assert "- Another title" in out
    assert "accepted: " in out
    assert json.loads((case / "record.json").read_text()) == record


def test_a_page_that_gives_no_record_is_a_case_of_its_failure(tmp_path: Path) -> None:
    recipes = tmp_path / "recipes"
    (recipes / "demo").mkdir(parents=True)
    text = (ROOT / "schemas" / "recipes" / "demo" / "recipe.yaml").read_text()
    strict = text.replace("article.story > h1", "article.story > h9")
    assert strict != text
    (recipes / "demo" / "recipe.yaml").write_text(strict)
    with DemoSite() as site:
        code, out, err = scraper(
            "recipe", "check", "--recipes", str(recipes),
            "--save", address(STORIES[0]), "--connect-to", site.connect_to,
        )  # fmt: skip
    assert (code, err) == (0, "")
    assert "fails with field.missing" in out
    case = recipes / "demo" / "cases" / "field.missing"
    assert json.loads((case / "record.json").read_text()) == {"failure": "field.missing"}

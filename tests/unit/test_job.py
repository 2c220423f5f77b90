from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scraper.errors import UsageError
from scraper.job import Job, load_job, make_job


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "job.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_job_file_holds_the_options_of_the_command(tmp_path: Path) -> None:
    job = load_job(
        written(
            tmp_path,
            "name: harbour\nurls: [https://a.example/]\nfrom: seeds.txt\nmedia: false\n"
            "delay: 2\nper_host: 3\nrender: http\n",
        )
    )
    assert job.urls == ("https://a.example/",)
    assert (job.name, job.media) == ("harbour", False)
    assert job.from_file == str(tmp_path / "seeds.txt"), "paths are relative to the file"
    assert (job.delay, job.per_host, job.render) == (2.0, 3, "http")


def test_an_empty_job_file_is_the_default(tmp_path: Path) -> None:
    assert load_job(written(tmp_path, "# nothing yet\n")) == Job()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("medai: false", "did you mean 'media'"),
        ("per-host: 1", "did you mean 'per_host'"),
        ("zzz: 1", "known: name"),
        ("concurrency: many", "concurrency"),
        ("concurrency: 0", "concurrency"),
        ("delay: -1", "delay"),
        ("media: 'no'", "media"),
        ("- a list", "holds options"),
        ("media: true\na: [1", ":2:"),
        ("media: true\nmedia: false", "media"),
        ("name: !!binary aGVsbG8=", "no JSON form"),
        ("connect_to: ['a.example']", "HOST:PORT:ADDR:PORT"),
        ("allow_private: ['10.0.0.0/99']", "10.0.0.0/99"),
        ("allow_private: ['localhost']", "localhost"),
        ('user_agent: "a\\nb"', "user_agent"),
        ("viewport: wide", "viewport"),
        ("!!python/object/apply:os.system ['true']", "job.yaml"),
    ],
)
def test_a_wrong_job_file_says_where_and_what(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(UsageError) as refused:
        load_job(written(tmp_path, text))
    assert problem in str(refused.value)
    assert "job.yaml" in str(refused.value)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"urls": 5}, "urls: Input should be a valid list"),
        ({"urls": [b"https://a.example/"]}, "urls.0: Input should be a valid string"),
        ({"delay": "2"}, "delay: Input should be a valid number"),
        ({"dealy": 2}, "unknown option 'dealy'; did you mean 'delay'?"),
        ({"timezone": "Not/AZone"}, "timezone: no time zone 'Not/AZone'; write it as"),
    ],
)
def test_a_wrong_job_of_the_library_is_one_sentence(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(UsageError) as refused:
        Job(**options)
    assert str(refused.value).startswith(problem)
    assert "\n" not in str(refused.value)


def test_one_text_needs_no_list(tmp_path: Path) -> None:
    one: Any = "https://a.example/"
    assert Job(urls=one).urls == (one,)
    job = load_job(written(tmp_path, f"urls: {one}\nrecipes: mine\nallow_private: 10.0.0.0/8\n"))
    assert job.urls == (one,)
    assert job.recipes == (str(tmp_path / "mine"),)
    assert job.allow_private == ("10.0.0.0/8",)


def test_a_missing_job_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        load_job(tmp_path / "none.yaml")


def test_a_job_outlives_being_written_as_json() -> None:
    job = make_job({"from": "-", "json": True, "allow_private": ["127.0.0.1:80", "10.0.0.0/8"]})
    assert Job.model_validate_json(job.model_dump_json(by_alias=True)) == job


def test_mappings_are_split_with_their_brackets_off() -> None:
    job = Job(connect_to=("*:443:127.0.0.1:8443", "[::1]:*:[::2]:80", "A.example:80:b:81"))
    assert job.mappings() == (
        ("*", "443", "127.0.0.1", 8443),
        ("::1", "*", "::2", 80),
        ("a.example", "80", "b", 81),
    )


KEYS = ["https://a.example/", "https://b.example/"]


@pytest.mark.parametrize(
    "other",
    [
        {"concurrency": 9},
        {"quiet": True},
        {"log": "x"},
        {"output": "elsewhere"},
        {"max_pages": 3},
        {"retries": 7},
        {"timeout": 5.0},
        {"delay": 9.0},
        {"per_host": 1},
        {"insecure": True},
        {"connect_to": ("*:443:127.0.0.1:8443",)},
    ],
)
def test_how_loud_and_fast_a_job_goes_does_not_make_it_another(other: dict[str, Any]) -> None:
    assert Job(**other).identity(KEYS) == Job().identity(reversed([*KEYS, *KEYS]))


@pytest.mark.parametrize(
    "other",
    [{"media": False}, {"archive": "none"}, {"render": "http"}, {"ignore_robots": True}],
)
def test_what_a_job_is_about_does(other: dict[str, Any]) -> None:
    assert Job(**other).identity(KEYS) != Job().identity(KEYS)
    assert Job().identity(KEYS[:1]) != Job().identity(KEYS)


def test_a_time_zone_that_is_none() -> None:
    assert make_job({"timezone": "Asia/Shanghai"}).timezone == "Asia/Shanghai"
    with pytest.raises(UsageError, match="Europe/Berlin"):
        make_job({"timezone": "Not/AZone"})


def test_a_job_file_nested_without_end(tmp_path: Path) -> None:
    deep = tmp_path / "job.yaml"
    deep.write_text("urls: " + "[" * 1000)
    with pytest.raises(UsageError, match="nested"):
        load_job(deep)

"""From a command line to a job."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from scraper.cli.crawl import crawl
from scraper.cli.options import _FIELDS, described, make
from scraper.errors import UsageError
from scraper.job import option_names


def test_what_is_not_given_keeps_the_jobs_default() -> None:
    job = make({"urls": ["https://a.example/"], "media": None, "retries": None, "connect_to": []})
    assert job.urls == ("https://a.example/",)
    assert job.media is True
    assert job.model_fields_set == {"urls"}


def test_the_command_line_wins_over_the_job_file(tmp_path: Path) -> None:
    file = tmp_path / "job.yaml"
    file.write_text("urls: [https://a.example/]\ndelay: 3\nretries: 5\nmedia: false\n")
    job = make({"retries": 0, "media": True}, file)
    assert (job.urls, job.delay) == (("https://a.example/",), 3)
    assert (job.retries, job.media) == (0, True)


def test_addresses_on_the_command_line_replace_those_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "job.yaml"
    file.write_text("urls: [https://a.example/]\nfrom: seeds.txt\nname: daily\n")
    job = make({"urls": ["https://b.example/"]}, file)
    assert (job.urls, job.from_file, job.name) == (("https://b.example/",), None, "daily")


@pytest.mark.parametrize(
    ("given", "begins"),
    [
        ({"concurrency": 0}, "--concurrency 0: input should be greater than or equal to 1"),
        ({"max_pages": 0}, "--max-pages 0: "),
        ({"render": "paper"}, "--render paper: input should be 'browser', 'http' or 'auto'"),
        ({"connect_to": ["nonsense"]}, "--connect-to: 'nonsense' is not HOST:PORT:ADDR:PORT"),
        ({"allow_private": ["x"]}, "--allow-private: 'x' is neither HOST:PORT nor a network"),
    ],
)
def test_a_wrong_value_names_its_option(given: dict[str, object], begins: str) -> None:
    with pytest.raises(UsageError) as caught:
        make(given)
    assert str(caught.value).startswith(begins)


def test_a_wrong_key_in_the_job_file_names_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / "job.yaml"
    file.write_text("urls: []\nmax-page: 3\n")
    with pytest.raises(UsageError, match="unknown option 'max-page'; did you mean 'max_pages'"):
        make({}, file)


def test_every_key_of_a_job_is_an_option_of_crawl() -> None:
    parameters = {name.rstrip("_") for name in inspect.signature(crawl).parameters}
    renamed = {"from": "from_file"}
    in_job_files_only = {"name"}
    wanted = {renamed.get(key, key) for key in option_names()} - in_job_files_only
    assert wanted <= parameters


@pytest.mark.parametrize(
    "key",
    [
        key
        for key, field in _FIELDS.items()
        if field.default not in ((), False) and key not in ("name", "from", "log")
    ],
)
def test_the_help_of_an_option_says_its_default(key: str) -> None:
    assert described(key).count("(default: ") == 1


def test_help_is_made_from_the_job() -> None:
    assert described("retries") == "Further tries after a transient failure (default: 2)."
    assert described("insecure") == "Accept any TLS certificate."

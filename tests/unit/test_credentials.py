"""Credentials as options hold them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scraper import credentials
from scraper.credentials import WITHHELD
from scraper.errors import UsageError
from scraper.job import Job, load_job, make_job

PLANTED = "planted"


@pytest.mark.parametrize(
    ("option", "text", "name", "secret", "kept"),
    [
        ("header", "X-Key: planted a", "X-Key", "planted a", "X-Key: ***"),
        ("header", "Authorization:Bearer planted", "Authorization", "Bearer planted",
         "Authorization: ***"),
        ("cookie", "id=planted=b", "id", "planted=b", "id=***"),
        ("cookie", "id=", "id", "", "id=***"),
        ("auth", "me:plan:ted@x@https://A.test/", "https://a.test", "me:plan:ted@x",
         "***@https://a.test"),
        ("auth", ":planted@http://a.test:81", "http://a.test:81", ":planted",
         "***@http://a.test:81"),
    ],
)  # fmt: skip
def test_what_is_read_and_what_is_kept(
    option: str, text: str, name: str, secret: str, kept: str
) -> None:
    one = credentials.READ[option](text)
    assert (one.name, one.secret()) == (name, secret)
    assert credentials.keepable(option, text) == kept
    assert PLANTED not in repr(one)
    again = credentials.READ[option](kept)  # what was kept is read again, but has no value
    with pytest.raises(UsageError, match="never kept, so give the option again"):
        again.secret()


@pytest.mark.parametrize(
    ("option", "text", "secret"),
    [
        ("header", "Authorization: env:TOKEN", "planted"),
        ("header", "Authorization: Bearer env:TOKEN", "Bearer planted"),
        ("cookie", "id=env:TOKEN", "planted"),
        ("auth", "me:env:TOKEN@https://a.test", "me:planted"),
        ("auth", "env:BOTH@https://a.test", "you:planted"),
    ],
)
def test_values_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, option: str, text: str, secret: str
) -> None:
    one = credentials.READ[option](text)
    assert credentials.keepable(option, text) == text  # nothing of it is secret
    with pytest.raises(UsageError, match=r"environment variable (TOKEN|BOTH) is not set"):
        one.secret()
    monkeypatch.setenv("TOKEN", "planted")
    monkeypatch.setenv("BOTH", "you:planted")
    assert one.secret() == secret
    for value in ("planted\nX-Other: 1", "planted\x1b[31m"):
        monkeypatch.setenv("TOKEN", value)
        monkeypatch.setenv("BOTH", value)
        with pytest.raises(UsageError) as refused:
            one.secret()
        assert PLANTED not in str(refused.value)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"header": ["planted"]}, "Name: value"),
        ({"header": ["X Y: planted"]}, "Name: value"),
        ({"header": ["X-Key:"]}, "X-Key cannot be sent"),
        ({"header": ["X-Key: planted\r\nX: y"]}, "X-Key cannot be sent"),
        ({"header": ["Cookie: planted"]}, "--cookie"),
        ({"header": ["Host: planted"]}, "made for each request"),
        ({"header": ["Sec-Fetch-Site: planted"]}, "made for each request"),
        ({"header": ["Proxy-Authorization: planted"]}, "--proxy"),
        ({"cookie": ["planted"]}, "name=value"),
        ({"cookie": ["a=planted; b=c"]}, "a cannot be sent"),
        ({"auth": ["planted@https://a.test"]}, "USER:PASS@https://host"),
        ({"auth": ["me:planted"]}, "USER:PASS@https://host"),
        ({"auth": ["me:planted@a.test"]}, "USER:PASS@https://host"),
        ({"auth": ["me:planted@ftp://a.test"]}, "USER:PASS@https://host"),
        ({"auth": ["me:planted@https://a.test/path"]}, "without a path"),
        ({"auth": ["me:plan\nted@https://a.test"]}, "cannot be sent"),
        ({"proxy": "socks5://me:planted@a.test:1080"}, "http://HOST:PORT"),
        ({"proxy": "me:planted@a.test:80"}, "http://HOST:PORT"),
        ({"proxy": "http://me:planted@a.test:80/x"}, "no path"),
        ({"proxy": "http://me:planted@"}, "http://HOST:PORT"),
    ],
)
def test_wrong_ones_are_refused_without_being_repeated(
    options: dict[str, object], problem: str
) -> None:
    with pytest.raises(UsageError) as refused:
        make_job(options)
    assert problem in str(refused.value)
    assert PLANTED not in str(refused.value) + str(refused.value.__cause__)


JOB: dict[str, Any] = {
    "auth": ["me:planted-1@https://a.test"],
    "header": ["X-Key: planted-2"],
    "cookie": ["id=planted-3"],
    "proxy": "http://me:planted-4@proxy.test:3128",
}


def test_a_job_that_is_written_down_has_no_secrets() -> None:
    job = make_job(JOB)
    assert job.header == ("X-Key: planted-2",)
    dumped = job.model_dump_json(by_alias=True)
    assert PLANTED not in dumped + repr(job) + str(job) + repr(job.model_dump())
    again = Job.model_validate_json(dumped)
    assert again.auth == ("***@https://a.test",)
    assert again.proxy == "http://***@proxy.test:3128"
    assert Job.model_validate_json(again.model_dump_json(by_alias=True)) == again


def test_equal_jobs_are_equal_by_names() -> None:
    """A renewed token continues a run; another account's name is another job."""
    keys = ["https://a.test/"]
    one = make_job(JOB).identity(keys)
    assert one == Job.model_validate_json(make_job(JOB).model_dump_json()).identity(keys)
    for same in ({"cookie": ["id=new"]}, {"header": ["x-key: env:KEY"]}, {"proxy": None}):
        assert make_job(JOB | same).identity(keys) == one
    others: tuple[dict[str, Any], ...] = ({"cookie": ["sid=planted-3"]}, {"header": []})
    for other in (*others, {"auth": ["a:b@http://a.test"]}, {"storage_state": "state.json"}):
        assert make_job(JOB | other).identity(keys) != one


def test_a_job_files_state_is_relative_to_it(tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    path.write_text("storage_state: state.json\nheader: 'X-Key: env:KEY'\n")
    assert load_job(path).storage_state == str(tmp_path / "state.json")
    path.write_text("storage_state: env:STATE\n")
    assert load_job(path).storage_state == "env:STATE"


def test_a_proxys_place() -> None:
    assert credentials.proxy("http://proxy.test:3128") == ("proxy.test:3128", None)
    assert credentials.proxy("HTTP://proxy.test/")[0] == "proxy.test:80"
    where, login = credentials.proxy("http://me:pl@nted@[::1]:8080")
    assert (where, login and login.secret()) == ("[::1]:8080", "me:pl@nted")
    assert credentials.keepable("proxy", "http://me:env:P@a.test:81") == "http://me:env:P@a.test:81"
    assert WITHHELD in credentials.keepable("proxy", "http://me:planted@a.test:81")


def test_credentials_given_again_take_the_place_of_their_names() -> None:
    kept = make_job(
        {"header": ["X-Key: ***", "X-Other: env:OTHER"], "cookie": ["id=***"],
         "auth": ["***@https://a.test"], "storage_state": "old.json", "proxy": "http://p:1"}
    )  # fmt: skip
    again = make_job({"header": "x-key: planted", "auth": "me:planted@https://a.test"})
    job = kept.known_by(again)
    assert job.header == ("X-Other: env:OTHER", "x-key: planted")
    assert (job.auth, job.cookie) == (("me:planted@https://a.test",), ("id=***",))
    assert (job.storage_state, job.proxy) == ("old.json", "http://p:1")
    assert kept.known_by(make_job({"proxy": "http://q:2"})).proxy == "http://q:2"

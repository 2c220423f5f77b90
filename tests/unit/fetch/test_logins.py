"""Who gets what: exactly the origin it is for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scraper.errors import UsageError
from scraper.fetch.logins import Logins
from scraper.job import Job

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SEEDS = ("https://a.test/x", "http://b.test:8080/", "no address")


def sent(logins: Logins, address: str) -> dict[str, str]:
    login = logins.at(address)
    return login.headers(address, NOW) if login else {}


def state(tmp_path: Path, **parts: Any) -> str:
    path = tmp_path / "state.json"
    path.write_text(json.dumps(parts))
    return str(path)


def test_without_options_nobody_is_known() -> None:
    assert Logins.of(Job(), SEEDS) == Logins({}, {})


def test_headers_and_cookies_are_for_the_seeds_origins() -> None:
    job = Job(header=("X-Key: planted",), cookie=("a=1", "b=2"))
    logins = Logins.of(job, SEEDS)
    expected = {"X-Key": "planted", "Cookie": "a=1; b=2"}
    for own in ("https://a.test/", "https://A.test:443/y?z", "http://b.test:8080/"):
        assert sent(logins, own) == expected
    for other in ("http://a.test/", "https://a.test:8443/", "https://x.a.test/", "http://b.test/"):
        assert sent(logins, other) == {}


def test_a_password_is_for_its_own_origin() -> None:
    logins = Logins.of(Job(auth=("me:planted@https://a.test",)), SEEDS)
    assert sent(logins, "https://a.test/") == {"Authorization": "Basic bWU6cGxhbnRlZA=="}
    assert sent(logins, "http://b.test:8080/") == {}
    elsewhere = Logins.of(Job(auth=("me:planted@https://c.test",)), SEEDS)
    assert sent(elsewhere, "https://c.test/") == {}


def test_a_stored_state(tmp_path: Path) -> None:
    cookies = [
        {"name": "host", "value": "1", "domain": "a.test", "path": "/", "expires": -1},
        {"name": "wide", "value": "2", "domain": ".test", "path": "/deep", "secure": True},
        {"name": "old", "value": "3", "domain": "a.test", "path": "/", "expires": 12.5},
        {"name": "else", "value": "4", "domain": "c.test", "path": "/"},
    ]
    origins = [
        {"origin": "https://a.test", "localStorage": [{"name": "k", "value": "v"}]},
        {"origin": "https://c.test", "localStorage": [{"name": "k", "value": "w"}]},
    ]
    logins = Logins.of(Job(storage_state=state(tmp_path, cookies=cookies, origins=origins)), SEEDS)
    assert sent(logins, "https://a.test/") == {"Cookie": "host=1"}
    assert sent(logins, "https://a.test/deep/er") == {"Cookie": "wide=2; host=1"}
    assert sent(logins, "http://b.test:8080/deep") == {}
    assert sent(logins, "https://c.test/") == {}
    assert logins.storage == {"https://a.test": {"k": "v"}}


def test_a_state_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job(storage_state="env:STATE")
    with pytest.raises(UsageError, match="STATE is not set"):
        Logins.of(job, SEEDS)
    cookie = {"name": "a", "value": "1", "domain": "a.test"}
    monkeypatch.setenv("STATE", json.dumps({"cookies": [cookie]}))
    assert sent(Logins.of(job, SEEDS), "https://a.test/") == {"Cookie": "a=1"}


@pytest.mark.parametrize(
    "text",
    ["", "planted", "[]", '{"cookies": "planted"}', '{"cookies": [{"name": "planted"}]}',
     '{"cookies": [{"name": "a", "value": "plan\\nted", "domain": "x"}]}',
     '{"origins": [{"origin": "planted", "localStorage": []}]}', "\xff"],
)  # fmt: skip
def test_what_is_no_state(tmp_path: Path, text: str) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match="is no storage state as Playwright") as refused:
        Logins.of(Job(storage_state=str(path)), SEEDS)
    said = str(refused.value).removeprefix(str(path))
    assert "planted" not in said
    assert refused.value.__cause__ is None
    path.unlink()
    with pytest.raises(UsageError, match=r"cannot read the storage state .*--storage-state FILE"):
        Logins.of(Job(storage_state=str(path)), SEEDS)


def test_for_the_sake_of_a_page() -> None:
    logins = Logins.of(Job(header=("X-Key: planted",)), SEEDS)
    within = logins.within("https://a.test/page")
    assert sent(within, "https://a.test/picture")
    assert not sent(within, "http://b.test:8080/")
    for stranger in (None, "https://c.test/", "http://a.test/"):
        assert logins.within(stranger) == Logins({}, {})


def test_an_origin_renews_its_cookies() -> None:
    login = Logins.of(Job(cookie=("id=planted-1",)), SEEDS).by_origin["https://a.test"]
    here = "https://a.test/deep/page"
    answer = (
        ("X-Both", "planted-1 planted-renewed"),
        ("Set-Cookie", "id=planted-renewed; Path=/; HttpOnly"),
        ("set-cookie", "more=dark-mode; Secure"),
        ("Set-Cookie", "gone=x; Max-Age=0"),
        ("Set-Cookie", "nonsense"),
        ("Location", "/dark-mode?id=planted-renewed"),
    )
    assert login.answered(here, answer, NOW) == (
        ("X-Both", "*** ***"),
        ("Location", "/dark-mode?id=***"),
    )
    assert login.headers(here, NOW) == {"Cookie": "more=dark-mode; id=planted-renewed"}
    assert login.headers("https://a.test/", NOW) == {"Cookie": "id=planted-renewed"}


def test_a_user_name_is_no_secret_and_a_password_is() -> None:
    job = Job(auth=("reader:planted@https://a.test",), header=("X-Key: Token planted-key",))
    login = Logins.of(job, SEEDS).by_origin["https://a.test"]
    told = "/reader planted Basic cmVhZGVyOnBsYW50ZWQ= cmVhZGVyOnBsYW50ZWQ= planted-key Token"
    ((_, shown),) = login.answered("https://a.test/", (("X-Told", told),), NOW)
    assert shown == "/reader *** *** *** *** Token"


def test_an_origin_cannot_fill_the_memory_with_cookies() -> None:
    login = Logins.of(Job(cookie=("id=1",)), SEEDS).by_origin["https://a.test"]
    bomb = tuple(("Set-Cookie", f"c{n}={'x' * 100}; Path=/") for n in range(1000))
    login.answered("https://a.test/", (*bomb, ("Set-Cookie", f"huge={'x' * 10_000}")), NOW)
    cookie = login.headers("https://a.test/", NOW)["Cookie"]
    assert cookie.count("=") == 200
    assert "huge" not in cookie

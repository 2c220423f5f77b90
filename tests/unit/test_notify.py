"""Who is told, of what, and what nobody else gets to see."""

from __future__ import annotations

import shlex
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest

from scraper import notify
from scraper.errors import UsageError
from scraper.health import Alarm
from scraper.job import Job
from scraper.protocols import Tally
from scraper.summary import Summary

NEW = Alarm("gazette", "v1", "title", "", "recipe gazette, version v1: title found on 0", new=True)
OLD = Alarm("gazette", "v1", "authors", "", "recipe gazette, version v1: authors found on 0")


def summary(*alarms: Alarm, error: str | None = None) -> Summary:
    code = 3 if error else 8
    return Summary(
        "r1",
        Path("out/news"),
        "finished",
        code,
        Tally(record=2),
        0,
        1.0,
        0,
        (),
        error,
        alarms=alarms,
    )


def command(code: str, *arguments: str) -> str:
    return shlex.join([sys.executable, "-c", code, *arguments])


def test_a_command_gets_it_as_json(tmp_path: Path) -> None:
    target = tmp_path / "told"
    keep = command("import sys; open(sys.argv[1], 'w').write(sys.stdin.read())", str(target))
    assert list(notify.notify([keep], summary(NEW, OLD))) == []
    told = orjson.loads(target.read_bytes())
    assert told["title"] == "news: a recipe does not fit any more"
    assert told["text"] == NEW.text
    assert [alarm["new"] for alarm in told["alarms"]] == [True, False]
    assert (told["run"], told["exit_code"], told["tally"]["record"]) == ("r1", 8, 2)


def test_an_error_is_told_too(tmp_path: Path) -> None:
    target = tmp_path / "told"
    keep = command("import sys; open(sys.argv[1], 'w').write(sys.stdin.read())", str(target))
    assert list(notify.notify([keep], summary(error="cannot write state.sqlite"))) == []
    told = orjson.loads(target.read_bytes())
    assert (told["title"], told["error"]) == (
        "news: a run ended in an error",
        "cannot write state.sqlite",
    )


def test_what_was_told_before_is_not_told_again() -> None:
    fails = command("raise SystemExit(1)")
    assert list(notify.notify([fails], summary(OLD))) == []
    assert list(notify.notify([fails], summary())) == []


def test_who_could_not_be_told_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TOLD", command("import sys; sys.exit('no route')"))
    [said] = notify.notify(["env:TOLD"], summary(NEW))
    assert said == "--notify env:TOLD was not told: it ended with exit code 1: no route"
    monkeypatch.setattr(notify, "PATIENCE", 0.2)
    [said] = notify.notify([command("input = __import__('time').sleep(600)")], summary(NEW))
    assert "it took longer than 0.2 s" in said
    [said] = notify.notify(["env:GONE"], summary(NEW))
    assert "the environment variable GONE is not set" in said


@pytest.fixture
def posted() -> Iterator[tuple[int, list[Any]]]:
    """A server's port, and what was posted to it."""
    bodies: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(orjson.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port, bodies
        server.shutdown()
        thread.join()


def test_apprise_carries_it(posted: tuple[int, list[Any]]) -> None:
    port, bodies = posted
    url = f"json://127.0.0.1:{port}/?rto=60&cto=60"
    notify.check([url])
    assert list(notify.notify([url], summary(NEW))) == []
    [body] = bodies
    assert (body["title"], body["message"]) == ("news: a recipe does not fit any more", NEW.text)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("no-such-command --x", "--notify no-such-command: no such command"),
        ("gopherpost://token@host", r"--notify gopherpost://\*\*\*: Apprise knows no such URL"),
        ("'open", "--notify 'open: No closing quotation"),
    ],
)
def test_who_cannot_be_told_is_refused_before_it_is_needed(target: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        notify.check([target])


def test_tokens_are_written_nowhere() -> None:
    job = Job(notify=("tgram://secret/1", "post --token secret", "env:TOKEN_URL"))
    assert "secret" not in repr(job)
    assert "secret" not in job.model_dump_json()
    assert job.model_dump()["notify"] == ["tgram://***", "post", "env:TOKEN_URL"]
    assert job.identity([]) == Job().identity([])

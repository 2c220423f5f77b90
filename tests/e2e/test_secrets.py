"""Secrets are planted by every option; then everything that was written is searched for them, and
everything that any other origin was asked."""

from __future__ import annotations

import base64
import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.e2e.command import Command, failures, lines, records
from tests.site import Answer, Seen, TestSite
from tests.site.pages import article

SECRETS = {
    "password": "planted-pass-0",
    "header": "planted-head-1",
    "cookie": "planted-cook-2",
    "state": "planted-stat-3",
    "storage": "planted-stor-4",
    "variable": "planted-vari-5",
    "address": "planted-addr-6",
    "renewed": "planted-renw-7",
}
BASIC = base64.b64encode(f"reader:{SECRETS['password']}".encode()).decode()
FORBIDDEN = [text.encode() for text in (*SECRETS.values(), BASIC)]
ALL_AT_ONCE = b"planted-"


@dataclass
class Crawls:
    """One collection, and all that was shown of its runs."""

    site: TestSite
    folder: Path
    shown: list[str] = field(default_factory=list)

    def scraper(self, *arguments: str) -> tuple[int, str, str]:
        env = {"READER_KEY": SECRETS["variable"]}
        code, out, err = Command(*arguments, cwd=self.folder, env=env).finish()
        self.shown += [out, err]
        return code, out, err

    def crawl(self, *arguments: str, password: str = SECRETS["password"]) -> tuple[int, str, str]:
        ports = f"*:8443:127.0.0.1:{self.site.https_port}"
        mappings = (f"--connect-to={to}" for to in (*self.site.connect_to, ports))
        return self.scraper(
            "crawl", "--from", "seeds.txt", "-o", "collection", "--insecure", "--json",
            "--log", "log.jsonl", "--delay", "0", "--retries", "0", "--render", "browser",
            *mappings,
            "--auth", f"reader:{password}@https://paper.test",
            "--header", f"X-Reader: {SECRETS['header']}",
            "--header", "X-Key: env:READER_KEY",
            "--cookie", f"id={SECRETS['cookie']}",
            "--storage-state", "state.json", *arguments,
        )  # fmt: skip

    def written(self) -> Iterator[tuple[str, bytes]]:
        """Every file that the program wrote, packed ones unpacked too."""
        yield "shown", "".join(self.shown).encode()
        for path in self.folder.rglob("*"):
            if path.is_file() and path.name not in ("state.json", "seeds.txt"):
                data = path.read_bytes()
                yield path.name, data
                if data.startswith(b"\x1f\x8b"):
                    yield f"{path.name}, unpacked", gzip.decompress(data)


def members(seen: Seen) -> Answer:
    """Only for who is known; what it was told it sends back, in headers, and renews a cookie."""
    told = " ".join(f"{seen.headers.get(name)}" for name in ("authorization", "cookie", "x-reader"))
    headers = (("Set-Cookie", f"id={SECRETS['renewed']}; Path=/"), ("X-Told", told))
    if BASIC not in told or SECRETS["header"] not in told:
        return Answer("who are you?", 401)
    body = (
        '<figure><img src="/pictures/a.png" alt="a"><figcaption>The gate</figcaption></figure>'
        '<script src="/members.js"></script>'
    )
    return Answer(article("For members", body), headers=headers)


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawls]:
    folder = tmp_path_factory.mktemp("secrets")
    user_info = f"me:{SECRETS['address']}@"
    seeds = [
        "https://paper.test/members/1", "https://paper.test/members/2",
        f"https://{user_info}paper.test/members/3", f"https://{user_info}paper.test/missing",
        f"ftp://{user_info}paper.test/", "https://paper.test/away", "https://paper.test/leave",
        f"https://paper.test/long?{'x' * 9000}",
    ]  # fmt: skip
    (folder / "seeds.txt").write_text("\n".join(seeds))
    cookie = {"name": "kept", "value": SECRETS["state"], "domain": "paper.test"}
    storage = [{"name": "token", "value": SECRETS["storage"]}]
    origins = [{"origin": "https://paper.test", "localStorage": storage}]
    (folder / "state.json").write_text(json.dumps({"cookies": [cookie], "origins": origins}))
    with TestSite({"/members/*": members}) as site:
        site.pages["/members.js"] = Answer("", type="text/javascript")
        away = (("Location", "https://other.test/article/plain"),)
        site.pages["/away"] = Answer("", 302, away)
        site.pages["/leave"] = Answer("", 302, (("Location", "https://paper.test:8443/left"),))
        yield Crawls(site, folder)


def test_the_story_of_a_collection(crawls: Crawls) -> None:
    """Begun with an outdated password, continued with a new one, tried again without and with
    it."""
    code, out, err = crawls.crawl("--max-pages", "7", password="outdated")
    assert code == 5, err
    begun = json.loads(out)["run"]
    code, out, err = crawls.crawl()
    assert (code, json.loads(out)["run"]) == (1, begun), "another password is not another job"
    collection = crawls.folder / "collection"
    codes = {failure["url"][-9:]: failure["code"] for failure in failures(collection)}
    assert codes["members/1"] == codes["members/2"] == "http.401"
    assert codes["t/missing"] == "http.404"

    code, _, err = crawls.scraper("retry", "collection", "--code", "http.401")
    assert code == 2
    assert err == (
        "scraper: --header X-Reader: its value is never kept, so give the option again\n"
    )
    again = (
        "--code", "http.401", "--json",
        "--header", f"X-Reader: {SECRETS['header']}", "--cookie", f"id={SECRETS['cookie']}",
        "--auth", f"reader:{SECRETS['password']}@https://paper.test",
    )  # fmt: skip
    code, out, err = crawls.scraper("retry", "collection", *again)
    assert code == 0, err
    assert json.loads(out)["tally"]["failed"] == 0
    urls = {record["url"] for record in records(collection)}
    assert {f"https://paper.test/members/{number}" for number in (1, 2, 3)} <= urls


def test_nothing_that_was_written_holds_a_secret(crawls: Crawls) -> None:
    found = []
    seen = set()
    for name, data in crawls.written():
        seen.add(name.partition(".")[-1])
        found += [(name, secret) for secret in FORBIDDEN if secret in data]
    assert found == []
    assert {"jsonl", "sqlite", "json", "png"} <= seen
    assert any("unpacked" in name for name in seen)
    written = b"".join(data for name, data in crawls.written() if name.endswith("unpacked"))
    assert b"X-Told: Basic ***" not in written  # the whole value is one secret
    assert b"X-Told: ***" in written
    for path in crawls.folder.glob("collection/runs/*.json"):
        job = json.loads(path.read_text())["job"]
        assert (job["auth"], job["cookie"]) == (["***@https://paper.test"], ["id=***"])
        assert sorted(job["header"]) == ["X-Key: env:READER_KEY", "X-Reader: ***"]


def test_no_other_origin_was_told_a_secret(crawls: Crawls) -> None:
    own = [s for s in crawls.site.requests if (s.scheme, s.host) == ("https", "paper.test")]
    others = [seen for seen in crawls.site.requests if seen not in own]
    assert {seen.host for seen in others} == {"other.test", "paper.test:8443"}
    for seen in others:
        assert not any(secret.decode() in str(seen) for secret in FORBIDDEN)
    robots = [seen for seen in own if seen.path == "/robots.txt"]
    assert robots
    assert not any(ALL_AT_ONCE.decode() in str(seen) for seen in robots)
    for path in ("/members/1", "/members.js", "/pictures/a.png"):
        told = next(seen for seen in reversed(own) if seen.path == path).headers
        assert told["x-key"] == SECRETS["variable"]
        assert told["authorization"] == f"Basic {BASIC}"
        assert f"kept={SECRETS['state']}" in told["cookie"]


def test_what_is_wrong_is_said_in_one_line(tmp_path: Path) -> None:
    command = Command("crawl", "https://a.test/", "--cookie", "planted", "-o", "o", cwd=tmp_path)
    code, out, err = command.finish()
    assert (code, out) == (2, "")
    assert err == "scraper: --cookie: a cookie is written as 'name=value'\n"


def test_a_killed_crawl_asks_again(crawls: Crawls, tmp_path: Path) -> None:
    """What is left of a run does not have the secrets: `--continue` needs them too."""
    for name in ("seeds.txt", "state.json"):
        shutil.copy(crawls.folder / name, tmp_path)
    mine = Crawls(crawls.site, tmp_path)
    assert mine.crawl("--max-pages", "1", "--render", "http")[0] == 5
    code, _, err = mine.scraper("crawl", "--continue", "-o", "collection")
    assert (code, "never kept, so give the option again" in err) == (2, True)
    assert len(lines(tmp_path / "collection" / "records.jsonl")) == 1

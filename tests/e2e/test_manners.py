"""What pages ask of robots is done, told, and undone on request; and a run tells of its manners."""

from __future__ import annotations

import json
from pathlib import Path

import orjson
import pytest

from tests.e2e.command import failures, records, scraper
from tests.site import Answer, TestSite
from tests.site.pages import article

BODY = '<p>One.</p><p><img src="/pictures/{0}.png"> See <a href="/{0}/next">more</a> of it.</p>'


def said(directive: str) -> Answer:
    page = article(directive, BODY.format(directive))
    return Answer(page.replace("<head>", f'<head><meta name="robots" content="{directive}">'))


@pytest.fixture
def crawled(tmp_path: Path) -> dict[str, Path]:
    """What became of the pages, obeyed and not; in a site that forbids one by robots.txt."""
    with TestSite() as site:
        site.pages["/robots.txt"] = Answer("User-agent: *\nDisallow: /secret", type="text/plain")
        for directive in ("noindex", "noarchive", "nofollow", "noimageindex"):
            site.pages[f"/{directive}"] = said(directive)
            site.pages[f"/{directive}/next"] = Answer(article(f"after {directive}"))
        reserved = (("TDM-Reservation", "1"), ("TDM-Policy", "https://site.example/policy"))
        site.pages["/tdm"] = Answer(article("reserved"), headers=reserved)
        places = [{"location": "/filed", "tdm-reservation": 1}]
        site.pages["/.well-known/tdmrep.json"] = Answer(json.dumps(places), type="application/json")
        site.pages["/filed"] = Answer(article("reserved by its file"))
        paths = ("noindex", "noarchive", "nofollow", "noimageindex", "tdm", "secret", "filed")
        urls = [site.url(f"/{path}") for path in paths]
        options = ("--render", "http", "--delay", "0.2", "--scope", "host", "--depth", "1")
        for name, more in (("obeyed", ()), ("ignored", ("--ignore-opt-out",))):
            site.requests.clear()
            out = tmp_path / name
            code, printed, err = scraper("crawl", *urls, *options, *more, "-o", str(out), "--json")
            assert code == 1, err
            (tmp_path / f"{name}.json").write_text(printed)
            pictures = [path for path in site.paths() if path.endswith(".png")]
            assert sum(seen.path.endswith("tdmrep.json") for seen in site.requests) == 1
            assert ("/pictures/noimageindex.png" in pictures) == (name == "ignored")
    return {name: tmp_path / name for name in ("obeyed", "ignored")}


def test_opt_outs(crawled: dict[str, Path]) -> None:
    by_title = {record["title"]: record for record in records(crawled["obeyed"])}
    assert by_title.keys() == {
        "noarchive", "nofollow", "noimageindex",
        "after noindex", "after noarchive", "after noimageindex",
    }  # fmt: skip
    said = {title: record["opt_out"] for title, record in by_title.items() if record["opt_out"]}
    assert said == {name: [name] for name in ("noarchive", "nofollow", "noimageindex")}
    kept = {title for title, record in by_title.items() if record["archive"]}
    assert kept == by_title.keys() - {"noarchive"}
    (picture,) = by_title["noimageindex"]["images"]
    assert picture["media_failure"]["code"] == "media.opt_out"
    codes = sorted(one["code"] for one in failures(crawled["obeyed"]))
    reserved = ["opt_out.tdm-reservation"] * 2
    assert codes == ["opt_out.noindex", *reserved, "robots"]

    ignored = {record["title"]: record for record in records(crawled["ignored"])}
    assert ignored.keys() == by_title.keys() | {
        "noindex", "reserved", "reserved by its file", "after nofollow",
    }  # fmt: skip
    for title in ("reserved", "reserved by its file"):
        assert ignored[title]["opt_out"] == ["tdm-reservation"], "told all the same"
    code, _, err = scraper("reextract", str(crawled["ignored"]))
    assert code == 0, err
    assert all(record["archive"] for record in ignored.values())
    assert [one["code"] for one in failures(crawled["ignored"])] == ["robots"]


def test_figures(crawled: dict[str, Path]) -> None:
    summary = orjson.loads(crawled["obeyed"].with_suffix(".json").read_bytes())
    manners = summary["manners"]
    assert manners["smallest_gap"] >= 0.19
    assert list(manners["smallest_gap_by_host"].values()) == [manners["smallest_gap"]]
    assert manners["requests"] == 9, "the forbidden one never set out"
    assert manners["refused"] == {"robots": 1, "opt_out.noindex": 1, "opt_out.tdm-reservation": 2}
    report = crawled["obeyed"] / "runs" / f"{summary['run']}.json"
    assert orjson.loads(report.read_bytes())["facts"]["manners"] == manners

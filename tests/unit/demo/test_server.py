"""The demo site over its own socket on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from io import BytesIO

import imagesize
import pytest

from scraper.demo import HOST, STORIES, DemoSite, address
from scraper.demo.stories import PICTURES, Story


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite() as running:
        yield running


def get(site: DemoSite, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", site.port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": HOST, **headers})
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def test_front_page_links_every_story(site: DemoSite) -> None:
    answer, body = get(site, "/")
    assert answer.status == 200
    for story in STORIES:
        assert f'href="/story/{story.id}.html"' in body.decode()


def test_addresses_use_the_sites_own_name(site: DemoSite) -> None:
    assert address(STORIES[0]) == f"http://{HOST}/story/{STORIES[0].id}.html"
    assert site.connect_to == f"{HOST}:80:127.0.0.1:{site.port}"


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_a_story_is_on_its_page_unless_a_script_brings_it(site: DemoSite, story: Story) -> None:
    headline = f"<h1>{story.title}</h1>"
    answer, body = get(site, f"/story/{story.id}.html")
    assert answer.status == 200
    assert (headline in body.decode()) is not story.scripted
    _, body = get(site, f"/api/story/{story.id}.json")
    assert headline in json.loads(body)["html"]


def test_both_languages_and_a_scripted_story_are_there() -> None:
    assert {story.language for story in STORIES} == {"en", "zh-CN"}
    assert any(story.scripted for story in STORIES)


def test_lazy_pictures_stand_behind_a_placeholder(site: DemoSite) -> None:
    _, body = get(site, "/story/101.html")
    assert b'src="/pictures/blank.png" data-original="/pictures/harbour.png"' in body
    answer, body = get(site, "/pictures/blank.png")
    assert answer.status == 200
    assert body.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_have_the_size_the_page_declares(site: DemoSite, name: str) -> None:
    answer, body = get(site, f"/pictures/{name}.png", Referer=f"http://{HOST}/story/101.html")
    assert answer.status == 200
    assert answer.getheader("Content-Type") == "image/png"
    assert imagesize.get(BytesIO(body)) == (PICTURES[name].width, PICTURES[name].height)


@pytest.mark.parametrize("referer", [None, "http://elsewhere.example/", "http://[broken"])
def test_pictures_refuse_a_foreign_referer(site: DemoSite, referer: str | None) -> None:
    headers = {"Referer": referer} if referer else {}
    answer, _ = get(site, "/pictures/harbour.png", **headers)
    assert answer.status == 403


@pytest.mark.parametrize("path", ["/nothing", "/story/9.html", "/pictures/none.png", "/story/x"])
def test_unknown_addresses_are_404(site: DemoSite, path: str) -> None:
    answer, body = get(site, path)
    assert answer.status == 404
    assert b"does not exist" in body


def test_robots_txt_allows_the_stories(site: DemoSite) -> None:
    answer, body = get(site, "/robots.txt")
    assert answer.status == 200
    assert body == b"User-agent: *\nDisallow: /drafts/\n"

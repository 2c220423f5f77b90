"""What a recipe does on a page before it is read, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Command, failures, records
from tests.site import Answer, TestSite
from tests.site.pages import page
from tests.site.wire import Seen

RECIPE = """
recipe: 1
site: {id: members, name: Members, home: "https://members.example/"}
revision: 1
match:
  - {url: "https://members.example/story/{n:int}", id: {join: [n]}}
versions:
  - id: v1
    fields: {title: {required: true, from: [{css: h1}]}}
    body: {root: [{css: "#text"}]}
actions: ACTIONS
discover:
  - {list: "https://members.example/news/", item: li, next: NEXT}
"""
BUTTON = '{click: "button.more", max_pages: 3}'
SCROLLING = '{scroll: {until: "p.end"}}'
OPEN = """[{click: "#cookies"}, {fill: "#name", env: MEMBER_NAME}, {click: "#enter"},
  {wait: "#text p"}, {scroll: 3}, {wait: 0.05}]"""
STORY = page(
    "Story",
    """<h1>Members only</h1><button id="cookies" onclick="this.remove(); show()">Accept</button>
    <form hidden><input id="name"><button id="enter" type="button">Enter</button></form>
    <div id="text"></div><script>
    const show = () => { document.forms[0].hidden = false }
    let typed = 0
    document.getElementById('name').addEventListener('input', () => { typed += 1 })
    document.getElementById('enter').onclick = async () => {
      const answer = await fetch('/text', {method: 'POST', body: document.forms[0][0].value})
      const text = document.getElementById('text')
      text.innerHTML = await answer.text() + '<div style="height: 3000px"></div>'
      addEventListener('scroll', () => { text.innerHTML += '<p>And more below.</p>' }, {once: true})
    }
    </script>""",
)
LIST = page(
    "News",
    """<ul id="list"><li><a href="/story/1">One</a></li></ul><button class="more">More</button>
    <script>
    let shown = 1
    document.querySelector('.more').onclick = async event => {
      const found = await (await fetch('/more/' + ++shown)).text()
      document.getElementById('list').innerHTML += found
      if (shown == 5) event.target.remove()
    }
    </script>""",
)


def crawl(
    site: TestSite,
    tmp_path: Path,
    url: str,
    actions: str,
    env: dict[str, str],
    *more: str,
    following: str = BUTTON,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], str]:
    """Records and failures, and what was said."""
    folder = tmp_path / "recipes" / "members"
    folder.mkdir(parents=True)
    recipe = RECIPE.replace("ACTIONS", actions).replace("NEXT", following)
    (folder / "recipe.yaml").write_text(recipe)
    arguments = ("--recipes", str(tmp_path / "recipes"), "--delay", "0", "--timeout", "120")
    reach = ("--connect-to", f"*:443:127.0.0.1:{site.https_port}", "--insecure")
    out = tmp_path / "out"
    command = Command("crawl", url, *arguments, *reach, "-o", str(out), *more, env=env)
    _, _, err = command.finish()
    return records(out), failures(out), err


@pytest.fixture
def posted(site: TestSite) -> list[str]:
    """What the form sent."""
    texts: list[str] = []

    def text(seen: Seen) -> Answer:
        texts.append(seen.body.decode())
        return Answer(f"<p>For {seen.body.decode()[:1]}. alone: the harbour opens at dawn.</p>")

    site.pages["members.example/text"] = text
    site.pages["members.example/story/1"] = Answer(STORY)
    return texts


@pytest.fixture
def site() -> Any:
    with TestSite() as site:
        yield site


STORY_URL = "https://members.example/story/1"


def test_all_that_a_reader_would_do(site: TestSite, tmp_path: Path, posted: list[str]) -> None:
    env = {"MEMBER_NAME": "Ada Lund"}
    made, failed, err = crawl(site, tmp_path, STORY_URL, OPEN, env)
    assert (failed, posted) == ([], ["Ada Lund"]), err
    (record,) = made
    assert record["paragraphs"] == [
        "For A. alone: the harbour opens at dawn.", "And more below.",
    ]  # fmt: skip
    assert record["warnings"] == []
    assert "Ada Lund" not in (tmp_path / "out" / "records.jsonl").read_text()


def test_a_text_that_is_not_there_is_a_failure_and_a_node_a_warning(
    site: TestSite, tmp_path: Path, posted: list[str]
) -> None:
    made, failed, _ = crawl(site, tmp_path / "a", STORY_URL, OPEN, {})
    assert [one["code"] for one in failed] == ["action.failed"]
    assert "MEMBER_NAME" in failed[0]["message"]
    site.pages["members.example/story/1"] = Answer(
        page("Story", "<h1>Open</h1><div id=text><p>The harbour is open to all.</p></div>")
    )
    made, failed, _ = crawl(site, tmp_path / "b", STORY_URL, OPEN, {})
    assert (failed, posted) == ([], [])
    assert [record["warnings"] for record in made] == [["action_missing"]]


def test_a_list_grows_by_its_button(site: TestSite, tmp_path: Path) -> None:
    site.pages["members.example/news/"] = Answer(LIST)
    for n in (1, 2, 3, 4):
        site.pages[f"members.example/more/{n}"] = Answer(f'<li><a href="/story/{n}">{n}</a></li>')
        site.pages[f"members.example/story/{n}"] = Answer(
            page(f"Story {n}", f"<h1>Story {n}</h1><div id=text><p>The tide is {n} high.</p></div>")
        )
    made, failed, err = crawl(site, tmp_path, "members", "[]", {})
    assert failed == [], err
    assert sorted(record["title"] for record in made) == ["Story 1", "Story 2", "Story 3"]


ENDLESS = page(
    "News",
    """<ul id="list"><li style="height: 3000px"><a href="/story/1">One</a></li></ul>
    <script>
    let shown = 1, waiting = false
    addEventListener('scroll', async () => {
      if (waiting || shown == 4) return
      waiting = true
      shown += 1
      const found = await (await fetch('/more/' + shown)).text()
      document.getElementById('list').innerHTML += found
      if (shown == 4) document.body.innerHTML += '<p class="end">No more.</p>'
      waiting = false
    })
    </script>""",
)


def test_a_list_grows_by_scrolling(site: TestSite, tmp_path: Path) -> None:
    site.pages["members.example/news/"] = Answer(ENDLESS)
    for n in (1, 2, 3, 4):
        entry = f'<li style="height: 3000px"><a href="/story/{n}">{n}</a></li>'
        site.pages[f"members.example/more/{n}"] = Answer(entry)
        site.pages[f"members.example/story/{n}"] = Answer(
            page(f"Story {n}", f"<h1>Story {n}</h1><div id=text><p>The tide is {n} high.</p></div>")
        )
    made, failed, err = crawl(site, tmp_path, "members", "[]", {}, following=SCROLLING)
    assert failed == [], err
    assert sorted(record["title"] for record in made) == [f"Story {n}" for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("following", [BUTTON, SCROLLING])
def test_without_a_browser_nothing_is_left_out_unsaid(
    site: TestSite, tmp_path: Path, following: str
) -> None:
    news = "https://members.example/news/"
    for number, address in enumerate((STORY_URL, news)):
        _, (failed,), _ = crawl(
            site,
            tmp_path / str(number),
            address,
            "[{click: '#cookies'}]",
            {},
            *("--render", "http"),
            following=following,
        )
        assert (failed["code"], failed["url"]) == ("action.failed", address)
        assert "leave out --render http" in failed["message"]
    assert site.paths() == []

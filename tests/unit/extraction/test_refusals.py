"""Pages that no recipe judges and that are no articles, and articles that speak of such."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from scraper.errors import FieldMissing, VerdictFailed
from scraper.extraction import extract, extract_snapshot
from scraper.recipe import Recipes
from scraper.snapshot import Headers, Snapshot

URL = "https://news.example/2026/a-story"
RECIPES = Recipes([])
PASSWORD = "<form><input name=user><input type=password name=word><button>Go</button></form>"
LONG = "<p>" + "The harbour was quiet, and so was the town behind it. " * 25 + "</p>"


def page(title: str, body: str, heading: str = "") -> str:
    h1 = f"<h1>{heading}</h1>" if heading else ""
    return (
        f"<html><head><title>{title}</title></head><body><nav><a href=/>Home</a></nav>"
        f"<main>{h1}{body}</main><footer>The Gazette, a paper</footer></body></html>"
    )


def verdict(
    html: str, *, status: int = 200, headers: Headers = (), asked: str = URL, url: str = URL
) -> str | None:
    headers = (("Content-Type", "text/html; charset=utf-8"), *headers)
    snapshot = Snapshot(asked, url, status, headers, html.encode(), None, None, "http")
    try:
        extract_snapshot(snapshot, RECIPES)
    except VerdictFailed as error:
        return error.name
    return None


@pytest.mark.parametrize(
    ("title", "body", "status"),
    [
        ("Just a moment...", "<p>Checking your browser before you come in.</p>", 403),
        ("Access denied | gazette.example", "<p>You may not come in.</p>", 403),
        ("Are you a robot?", "<p>Tick the box.</p><div class='g-recaptcha'></div>", 200),
        ("Security check", "<p>There was unusual traffic from your network.</p>", 200),
        ("Zugriff verweigert", "<p>Nein.</p>", 403),
        ("Доступ запрещён", "<p>Подтвердите, что вы не робот.</p>", 200),
        ("安全验证", "<p>为了保护本站，请完成安全验证后继续。</p>", 200),
        ("人机验证 - 示例网", "<p>请拖动滑块。</p><div class='geetest_holder'></div>", 200),
        ("アクセスが拒否されました", "<p>またのちほど。</p>", 403),
    ],
)
def test_a_challenge_to_robots_is_no_article(title: str, body: str, status: int) -> None:
    assert verdict(page(title, body), status=status) == "blocked"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("<p>Wait.</p>", (("CF-Mitigated", "challenge"),)),
        ("<p>Wait.</p>", (("x-amzn-waf-action", "captcha"),)),
        ("<form id=challenge-form><p>Wait.</p></form>", ()),
        ("<div id=px-captcha></div><p>Wait.</p>", ()),
        ("<p>Wait.</p><iframe src='https://geo.captcha-delivery.com/captcha/?x=1'></iframe>", ()),
    ],
)
def test_those_who_keep_robots_away_are_known_by_their_marks(body: str, headers: Headers) -> None:
    html = page("gazette.example", body)
    assert verdict(html, status=403, headers=headers) == "blocked"
    assert verdict(page("A quiet harbour", body + LONG), headers=headers) is None


LOGINS = (
    "Log in | Sign in to The Gazette | Anmelden | Connexion | Iniciar sesión | Вход | 登录 | "
    "用户登录 | ログイン | 로그인"
)
NOT_THERE = (
    "404 | 404 Not Found | Page not found | Error 404: page not found | Seite nicht gefunden | "
    "Sorry, this page isn't available. | The page you requested could not be found | "
    "Page introuvable | Página no encontrada | Pagina non trovata | Página não encontrada | "
    "Страница не найдена | 页面不存在 | 抱歉，您访问的页面不存在 | 文章已被删除 | 404 找不到页面 | "
    "ページが見つかりません | 페이지를 찾을 수 없습니다"
)


@pytest.mark.parametrize("title", LOGINS.split(" | "))
def test_a_login_form_is_no_article(title: str) -> None:
    html = page(f"{title} – The Gazette", f"<p>Members only.</p>{PASSWORD}")
    assert verdict(html) == "login"
    assert verdict(page(title, "<p>Members only.</p>")) is None
    elsewhere = "https://gazette.example/account/login?next=%2F2026"
    assert verdict(page(title, "<p>Members only.</p>"), url=elsewhere) == "login"
    assert verdict(page("A quiet harbour", f"<p>It was quiet.</p>{PASSWORD}")) is None


@pytest.mark.parametrize("title", NOT_THERE.split(" | "))
def test_a_page_that_says_it_is_not_there_is_gone(title: str) -> None:
    more = "<p>It may have moved. Try the front page, or search.</p>"
    assert verdict(page(f"{title} - The Gazette", more)) == "gone"
    assert verdict(page("The Gazette", more, heading=title)) == "gone"
    assert verdict(page(title, LONG)) is None, "an article may have any title"
    dated = f"<time datetime=2026-05-04>4 May 2026</time><p>A short story.</p>{more}"
    assert verdict(page(title, f"<article>{dated}</article>")) is None


@pytest.mark.parametrize(
    "title",
    [
        "How captchas keep robots away",
        "Access denied: a year at the locked harbour",
        "Why this page is not found on any map",
        "404 boats came home",
        "Login trouble at the harbour office",
        "登录月球的第一艘飞船",
        "页面不存在的小镇和它的居民",
    ],
)
def test_a_short_article_that_speaks_of_such_is_an_article(title: str) -> None:
    body = "<p>The harbour office said on Monday that nothing was wrong with it.</p>"
    assert verdict(page(title, body + PASSWORD, heading=title)) is None


def test_a_status_that_says_more_is_left_to_speak() -> None:
    html = page("Page not found", "<p>Not here.</p>")
    assert verdict(html, status=404) is None
    assert verdict(page("Just a moment...", "<p>captcha</p>"), status=503) is None


def test_a_page_at_hand_is_taken_as_it_is() -> None:
    html = page("Page not found", "<p>It may have moved. Try the front page.</p>")
    assert extract(html, URL, recipes=RECIPES).text


RECIPE = """\
recipe: 1
site: {id: news, name: News, home: "https://news.example/"}
revision: 1
match: [{url: "https://news.example/{year:int}/{slug}", id: {join: [slug]}}]
versions:
  - {id: v1, fields: {title: {required: true, from: [{css: h1}]}}, body: {root: [{css: main}]}}
"""


@pytest.mark.parametrize("heading", ["", "Page not found"])
def test_a_recipe_without_verdicts_leaves_it_to_the_looks(tmp_path: Path, heading: str) -> None:
    """The recipe, which may lack a field there, has nothing to answer for."""
    file = tmp_path / "news" / "recipe.yaml"
    file.parent.mkdir()
    html = page("Page not found", "<p>Not here.</p>", heading).encode()
    snapshot = Snapshot(URL, URL, 200, (("Content-Type", "text/html"),), html, None, None, "http")
    file.write_text(RECIPE)
    with pytest.raises(VerdictFailed) as failed:
        extract_snapshot(snapshot, Recipes.load([tmp_path], packaged=False))
    assert (failed.value.code, failed.value.recipe) == ("verdict.gone", None)
    file.write_text(f"{RECIPE}verdicts: [{{is: article}}]\n")
    with pytest.raises(FieldMissing) if not heading else nullcontext():
        extract_snapshot(snapshot, Recipes.load([tmp_path], packaged=False))

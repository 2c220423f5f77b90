"""What the browser makes of pages, and when they are read."""

import asyncio

import pytest
from lxml import html

from scraper.extraction.public import extract_snapshot
from scraper.recipe import Recipes, Scroll
from scraper.snapshot import UNSEEN_MARK
from tests.integration.fetch.web import Web
from tests.site import Answer, TestSite
from tests.site.pages import LONG, page, script

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_page_made_by_a_script(web: Web, site: TestSite) -> None:
    assert '<p id="text">The harbour' in await web.dom("/article/script")
    assert site.paths() == ["/article/script", "/api/article.json"]


async def test_an_answer_at_hand_is_not_asked_for_again(web: Web, site: TestSite) -> None:
    site.pages["/old"] = Answer(status=301, headers=(("Location", "/article/script"),))
    plain = await web.fetch("/old", "http")
    rendered = await web.fetch("/old", at_hand=plain.exchanges)
    assert '<p id="text">The harbour' in (rendered.dom or "")
    assert rendered.exchanges == plain.exchanges
    assert rendered.url == site.url("/article/script")
    assert site.paths() == ["/old", "/article/script", "/api/article.json"]
    assert web.admitted == [site.url("/old"), site.url("/article/script")]


async def test_behind_a_cookie_the_browser_asks_for_itself(web: Web, site: TestSite) -> None:
    sending_on = (("Location", "/in"), ("Set-Cookie", "met=1"))
    site.pages["/door"] = Answer(status=302, headers=sending_on)
    site.pages["/in"] = lambda seen: Answer("known" if "cookie" in seen.headers else "who?")
    plain = await web.fetch("/door", "http")
    assert b"who?" in (plain.document or b"")
    rendered = await web.fetch("/door", at_hand=plain.exchanges)
    assert "known" in (rendered.dom or "")
    assert site.paths() == ["/door", "/in", "/in"]


async def test_a_page_that_calls_itself_up_again_gets_a_new_answer(
    web: Web, site: TestSite
) -> None:
    again = iter([Answer(script("location.reload()")), Answer("the second")])
    site.pages["/x"] = lambda seen: next(again)
    plain = await web.fetch("/x", "http")
    assert "the second" in ((await web.fetch("/x", at_hand=plain.exchanges)).dom or "")


async def test_a_page_made_by_a_worker(web: Web) -> None:
    assert '<p id="text">The harbour' in await web.dom("/article/worker")


async def test_a_worker_that_takes_its_time(web: Web, site: TestSite) -> None:
    site.pages["/api/work.js"] = Answer(
        "setTimeout(() => fetch('/api/article.json').then(r => r.json()).then(postMessage), 700)",
        type="text/javascript",
    )
    assert '<p id="text">The harbour' in await web.dom("/article/worker")


async def test_shadow_roots_are_read(web: Web) -> None:
    dom = await web.dom("/article/shadow")
    assert '<template shadowrootmode="open"><p id="inside">' in dom
    assert dom.count("<template") == 1


async def test_the_dom_is_a_whole_document(web: Web, site: TestSite) -> None:
    site.pages["/x"] = Answer(
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://w/x.dtd">'
        '<html lang="zh" data-x="a&amp;b"><title>t</title><p>é 中 \U0001f600 </p>'
    )
    assert await web.dom("/x") == (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://w/x.dtd">\n'
        '<html lang="zh" data-x="a&amp;b"><head><title>t</title></head>'
        "<body><p>é 中 \U0001f600 </p></body></html>"
    )


async def test_lone_surrogates_become_text(web: Web, site: TestSite) -> None:
    site.pages["/x"] = Answer(script("document.body.append('a\\ud800b')"))
    assert "a\ufffdb" in await web.dom("/x")


async def test_a_page_cannot_fool_the_reader(web: Web) -> None:
    dom = await web.dom("/tamper")
    assert dom.startswith("<!DOCTYPE html>\n<html")
    assert "The harbour opened" in dom
    assert ">fooled<" not in dom


SIGHT = {
    "display": ("class=none", ""),
    "visibility": ("class=dark", ""),
    "clip": ("class=reader", ""),
    "place": ("class=off", ""),
    "size": ("style='font-size: 0'", ""),
    "opacity": ("style='opacity: 0'", ""),
    "colour": ("style='color: transparent'", ""),
    "collapsed": ("style='max-height: 0; overflow: hidden'", ""),
}
SEEN = {
    "plain": ("", ""),
    "revealed": ("class=revealed", ""),
    "painted": ("class=painted", "<b>", "</b>"),
    "in details": ("", "<details><summary>s</summary>", "</details>"),
    "lit": ("class=dark", "<b style='visibility: visible'>", "</b>"),
    "contents": ("style='display: contents'", ""),
    "scrolled": ("class=scroller", ""),
    "low": ("style='margin-top: 9000px'", ""),
}
STYLES = """<style>.none { display: none } .dark { visibility: hidden } .off { position: absolute;
  left: -9999px } .reader { position: absolute; width: 1px; height: 1px; overflow: hidden }
  .revealed { opacity: 0; transition: opacity 1s } .painted { color: transparent;
  background: linear-gradient(red, blue); background-clip: text } .scroller { height: 1em;
  overflow: auto } .wall { position: fixed; inset: 0; background: white; z-index: 9 }
  html, body { overflow: hidden; height: 100% }</style>"""


async def test_what_cannot_be_seen_is_marked(web: Web, site: TestSite) -> None:
    """Behind a consent wall, on a page that does not scroll; the page may not forge marks."""
    parts = [
        f"<div id='{name}' {how} {UNSEEN_MARK}=forged>{around[0]}text{around[-1]}</div>"
        for name, (how, *around) in (SIGHT | SEEN).items()
    ]
    site.pages["/x"] = Answer(page("Sight", "".join(parts) + "<div class=wall>Yes?</div>", STYLES))
    tree = html.fromstring(await web.dom("/x"))
    marks = {one.get("id"): one.get(UNSEEN_MARK) for one in tree.iter("div") if one.get("id")}
    assert marks == {name: name for name in SIGHT} | dict.fromkeys(SEEN)
    assert not tree.xpath(f"//div/*[@{UNSEEN_MARK}]")


async def test_a_page_of_which_nothing_is_seen_is_not_marked(web: Web, site: TestSite) -> None:
    site.pages["/x"] = Answer("<style>body { visibility: hidden }</style><p>a<p>b")
    assert UNSEEN_MARK not in await web.dom("/x")


async def test_unseen_text_is_no_part_of_the_article(web: Web, site: TestSite) -> None:
    hidden = "<p class=none>Cheap watches and other wonders for every reader of this.</p>"
    site.pages["/x"] = Answer(page("Tide", f"<article><p>{LONG}</p>{hidden}</article>", STYLES))
    snapshot = await web.fetch("/x")
    assert "Cheap watches" in (snapshot.dom or "")
    article = extract_snapshot(snapshot, Recipes.load([]))
    assert "harbour" in article.text
    assert "Cheap watches" not in article.text


CLOBBERED = (
    "documentElement doctype readyState scripts querySelector getElementsByTagName textContent "
    "scrollHeight getHTML outerHTML attributes children childNodes firstChild nextSibling "
    "parentElement nodeType nodeName localName tagName namespaceURI shadowRoot getAttribute "
    "getAttributeNames checkVisibility getBoundingClientRect content data"
).split()


async def test_names_of_the_pages_own_hide_nothing(web: Web, site: TestSite) -> None:
    images = "".join(f'<img name="{name}">' for name in CLOBBERED)
    inputs = "".join(f'<input name="{name}">' for name in CLOBBERED)
    form = f"<form>{inputs}<p>in the form</p></form>"
    site.pages["/x"] = Answer(page("Names", f"{images}{form}<p>after it</p><script>1</script>"))
    snapshot = await web.fetch("/x", ready="form p")
    assert snapshot.warnings == ()
    assert f"{images}{form}<p>after it</p>" in (snapshot.dom or "")
    instead = "document.firstElementChild.replaceWith(document.getElementsByTagName('form')[0])"
    site.pages["/y"] = Answer(f"{form}<script>{instead}</script>")
    assert await web.dom("/y") == form


async def test_deep_and_odd_trees_are_written(web: Web, site: TestSite) -> None:
    site.pages["/x"] = Answer(
        script(
            "let at = document.body; for (let i = 0; i < 3000; i++)"
            " at = at.appendChild(document.createElement('b')); at.append('deep');"
            "const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');"
            "svg.setAttribute('viewBox', '0 0 1 1'); document.body.prepend(svg);"
            "svg.append(document.createComment('c'), document.createElementNS('x:y', 'x:Z'))"
        )
    )
    dom = await web.dom("/x")
    assert '<svg viewBox="0 0 1 1"><!--c--><x:Z></x:Z></svg>' in dom
    assert "<b>deep</b>" in dom


async def test_pictures_fonts_and_media_are_not_loaded(web: Web, site: TestSite) -> None:
    site.pages["/x"] = Answer(
        page(
            "Heavy",
            f"<p>{LONG}</p><img src=/pictures/a.png><picture><source srcset=/pictures/b.png>"
            "<img src=/pictures/c.png></picture><video src=/v.mp4 poster=/pictures/d.png></video>"
            "<audio src=/a.mp3 preload=auto></audio><svg><image href=/pictures/e.svg></image></svg>"
            "<div style='background: url(/pictures/f.png); font-family: f'>x</div>"
            "<link rel=preload as=image href=/pictures/g.png><input type=image src=/pictures/h>"
            "<script>navigator.sendBeacon('/beacon', 'x')</script>",
            "<link rel=icon href=/pictures/icon.png>"
            "<style>@font-face { font-family: f; src: url(/f.woff2) }</style>",
        )
    )
    await web.fetch("/x")
    assert site.paths() == ["/x"]


async def test_scripts_that_wait_for_pictures_go_on(web: Web, site: TestSite) -> None:
    site.pages["/x"] = Answer(
        script(
            "const picture = new Image(); picture.onload = () => {"
            "document.body.insertAdjacentHTML('beforeend', '<p id=after>loaded') };"
            "picture.src = '/pictures/preload.png'",
            "<img src=/pictures/a.png onerror='this.remove()' onload='this.className = \"there\"'>",
        )
    )
    dom = await web.dom("/x")
    assert '<p id="after">' in dom
    assert 'class="there"' in dom


async def test_the_articles_picture_address_survives(web: Web) -> None:
    dom = await web.dom("/article/lazy")
    assert 'data-original="/pictures/one.png"' in dom
    assert web.site.paths() == ["/article/lazy"]


async def test_ready_waits_for_the_recipes_node(web: Web, site: TestSite) -> None:
    site.pages["/x"] = Answer(
        script("setTimeout(() => document.body.append(document.createElement('x-done')), 900)")
    )
    assert "x-done>" in await web.dom("/x", ready="x-done")


async def test_a_node_that_never_comes(web: Web) -> None:
    snapshot = await web.fetch("/article/script", ready="#not-there")
    assert snapshot.warnings == ("ready_missing",)
    assert "The harbour" in (snapshot.dom or "")


async def test_text_that_never_rests(web: Web) -> None:
    snapshot = await web.fetch("/ticker")
    assert snapshot.warnings == ("unsettled",)
    assert " tick 3" in (snapshot.dom or "")


@pytest.mark.parametrize("path", ["/hang/script", "/hang/async", "/hang/fetch"])
async def test_a_page_that_never_finishes_is_read(whole_site: TestSite, path: str) -> None:
    async with Web(whole_site, {"timeout": 2.5}) as web:
        snapshot = await web.fetch(path)
        assert snapshot.warnings == ("load_timeout",)
        assert "The harbour" in (snapshot.dom or "")


async def test_infinite_scroll(web: Web, site: TestSite) -> None:
    assert "part 1" not in await web.dom("/endless")
    assert "part 5" in await web.dom("/endless", scroll=Scroll(until="#end"))
    assert site.paths().count("/endless/more?part=5") == 1


async def test_scrolling_ends_where_nothing_grows(web: Web) -> None:
    assert "part 5" in await web.dom("/endless", scroll=Scroll())
    assert "part 2" not in await web.dom("/endless", scroll=Scroll(max_steps=2))


async def test_scrolling_wakes_lazy_pictures(web: Web) -> None:
    dom = await web.dom("/article/lazy", scroll=Scroll(until="#seen"))
    assert 'src="/pictures/guarded/three.png" data-src' in dom


async def test_dialogs_are_dismissed(web: Web) -> None:
    assert '<p id="past">' in await web.dom("/dialogs")


async def test_popups_are_not_opened(web: Web, site: TestSite) -> None:
    await web.fetch("/popups")
    assert site.paths() == ["/popups"]


async def test_leaving_is_not_prevented(web: Web) -> None:
    await web.fetch("/leave")
    assert (await web.fetch("/article/plain")).warnings == ()


async def test_a_script_may_move_on(web: Web) -> None:
    snapshot = await web.fetch("/moves")
    assert snapshot.url == web.address("/article/plain")
    assert snapshot.request_url == web.address("/moves")
    assert b"harbour at dawn" in (snapshot.document or b"")
    assert [exchange.status for exchange in snapshot.exchanges] == [200, 200]
    assert web.admitted[1:] == [web.address("/article/plain")]


@pytest.mark.parametrize("by", ["header", "markup"])
async def test_a_page_that_only_sends_on_is_left(web: Web, site: TestSite, by: str) -> None:
    target = site.url("/article/plain")
    head = f'<meta http-equiv="Refresh" content="0; url={target}">' if by == "markup" else ""
    headers = (("Refresh", f"0; url={target}"),) if by == "header" else ()
    site.pages["/sends-on"] = Answer(page("Wait", "<p>One moment", head), headers=headers)
    snapshot = await web.fetch("/sends-on")
    assert snapshot.url == target
    assert "The harbour" in (snapshot.dom or "")


async def test_moving_on_slowly(web: Web, site: TestSite) -> None:
    site.pages["/x"] = Answer(script("location = '/late'", f"<p>{LONG}"))
    site.pages["/late"] = Answer("<p>the right page", delay=1.0)
    snapshot = await web.fetch("/x")
    assert (snapshot.url, snapshot.document) == (web.address("/late"), b"<p>the right page")
    assert "the right page" in (snapshot.dom or "")


async def test_a_page_stays_when_its_script_asks_for_nothing(web: Web, site: TestSite) -> None:
    site.pages["/x"] = Answer(script("location = '/nothing'", f"<p>{LONG}"))
    snapshot = await web.fetch("/x")
    assert (snapshot.url, snapshot.status) == (web.address("/x"), 200)
    assert "The harbour" in (snapshot.dom or "")


async def test_reloading_for_ever_has_an_end(web: Web, site: TestSite) -> None:
    snapshot = await web.fetch("/reloads")
    assert snapshot.url == web.address("/reloads")
    assert len(site.paths()) <= 11


@pytest.mark.parametrize("path", ["/storm", "/moves/file"])
async def test_other_navigation_leaves_the_page(web: Web, path: str) -> None:
    snapshot = await web.fetch(path)
    assert snapshot.url == web.address(path)
    assert "The harbour" in (snapshot.dom or "")


async def test_a_page_stays_when_its_script_starts_a_download(web: Web, site: TestSite) -> None:
    site.pages["/x"] = Answer(script("location = '/files/download'", f"<p>{LONG}</p>"))
    snapshot = await web.fetch("/x")
    assert snapshot.url == web.address("/x")
    assert "The harbour" in (snapshot.dom or "")


async def test_the_dom_has_a_limit_too(whole_site: TestSite) -> None:
    whole_site.pages["/x"] = Answer(script("document.body.append('x'.repeat(3e6))"))
    async with Web(whole_site, {"max_bytes": 2**20}) as web:
        assert (await web.failure("/x")).code == "body.too_large"


async def test_a_document_too_large_for_the_browser(web: Web, site: TestSite) -> None:
    site.pages["/x"] = Answer(f"<p>{'long ' * 2_000_000}")
    snapshot = await web.fetch("/x")
    assert (snapshot.dom, snapshot.rendered_with) == (None, "http")
    assert snapshot.warnings == ("not_rendered",)
    assert len(snapshot.document or b"") > 8 * 2**20


async def test_posting_on_is_carried_out(web: Web, site: TestSite) -> None:
    site.pages["/x"] = Answer(
        script("f.submit()", '<form id=f method=post action="/y"><input name=a value=b></form>')
    )
    site.pages["/y"] = lambda seen: Answer(f"<p>{seen.method} {seen.body.decode()}")
    assert "POST a=b" in await web.dom("/x")


async def test_pages_at_the_same_time(web: Web, site: TestSite) -> None:
    for n in range(12):
        site.pages[f"/n/{n}"] = Answer(script(f"document.body.append('made {n} here')"))
    doms = await asyncio.gather(*(web.dom(f"/n/{n}") for n in range(12)))
    assert [f"made {n} here" in dom for n, dom in enumerate(doms)] == [True] * 12
    assert sorted(site.paths()) == sorted(f"/n/{n}" for n in range(12))

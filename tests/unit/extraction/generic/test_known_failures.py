"""What extractors are known to get wrong, each with an invented page."""

from __future__ import annotations

import json

import pytest

from scraper import extract

URL = "https://www.example.org/2026/05/page"

MENU = "<nav><ul>{}</ul></nav>".format(
    "".join(f'<li><a href="/s{n}">Section number {n}</a></li>' for n in range(14))
)
FOOTER = (
    '<footer class="site-footer"><ul><li><a href="/imprint">Imprint</a></li>'
    '<li><a href="/privacy">Privacy</a></li></ul><p>© 2026 Example. All rights reserved.</p>'
    "</footer>"
)
PROSE = [
    "The old mill by the river had stood empty for eleven years before the town bought it.",
    "Volunteers cleared the roof in spring, and by June the wheel turned again for an afternoon.",
    "A miller from the next valley taught six of them how the stones are dressed and balanced.",
    "Flour is now ground every second Saturday, and what is left over goes to the school kitchen.",
]
ARTICLE = "".join(f"<p>{one}</p>" for one in PROSE)


def read(body: str, title: str = "The mill turns again", head: str = "", url: str = URL) -> str:
    """The record's text."""
    markup = f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return extract(markup, url).text


def framed(main: str) -> str:
    return f'{MENU}<main class="content">{main}</main>{FOOTER}'


def story(extra: str = "") -> str:
    return framed(f'<article class="post"><h1>The mill turns again</h1>{ARTICLE}{extra}</article>')


def test_replies_of_a_discussion_are_kept() -> None:
    said = [
        "Has anyone managed to dress a mill stone with an ordinary angle grinder at home?",
        "Yes. It took me two days, and I would not do it again without a dust mask.",
        "Better borrow a proper pick. Ours leaves a cleaner furrow, and nothing overheats.",
        "Thanks to both of you, the pick it is. I will report how the first flour turns out.",
        "No.",
    ]
    posts = "".join(
        f'<div class="post" id="p{n}"><div class="author"><a href="/u/{n}">user{n}</a></div>'
        f'<div class="post-content"><p>{one}</p></div>'
        f'<div class="post-actions"><a href="#">Reply</a> <a href="#">Report</a></div></div>'
        for n, one in enumerate(said)
    )
    words = read(framed(f'<h1>Dressing a stone</h1><div class="thread">{posts}</div>'))
    assert all(one in words for one in said[:4])


def test_a_tiny_body_wins_over_a_long_navigation() -> None:
    words = read(framed(f'<article class="post"><h1>Mill</h1><p>{PROSE[0]}</p></article>'))
    assert PROSE[0] in words
    assert "Section number 3" not in words


def test_all_cards_of_a_product_grid_are_kept() -> None:
    cards = "".join(
        f'<li class="product-card"><a href="/p/{n}"><img src="/i/{n}.jpg"></a>'
        f'<h3 class="product-title"><a href="/p/{n}">Oak stool model {n}</a></h3>'
        f'<p class="product-text">Turned legs, oiled seat, {40 + n} centimetres high.</p>'
        f'<span class="price">{60 + n} €</span></li>'
        for n in range(12)
    )
    grid = f'<h1>Stools</h1><ul class="product-grid">{cards}</ul>'
    words = read(framed(grid), "Stools")
    assert all(f"Oak stool model {n}" in words for n in range(12))
    assert all(f"{40 + n} centimetres high" in words for n in range(12))


def test_all_entries_of_a_listing_are_kept() -> None:
    entries = "".join(
        f'<article class="entry"><h2><a href="/{n}">Report number {n} from the mill</a></h2>'
        f'<p class="summary">{one} This was noted on day {n}.</p></article>'
        for n, one in enumerate(PROSE * 3)
    )
    words = read(framed(f'<h1>News</h1><div class="entries">{entries}</div>'), "News")
    assert all(f"noted on day {n}." in words for n in range(12))
    assert all(f"Report number {n} from" in words for n in range(12))


def test_steps_and_lists_of_a_how_to_are_kept() -> None:
    steps = "".join(f"<li>Step {n}: turn the stone {n} times.</li>" for n in range(1, 8))
    parts = "".join(f"<li>{one}</li>" for one in ("a pick", "chalk", "a straight board"))
    words = read(story(f"<h2>You need</h2><ul>{parts}</ul><h2>How to</h2><ol>{steps}</ol>"))
    assert all(f"Step {n}:" in words for n in range(1, 8))
    assert "a straight board" in words


def test_footnotes_are_kept() -> None:
    notes = (
        '<section class="footnotes"><hr><ol><li id="fn1"><p>The deed of 1811 names the weir. '
        '<a href="#r1">↩</a></p></li><li id="fn2"><p>Measured at the upper gate in a dry June. '
        '<a href="#r2">↩</a></p></li></ol></section>'
    )
    words = read(story(f'<p>The weir is older.<sup><a href="#fn1" id="r1">1</a></sup></p>{notes}'))
    assert "The deed of 1811 names the weir." in words
    assert "Measured at the upper gate" in words


def test_code_is_kept_without_its_line_numbers() -> None:
    code = (
        '<table class="highlight"><tr><td class="gutter"><pre>1\n2\n3</pre></td>'
        '<td class="code"><pre><code>def turn(wheel):\n    wheel.angle += 1\n    return wheel'
        "</code></pre></td></tr></table>"
    )
    words = read(story(f"<p>The wheel is simulated like this:</p>{code}"))
    assert "def turn(wheel):\n    wheel.angle += 1" in words
    assert "1\n2\n3" not in words


def test_mathematics_is_kept() -> None:
    formula = (
        "<p>Its power is <math><semantics><mrow><mi>P</mi><mo>=</mo><mi>Q</mi></mrow>"
        '<annotation encoding="application/x-tex">P = \\rho g Q h</annotation></semantics></math>'
        " in a wet month.</p>"
    )
    words = read(story(formula))
    assert "\\rho g Q h" in words


STATE = json.dumps(
    {"page": {"article": {"id": 7, "html": "".join(f"<p>{one}</p>" for one in PROSE)}}}
)
ROW = json.dumps([1, "7:" + json.dumps({"body": "\n".join(PROSE)}) + "\n"])
PLAIN_ROW = json.dumps([1, "1c:T1a2," + "\n".join(PROSE)])


@pytest.mark.parametrize(
    "markup",
    [
        f'<script id="__DATA__" type="application/json">{STATE}</script>',
        f"<script>window.__INITIAL_STATE__={STATE};</script>",
        f"<script>(window.state = window.state || []).push({STATE})</script>",
        f"<script>self.rows.push([0])</script><script>self.rows.push({ROW})</script>",
        f"<script>self.rows.push({PLAIN_ROW})</script>",
        f"<script>var list = []; window.state = JSON.parse({json.dumps(STATE)});</script>",
        f"<script>var list = [], names = {{}}; start({{a: 1}}); window.page = {STATE}</script>",
        f"<div id='root' data-props='{STATE}'></div>",
    ],
    ids=[
        "json",
        "assigned",
        "pushed",
        "streamed",
        "streamed text",
        "parsed",
        "after others",
        "attribute",
    ],
)
def test_text_in_data_is_read_when_the_visible_page_is_empty(markup: str) -> None:
    words = read(f'<div id="app"></div>{markup}')
    assert all(one in words for one in PROSE)


def test_repeated_paragraphs_are_kept() -> None:
    verse = "<p>Turn, wheel, turn, and the water will carry us home.</p>"
    words = read(framed(f"<article><h1>Song</h1>{ARTICLE}{verse}{ARTICLE}{verse}</article>"))
    assert words.count("the water will carry us home") == 2
    assert words.count(PROSE[2]) == 2


def test_what_is_wrapped_around_an_article_is_dropped() -> None:
    around = {
        "Sign up for our newsletter": '<div class="newsletter-signup"><h3>Sign up for our '
        'newsletter</h3><form><input type="email"><button>Subscribe</button></form></div>',
        "Subscribe to read": '<div class="subscribe"><p>Subscribe to read the rest. '
        '<a href="/login">Log in</a></p></div>',
        "Share on": '<div class="share-buttons"><a href="#">Share on Birdsite</a> '
        '<a href="#">Share by mail</a></div>',
        "More from this section": '<aside class="related-articles"><h3>More from this section</h3>'
        '<ul><li><a href="/1">Weir repaired</a></li><li><a href="/2">Trout return</a></li></ul>'
        "</aside>",
        "We use cookies": '<div class="cookie-banner" role="dialog"><p>We use cookies to make this '
        "site better.</p><button>Accept all</button></div>",
    }
    words = read(story("".join(around.values())))
    assert all(one in words for one in PROSE)
    assert not [one for one in around if one in words]


def test_a_machine_translation_beside_the_original_is_dropped() -> None:
    said = "Das alte Mühlrad dreht sich wieder, und das halbe Dorf stand am Ufer und sah zu."
    both = (
        f'<div class="original" lang="de"><p>{said}</p></div>'
        '<div class="machine-translation notranslate" hidden lang="en"><p>The old mill wheel is '
        "turning again, and half the village stood on the bank and watched.</p></div>"
    )
    words = read(story(both))
    assert said in words
    assert "half the village stood" not in words


@pytest.mark.parametrize(
    "lines",
    [
        [
            "村里的老水车停了十一年，今年春天终于重新转动起来。",
            "志愿者花了三个月清理屋顶，又请来邻村的磨坊师傅。",
        ],
        [
            "川沿いの古い水車小屋は十一年のあいだ空き家だった。",
            "春に有志が屋根を直し、六月には水車がふたたび回りはじめた。",
        ],
        [
            "강가의 오래된 물레방아는 열한 해 동안 비어 있었다.",
            "봄에 자원봉사자들이 지붕을 고치고 유월에 바퀴가 다시 돌았다.",
        ],
        [
            "โรงสีเก่าริมแม่น้ำว่างเปล่ามานานสิบเอ็ดปีก่อนที่เมืองจะซื้อไว้",
            "อาสาสมัครซ่อมหลังคาในฤดูใบไม้ผลิ และกังหันก็หมุนอีกครั้งในเดือนมิถุนายน",
        ],
        [
            "ظلت الطاحونة القديمة على النهر خالية أحد عشر عاما قبل أن تشتريها البلدة.",
            "أصلح المتطوعون السقف في الربيع، وفي يونيو دارت العجلة من جديد.",
        ],
        [
            "הטחנה הישנה שליד הנהר עמדה ריקה אחת עשרה שנים לפני שהעיירה קנתה אותה.",
            "מתנדבים תיקנו את הגג באביב, וביוני הגלגל הסתובב שוב.",
        ],
        [
            "Старая мельница у реки пустовала одиннадцать лет, пока её не купил город.",
            "Весной добровольцы починили крышу, а в июне колесо снова повернулось.",
        ],
        [
            "नदी के किनारे की पुरानी चक्की ग्यारह साल तक खाली पड़ी रही, फिर नगर ने उसे खरीद लिया।",
            "वसंत में स्वयंसेवकों ने छत ठीक की और जून में पहिया फिर घूमा।",
        ],
    ],
    ids=["zh", "ja", "ko", "th", "ar", "he", "ru", "hi"],
)
def test_articles_of_every_script_are_kept(lines: list[str]) -> None:
    body = "".join(f"<p>{one}</p>" for one in lines * 2)
    words = read(framed(f'<article class="post"><h1>{lines[0][:12]}</h1>{body}</article>'))
    assert all(words.count(one) == 2 for one in lines)
    assert "Section number 3" not in words

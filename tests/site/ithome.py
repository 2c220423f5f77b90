"""A replica of an IT之家 article: the structure is theirs, every word is invented.

    https://www.ithome.com/0/999/123.htm     the article
    https://img.ithome.com/…                 its picture, 403 for a Referer of another site
    https://www.ithome.com/0/999/404.htm     a missing article that answers 200
    https://it.ithome.com/                   a channel's list page
    https://it.ithome.com/category/domainpage     its further entries, posted for
    https://www.ithome.com/rss/              the feed

`ARTICLE` holds what a right record of the article says.
"""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

from tests.site.pictures import png
from tests.site.wire import Answer, Handler, Seen

PICTURE = "https://img.ithome.com/newsuploadfiles/2024/3/9f1c2d3e-0000-4a5b-8c6d-7e8f90a1b2c3.png"
PICTURE_SIZE = (640, 360)
TITLE = "青橙灯塔计划公布：“海雾”系列台灯 4 月开售"

FEED_TITLE = "青橙灯塔计划公布"
FEED_DATE = "Tue, 05 Mar 2024 01:07:03 GMT"
"""What the feed says of it."""

PARAGRAPHS = (
    "IT之家 3 月 5 日消息，青橙工作室今天公布了名为“灯塔计划”的新品路线图，首批是三款台灯。",
    "一盏会看天气的灯",
    "据介绍，“海雾”系列台灯内置湿度与气压传感器，能按窗外的天气改变色温，阴天偏暖，晴天偏冷。",
    "工作室负责人在邮件中表示，这一功能完全在本地运行，不需要联网，也不会上传任何数据。",
    "三款型号分别为：",
    "海雾 S：5 瓦，适合床头，售价 199 元。",
    "海雾 M：9 瓦，适合书桌，售价 299 元。",
    "IT之家了解到，首批产品将于 4 月 18 日开售，预约从今晚 8 点开始。",
)

LINKED = PARAGRAPHS[2].replace("色温", '<a class="s_tag" href="/tags/cct/">色温</a>')
"""The third paragraph as it stands in the page, with a link of the site's own."""

ARTICLE = {
    "url": "https://www.ithome.com/0/999/123.htm",
    "title": TITLE,
    "published": "2024-03-05T09:07:03+08:00",
    "published_raw": "2024/3/5 9:07:03",
    "source": "青橙工作室",
    "authors": ["海风（实习）"],
    "editors": ["汀兰"],
    "categories": ["智能家居", "灯具"],
    "paragraphs": PARAGRAPHS,
    "picture": PICTURE,
    "picture_alt": "海雾台灯",
}

_HEAD = """
<!DOCTYPE html>
<html lang="zh-cn">
<head>
<meta charset="utf-8" />
<title>{title} - IT之家</title>
<meta name="description" content="青橙工作室公布新品路线图，首批产品是三款台灯。#台灯#,#新品#" />
<meta name="keywords" content="台灯,青橙,新品" />
<meta http-equiv="Cache-Control" content="no-transform" />
<meta http-equiv="X-UA-Compatible" content="IE=edge" />
<meta name="format-detection" content="telephone=no" />
<link rel="alternate" type="application/rss+xml" href="https://www.ithome.com/rss/" />
<link rel="canonical" href="https://www.ithome.com/0/999/123.htm" />
<link rel="stylesheet" href="/css/site.css" />
<script src="/js/lazy.js"></script>
</head>
"""

_BODY = """
<body class="discovery ">
<div id="top"><a href="https://www.ithome.com/">首页</a><a href="#">登录</a></div>
<script>if (document.cookie.indexOf('night') >= 0) document.body.className += 'night'</script>
<div id="nav" class="bb"><a href="https://it.ithome.com/">业界</a><a href="#">数码</a></div>
<div id="tt" class="bb"></div>
<div id="dt" class="bb clearfix">
<div class="fl content">
<div class="cv"><a href="https://www.ithome.com/">首页</a><span>&gt;</span><a
 href="https://it.ithome.com/home/">智能家居</a><span>&gt;</span><a
 href="https://it.ithome.com/lamp/">灯具</a></div>
<h1>{title}</h1>
<div class="info clearfix"><div class="l">
<span id="pubtime_baidu">2024/3/5 9:07:03</span>
<span id="source_baidu">来源：<a href="https://example.test/">青橙工作室</a></span>
<span id="author_baidu">作者：<strong>海风（实习）</strong></span>
<span id="editor_baidu">责编：<strong>汀兰</strong></span>
</div><div class="r"><span id="hitcount"></span><a class="pti_comm" href="#post_comm">评论：<span
 id="commentcount"></span></a></div></div>
<div class="post_content " id="paragraph">
<div class='tougao-user'>感谢IT之家网友 <span>潮汐</span> 的线索投递！</div>
<p data-vmark="a1b2">{p[0]}</p>
<p data-vmark="b2c3"><strong>{p[1]}</strong></p>
<p data-vmark="c3d4">{p2}</p>
<p data-vmark="d4e5" style="text-align: center;"><img class="lazy" alt="海雾台灯" w="1280" h="720"
 src="//img.ithome.com/images/v2/t.png" data-original="{picture}" title="{title}" width="640"
 height="360" srcset="{picture} 2x" /></p>
<p data-vmark="e5f6">{p[3]}</p>
<p data-vmark="f6a7">{p[4]}</p>
<ul class="list-paddingleft-2"><li><p data-vmark="a7b8">{p[5]}</p></li>
<li><p data-vmark="b8c9">{p[6]}</p></li></ul>
<p data-vmark="c9d0">{p[7]}</p>
<p class="ad-tips">广告声明：本页的台灯与商店都是编出来的，链接只作示例。</p>
</div>
<div class="newserror"><a data-nid="999123">投诉</a><a data-nid="999123">纠错</a></div>
<div class="newsgrade" id="grade"></div>
<div class="shareto">分享到</div>
<div class="related_post"><h2>相关文章</h2>
<div class="hot_tags"><a href="/tags/lamp/">台灯</a></div>
<ul class="list_3"><li><a href="/0/998/001.htm">另一盏灯的故事</a></span></li>
<li><a href="/0/998/002.htm">窗台上的植物日记</a></span></li></ul></div>
<div id="post_comm" data-id="0f0f0f" data-nid="999123"></div>
</div>
<div class="fr fx no-bottom"><div id="rank" class="tab-list"></div>
<div id="cat-hot"><ul><li><a href="/0/998/003.htm">热门：会说话的雨伞</a></li></ul></div></div>
</div>
<div id="fls"></div><div id="lns"></div><div id="fi"><p>版权所有</div>
<script src="/js/site.js"></script>
</body>
</html>
"""

_LAZY = """
addEventListener('DOMContentLoaded', () => {
  const watch = new IntersectionObserver(seen => seen.forEach(one => {
    if (!one.isIntersecting) return
    one.target.src = one.target.getAttribute('data-original')
    watch.unobserve(one.target)
  }))
  document.querySelectorAll('img.lazy').forEach(picture => watch.observe(picture))
})
"""

_SITE = """
const rank = document.getElementById('rank')
fetch('/block/rank.html').then(r => r.text()).then(html => { rank.innerHTML = html })
document.getElementById('hitcount').textContent = '12345'
document.getElementById('grade').innerHTML = '<span>觉得文章怎么样？</span>'
"""


def ithome_pages() -> dict[str, Answer | Handler]:
    """The pages of the hosts, keyed by host and path."""
    body = _BODY.format(title=TITLE, p=PARAGRAPHS, p2=LINKED, picture=PICTURE)
    path = PICTURE.removeprefix("https://")
    return {
        "www.ithome.com/0/999/123.htm": Answer(_HEAD.format(title=TITLE) + body),
        "www.ithome.com/0/999/404.htm": Answer(
            "<!DOCTYPE html><title>IT之家</title><p>您访问的页面不存在或已删除</p>"
        ),
        "www.ithome.com/css/site.css": Answer("body { margin: 0 }", type="text/css"),
        "www.ithome.com/js/lazy.js": Answer(_LAZY, type="text/javascript"),
        "www.ithome.com/js/site.js": Answer(_SITE, type="text/javascript; charset=utf-8"),
        "www.ithome.com/block/rank.html": Answer(
            '<ul id="d-1"><li><a href="/0/998/004.htm">日榜：纸做的桥</a></li></ul>'
        ),
        "www.ithome.com/robots.txt": Answer("User-agent: *\nDisallow: /ajax/\n", type="text/plain"),
        "img.ithome.com/images/v2/t.png": Answer(png(1, 1, 200), type="image/png"),
        path: _picture,
        "it.ithome.com/": Answer(_channel()),
        "it.ithome.com/category/domainpage": _more,
        "www.ithome.com/rss/": Answer(_feed(), type="text/xml; charset=utf-8"),
    }


def _picture(seen: Seen) -> Answer:
    if ".ithome.com/" not in seen.headers.get("referer", ""):
        return Answer("Forbidden", 403, type="text/plain")
    return Answer(png(*PICTURE_SIZE, 90), type="image/png")


def _more(seen: Seen) -> Answer:
    """Nothing is older."""
    form = dict(parse_qsl(seen.body.decode(), keep_blank_values=True))
    asked = seen.method, seen.headers.get("x-requested-with"), sorted(form)
    if asked != ("POST", "XMLHttpRequest", ["domain", "ot", "subdomain"]):
        return Answer("Forbidden", 403, type="text/plain")
    answer = {"success": True, "content": {"count": 0, "html": ""}}
    return Answer(json.dumps(answer), type="application/json; charset=utf-8")


def _feed() -> str:
    item = (
        f"<item><title>{FEED_TITLE}</title><link>https://www.ithome.com/0/999/123.htm</link>"
        f"<guid>https://www.ithome.com/0/999/123.htm</guid><pubDate>{FEED_DATE}</pubDate></item>"
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>IT之家</title>'
        f"<link>https://www.ithome.com/</link>{item}</channel></rss>"
    )


def _channel() -> str:
    row = (
        '<li><div><h2><a href="https://www.ithome.com/0/999/{n}.htm">{t}</a></h2></div>'
        '<div class="c" data-ot="2024-03-05T09:07:03.1234567+08:00"></div></li>'
    )
    rows = row.format(n="123", t=TITLE) + row.format(n="404", t="不见了的文章")
    return f'<!DOCTYPE html><div id="list"><div class="fl"><ul>{rows}</ul></div></div>'

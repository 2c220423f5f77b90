"""The demo site's articles.  Everything in them is invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HOST = "lantern.example"
"""The site's name; `.example` belongs to nobody."""


@dataclass(frozen=True, slots=True)
class Story:
    """`body` is HTML with `{picture:NAME}` where a lazy picture stands; `scripted` stories reach
    the page only through JavaScript."""

    id: int
    language: Literal["en", "zh-CN"]
    section: str
    title: str
    summary: str
    published: str
    authors: tuple[str, ...]
    editor: str
    tags: tuple[str, ...]
    body: str
    scripted: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """What a page says of a picture; `pictures.py` draws it from its name and mood."""

    alt: str
    caption: str
    mood: Literal["dusk", "morning", "night", "evening"]
    width: int = 720
    height: int = 450


def address(story: Story) -> str:
    """The story's address, by the site's own name."""
    return f"http://{HOST}/story/{story.id}.html"


PICTURES = {
    "harbour": Picture(
        "The harbour at dusk", "The tide gauge stands at the end of the old mole.", "dusk"
    ),
    "orchard": Picture(
        "Rows of hills before sunrise", "Frost nights are announced by bell.", "morning"
    ),
    "night-train": Picture(
        "A valley under the moon", "The line follows the river for forty km.", "night"
    ),
    "library": Picture(
        "Evening over the library hill", "The reading room faces the bay.", "evening"
    ),
    "tea": Picture("清晨的茶山", "采茶从日出前一小时开始。", "morning"),
    "bridge": Picture("月光下的河谷", "新桥落成后，两岸步行只需六分钟。", "night", 640, 400),
    "kites": Picture("傍晚的海边山丘", "风筝节的第一天，海风三到四级。", "evening"),
}

STORIES = (
    Story(
        id=101,
        language="en",
        section="Science",
        title="A tide gauge built by schoolchildren has outlived three official ones",
        summary="Pupils on Ransey Island have measured the sea every hour since 2009.",
        published="2026-03-14T09:26:00+00:00",
        authors=("Maud Ellery", "Tomas Quill"),
        editor="Ines Barrow",
        tags=("sea level", "schools", "Ransey"),
        body="""
<p>The pole is painted in red and white, the float is a buoy that a fisherman gave away, and the
clockwork comes from a kitchen timer. Since the spring of 2009 the pupils of Ransey have read it
every hour between lessons, and a small logger has read it for them at night.</p>
<p>Three official gauges have stood in the same harbour in that time. Storms took two of them, and
the third was switched off when its maker closed. The pole of the schoolchildren is still there.</p>
{picture:harbour}
<h2>Sixteen years without a gap</h2>
<p>“We never planned to be the only ones,” says Ada Venn, who teaches physics at the school and
keeps the notebooks in a tin box. “We planned to learn what a mean is.”</p>
<p>Her classes found a rise of 4.1 millimetres a year, which is close to what a satellite would see
from above. What surprised them was the winter of 2018:</p>
<blockquote><p>For eleven days the sea did not fall below the second mark. Nobody on the island had
a word for it, so the children made one.</p></blockquote>
<h2>What the pole needs</h2>
<ul>
<li>a coat of paint every second year,</li>
<li>a new battery each autumn,</li>
<li>and someone who is not afraid of the ladder.</li>
</ul>
<p class="advert">Advertisement: the Lantern Post calendar, twelve harbours on good paper.</p>
<p>From next month the readings will be sent to the national archive every evening. The notebooks
stay in the tin box.</p>
""",
    ),
    Story(
        id=102,
        language="en",
        section="Country",
        title="The village that rings a bell when frost is coming",
        summary="An old bell and a new thermometer keep the apricots of Hollin alive.",
        published="2026-04-02T05:40:00+02:00",
        authors=("Petra Lindqvist",),
        editor="Ines Barrow",
        tags=("farming", "weather"),
        body="""
<p>At ten minutes to four the bell of Hollin rings twice. Lights come on along the slope, and by
four o'clock the first fires are burning between the trees.</p>
{picture:orchard}
<p>The bell is two hundred years old. What pulls its rope is a motor the size of a loaf, and what
starts the motor is a thermometer at the lowest tree of the valley.</p>
<p><strong>One degree decides</strong></p>
<p>Apricot blossom survives a night at one degree below zero and is lost at three. The growers
lost every harvest between 2020 and 2022. Since the bell rings by itself they have lost none.</p>
<table>
<caption>Frost nights in Hollin</caption>
<tr><th>Year</th><th>Alarms</th><th>Trees lost</th></tr>
<tr><td>2023</td><td>7</td><td>0</td></tr>
<tr><td>2024</td><td>4</td><td>0</td></tr>
<tr><td>2025</td><td>9</td><td>2</td></tr>
</table>
<p>“My grandmother could smell it,” says Ota Reher, who is the ringer's granddaughter and looks
after the motor. “I cannot. I have a wire instead.”</p>
""",
    ),
    Story(
        id=103,
        language="en",
        section="Travel",
        title="Forty kilometres in the dark: the last night train of the Ister valley",
        summary="It carries nine passengers and the morning's bread.",
        published="2026-05-21T22:05:30+02:00",
        authors=("Jonas Abel",),
        editor="Ruth Okafor",
        tags=("railways", "night"),
        scripted=True,
        body="""
<p>The train leaves Upper Ister at five past eleven with two carriages, one of which is full of
bread. The other one holds a nurse, six students, a man with a cello and this reporter.</p>
<p>There is no light along the line. The driver, Milena Kos, steers by the kilometre stones, which
she has painted white herself.</p>
{picture:night-train}
<h2>Why it still runs</h2>
<p>The timetable of 1931 promised the bakers a train “as long as bread is eaten in the valley”.
Lawyers have read the sentence many times since and have found no way around it.</p>
<p>At a quarter past midnight the bread gets out first.</p>
""",
    ),
    Story(
        id=104,
        language="en",
        section="Culture",
        title="A library lends out silence, by the hour",
        summary="Six rooms, no signal, and a waiting list until autumn.",
        published="2026-06-08T11:00:00+01:00",
        authors=("Maud Ellery",),
        editor="Ruth Okafor",
        tags=("libraries",),
        body="""
<p>You sign for it like for a book. The librarian notes the room, the hour and your name, and hands
you a key with a felt tag that makes no sound when it is put on a table.</p>
{picture:library}
<p>The city library of Carrow has lent out six silent rooms since January. Walls, door and window
were built by a man who used to build recording studios.</p>
<h2>The rules</h2>
<ol>
<li>No machine that hums.</li>
<li>One person, or two who know each other well.</li>
<li>Whoever falls asleep is not woken before closing time.</li>
</ol>
<p>The waiting list now reaches into October. A seventh room is being built, under the stairs, for
readers who only need ten minutes.</p>
""",
    ),
    Story(
        id=201,
        language="zh-CN",
        section="乡土",
        title="云溪村的茶农，用旧手机给每一垄茶树记账",
        summary="两百多部退役手机，记录了一座茶山三年的风、雨和阳光。",
        published="2026-03-28T07:15:00+08:00",
        authors=("沈青禾",),
        editor="陆一舟",
        tags=("茶", "乡村", "旧物新用"),
        body="""
<p>天还没亮，云溪村的山坡上已经亮起一点一点的微光。那不是头灯，而是挂在茶垄尽头的旧手机，屏幕上跳着温度和湿度。</p>
{picture:tea}
<p>三年前，村里的年轻人从镇上收来两百多部退役手机，换上新电池，装进用竹筒做的小盒子里。每隔十分钟，它们记下一次天气，傍晚再由村口的一台旧电脑收齐。</p>
<h2>一垄一本账</h2>
<p>“以前凭手感，现在凭手感加一张表。”种了四十年茶的何阿公说，他把自家每一垄茶的采摘日期都写在表的最后一列。</p>
<p>账本里最有用的发现很简单：</p>
<ul>
<li>背阴的七垄，比向阳的晚采四天，味道更好；</li>
<li>雨后第二天的清晨，是最不该采的时候；</li>
<li>风太大时，手机会先掉下来。</li>
</ul>
<p class="advert">广告：灯笼邮报周边，十二张茶山明信片。</p>
<p>今年春天，邻近的三个村子也来收旧手机。何阿公的孙女给他们写了一页说明，第一句是：竹筒要朝下。</p>
""",
    ),
    Story(
        id=202,
        language="zh-CN",
        section="城市",
        title="步行桥通了，渡船老板改行开起了面馆",
        summary="六分钟走完一条河，二十三年的渡口换了一种热气。",
        published="2026-04-19T16:30:00+08:00",
        authors=("周砚", "林小满"),
        editor="陆一舟",
        tags=("桥", "城市"),
        body="""
<p>白鹭河上的步行桥在四月的一个星期天通行。第一个走过去的人是渡船老板冯师傅，他在这条河上摆渡了二十三年。</p>
{picture:bridge}
<p>桥长四百二十米，从东岸走到西岸大约六分钟。过去坐渡船要等一刻钟，遇上大雾要等一上午。</p>
<p><strong>船票变成了面票</strong></p>
<p>渡口的小屋没有拆。冯师傅在里面砌了灶台，把剩下的旧船票当作面票用，一张票换一碗阳春面。</p>
<table>
<caption>渡口与步行桥</caption>
<tr><th>方式</th><th>用时</th><th>每天人数</th></tr>
<tr><td>渡船</td><td>十五分钟起</td><td>约九百</td></tr>
<tr><td>步行桥</td><td>六分钟</td><td>约五千</td></tr>
</table>
<p>“河还在，人也还在，”冯师傅说，“只是现在他们不用等我了，换我等水开。”</p>
""",
    ),
    Story(
        id=203,
        language="zh-CN",
        section="文化",
        title="风筝节上，一只没有线的风筝飞了三个小时",
        summary="它靠海风和一块巴掌大的太阳能板停在半空。",
        published="2026-06-01T10:08:45+08:00",
        authors=("沈青禾",),
        editor="陆一舟",
        tags=("风筝", "海边"),
        body="""
<p>望海镇的风筝节办了三十届，今年第一次出现了一只没有线的风筝。它由当地中学的四名学生制作，在海面上空停留了三小时零七分钟。</p>
{picture:kites}
<p>风筝的骨架是竹子，翼面是旧雨伞的布，中间贴着一块巴掌大的太阳能板，给一个很小的舵机供电。</p>
<blockquote><p>线的作用是把风留住。我们想试试，能不能让风筝自己留住风。</p></blockquote>
<p>评委为它该不该参赛争论了整整一个下午。最后的决定是：给它一个新的组别，组别的名字留到明年再想。</p>
""",
    ),
)

"""The body's nodes become blocks by the rules of the module's docstring."""

from __future__ import annotations

import pytest

from scraper.extraction.blocks import blocks, paragraphs_of, text_of
from scraper.extraction.flow import BodyRule
from scraper.extraction.page import Body
from scraper.record import (
    Code,
    Embed,
    Heading,
    ImageBlock,
    ListBlock,
    ListItem,
    Paragraph,
    Quote,
    Table,
)
from tests.unit.extraction.pages import kinds, page, read


def texts(html: str) -> list[str]:
    return paragraphs_of(read(html).blocks)


def items(html: str) -> list[tuple[int, str]]:
    found = read(html).blocks
    return [(i.depth, i.text) for b in found if isinstance(b, ListBlock) for i in b.items]


# Paragraphs


def test_paragraphs_and_headings_in_order() -> None:
    found = read("<h2>Head</h2><p>One <b>bold</b> and <a href=/x>link</a>.</p><p>Two</p>").blocks
    assert found == [
        Heading(level=2, text="Head"),
        Paragraph(text="One bold and link."),
        Paragraph(text="Two"),
    ]
    assert paragraphs_of(found) == ["One bold and link.", "Two"]


def test_text_directly_in_containers_is_a_paragraph() -> None:
    assert texts("<div>one<div>two</div>three<section>four</section></div>") == [
        "one", "two", "three", "four",
    ]  # fmt: skip


def test_breaks() -> None:
    assert texts("<div>one<br>line<br><br>two<br/> <br/>three</div>") == [
        "one\nline", "two", "three",
    ]  # fmt: skip


def test_inline_markup_does_not_add_spaces() -> None:
    assert texts("<p>H<sub>2</sub>O is w<i>e</i>t<wbr>ter</p>") == ["H2O is wetter"]


def test_readings_above_characters_are_left_out() -> None:
    assert texts("<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>字</p>") == ["漢字"]


def test_a_bold_only_paragraph_is_an_inferred_heading() -> None:
    found = read("<p><strong>Part <em>one</em></strong></p><p><b>Not</b> all</p>").blocks
    assert found[0] == Heading(level=3, text="Part one", inferred=True)
    assert found[1] == Paragraph(text="Not all")
    assert paragraphs_of(found) == ["Part one", "Not all"]


def test_bold_after_a_picture_paragraph_is_still_a_heading() -> None:
    found = read("<p><img src=/a.jpg></p><p><strong>Head</strong></p>").blocks
    assert found[1] == Heading(level=3, text="Head", inferred=True)


@pytest.mark.parametrize(
    "html",
    [
        "<div><strong>not a paragraph element</strong></div>",
        "<p><strong>bold beside a picture</strong><img src=/a.jpg></p>",
        "<p><img src=/a.jpg><br><strong>bold below a picture</strong></p>",
    ],
)
def test_other_bold_text_is_a_paragraph(html: str) -> None:
    assert "heading" not in kinds(read(html).blocks)


def test_inferred_headings_can_be_switched_off() -> None:
    found = read("<p><b>Bold</b></p>", BodyRule(bold_headings=False)).blocks
    assert found == [Paragraph(text="Bold")]


def test_headings_are_one_line_without_permalinks_and_buttons() -> None:
    html = (
        "<h2>A<br>b <a href='#a'>¶</a><button>Copy</button></h2><h3><button>Question?</button></h3>"
    )
    assert read(html).blocks == [Heading(level=2, text="A b"), Heading(level=3, text="Question?")]


@pytest.mark.parametrize(
    "html",
    [
        "<p hidden>x</p>",
        "<p style='color:red; display : none'>x</p>",
        "<p style='visibility:hidden'>x</p>",
        "<span aria-hidden=true>x</span>",
        "<template><p>x</p></template>",
        "<script>x</script><style>x</style><noscript>x</noscript>",
        "<select><option>x</option></select><textarea>x</textarea><button>x</button>",
        "<svg><text>x</text></svg>",
    ],
)
def test_what_is_not_seen_is_not_read(html: str) -> None:
    assert texts(f"<p>seen {html}</p>") == ["seen"]


def test_dropped_subtrees_are_left_out_and_what_follows_them_stays() -> None:
    of = page("<body><p>a <i>b</i> c</p><div>d</div>e</body>")
    dropped = frozenset(of.tree.xpath("//i | //div"))
    found = blocks(Body(tuple(of.tree.xpath("//body")), "test", dropped), of)
    assert paragraphs_of(found.blocks) == ["a c", "e"]


def test_several_roots_in_order() -> None:
    of = page("<p id=1>one</p>tail<p>no</p><p id=2>two</p>")
    found = blocks(Body(tuple(of.tree.xpath("//p[@id]")), "test"), of)
    assert paragraphs_of(found.blocks) == ["one", "two"]


# Lists, quotations, definitions


def test_nested_lists_are_flattened_with_their_depth() -> None:
    html = "<ul><li>one<ul><li>two<ol><li>three</li></ol></li></ul>after</li><li>four</li></ul>"
    assert items(html) == [(0, "one"), (1, "two"), (2, "three"), (0, "after"), (0, "four")]
    assert len(read(html).blocks) == 1


def test_an_items_paragraphs_are_its_lines() -> None:
    found = read("<ol><li><p>a</p><p>b</p></li><li><div>c</div>d</li></ol>").blocks
    expected = (ListItem(text="a\nb"), ListItem(text="c\nd"))
    assert found == [ListBlock(ordered=True, items=expected)]


def test_definitions_are_one_deeper_than_their_terms() -> None:
    assert items("<dl><dt>term</dt><dd>meaning</dd></dl>") == [(0, "term"), (1, "meaning")]


def test_a_list_that_lays_out_sections_gives_their_blocks() -> None:
    html = "<ul><li><h3>A</h3><p>text</p></li><li><h3>B</h3><p>more</p></li></ul>"
    assert read(html).blocks == [
        Heading(level=3, text="A"),
        Paragraph(text="text"),
        Heading(level=3, text="B"),
        Paragraph(text="more"),
    ]


def test_a_picture_splits_a_list() -> None:
    html = "<ol><li>one<img src=/a.jpg></li><li>two</li></ol>"
    assert kinds(read(html).blocks) == ["list", "image", "list"]


def test_quotations() -> None:
    html = (
        "<blockquote><h4>Who</h4><p>a</p><ul><li>b</li></ul><blockquote>c</blockquote></blockquote>"
    )
    assert read(html).blocks == [Quote(paragraphs=("Who", "a", "b", "c"))]


def test_two_lists_in_a_row_stay_two() -> None:
    assert kinds(read("<ul><li>a</li></ul><ul><li>b</li></ul>").blocks) == ["list", "list"]


def test_footnotes_are_items_without_their_way_back() -> None:
    html = (
        "<p>Text<sup><a href='#n1'>1</a></sup></p><ol><li id=n1>Note <a href='#r1'>↩</a></li></ol>"
    )
    found = read(html).blocks
    assert found[0] == Paragraph(text="Text1")
    assert found[1] == ListBlock(ordered=True, items=(ListItem(text="Note"),))


# Pictures among text, captions


def test_a_picture_inside_running_text_follows_its_paragraph() -> None:
    assert kinds(read("<p>one <img src=/a.jpg> two</p><p>three</p>").blocks) == [
        "paragraph", "image", "paragraph",
    ]  # fmt: skip


def test_a_picture_on_a_line_of_its_own_stands_there() -> None:
    found = read("<div>one<br><img src=/a.jpg><br>two</div>").blocks
    assert found == [Paragraph(text="one"), ImageBlock(image=0), Paragraph(text="two")]


def test_captions_belong_to_pictures_not_to_paragraphs() -> None:
    found = read(
        "<figure><img src=/a.jpg><figcaption>Cap <p>tion</p></figcaption></figure>"
        "<div><img src=/b.jpg><p class='wp-caption-text'>Below</p></div>"
        "<figure><figcaption>Above</figcaption><img src=/c.jpg></figure><p>text</p>"
    )
    assert [image.caption for image in found.images] == ["Cap tion", "Below", "Above"]
    assert paragraphs_of(found.blocks) == ["text"]
    assert text_of(found.blocks, found.images) == "Cap tion\n\nBelow\n\nAbove\n\ntext"


def test_each_caption_of_a_figure_is_that_of_the_pictures_before_it() -> None:
    found = read(
        "<figure><img src=/a.jpg><img src=/b.jpg><figcaption>both</figcaption>"
        "<img src=/c.jpg><figcaption>third</figcaption><figcaption>credit</figcaption></figure>"
    )
    assert [image.caption for image in found.images] == ["both", "both", "third"]
    assert text_of(found.blocks, found.images) == "both\n\nthird"


def test_a_caption_without_a_picture_is_text() -> None:
    html = "<figure><pre>code</pre><figcaption>Listing 1</figcaption></figure>"
    assert read(html).blocks == [Code(text="code"), Paragraph(text="Listing 1")]


def test_positions_are_places_among_the_blocks() -> None:
    found = read("<p>a</p><img src=/a.jpg><p>b</p><img src=/b.jpg>")
    assert [image.position for image in found.images] == [1, 3]
    assert [found.blocks[image.position or 0].type for image in found.images] == ["image"] * 2


def test_a_picture_shown_twice_has_one_entry() -> None:
    found = read("<img src=/a.jpg><p>x</p><img src=/a.jpg>")
    assert len(found.images) == 1
    assert found.blocks == [ImageBlock(image=0), Paragraph(text="x"), ImageBlock(image=0)]


def test_emoji_are_text() -> None:
    assert texts("<p>well <img class=emoji alt='🎈' src=/e.png> done</p>") == ["well 🎈 done"]


# Tables, players, kinds


def test_a_table_of_data() -> None:
    html = (
        "<table><caption>Frost</caption><tr><th>Year<th>Nights</tr>"
        "<tr><td>2023</td><td>se<b>ven</b> <img src=/a.jpg></td></tr></table>"
    )
    found = read(html)
    assert found.blocks == [
        Table(rows=(("Year", "Nights"), ("2023", "seven")), header=True, caption="Frost"),
        ImageBlock(image=0),
    ]
    assert text_of(found.blocks) == "Frost\nYear\tNights\n2023\tseven"


def test_a_table_for_layout_is_walked() -> None:
    html = "<table><tr><td><p>one</p><p>two</p></td><td><h2>three</h2></td></tr></table>"
    assert kinds(read(html).blocks) == ["paragraph", "paragraph", "heading"]


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<iframe src='https://www.youtube.com/embed/1' title=Film></iframe>", "video"),
        ("<iframe src=/frames/1 class=site_video></iframe>", "video"),
        ("<video><source src=/v.mp4></video>", "video"),
        ("<audio src=/a.ogg></audio>", "audio"),
        ("<iframe data-src='https://maps.example/x'></iframe>", "embed"),
    ],
)
def test_players(html: str, kind: str) -> None:
    (found,) = read(html).blocks
    assert isinstance(found, Embed)
    assert found.kind == kind


@pytest.mark.parametrize(
    "html",
    [
        "<iframe src='about:blank'></iframe>",
        "<iframe src='javascript:0'></iframe>",
        "<iframe src='https://ad.doubleclick.net/x'></iframe>",
        "<iframe src=/x width=0 height=0></iframe>",
        "<video></video>",
    ],
)
def test_frames_that_show_nothing(html: str) -> None:
    assert read(html).blocks == []


def test_only_the_wanted_kinds_are_kept() -> None:
    html = "<h2>a</h2><p>b</p><ul><li>c</ul><img src=/d.jpg><blockquote>e</blockquote>"
    found = read(html, BodyRule(kinds=frozenset({"paragraph", "quote"})))
    assert kinds(found.blocks) == ["paragraph", "quote"]
    assert found.images == []


def test_the_text_has_every_textual_block() -> None:
    html = "<h2>a</h2><p>b</p><ul><li>c<li>d</ul><pre>e\n f</pre><blockquote>g</blockquote>"
    assert text_of(read(html).blocks) == "a\n\nb\n\nc\nd\n\ne\n f\n\ng"


@pytest.mark.parametrize(
    ("opened", "times"),
    [
        ("<div>", 1900), ("<ul><li>", 900), ("<blockquote>", 1900), ("<table><tr><td>", 600),
        ("<b>", 1900), ("<figure>", 1900), ("<dl><dd>", 900),
    ],
)  # fmt: skip
def test_deep_nesting_is_read_without_recursion(opened: str, times: int) -> None:
    assert "deep" in text_of(read(f"{opened * times}deep").blocks)

"""Feeds of all kinds as entries."""

from __future__ import annotations

from scraper.discovery.entries import Listing
from scraper.discovery.read import read_listing
from scraper.mention import Mention
from tests.unit.discovery.pages import page

URL = "https://news.example/feeds/all"
RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>All news</title><link>https://news.example/</link>
<image><title>Logo</title><url>https://news.example/logo.png</url></image>
<item>
  <media:title>A picture</media:title>
  <title>Gulls &amp;amp; &lt;b&gt;boats&lt;/b&gt;</title>
  <link> /story/1?utm_source=rss </link><guid isPermaLink="false">77</guid>
  <pubDate>Fri, 26 Aug 2022 05:01:45 GMT</pubDate>
  <dc:creator>Maud Ellery</dc:creator><dc:creator>Tomas Quill</dc:creator>
  <category>Harbour</category><category><![CDATA[Birds]]></category><category>Harbour</category>
  <description><![CDATA[<p>Gulls <i>everywhere</i>.</p>]]></description>
  <content:encoded><![CDATA[<p>Long.</p>]]></content:encoded>
</item>
<item><title>No link but a guid</title><guid>https://news.example/story/2</guid></item>
<item><title>Nowhere</title><guid>77</guid></item>
<item><title>A trap</title><link>javascript:alert(1)</link></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>All</title>
<entry xml:base="https://news.example/b/">
 <title type="html">Tide &amp;mdash; high</title>
 <link rel="self" href="https://news.example/self"/><link rel="enclosure" href="a.mp3"/>
 <link href="3"/><id>urn:3</id>
 <published>2026-05-01T10:00:00+02:00</published><updated>2026-05-02T10:00:00Z</updated>
 <author><name>Maud Ellery</name><email>maud@news.example</email></author>
 <category term="sea" label="The Sea"/><category term="tide"/><summary>High.</summary>
</entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>All</title></channel>
<item rdf:about="https://news.example/4"><title>Four</title><link>https://news.example/4</link>
<dc:date>2026-05-04</dc:date></item></rdf:RDF>"""

JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "All", "items": [
 {"id": "5", "url": "/story/5", "title": "Five", "date_published": "2026-05-05T00:00:00Z",
  "date_modified": "2026-05-06T00:00:00Z", "authors": [{"name": "Maud Ellery"}, {"url": "x"}],
  "tags": ["sea", 7], "summary": "Fifth."},
 {"id": "https://news.example/story/6", "title": 6}, "odd", {"title": "nowhere"}]}"""


def read(body: str | bytes) -> Listing:
    listing = read_listing(page(URL, body))
    assert listing is not None
    assert {entry.mention.on for entry in listing.entries} <= {URL}
    assert not any(entry.child for entry in listing.entries)
    return listing


def test_rss() -> None:
    first, second = read(RSS).entries
    assert first.url == "https://news.example/story/1?utm_source=rss"
    assert first.mention == Mention(
        by="feed",
        on=URL,
        title="Gulls & boats",
        published="Fri, 26 Aug 2022 05:01:45 GMT",
        authors=("Maud Ellery", "Tomas Quill"),
        categories=("Harbour", "Birds"),
        description="Gulls everywhere .",
    )
    assert first.at is not None
    assert first.at.isoformat() == "2022-08-26T05:01:45+00:00"
    assert (second.url, second.at) == ("https://news.example/story/2", None)


def test_atom() -> None:
    (entry,) = read(ATOM).entries
    assert entry.url == "https://news.example/b/3"
    assert entry.mention.title == "Tide — high"
    assert entry.mention.published == "2026-05-01T10:00:00+02:00"
    assert entry.mention.authors == ("Maud Ellery",)
    assert entry.mention.categories == ("The Sea", "tide")
    assert entry.at is not None
    assert entry.at.isoformat() == "2026-05-02T10:00:00+00:00", "the later of both"


def test_rdf() -> None:
    (entry,) = read(RDF).entries
    said = entry.mention
    assert (entry.url, said.title, said.published) == (
        "https://news.example/4",
        "Four",
        "2026-05-04",
    )


def test_json_feed() -> None:
    first, second = read(JSON).entries
    assert first.url == "https://news.example/story/5"
    assert first.mention.authors == ("Maud Ellery",)
    assert first.mention.categories == ("sea",)
    assert first.mention.modified == "2026-05-06T00:00:00Z"
    assert (second.url, second.mention.title) == ("https://news.example/story/6", None)


def test_a_damaged_feed_gives_what_can_be_read() -> None:
    cut = RSS[: RSS.index("<item><title>No link")] + "<item><title>cut &nbsp; & bad <link>"
    assert read(cut).entries[0].mention.title == "Gulls & boats"
    assert read(JSON[:-20]).entries == ()
    assert read(b"<rss>\x00\xff<item>").entries == ()


ITEM = "<rss><item><title>&{}; end</title><link>https://news.example/7</link></item></rss>"


def test_entities_of_a_feed_read_no_files() -> None:
    (entry,) = read(
        f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>{ITEM.format("x")}'
    ).entries
    assert entry.url == "https://news.example/7"
    assert (entry.mention.title or "").strip() in ("end", "&x; end")


def test_entities_of_a_feed_do_not_grow() -> None:
    names = "abcdefghi"
    declared = "".join(
        f'<!ENTITY {name} "{f"&{names[at]};" * 10}">' for at, name in enumerate(names[1:])
    )
    bomb = f'<!DOCTYPE rss [<!ENTITY a "ha">{declared}]>{ITEM.format("i")}'
    assert all(len(entry.mention.title or "") < 100 for entry in read(bomb).entries)

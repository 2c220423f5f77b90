"""What a request carries along of the places that name its page."""

from __future__ import annotations

from scraper.mention import KEY, MOST, Mention, joined, mentions_in

ONE = Mention("feed", "https://a.example/rss", title="One", categories=("sea",))


def test_it_travels_as_json_and_back() -> None:
    assert mentions_in({KEY: [ONE.as_meta()]}) == (ONE,)
    assert ONE.as_meta() == {
        "by": "feed",
        "on": "https://a.example/rss",
        "title": "One",
        "categories": ("sea",),
    }


def test_a_line_of_seeds_says_it_in_words_of_its_own() -> None:
    meta = {"title": "One", "published": "2026-05-04", "authors": "Maud", "section": "sea", "by": 1}
    said = Mention("seeds", title="One", published="2026-05-04", authors=("Maud",))
    assert mentions_in(meta) == (said,)
    assert mentions_in({"section": "sea"}) == ()
    assert mentions_in({}) == ()


def test_what_is_of_another_kind_is_left_out() -> None:
    assert Mention.of({"title": 7, "authors": [1, "", "Maud"], "on": None}) == Mention(
        "seeds", authors=("Maud",)
    )
    assert mentions_in({KEY: [{"by": "feed"}, "odd", None]}) == (Mention("feed"),)
    assert mentions_in({KEY: "odd"}) == ()


def test_each_place_is_joined_once() -> None:
    other = Mention("list", "https://a.example/", title="Other")
    meta, more = {"x": 1, KEY: [ONE.as_meta()]}, {KEY: [ONE.as_meta(), other.as_meta()]}
    both = joined(meta, more)
    assert both is not None
    assert both["x"] == 1
    assert mentions_in(both) == (ONE, other)
    assert joined(both, more) is None
    many = {KEY: [Mention("feed", str(number)).as_meta() for number in range(9)]}
    assert len(mentions_in(joined(meta, many) or {})) == MOST

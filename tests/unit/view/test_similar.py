"""Near-duplicates, in Chinese as in English."""

from __future__ import annotations

import pytest

from scraper.view.similar import Clusters

CHINESE = "云溪村的茶农用旧手机给每一垄茶树记账，天亮以前先看温度，再决定今天先采哪一片山坡。" * 2
ENGLISH = (
    "The pole is painted in red and white, the float is a buoy that a fisherman gave away, and the "
    "clockwork comes from a kitchen timer. "
)


def groups(*texts: str) -> list[int]:
    clusters = Clusters()
    numbers = [clusters.add(text) for text in texts]
    return [clusters.first(number) for number in numbers]


@pytest.mark.parametrize(
    "like",
    [
        CHINESE,
        CHINESE.replace("今天", "明天", 1),
        " ".join(CHINESE),
        CHINESE.replace("，", ",\n"),
        CHINESE + "（完）",
    ],
)
def test_nearly_the_same_text(like: str) -> None:
    assert groups(CHINESE, like) == [0, 0]


def test_capitals_and_widths_do_not_count() -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) if "a" <= char <= "z" else char for char in ENGLISH)
    assert groups(ENGLISH, ENGLISH.upper(), wide) == [0, 0, 0]


def test_other_texts_stay_apart() -> None:
    other = "步行桥通了，渡船老板改行开起了面馆，一碗面里放三勺辣子，过桥的人都说好。" * 2
    assert groups(CHINESE, other, ENGLISH, "短", "短", "") == [0, 1, 2, 3, 4, 5]


def test_a_chain_is_one_cluster_with_its_first() -> None:
    steps = [ENGLISH * 3 + "x" * n for n in (0, 20, 40)]
    assert groups("Something else entirely, of another length.", *steps) == [0, 1, 1, 1]

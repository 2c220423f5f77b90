from __future__ import annotations

import pytest

from scraper.extraction.bylines import looks_like_person, names_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("By Ada Byron", ["Ada Byron"]),
        ("by Ada Byron and Carl Gauß", ["Ada Byron", "Carl Gauß"]),
        ("Von Ada Byron, Carl Gauß und Sofja Kowa", ["Ada Byron", "Carl Gauß", "Sofja Kowa"]),
        ("Written by: Ada Byron, Senior Reporter", ["Ada Byron"]),
        ("Ada Byron, staff writer, and Carl Gauß", ["Ada Byron"]),
        ("Par Ada Byron et Carl Gauß", ["Ada Byron", "Carl Gauß"]),
        ("Por Ada Byron y Carl Gauß", ["Ada Byron", "Carl Gauß"]),
        ("Text: Ada Byron | Foto: Carl Gauß", ["Ada Byron"]),
        ("Ada Byron ada@news.example", ["Ada Byron"]),
        ("Ada Byron ada[at]news.example", ["Ada Byron"]),
        ("Autorin: Rechtsanwältin Ada Byron", ["Ada Byron"]),
        ("By Senior Reporter Ada Byron", ["Ada Byron"]),
        ("By Ada Byron Published May 3, 2024 at 10:20", ["Ada Byron"]),
        ("3 May 2024 - Ada Byron", ["Ada Byron"]),
        ("Ada Byron • 3 May 2024", ["Ada Byron"]),
        ("作者：张三", ["张三"]),
        ("责编：张三、李四", ["张三", "李四"]),
        ("本报记者 张三", ["张三"]),
        ("(责任编辑：张三）返回首页，查看更多", ["张三"]),
        ("By Ada Byron, em Lisboa", ["Ada Byron"]),
        ("Autor:Ada Byron", ["Ada Byron"]),
        ("(By Ada Byron)", ["Ada Byron"]),
        ("Автор: Ада Байрон", ["Ада Байрон"]),
        ("Photo: Carl Gauß", []),
        ("来源：某某网", []),
        ("Follow us", []),
        ("3 comments", []),
        ("", []),
    ],
)
def test_names_in_a_byline(text: str, expected: list[str]) -> None:
    assert names_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Byron, Ada", ["Ada Byron"]),
        ("Ada Byron, Carl Gauß", ["Ada Byron", "Carl Gauß"]),
        ("Ada (Mary Anne) Byron", ["Ada (Mary Anne) Byron"]),
        ("Ada Byron (Morning Post)", ["Ada Byron"]),
        ("adabyron", ["adabyron"]),
        ("Great Bridge Editorial Team", ["Great Bridge Editorial Team"]),
        ("Reuters", ["Reuters"]),
        ("admin", []),
        ("12345", []),
        ("https://social.example/adabyron", []),
    ],
)
def test_names_in_an_author_field(text: str, expected: list[str]) -> None:
    assert names_of(text, stated=True) == expected


def test_the_look_of_a_name() -> None:
    people = [
        "Ada Byron",
        "Ludwig van Beethoven",
        "Jean-Luc d'Arc",
        "山田太郎",
        "김철수",
        "أدا بايرون",
    ]
    others = ["Ada", "the harbour bridge", "Route 66 North", "read more", ""]
    assert [name for name in people if not looks_like_person(name)] == []
    assert [name for name in others if looks_like_person(name)] == []

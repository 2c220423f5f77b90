"""The door is small, and every name on it opens."""

import subprocess
import sys

import scraper


def test_every_listed_name_is_there_and_nothing_else_is() -> None:
    assert dir(scraper) == sorted(scraper.__all__)
    for name in scraper.__all__:
        assert getattr(scraper, name).__name__ == name
    assert not hasattr(scraper, "Conductor")


def test_importing_it_loads_nothing_heavy() -> None:
    heavy = "{'playwright', 'lxml', 'pydantic', 'aiohttp'}"
    code = f"import scraper, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

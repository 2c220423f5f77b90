from __future__ import annotations

import subprocess
import sys

import pytest
import typer

from scraper.cli.app import app
from scraper.cli.verbs import VERBS, load


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_is_where_the_table_says(name: str) -> None:
    command = load(name)
    assert command.name == name
    assert command.help
    assert VERBS[name].purpose.endswith(".")
    for one in (command, *getattr(command, "commands", {}).values()):
        assert "\n" not in one.help.replace("\n\n", ""), "terminals break the lines"


TELL_NOTHING = {
    *("serve", "demo"),  # until Ctrl-C
    *("extract", "schema"),  # JSON anyway
    *("schedule add", "schedule run", "schedule remove", "schedule daemon", "schedule unit"),
}


@pytest.mark.parametrize("name", VERBS)
def test_whatever_a_verb_tells_it_tells_in_json_too(name: str) -> None:
    command = load(name)
    below = getattr(command, "commands", {})
    commands = {f"{name} {one}": below[one] for one in below} or {name: command}
    silent = {
        one
        for one, known in commands.items()
        if not any("--json" in option.opts for option in known.params)
    }
    assert silent == TELL_NOTHING & set(commands)


def test_an_unknown_verb_is_none_of_the_program() -> None:
    root = typer.main.get_command(app)
    assert "crwl" not in root.commands  # type: ignore[attr-defined]
    assert "crawl" in root.commands  # type: ignore[attr-defined]


def test_the_list_of_verbs_loads_none_of_them() -> None:
    program = (
        "import sys; from scraper.cli import main\n"
        "code = main()\n"
        "print(*sys.modules, file=sys.stderr)\n"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "--help"], capture_output=True, text=True, check=True
    )
    assert all(verb.purpose.split()[0] in done.stdout for verb in VERBS.values())
    loaded = set(done.stderr.split())
    assert "scraper.cli.verbs" in loaded
    assert not loaded & {f"scraper.cli.{verb.module}" for verb in VERBS.values()}
    assert not loaded & {"pydantic", "scraper.job", "scraper.record", "playwright", "aiohttp"}

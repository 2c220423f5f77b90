"""Which browser is taken; the programs are scripts that name a version."""

import stat
import subprocess
from pathlib import Path

import pytest

from scraper.errors import BrowserUnavailable
from scraper.fetch import find_browser as module
from scraper.fetch.find_browser import find_browser, install_browser


class Machine:
    """`PATH`, and the folder where Playwright keeps its browsers."""

    def __init__(self, root: Path) -> None:
        self.path, self.playwright = root / "bin", root / "playwright"
        self.path.mkdir()

    def program(self, name: str, says: str = "Chromium 140.0.1.2 built", code: int = 0) -> Path:
        return self._script(self.path / name, says, code)

    def playwrights(self, name: str, program: str, says: str = "Chrome 141.0.3.4") -> Path:
        return self._script(self.playwright / name / "chrome-linux" / program, says, 0)

    @staticmethod
    def _script(file: Path, says: str, code: int) -> Path:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        return file


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(tmp_path)
    monkeypatch.setenv("PATH", str(machine.path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(machine.playwright))
    monkeypatch.delenv("SCRAPER_BROWSER", raising=False)
    monkeypatch.setattr(module, "_APPLICATIONS", ())
    return machine


def test_the_order(machine: Machine) -> None:
    expected = [
        machine.program("google-chrome", "Google Chrome 139.0.0.1"),
        machine.program("chromium"),
        machine.playwrights("chromium-1100", "chrome"),
        machine.program("chromium-headless-shell"),
        machine.playwrights("chromium_headless_shell-1100", "headless_shell"),
    ]
    for path in reversed(expected):
        found = find_browser()
        assert found.path == path
        assert found.kind == ("headless-shell" if "headless" in path.name else "chromium")
        path.unlink()
    with pytest.raises(BrowserUnavailable, match="scraper install"):
        find_browser()


def test_the_version(machine: Machine) -> None:
    machine.program("chromium", "Chromium 140.0.7339.80 built on Debian")
    assert find_browser().version == "140.0.7339.80"


@pytest.mark.parametrize(
    ("says", "version"),
    [
        ("Google Chrome for Testing 141.0.7390.37", "141.0.7390.37"),
        ("Google Chrome 139.0.0.1", "139.0.0.1"),
        ("HeadlessChrome/140.0.1", "140.0.1"),
        ("headless shell 138.0", "138.0"),
        ("true (GNU coreutils) 9.1", None),
        ("Mozilla Firefox 140.0", None),
        ("9.1 is older than Chromium", None),
    ],
)
def test_a_browser_says_that_it_is_a_chromium(
    machine: Machine, says: str, version: str | None
) -> None:
    program = str(machine.program("browser", says))
    if version:
        assert find_browser(program).version == version
        return
    with pytest.raises(BrowserUnavailable, match="does not start as a Chromium browser"):
        find_browser(program)


def test_the_newest_of_playwrights(machine: Machine) -> None:
    machine.playwrights("chromium_headless_shell-999", "headless_shell")
    new = machine.playwrights("chromium_headless_shell-1001", "chrome-headless-shell")
    assert find_browser().path == new


def test_the_revision_this_playwright_was_made_for(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_revisions", lambda: {"1000"})
    fitting = machine.playwrights("chromium_headless_shell-1000", "headless_shell")
    machine.playwrights("chromium_headless_shell-1001", "headless_shell")
    assert find_browser().path == fitting


def test_what_does_not_start_is_passed_over(machine: Machine) -> None:
    machine.program("chromium-headless-shell", code=127)
    machine.program("chrome-headless-shell", says="no number")
    good = machine.program("chromium")
    assert find_browser().path == good


def test_the_one_asked_for(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.program("chromium-headless-shell")
    asked = machine.program("my-browser")
    assert find_browser(str(asked)).path == asked
    assert find_browser("my-browser").path == asked
    monkeypatch.setenv("SCRAPER_BROWSER", str(asked))
    assert find_browser().path == asked
    broken = machine.program("broken", code=1)
    with pytest.raises(BrowserUnavailable, match="does not start"):
        find_browser(str(broken))
    with pytest.raises(BrowserUnavailable, match="no program /nowhere"):
        find_browser("/nowhere")


class Installing:
    """Commands are recorded; the one whose words hold `works` brings a browser."""

    def __init__(self, machine: Machine, monkeypatch: pytest.MonkeyPatch, works: str) -> None:
        self.commands: list[str] = []
        self.said: list[str] = []

        def succeeds(command: list[str]) -> bool:
            self.commands.append(" ".join(command[1:] if "python" in command[0] else command))
            if works in self.commands[-1]:
                machine.program("chromium-headless-shell")
                return True
            return False

        monkeypatch.setattr(module, "_succeeds", succeeds)
        monkeypatch.setattr("os.geteuid", lambda: 0)
        machine.program("apt-get")


PLAYWRIGHT = "-m playwright install chromium --only-shell"
APT = "apt-get install --yes --no-install-recommends"


def test_nothing_is_installed_when_a_browser_is_there(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    installing = Installing(machine, monkeypatch, "playwright")
    there = machine.program("chromium")
    assert install_browser(system=True, say=installing.said.append).path == there
    assert installing.commands == []


@pytest.mark.parametrize(
    ("works", "commands"),
    [
        ("playwright", [PLAYWRIGHT]),
        (
            "install-recommends chromium-headless-shell",
            [PLAYWRIGHT, f"{APT} chromium-headless-shell"],
        ),
    ],
)
def test_installing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, works: str, commands: list[str]
) -> None:
    installing = Installing(machine, monkeypatch, works)
    found = install_browser(system=True, say=installing.said.append)
    assert found.path.name == "chromium-headless-shell"
    assert installing.commands == commands
    assert installing.said[0] == "installing Playwright's headless shell"


def test_the_system_is_not_touched_without_leave(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    installing = Installing(machine, monkeypatch, "apt-get")
    with pytest.raises(BrowserUnavailable, match="scraper install --yes"):
        install_browser(system=False, say=installing.said.append)
    assert installing.commands == [PLAYWRIGHT]


def test_when_nothing_helps(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    installing = Installing(machine, monkeypatch, "nothing works")
    with pytest.raises(BrowserUnavailable, match="install Chromium yourself"):
        install_browser(system=True, say=installing.said.append)
    assert installing.commands == [PLAYWRIGHT, f"{APT} chromium-headless-shell", f"{APT} chromium"]


def test_a_wrong_wish_is_not_replaced(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    installing = Installing(machine, monkeypatch, "playwright")
    with pytest.raises(BrowserUnavailable):
        install_browser("/nowhere", system=True, say=installing.said.append)
    assert installing.commands == []


def test_commands_that_cannot_be_run(machine: Machine) -> None:
    assert not module._succeeds(["no-such-command-at-all"])
    assert module._succeeds([str(machine.program("fine"))])
    assert subprocess.run([machine.program("odd", code=3)], check=False).returncode == 3

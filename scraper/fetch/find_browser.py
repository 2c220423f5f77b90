"""Finds a browser on this machine, or gets one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import playwright

from scraper.errors import BrowserUnavailable
from scraper.settings import BROWSER_VARIABLE, browser_from_environment

Kind = Literal["headless-shell", "chromium"]

_SHELLS = ("chromium-headless-shell", "chrome-headless-shell", "headless_shell", "headless-shell")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_PACKAGES = ("chromium-headless-shell", "chromium")
_NAMED = re.compile(rb"(?:Chrom(?:ium|e)|headless.shell)\D*(\d+(?:\.\d+){1,3})", re.IGNORECASE)
"""What a Chromium says to `--version`, its version in group 1."""
_HINT = (
    f"run `scraper install`, or name a Chromium or Chrome with --browser PATH or {BROWSER_VARIABLE}"
)


@dataclass(frozen=True, slots=True)
class FoundBrowser:
    """A headless shell is Chromium without windows: smaller and faster.  `version` as the program
    itself says it, such as 140.0.7339.80."""

    path: Path
    kind: Kind
    version: str


def find_browser(explicit: str | None = None, *, window: bool = False) -> FoundBrowser:
    """The one asked for (`explicit`, else the environment's); else a headless shell, Playwright's
    before the system's; else a whole browser in the same order.  A `window` needs a whole one.
    Raises BrowserUnavailable."""
    if asked := explicit or browser_from_environment():
        program = shutil.which(asked)
        if not program:
            raise BrowserUnavailable(f"there is no program {asked}: {_HINT}")
        found = _examined(Path(program))
        if not found:
            raise BrowserUnavailable(f"{asked} does not start as a Chromium browser: {_HINT}")
        return found
    for path in _candidates():
        found = _examined(path)
        if found and not (window and found.kind == "headless-shell"):
            return found
    what = "browser that can open a window" if window else "browser"
    raise BrowserUnavailable(f"no {what} was found: {_HINT}")


def install_browser(
    explicit: str | None = None, *, system: bool, say: Callable[[str], None]
) -> FoundBrowser:
    """Find a browser, else get Playwright's headless shell, else (only if `system`) Debian's
    package.  `say` is told what is being done.  Raises BrowserUnavailable."""
    try:
        return find_browser(explicit)
    except BrowserUnavailable:
        if explicit or browser_from_environment():
            raise
    attempts = [
        ("Playwright's headless shell", [*_PLAYWRIGHT, "install", "chromium", "--only-shell"])
    ]
    if system:
        attempts += [(f"the package {name}", command) for name, command in _package_commands()]
    for what, command in attempts:
        say(f"installing {what}")
        if _succeeds(command):
            try:
                return find_browser()
            except BrowserUnavailable:
                say(f"{what} was installed but does not start")
        else:
            say(f"{what} could not be installed")
    raise BrowserUnavailable(
        "no browser could be installed: "
        + ("install Chromium yourself" if system else "try `scraper install --yes`")
        + f", or name one with --browser PATH or {BROWSER_VARIABLE}"
    )


_PLAYWRIGHT = (sys.executable, "-m", "playwright")


def _candidates() -> Iterator[Path]:
    own = _playwright_folder()
    yield from _newest(
        own, "chromium_headless_shell-*", ("headless_shell", "chrome-headless-shell")
    )
    yield from _on_path(_SHELLS)
    yield from _newest(own, "chromium-*", ("chrome", "Chromium", "Google Chrome for Testing"))
    yield from _on_path(_BROWSERS)
    yield from (Path(name) for name in _APPLICATIONS if Path(name).is_file())


def _on_path(names: tuple[str, ...]) -> Iterator[Path]:
    yield from (Path(found) for name in names if (found := shutil.which(name)))


def _playwright_folder() -> Path:
    package = Path(playwright.__file__).parent / "driver" / "package"
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if named == "0":
        return package / ".local-browsers"
    if named:
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ms-playwright"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ms-playwright"


def _newest(folder: Path, pattern: str, names: tuple[str, ...]) -> Iterator[Path]:
    """The revision that this Playwright was made for first, then newer before older."""

    def rank(path: Path) -> tuple[bool, int]:
        number = path.name.rpartition("-")[2]
        return number in _revisions(), int(number) if number.isdigit() else 0

    for revision in sorted(folder.glob(pattern), key=rank, reverse=True):
        for path in sorted(revision.rglob("*")):
            if path.name in names and path.is_file() and os.access(path, os.X_OK):
                yield path


def _revisions() -> set[str]:
    listed = Path(playwright.__file__).parent / "driver" / "package" / "browsers.json"
    try:
        return {str(one["revision"]) for one in json.loads(listed.read_bytes())["browsers"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _examined(path: Path) -> FoundBrowser | None:
    """What the program says it is; None when it does not run."""
    try:
        done = subprocess.run(
            [path, "--version"],
            capture_output=True,
            timeout=30,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = _NAMED.search(done.stdout)
    if not version:
        return None
    shell = "headless" in path.name.lower()
    return FoundBrowser(path, "headless-shell" if shell else "chromium", version[1].decode())


def _package_commands() -> Iterator[tuple[str, list[str]]]:
    """apt-get, with sudo where it needs no password."""
    if not shutil.which("apt-get"):
        return
    before: list[str] = []
    if os.geteuid() != 0:
        if not (shutil.which("sudo") and _succeeds(["sudo", "-n", "true"])):
            return
        before = ["sudo", "-n"]
    for name in _PACKAGES:
        yield name, [*before, "apt-get", "install", "--yes", "--no-install-recommends", name]


def _succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False

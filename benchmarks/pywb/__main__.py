"""Whether pywb serves what we pack: a page kept in full, crawled from the local site, is asked of
pywb piece by piece, and every answer must be the server's.

pywb gets a virtual environment of its own: it brings a `brotli` module that is not the one this
program needs.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from pathlib import Path

from tests.e2e.test_full import PLAIN, SITE, STYLE
from tests.site import TestSite
from tests.site.pictures import png

ADDRESS = "http://paper.test/story/0"
WANTED = {
    ("GET", "http://paper.test/style.css"): STYLE,
    ("GET", "http://paper.test/plain.css"): PLAIN,
    ("GET", "http://paper.test/streamed.css"): b"i { color: red }",
    ("GET", "http://paper.test/boat.png"): png(640, 480),
    ("GET", "http://paper.test/json?of=0"): b"/json?of=0",
    ("GET", "http://frames.test/in.png"): png(7, 7),
    ("POST", "http://paper.test/posted"): b"got page=0",
}


def packed(folder: Path) -> Path:
    """The WACZ file of a crawl of one page."""
    with TestSite(dict(SITE)) as site:
        mappings = [f"--connect-to={to}" for to in site.connect_to]
        options = ["--archive", "full", "--wacz", "--delay", "0", "--quiet", *mappings]
        command = ["crawl", ADDRESS, "-o", str(folder / "collection"), *options]
        subprocess.run([sys.executable, "-m", "scraper", *command], check=True)
    (wacz,) = (folder / "collection" / "wacz").iterdir()
    return wacz


def installed(folder: Path) -> Path:
    """Where pywb's programs are."""
    if not (folder / "bin" / "wayback").exists():
        venv.create(folder, with_pip=True, clear=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "setuptools<81", "pywb"], check=True)
    return folder / "bin"


def answer(port: int, method: str, address: str) -> bytes | None:
    """None when pywb is not there yet."""
    data = b"page=0" if method == "POST" else None
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}/ours/2099id_/{address}", data, timeout=30
        ) as got:
            return got.read()
    except urllib.error.HTTPError as error:
        return f"status {error.code}".encode()
    except OSError:
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venv", type=Path, default=Path(tempfile.gettempdir()) / "pywb-venv")
    programs = installed(parser.parse_args().venv.absolute())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wacz = packed(folder)
        for words in (["init", "ours"], ["add", "--unpack-wacz", "ours", str(wacz)]):
            subprocess.run([programs / "wb-manager", *words], cwd=folder, check=True)
        server = subprocess.Popen(
            [programs / "wayback", "-b", "127.0.0.1", "-p", str(port)],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while (page := answer(port, "GET", ADDRESS)) is None and server.poll() is None:
                time.sleep(0.2)
            wrong = [] if page and b"Story /story/0" in page else [ADDRESS]
            wrong += [one[1] for one, body in WANTED.items() if answer(port, *one) != body]
        finally:
            server.terminate()
            server.wait()
    print(f"pywb serves {len(WANTED) + 1 - len(wrong)} of {len(WANTED) + 1} answers", *wrong)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

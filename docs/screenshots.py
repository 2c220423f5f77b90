"""The picture of the README: `make screenshots` draws it from the demo site, whose words are all
invented."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from scraper.fetch.find_browser import find_browser
from scraper.serve.server import Reader

PICTURES = Path(__file__).parent / "pictures"


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        collection = Path(directory) / "lantern"
        crawl = ["crawl", "--demo", "-o", str(collection), "--archive", "full", "--quiet"]
        subprocess.run([sys.executable, "-m", "scraper", *crawl], check=True)
        reader = Reader(collection, 0)
        serving = threading.Thread(target=reader.run)
        serving.start()
        try:
            reader.library.up_to_date.wait()
            with sync_playwright() as playwright:
                draw(playwright, reader.address)
        finally:
            reader.stop()
            serving.join()


def draw(playwright: Playwright, address: str) -> None:
    browser = playwright.chromium.launch(
        executable_path=str(find_browser(None).path), args=["--no-sandbox"]
    )
    page = browser.new_page(viewport={"width": 1200, "height": 700}, base_url=address)
    page.goto("/article/demo:101", wait_until="networkidle")
    page.hover("a.from[data-field=authors]")
    shown = page.frame_locator("iframe[name=page]").locator(":target")
    shown.wait_for()
    page.screenshot(path=PICTURES / "reader-article.png")
    browser.close()


if __name__ == "__main__":
    main()

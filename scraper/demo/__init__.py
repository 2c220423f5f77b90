"""A small news site with invented articles, served by the package itself on loopback.

It shows what makes crawling hard: pictures that load lazily and want the page as Referer, an
article that only exists after JavaScript ran, two languages, a page that is gone.  Its pages know
themselves as `http://lantern.example/…`; a crawl maps that name to the local server, so that the
addresses stay the same whatever the port.
"""

from scraper.demo.server import USUAL_PORT, DemoSite
from scraper.demo.stories import HOST, STORIES, address

__all__ = ["HOST", "STORIES", "USUAL_PORT", "DemoSite", "address"]

"""The local reader: a collection's articles, runs and failures in a browser, read only.

Two origins on loopback: one with pages of ours, one with what came from the web.  Nothing of the
second may run, and the first takes nothing from a record as markup.
"""

from scraper.serve.server import USUAL_PORT, serve

__all__ = ["USUAL_PORT", "serve"]

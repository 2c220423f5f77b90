"""The local site that tests crawl: real sockets on loopback, every request recorded.

    with TestSite() as site:
        site.url("/article/plain")               # http://127.0.0.1:PORT/article/plain
        site.url("/x", host="www.ithome.com", scheme="https")   # a virtual host
        site.connect_to                          # job.connect_to: all names lead here
        site.pages["/x"] = Answer("<p>hello</p>")              # for every host
        site.pages["img.ithome.com/x"] = lambda seen: Answer(status=403)
        site.requests, site.paths(), site.most_at_once("127.0.0.1")

`wire.py` is the server, `pages.py` what it offers by default, `ithome.py` a replica of an article
page with invented text.
"""

from tests.site.wire import Answer, Seen, TestSite

__all__ = ["Answer", "Seen", "TestSite"]

"""A snapshot to a parsed page: the right bytes, the right encoding, bounded, clean."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree
from lxml.html import HtmlElement

from scraper.errors import EmptyPage, NotAPage
from scraper.extraction.encoding import decode
from scraper.extraction.page import Page
from scraper.extraction.shadows import flatten
from scraper.parameters import Parameters
from scraper.snapshot import Snapshot, header
from scraper.url import join

MAX_CHARACTERS: Final = 32 * 2**20
"""A longer document is cut here.  libxml2 itself bounds the depth to 2048 elements."""

_PAGES: Final = frozenset({"text/html", "application/xhtml+xml", "text/xml", "application/xml"})
_UNSURE: Final = frozenset({"text/plain", "application/octet-stream", "unknown/unknown", "*/*"})
_MARKUP: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|script"
    rb"|style|link|table|div|h1|p|a|br|b)[\s/>]",
    re.IGNORECASE | re.DOTALL,
)
_FEED: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<[?!][^>]*>\s*)*<(rss|feed|rdf:RDF|urlset|sitemapindex|svg)[\s>]"
)
_SIGNATURES: Final = (
    (b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif"),
    (b"\xff\xd8\xff", "image/jpeg"), (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b\x08", "application/gzip"), (b"Rar!", "application/vnd.rar"),
    (b"OggS", "application/ogg"), (b"\x1aE\xdf\xa3", "video/webm"),
)  # fmt: skip
# What no HTML document needs and no XML document may have; \t \n \f \r stay.
_CONTROLS: Final = bytes([*range(9), 0x0B, *range(0x0E, 0x20), 0x7F])
# Elements without content that libxml2 does not know as such: what follows would stand inside them.
_VOID: Final = re.compile(rb"<(source|track|wbr|embed|keygen)\b[^<>]*>", re.IGNORECASE)
# libxml2 compares each attribute of an element with all before it: a hundred thousand take minutes.
MOST_ATTRIBUTES: Final = 256
_ATTRIBUTE: Final = (
    rb"[\s/]*+[^\s/>][^\s/>=]*+"
    rb"(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'>][^\s>]*+)?+)?+"
)
_ATTRIBUTES: Final = rb"(?:%(one)b){0,%(most)d}+)(?:%(one)b)*+" % {
    b"one": _ATTRIBUTE,
    b"most": MOST_ATTRIBUTES,
}
_RAW: Final = b"script style title textarea xmp iframe noembed noframes".split()
# Scripts and comments are matched whole: what looks like a tag in them is none.
_TAG: Final = re.compile(
    rb"<(?:((%(names)b)(?=[\s/>])%(rest)b"
    rb"(>[^<]*+(?:<(?!/\2)[^<]*+)*+)?+"
    rb"|([a-z][^\s/>]*+%(rest)b"
    rb"|(!--[^-]*+(?:-(?!->)[^-]*+)*+))" % {b"names": b"|".join(_RAW), b"rest": _ATTRIBUTES},
    re.IGNORECASE,
)
_FEW: Final = rb"(?:%(one)b){0,%(most)d}+(?!%(one)b)" % {
    b"one": _ATTRIBUTE,
    b"most": MOST_ATTRIBUTES,
}
# The same tags as far as none has too many attributes: to the end of nearly every page.
_ORDINARY: Final = re.compile(
    rb"[^<]*+(?:<(?:/|(?!(?:%(names)b)[\s/>])[a-z][^\s/>]*+%(few)b|%(raw)b"
    rb"|!--[^-]*+(?:-(?!->)[^-]*+)*+|(?![a-z]|!--))[^<]*+)*+"
    % {
        b"raw": b"|".join(
            rb"%(name)b(?=[\s/>])%(few)b(?:>[^<]*+(?:<(?!/%(name)b)[^<]*+)*+)?+"
            % {b"name": name, b"few": _FEW}
            for name in _RAW
        ),
        b"names": b"|".join(_RAW),
        b"few": _FEW,
    },
    re.IGNORECASE,
)
# lxml.html's own look-up asks Python for each element it meets; this one does not.
_ELEMENTS: Final = etree.ElementDefaultClassLookup(element=HtmlElement)
_SURROGATES: Final = re.compile("[\ud800-\udfff]")

_HEAD = frozenset(
    "base basefont bgsound link meta noframes noscript script style template title".split()
)


def parse(snapshot: Snapshot, charset: str | None = None) -> Page:
    """The rendered DOM when there is one, else the document, in `charset` whatever it says itself.
    Raises NotAPage and EmptyPage."""
    kind = header(snapshot.headers, "content-type")
    _refuse_other_types(snapshot, kind)
    if charset:
        kind = f"text/html; charset={charset}"
    dom, document = snapshot.dom, snapshot.document or b""
    text = dom if dom is not None else decode(document, kind)
    if snapshot.redacted:  # else a document's links would say what those of its DOM do not
        text = Parameters(snapshot.redacted).text(text)
    return parse_text(text, snapshot)


def parse_text(text: str, snapshot: Snapshot) -> Page:
    """`text` as the snapshot's page.  Raises EmptyPage when it holds no element."""
    text = text[:MAX_CHARACTERS]
    tree = _tree(text)
    base = next((node.get("href") for node in tree.iter("base") if node.get("href")), None)
    base_url = (join(snapshot.url, base) if base else None) or snapshot.url
    return Page(tree=tree, url=snapshot.url, base_url=base_url, snapshot=snapshot, source=text)


def parse_fragment(html: str, url: str) -> HtmlElement:
    """Its elements, below one `div`."""
    snapshot = Snapshot(url, url, 0, (), None, None, None, "file")
    tree = parse_text(f"<html><body><div>{html}</div></body></html>", snapshot).tree
    root, *others = tree.iterfind("body/*")
    for other in others:  # behind an end tag too many
        root.append(other)
    assert isinstance(root, HtmlElement)
    return root


def _tree(text: str) -> HtmlElement:
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        data = _SURROGATES.sub("\ufffd", text).encode("utf-8")
    data = data.translate(None, _CONTROLS)
    ordinary = _ORDINARY.match(data)
    if ordinary is None or ordinary.end() < len(data):
        data = _TAG.sub(rb"<\1\3\4\5", data)
    data = _VOID.sub(rb"\g<0></\1>", data)
    # One parser a page: lxml serialises the use of a shared one.
    parser = etree.HTMLParser(
        encoding="utf-8",
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        no_network=True,
    )
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        tree = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise EmptyPage from error
    if tree is None:
        raise EmptyPage
    assert isinstance(tree, HtmlElement)
    _open_body(tree)
    flatten(tree)
    return tree


def _open_body(tree: HtmlElement) -> None:
    """Move to the body what the parser left in the head.  Where a page does not write its body's
    tag, any element that is none of the head's opens it (HTML standard, 13.2.6.4.4); libxml2 does
    so only for the elements of HTML 4, not for `article` or `main`."""
    head = next((child for child in tree if child.tag == "head"), None)
    if head is None:
        return
    children = list(head)
    first = next((at for at, child in enumerate(children) if child.tag not in _HEAD), None)
    if first is None:
        return
    body = next((child for child in tree if child.tag == "body"), None)
    if body is None:
        body = etree.SubElement(tree, "body")
    moved = children[first:]
    moved[-1].tail = (moved[-1].tail or "") + (body.text or "") or None
    body.text = None
    for place, child in enumerate(moved):
        body.insert(place, child)


def _refuse_other_types(snapshot: Snapshot, content_type: str | None) -> None:
    """What the server calls something else is no page, nor is what plainly is something else."""
    mime = (content_type or "").partition(";")[0].strip().lower()
    start = (snapshot.document or b"")[:2048].lstrip(b"\xef\xbb\xbf")
    for signature, actual in _SIGNATURES:
        if start.startswith(signature):
            raise NotAPage(actual)
    if not mime or mime in _PAGES:
        if mime != "text/html" and (feed := _FEED.match(start)):
            raise NotAPage(mime or f"a {feed[1].decode()} document")
        return
    if mime not in _UNSURE or not _MARKUP.match(start):
        raise NotAPage(mime)

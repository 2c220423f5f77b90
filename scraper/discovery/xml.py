"""Elements of an XML document that nobody vouches for: one at a time, nothing expanded, nothing
fetched."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from lxml import etree


def elements(data: bytes, names: tuple[str, ...]) -> Iterator[etree._Element]:
    """Those of such local names, whatever their namespace, each complete when it comes and gone
    afterwards.  A damaged document gives what can be read of it."""
    walk = etree.iterparse(
        BytesIO(data),
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in walk:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError:
        return  # beyond recovery


def local_name(element: etree._Element) -> str:
    """Without its namespace, in lower case; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def text_of(element: etree._Element) -> str:
    """All text in it, without white space around."""
    return "".join(str(part) for part in element.itertext()).strip()

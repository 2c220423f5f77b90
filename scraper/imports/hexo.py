"""The posts of a Hexo blog as records: those that `scraper export --to hexo` wrote come back as
they were, others with what they say.

What a post does not say stays unknown.  One that names no address of its own gets a stand-in, with
the warning `url.unknown`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from markdown_it import MarkdownIt

from scraper.errors import PageError, UsageError
from scraper.extraction.article import make_article
from scraper.extraction.dates import ParsedDate
from scraper.extraction.flow import BodyRule
from scraper.extraction.page import Body, Found, Page, Reading
from scraper.extraction.parse import parse_fragment
from scraper.imports.post import Post, moment, parse_post
from scraper.record import Article
from scraper.snapshot import Snapshot
from scraper.url import clean

_POSTS: Final = ("source/_posts", "_posts", ".")
_REFERENCES: Final = ("src", "href", "srcset", "poster")


@dataclass(frozen=True, slots=True)
class Imported:
    """A post as a record, `pictures` being files by the address they had on the web; or the
    `problem` with it."""

    path: Path
    article: Article | None = None
    pictures: Mapping[str, Path] | None = None
    problem: str | None = None


def read(folder: Path) -> Iterator[Imported]:
    """Of several revisions of one record the last.  Raises UsageError when there is no post."""
    posts = next((folder / name for name in _POSTS if any((folder / name).rglob("*.md"))), None)
    if posts is None:
        raise UsageError(f"no posts in {folder}: it has no source/_posts with .md files")
    source = folder / "source" if (folder / "source").is_dir() else folder
    last: dict[str, tuple[int, Path]] = {}
    for path in sorted(posts.rglob("*.md")):
        try:
            known = parse_post(path.read_text("utf-8"), path.name).part("record")
        except (OSError, UnicodeDecodeError, UsageError) as error:
            yield Imported(path, problem=" ".join(str(error).split()))
            continue
        id, revision = str(known.get("id") or path), known.get("revision")
        number = revision if isinstance(revision, int) else 0
        if id not in last or last[id][0] < number:
            last[id] = number, path
    for _, path in last.values():
        yield _imported(path, posts, source)


def _imported(path: Path, posts: Path, source: Path) -> Imported:
    try:
        post = parse_post(path.read_text("utf-8"), path.name)
        pictures = _pictures(post, source)
        article = _article(post, str(path.relative_to(posts)))
    except (OSError, UnicodeDecodeError, UsageError, PageError) as error:
        return Imported(path, problem=" ".join(str(error).split()))
    return Imported(path, article, pictures)


def _pictures(post: Post, source: Path) -> dict[str, Path]:
    """Files below the blog's sources that the post names, by the address they had."""
    inside, found = source.resolve(), {}
    for place, url in post.part("record", "pictures").items():
        # The blog's own path comes before, when it is not the root of its site.
        parts = unquote(str(place)).strip("/").split("/")
        for start in range(len(parts)):
            path = source.joinpath(*parts[start:])
            if path.is_file() and path.resolve().is_relative_to(inside):
                found[str(url)] = path
                break
    return found


def _article(post: Post, name: str) -> Article:
    record = post.part("record")
    url, known = _address(post, name)
    fetched = moment(_text(record, "fetched"))
    snapshot = Snapshot(
        request_url=_text(record, "url") or url,
        url=url,
        status=0,
        headers=(),
        document=None,
        dom=None,
        fetched_at=fetched[0] if fetched else None,
        rendered_with="file",
        warnings=() if known else ("url.unknown",),
    )
    original = {str(place): str(at) for place, at in post.part("record", "pictures").items()}
    root = parse_fragment(_html(post.body), url)
    for node in root.iter():
        for attribute in _REFERENCES:
            if (value := node.get(attribute)) in original:
                node.set(attribute, original[value])
        if node.get("referrerpolicy") == "no-referrer":
            del node.attrib["referrerpolicy"]  # the exporter's
    only = [child for child in root if child.tag == "div"]
    if len(only) == len(root) == 1 and not (root.text or "").strip():
        root = only[0]
    body = Body((root,), "hexo:body") if len(root) or (root.text or "").strip() else None
    reading = Reading(fields=_fields(post, original), body=body)
    page = Page(tree=root, url=url, base_url=url, snapshot=snapshot)
    article = make_article(page, reading, BodyRule())
    given = {key: record[key] for key in ("id", "site") if isinstance(record.get(key), str)}
    return article.model_copy(update=given)


def _address(post: Post, name: str) -> tuple[str, bool]:
    """Where the article was, and whether the post says so."""
    named = (post.part("copyright", "ref").get("url"), post.front.get("link"))
    for text in (_text(post.part("record"), "url"), *named):
        if isinstance(text, str) and text.startswith(("http://", "https://")):
            try:
                return clean(text), True
            except PageError:
                continue
    return f"http://unknown.invalid/{hashlib.sha256(name.encode()).hexdigest()[:16]}", False


def _fields(post: Post, original: Mapping[str, str]) -> dict[str, Found[Any]]:
    record = post.part("record")
    lead = post.text("headimg") or post.text("thumbnail")
    values: dict[str, Any] = {
        "title": post.text("title"),
        "published": _published(post),
        "source": _text(record, "source") if record else post.text("author"),
        "authors": _texts(record, "authors"),
        "editors": _texts(record, "editors"),
        "categories": post.texts("categories"),
        "tags": post.texts("tags"),
        "description": post.text("description"),
        "language": post.text("lang"),
        "lead_image": original.get(lead, lead) if lead else None,
        "canonical_url": post.part("copyright", "ref").get("url"),
    }
    return {name: Found(value, f"hexo:{name}") for name, value in values.items() if value}


def _published(post: Post) -> ParsedDate | None:
    """Of our own posts the record knows whether the page had a date."""
    record = post.part("record")
    raw = _text(record, "published") if record else post.moments.get("date")
    found = moment(raw)
    if not raw or found is None:
        return None
    return ParsedDate(found[0], "second", "page" if found[1] else "assumed", raw)


def _html(body: str) -> str:
    """HTML stands for itself; anything else is Markdown."""
    if body.lstrip().startswith("<"):
        return body
    rendered: str = MarkdownIt("commonmark").enable("table").render(body)
    return rendered


def _text(record: Mapping[str, Any], key: str) -> str | None:
    value = record.get(key)
    return value if isinstance(value, str) and value else None


def _texts(record: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = record.get(key)
    return tuple(map(str, value)) if isinstance(value, list) else ()
